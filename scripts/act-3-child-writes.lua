-- Act 3 of the reverse map: the child writes.
--
-- Copy on write, in all orders: the child first, the parent first, and who
-- finds the frames afterwards.

scenario {
	title = "Act 3: the child writes",
	summary = "A write to a shared page: who gets the copy, who keeps the \z
		frame, and which anon_vma does each of the two frames point \z
		to?",
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era ~= "2.6.11"

-- Before the curtain: what acts 1 and 2 did.  The fourth page is never written.
local parent, child, heap = batch("a parent with pages A, B, C, and its \z
	child", function()
	local task = spawn "parent"
	local region = task:mmap { pages = 4, name = "heap" }

	for i, value in ipairs { "A", "B", "C" } do
		task:write(region[i - 1], value)
	end
	return task, task:fork "child", region
end)
local av_p = parent:vmas()[1].anon_vma
local av_c = child:vmas()[1].anon_vma -- in 2.6.11 the same as av_p
local shared = {}
for i = 0, 2 do
	shared[i] = page_at(parent, heap[i])
	expect_eq(shared[i].mapcount, 2, "page " .. i .. " is shared")
end

-- Page faults that fn() takes in a task.
local function faults_of(task, fn)
	local before = task.min_flt
	fn()
	return task.min_flt - before
end

-- ---------------------------------------------------------------------------
scene "The child writes first"
show { "path", "spaces", "rmap", "walk", "narration" }

ask {
	"The child writes page 0. The new frame will point to an anon_vma: \z
		whose?",
	choices = { "the parent's", "one of the child's own" },
	answer = has_chains and 2 or 1,
	why = has_chains
		and "fork gave the child's VMA an anon_vma for just this \z
			moment."
		or "2.6.11 has one anon_vma for the family: the child's VMA \z
			has only this one.",
}
if era == "2.6.11" then
	say "do_wp_page: is the page ours alone? page_count is 2, so no. A \z
		new frame and a copy; then the old frame loses a mapping, and \z
		the new PTE is written. Step with `.` to see it."
elseif era == "4.0" then
	say "do_wp_page: is the page ours alone? mapcount is 2, so no. A new \z
		frame, a copy, the new PTE, and only then the old frame loses \z
		a mapping. Step with `.` to see it."
else
	say "do_wp_page: is the page ours alone? It is not AnonExclusive and \z
		refcount is 2, so no. A new frame, a copy, the new PTE, and \z
		only then the old frame loses a mapping."
end
local faults = faults_of(child, function() child:write(heap[0], "A'") end)

local copy = page_at(child, heap[0])
expect_eq(faults, 1, "one fault")
expect_eq(costs(true).copies, 1, "one copy")
expect_eq(page_at(parent, heap[0]), shared[0], "the parent keeps the old frame")
expect(copy ~= shared[0], "the child has a new one")
expect_eq(copy.mapping, av_c,
	"the new frame points to the anon_vma of the child's VMA")
expect_eq(copy.mapping ~= av_p, has_chains,
	has_chains and "which is not the parent's" or "which is also the \z
		parent's")
expect_eq(copy.index, shared[0].index, "both frames have one index")
expect_eq(copy.mapcount, 1, "the new frame has one mapping")
expect_eq(shared[0].mapcount, 1, "and so has the old one")
expect_eq(shared[0].mapping, av_p, "the old frame points where it did")
if era == "6.18" then
	expect(copy.flags.anon_exclusive, "6.18: the new frame is exclusive")
	expect(not shared[0].flags.anon_exclusive,
		"the old one is not, though it is alone")
end

note "Two frames with one index, in 2.6.11 even on one anon_vma: are they \z
	confused? No: a walk compares the PTE with the frame that it started \z
	from."

point(copy) -- seen from here on, and through the next step
say "The child writes again. Its PTE is writable now: no fault."
faults = faults_of(child, function() child:write(heap[0], "A''") end)
expect_eq(faults, 0, "no fault")
expect_eq(copy.value, "A''", "the value is in the frame")

ask {
	"The parent writes page 0 for the first time since the fork.",
	choices = { "no fault", "a fault and a copy", "a fault, no copy" },
	answer = 3,
	why = "Its PTE is still read-only: a fault. Nobody else has the \z
		frame: no copy.",
}
point(shared[0])
say "The right to write was taken from both at the fork. The parent gets it \z
	back only when it asks, by a fault."
faults = faults_of(parent, function() parent:write(heap[0], "A2") end)
expect_eq(faults, 1, "one fault")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(page_at(parent, heap[0]), shared[0], "the same frame")
expect_eq(shared[0].mapping, av_p, "on the same anon_vma")
expect_eq(copy.value, "A''", "the child's copy is not touched")

-- ---------------------------------------------------------------------------
scene "The parent writes first"

ask {
	"Page 1, the other way round: the parent writes first. Who gets the \z
		new frame?",
	choices = { "the child, for the page is the parent's", "the parent" },
	answer = 2,
	why = "The kernel knows no owner. Two PTEs map the frame, and the one \z
		that writes gets the copy.",
}
say "Now the child is left with the frame that its parent once allocated."
parent:write(heap[1], "B2")
expect_eq(costs(true).copies, 1, "one copy")
expect_eq(page_at(child, heap[1]), shared[1], "the child keeps the old frame")
expect(page_at(parent, heap[1]) ~= shared[1], "the parent has a new one")
expect_eq(shared[1].mapping, av_p,
	"the child's frame still points to the parent's anon_vma")
expect_eq(shared[1].value, "B", "and holds the old value")

point(shared[1])
say "So a full walk from the child's frame visits the parent too, in vain."
local found = shared[1]:rmap { full = true }
expect_eq(found.cost.visited, 2, "VMAs visited")
expect_eq(found.cost.wasted, 1, "one in vain")
expect_eq(found[1].task, child, "the child has it")

if has_chains then
	say "The child writes: the frame is its alone, so it is reused. And \z
		the kernel uses the moment: mapping is moved to the child's \z
		own anon_vma."
else
	say "The child writes: the frame is its alone, so it is reused. \z
		Nothing moves in the reverse map: there is one anon_vma."
end
child:write(heap[1], "B'")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(page_at(child, heap[1]), shared[1], "the same frame")
expect_eq(shared[1].mapping, av_c, "mapping: the anon_vma of the child's VMA")
expect_eq(shared[1].index, heap[1] // 4096, "index did not change")

if has_chains then
	say "The same walk again: the parent is not visited any more."
else
	say "The same walk again: the parent is still visited in vain."
end
found = shared[1]:rmap { full = true }
expect_eq(found.cost.visited, has_chains and 1 or 2, "VMAs visited")
expect_eq(found.cost.wasted, has_chains and 0 or 1, "in vain")

-- ---------------------------------------------------------------------------
scene "A page that is new after the fork"
show { "spaces", "rmap", "path", "narration" }

say "Page 3 was never written. The child writes it: no copy, but where does \z
	the frame point?"
child:write(heap[3], "D'")
local new_c = page_at(child, heap[3])
expect_eq(costs(true).copies, 0, "nothing to copy")
expect_eq(new_c.mapping, av_c, "to the anon_vma of the child's VMA")
expect_eq(page_at(parent, heap[3]), nil, "the parent has nothing there")

say "The parent writes its own page 3. Two frames that never had anything in \z
	common."
parent:write(heap[3], "D")
local new_p = page_at(parent, heap[3])
expect_eq(new_p.mapping, av_p, "to the parent's anon_vma")
expect_eq(new_p.index, new_c.index, "with the same index")

ask {
	"How many VMAs does a walk to the end visit, from the parent's new \z
		page?",
	choices = { "1", "2" },
	answer = 2,
	why = "The child's VMA is linked to the parent's anon_vma, because of \z
		the pages that the two share. Links are for VMAs, not for \z
		pages.",
}
point(new_p)
say "The child has never had this page, and is asked nevertheless."
found = new_p:rmap { full = true }
expect_eq(found.cost.visited, 2, "VMAs visited")
expect_eq(found.cost.wasted, 1, "one in vain")
expect_eq(found[1].task, parent, "only the parent has it")

-- What each of the two sees at the end.
say "Last: what both see."
for i, value in ipairs { "A2", "B2", "C", "D" } do
	expect_eq(parent:read(heap[i - 1]), value, "the parent reads " .. value)
end
for i, value in ipairs { "A''", "B'", "C", "D'" } do
	expect_eq(child:read(heap[i - 1]), value, "the child reads " .. value)
end
expect_eq(shared[2].mapcount, 2, "page 2 is shared to this day")
