-- Act 2 of the reverse map: fork.
--
-- What does a fork copy, and how are the new page tables made findable?

scenario {
	title = "Act 2: fork",
	summary = "fork copies VMAs and page tables but no page. From now on \z
		two PTEs lead to one frame, and both must be found.",
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era ~= "2.6.11"

-- The PTE of an address: the last level of the page-table walk.
local function pte(task, addr)
	local levels = task:walk(addr).levels
	return levels[#levels]
end

-- Before the curtain: a parent with two regions, a hole between them.
local parent, heap, later = batch("a parent: 'heap' is written, 'later' is \z
	not", function()
	local task = spawn "parent"
	local written = task:mmap { pages = 3, name = "heap" }
	local untouched = task:mmap {
		pages = 2,
		addr = written.addr - 16 * 4096,
		fixed = true,
		name = "later",
	}

	for i, value in ipairs { "A", "B", "C" } do
		task:write(written[i - 1], value)
	end
	return task, written, untouched
end)
local later_p, heap_p = table.unpack(parent:vmas())
local av_p = heap_p.anon_vma
local frame = {}
for i = 0, 2 do
	frame[i] = page_at(parent, heap[i])
	expect(pte(parent, heap[i]).writable,
		"page " .. i .. ": the parent may write")
end
expect_eq(later_p.anon_vma, nil, "the region 'later' has no anon_vma")

-- ---------------------------------------------------------------------------
scene "Fork"
show { "spaces", "rmap", "path", "narration" }

ask {
	"The parent's PTEs are writable now. What will they be after the fork?",
	choices = {
		"writable in both",
		"writable in the parent, read-only in the child",
		"read-only in both",
	},
	answer = 3,
	why = "Whoever writes first must be stopped, or the other would see \z
		it. So fork takes the right to write from both.",
}
point(frame[1])
if has_chains then
	say "For the VMA: chain entries to every anon_vma of the parent's \z
		VMA, and a new anon_vma. For each page: a PTE, a reference, a \z
		count. No page is copied."
else
	say "For the VMA: one place in the list of the anon_vma. For each \z
		page: a PTE, a reference, a count. No page is copied."
end
local child = parent:fork "child"

local later_c, heap_c = table.unpack(child:vmas())
expect_eq(costs(true).copies, 0, "no page is copied")
for i = 0, 2 do
	expect_eq(page_at(child, heap[i]), frame[i],
		"page " .. i .. ": the same frame")
	expect_eq(frame[i].mapcount, 2, "page " .. i .. ": mapped twice")
	expect_eq(frame[i].refcount, 2, "page " .. i .. ": two references")
	expect(not pte(parent, heap[i]).writable,
		"page " .. i .. ": parent read-only")
	expect(not pte(child, heap[i]).writable,
		"page " .. i .. ": child read-only")
	expect(pte(parent, heap[i]).accessed,
		"page " .. i .. ": young in the parent")
	expect(not pte(child, heap[i]).accessed,
		"page " .. i .. ": old in the child")
	expect_eq(frame[i].mapping, av_p,
		"page " .. i .. ": mapping did not change")
	if era == "6.18" then
		expect(not frame[i].flags.anon_exclusive,
			"page " .. i .. ": not exclusive")
	end
end
expect_eq(heap_c.prot, "rw-",
	"the child's VMA is writable: only the PTEs are not")
expect_eq(heap_c.pgoff, heap_p.pgoff, "its vm_pgoff is the parent's")

-- ---------------------------------------------------------------------------
scene "The lattice"
show { "rmap", "spaces", "inspect", "narration" }

if has_chains then
	point(heap_c.anon_vma)
	say "The child's VMA hangs on two anon_vmas: its own for pages to \z
		come, and the parent's for the pages that it inherited. It \z
		reads its first page."
	expect_eq(#heap_c.chain, 2, "two chain entries")
	expect_eq(heap_c.chain[1], heap_c.anon_vma, "newest first: its own ...")
	expect_eq(heap_c.chain[2], av_p, "... then the parent's")
	expect_eq(heap_c.anon_vma.parent, av_p, "the parent of its anon_vma")
	expect_eq(heap_c.anon_vma.root, av_p, "and the root of the family")
	expect_eq(#heap_c.anon_vma.vmas, 1, "only the child is in its own tree")
	expect_eq(av_p.refcount, 2,
		"the root is kept by its tree and by one descendant")
else
	point(av_p)
	say "One list for the family, the child's VMA at its head. The child \z
		reads its first page."
	expect_eq(heap_c.anon_vma, av_p, "the same anon_vma")
	expect_eq(av_p.head, 2, "two VMAs on its list")
end
expect_eq(#av_p.vmas, 2, "both VMAs may hold pages of the parent's anon_vma")
if era == "4.0" then
	expect_eq(av_p.degree, 3, "4.0, degree: itself, one child, one VMA")
	expect_eq(heap_c.anon_vma.degree, 1, "4.0, the child's: one VMA")
elseif era == "6.18" then
	expect_eq(av_p.num_children, 2, "6.18: itself and one child")
	expect_eq(heap_c.anon_vma.num_children, 0, "6.18: no child yet")
	expect_eq(heap_c.anon_vma.num_active_vmas, 1, "6.18: one VMA")
end
local faults = child.min_flt
expect_eq(child:read(heap[0]), "A", "the child reads A")
expect_eq(child.min_flt, faults, "without a fault: its PTE is there")

-- ---------------------------------------------------------------------------
scene "What was never written"

ask {
	"The region 'later' was never written. Both tasks write its page 0 \z
		now. Do their two pages meet in one anon_vma?",
	choices = { "yes, in the parent's", "no" },
	answer = 2,
	why = "There was no anon_vma to share when the fork came. Each VMA \z
		makes one at its own first write, and they never meet.",
}
expect_eq(later_c.anon_vma, nil, "fork gave the child's VMA no anon_vma either")
say "The parent writes: its VMA gets an anon_vma."
parent:write(later[0], "P")
say "The child writes: its VMA gets another one, a root of its own."
child:write(later[0], "C")

expect(later_p.anon_vma and later_c.anon_vma, "both VMAs have an anon_vma now")
expect(later_p.anon_vma ~= later_c.anon_vma, "two anon_vmas")
expect_eq(costs(true).copies, 0, "nothing was shared, so nothing was copied")
if has_chains then
	expect_eq(later_c.anon_vma.root, later_c.anon_vma,
		"the child's is a root")
end

note "The lecture notes say that a child's pages point to the parent's \z
	anon_vma (2.6.11). The source says: only if the parent's VMA had one \z
	when it forked."

-- ---------------------------------------------------------------------------
scene "A second child"
show { "rmap", "spaces", "path", "narration" }

ask {
	"The parent forks again. How many VMAs will a walk from frame A \z
		visit, and who comes last?",
	choices = { "3, the parent", "3, the new child", "2, the new child" },
	answer = has_chains and 2 or 1,
	why = has_chains
		and "A's anon_vma is the parent's. Its tree orders equal \z
			ranges by the time they came: parent, first child, \z
			second child."
		or "The list grows at its head: second child, first child, \z
			parent.",
}
say "Three page tables lead to each frame of the heap now."
local second = parent:fork "second"
expect_eq(frame[0].mapcount, 3, "mapped three times")
expect_eq(frame[0].refcount, 3, "three references")

point(frame[0])
say "The walk."
local found = frame[0]:rmap()
local names = {}
for i, mapping in ipairs(found) do
	names[i] = mapping.task.name
	expect_eq(mapping.addr, heap[0],
		mapping.task.name .. ": at the same address")
end
expect_eq(table.concat(names, " "),
	has_chains and "parent child \z
		second" or "second child parent", "in this order")
expect_eq(found.cost.wasted, 0, "no visit in vain")
expect_eq(second:vmas()[2].prot, "rw-", "and the newest may write, one day")
