-- Who maps this frame?  The walk, stepped, and what it costs.
--
-- A parent and four children share two pages.  Page 1 is copied by every child,
-- page 0 is shared for long.  From each frame the reverse map is walked, and
-- every visited VMA is counted: did its page table hold the frame (matched), or
-- was the visit in vain (wasted)?  Step into a walk with `.` to see each visit.
--
--   rmapscope run -e 2.6.11 who-maps-this-frame
--   rmapscope run -e 4.0    who-maps-this-frame

scenario {
	title = "Who maps this frame? The walk and its wasted visits",
	summary = "A parent, four children, and a walk from each frame: how \z
		many VMAs are visited, and how many in vain? A list in \z
		2.6.11, trees from 4.0 on.",
	eras = { "2.6.11", "4.0", "6.18" },
}

local has_chains = machine().era ~= "2.6.11"
local KIDS = 4

-- Walk from a frame as an operation, and check its cost.  What the walk finds
-- must be what a look at all page tables finds (frame:mappers, which costs
-- nothing here and is impossible in a kernel).
local function walk(frame, want, options)
	local truth = #frame:mappers()
	local found = frame:rmap(options)

	expect_eq(#found, truth, "the walk finds every PTE that maps the frame")
	expect_eq(found.cost.visited, want.visited,
		"VMAs visited: " .. want.visited)
	expect_eq(found.cost.wasted, want.wasted,
		"of them in vain: " .. want.wasted)
	expect_eq(found.cost.matched, want.visited - want.wasted,
		"the rest matched")
	return found
end

-- ---------------------------------------------------------------------------
scene "One frame, five page tables"
show { "spaces", "rmap", "narration" }

say "A parent writes two pages."
local parent, heap = batch("a parent with two written pages", function()
	local task = spawn "parent"
	local region = task:mmap { pages = 2, name = "heap" }

	task:write(region[0], "shared")
	task:write(region[1], "old")
	return task, region
end)

local shared = page_at(parent, heap[0]) -- page 0, shared for long
local old = page_at(parent, heap[1]) -- page 1, to be copied by all
expect_eq(shared.mapcount, 1, "one page table maps page 0")
expect_eq(old.mapping, shared.mapping, "both frames point to one anon_vma")

if has_chains then
	say "Four forks. Each child gets an anon_vma of its own and a chain \z
		entry that puts it into the parent's tree, after those that \z
		are there."
else
	say "Four forks. Each child's VMA joins the one list of the family, \z
		always at the head: the youngest stands first."
end
local kids = {}
for i = 1, KIDS do
	kids[i] = parent:fork("kid" .. i)
	expect_eq(shared.mapcount, 1 + i, "one more page table maps page 0")
end

expect_eq(#old.mapping.vmas, 1 + KIDS,
	"five VMAs may hold pages of this anon_vma")
expect_eq(#anon_vmas(), has_chains and 1 + KIDS or 1,
	has_chains and "an anon_vma for each VMA" or "one anon_vma for all")

ask {
	"How many VMAs will a walk from the frame of page 0 visit, and how \z
		many of the visits will be in vain?",
	choices = { "5, none in vain", "5, and 4 in vain", "1" },
	answer = 1,
	why = "All five page tables hold this frame. A page that really is \z
		shared costs the same in every kernel: one visit for each \z
		mapping.",
}
point(shared)
say "Step into this walk. In each VMA the address follows from index and \z
	vm_pgoff, then the PTE there is compared with the frame."
local found = walk(shared, { visited = 5, wasted = 0 })
expect_eq(found[1].task, has_chains and parent or kids[KIDS],
	"visited first: " .. found[1].task.name)
expect_eq(found[5].task, has_chains and kids[KIDS] or parent,
	"visited last: " .. found[5].task.name)
for _, mapping in ipairs(found) do
	expect_eq(mapping.addr, heap[0],
		mapping.task.name .. " maps it at the same address")
end

-- ---------------------------------------------------------------------------
scene "Every child copies page 1"
show { "spaces", "rmap", "path", "narration" }

if has_chains then
	say "Each child writes page 1. Its new frame points to its own \z
		anon_vma, whose tree has one VMA."
else
	say "Each child writes page 1. Its new frame points to the only \z
		anon_vma there is, the one of the whole family."
end
local copies = {}
for i, kid in ipairs(kids) do
	kid:write(heap[1], "new" .. i)
	copies[i] = page_at(kid, heap[1])
	expect_eq(old.mapcount, 1 + KIDS - i, "the old frame loses one mapping")
	expect_eq(copies[i].mapcount, 1, "the copy has one mapping")
	expect_eq(copies[i].index, old.index,
		"the copy has the index of the old frame")
	expect_eq(copies[i].mapping, kid:vmas()[1].anon_vma,
		"the copy points to the anon_vma of the child's VMA")
	expect_eq(copies[i].mapping == old.mapping, not has_chains,
		has_chains and "not to the parent's" or "which is the \z
			parent's too")
end

-- ---------------------------------------------------------------------------
scene "The frame that the parent kept"
show { "rmap", "spaces", "path", "narration" }

ask {
	"The old frame of page 1 has one mapping left, in the parent. How \z
		many VMAs does reclaim visit to find it?",
	choices = { "1", "2", "5" },
	answer = has_chains and 1 or 3,
	why = has_chains
		and "The parent was linked first and comes first in the tree. \z
			mapcount is 1, so the walk stops after the first match."
		or "The list begins with the youngest child. All four \z
			children are asked in vain before the parent answers: \z
			4 of 5 visits are wasted.",
}
point(old)
say "mapcount is 1. Reclaim counts the PTEs that it has found and stops when \z
	there can be no other."
found = walk(old, has_chains and { visited = 1, wasted = 0 }
	or { visited = 5, wasted = 4 })
expect_eq(found[1].task, parent, "only the parent maps it")

ask {
	"And without the early stop?",
	choices = { "1", "5" },
	answer = 2,
	why = "All five VMAs are linked to this anon_vma, for the children \z
		still share page 0 with the parent. Nothing tells the walk \z
		that they copied page 1.",
}
if has_chains then
	say "full = true: migration puts its entries back this way and looks \z
		at every VMA. Four visits in vain, in this kernel too."
else
	say "full = true looks at every VMA of the list. Nothing changes: the \z
		parent was the last one anyway."
end
walk(old, { visited = 5, wasted = 4 }, { full = true })

-- ---------------------------------------------------------------------------
scene "The frames of the children"

ask {
	"kid1 was forked first. How many VMAs does reclaim visit for its copy?",
	choices = { "1", "4", "5" },
	answer = has_chains and 1 or 2,
	why = has_chains
		and "The copy points to kid1's own anon_vma. No other VMA is \z
			in that tree."
		or "kid4, kid3 and kid2 joined the list later and stand \z
			before kid1: three visits in vain, then the match.",
}
point(copies[1])
say "From the copy of the oldest child."
walk(copies[1], has_chains and { visited = 1, wasted = 0 }
	or { visited = 4, wasted = 3 })

point(copies[KIDS])
say "From the copy of the youngest child: the best case of the list too, for \z
	the youngest stands at its head."
walk(copies[KIDS], { visited = 1, wasted = 0 })

if has_chains then
	say "To the end: still one visit. A copy is out of the family's sight."
	walk(copies[KIDS], { visited = 1, wasted = 0 }, { full = true })
else
	say "To the end: the other four are asked too."
	walk(copies[KIDS], { visited = 5, wasted = 4 }, { full = true })
end

-- ---------------------------------------------------------------------------
scene "Added up"
show { "costs", "rmap", "narration" }

ask {
	"Five frames hold a page 1: the parent's and four copies. How many \z
		visits for a full walk from each?",
	choices = { "5", "9", "25" },
	answer = has_chains and 2 or 3,
	why = has_chains
		and "5 for the parent's frame, 1 for each of the 4 copies. \z
			The cost grows with the number of children, not with \z
			its square."
		or "5 frames, and 5 VMAs for each. With n children it is (n + \z
			1) squared.",
}
say "All five frames of page 1, each walked to its end, in one step."
batch("full walks from all frames of page 1", function()
	old:rmap { full = true }
	for _, copy in ipairs(copies) do
		copy:rmap { full = true }
	end
end)
expect_eq(costs(true).visited, has_chains and 9 or 25, "VMAs visited")
expect_eq(costs(true).matched, 5, "PTEs found")

say "The same with the early stop, as reclaim does it."
batch("walks with early stop from all frames of page 1", function()
	old:rmap()
	for _, copy in ipairs(copies) do
		copy:rmap()
	end
end)
expect_eq(costs(true).visited, has_chains and 5 or 1 + 2 + 3 + 4 + 5,
	"VMAs visited")
expect_eq(costs(true).matched, 5, "PTEs found")

note "A server with 1000 children that have all copied 1000 pages: full walks \z
	from all its frames visit 1,002,001,000 VMAs in 2.6.11, but 2,001,000 \z
	in 4.0 and 6.18."

-- ---------------------------------------------------------------------------
scene "Where chains do not help"
show { "spaces", "rmap", "path", "narration" }

say "Page 0 is still shared by all. Now three of the four children copy it too."
for i = 1, KIDS - 1 do
	kids[i]:write(heap[0], "mine" .. i)
end
expect_eq(shared.mapcount, 2,
	"the parent and kid4 still share the frame of page 0")

ask {
	"Two mappings are left, in the first and in the last member of the \z
		family. How many VMAs must the walk visit?",
	choices = { "2", "5" },
	answer = 2,
	why = "Tree or list, the two stand at its ends. The three between are \z
		visited in vain: a walk knows who may map a frame, not who \z
		does.",
}
point(shared)
say "The frame still points to the parent's anon_vma, and all five VMAs are \z
	linked to that, in every kernel. The early stop comes too late to \z
	save a visit."
walk(shared, { visited = 5, wasted = 3 })

say "The parent writes page 0. Two share the frame, so the parent gets the \z
	copy and kid4 keeps the old frame."
parent:write(heap[0], "parent")
expect_eq(page_at(kids[KIDS], heap[0]), shared, "kid4 keeps the frame")
expect(page_at(parent, heap[0]) ~= shared, "the parent has another one")
expect_eq(shared.mapping, parent:vmas()[1].anon_vma,
	"but the frame still points to the parent's anon_vma")

if has_chains then
	say "kid4 alone maps the frame, but the frame points to the parent's \z
		anon_vma, where kid4 is last. Four visits in vain."
else
	say "kid4 alone maps the frame, and kid4 stands at the head of the \z
		list. One visit."
end
walk(shared, has_chains and { visited = 5, wasted = 4 }
	or { visited = 1, wasted = 0 })

ask {
	"kid4 writes page 0 now. Nobody else has the frame, so it is reused. \z
		Does the write change anything in the reverse map?",
	choices = { "yes", "no" },
	answer = has_chains and 1 or 2,
	why = has_chains
		and "The kernel uses the moment: the frame belongs to kid4 \z
			alone, so mapping is moved to kid4's own anon_vma."
		or "There is only one anon_vma in the family, so there is \z
			nowhere to move to.",
}
say "A write fault on a read-only PTE, without a copy."
kids[KIDS]:write(heap[0], "mine4")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(page_at(kids[KIDS], heap[0]), shared, "the same frame")
expect_eq(shared.mapping, kids[KIDS]:vmas()[1].anon_vma,
	"mapping is the anon_vma of kid4's VMA")

say "The last walk: one visit."
walk(shared, { visited = 1, wasted = 0 })
