-- Act 1 of the reverse map: the first write.
--
-- When does an anonymous page become findable, and what is set up for that?
-- One task, no fork yet: that is act 2.

scenario {
	title = "Act 1: the first write to a page",
	summary = "mmap promises addresses; the first write makes a VMA's \z
		anon_vma and gives the page a frame that points back to it.",
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era

-- ---------------------------------------------------------------------------
scene "A promise of addresses"
show { "spaces", "rmap", "path", "narration" }

say "A task with an empty address space."
local task = spawn "task"

say "mmap writes down a promise, the VMA: four pages, private, anonymous. No \z
	page table entry, no frame, no anon_vma."
local heap = task:mmap { pages = 4, name = "heap" }
local vma = task:vmas()[1]
expect_eq((vma.stop - vma.start) // 4096, 4, "the VMA has four pages")
expect_eq(vma.pgoff, heap.addr // 4096,
	"vm_pgoff: the page number of its start")
expect_eq(vma.anon_vma, nil, "no anon_vma")
expect_eq(#vma.chain, 0, "and no chain")
for i = 0, 3 do
	expect_eq(page_at(task, heap[i]), nil, "page " .. i .. " has no frame")
end

-- ---------------------------------------------------------------------------
scene "The first write"
show { "path", "spaces", "rmap", "frames", "narration" }

ask {
	"The task writes page 1. The page needs a frame, an anon_vma and a \z
		page table entry. Which of them comes first?",
	choices = { "the frame", "the anon_vma", "the page table entry" },
	answer = 2,
	why = "anon_vma_prepare runs before a frame is allocated. A frame \z
		that is mapped but cannot be found would be a frame that can \z
		never be taken back.",
}
say "Step through the fault with the key `.` : first the anon_vma, then the \z
	frame, then the pointers back, and the PTE last."
task:write(heap[1], "A")

local av = vma.anon_vma
local frame = page_at(task, heap[1])
expect_eq(task.min_flt, 1, "one page fault")
expect(av ~= nil, "the VMA has an anon_vma now")
expect_eq(#anon_vmas(), 1, "the only one in the machine")
expect_eq(#av.vmas, 1, "with one VMA")
expect_eq(frame.kind, "anon", "the frame holds an anonymous page")
expect_eq(frame.value, "A", "with what was written")
expect_eq(frame.mapping, av, "mapping: which anon_vma")
expect_eq(frame.index, heap[1] // 4096,
	"index: which page, here its virtual page number")
expect_eq(frame.mapcount, 1, "one PTE maps it")
expect_eq(frame._mapcount, 0, "stored as 0, for _mapcount starts at -1")
expect_eq(frame.refcount, 1, "one reference, by that PTE")
expect_eq(page_at(task, heap[0]), nil,
	"the pages beside it have still no frame")

-- What is different in the three kernels after the same write.
if era == "2.6.11" then
	expect_eq(frame.lru, "active",
		"2.6.11: a new page starts on the active list")
	expect(frame.flags.referenced, "2.6.11: and counts as referenced")
	expect_eq(av.head, 1,
		"2.6.11: the anon_vma is a list of VMAs, and no more")
else
	expect_eq(#vma.chain, 1, "the VMA's chain has one entry")
	expect_eq(vma.chain[1], av, "the link to its own anon_vma")
	expect_eq(av.root, av, "the anon_vma is the root of its family")
	expect_eq(av.refcount, 1, "kept by its tree")
end
if era == "4.0" then
	expect_eq(frame.lru, "active_anon",
		"4.0: a new page starts on the active list")
	expect_eq(av.degree, 2, "4.0: degree 2, the root itself and one VMA")
elseif era == "6.18" then
	expect_eq(frame.lru, "inactive_anon",
		"6.18: a new page starts on the inactive list")
	expect(frame.flags.anon_exclusive,
		"6.18: AnonExclusive, this task may write it")
	expect_eq(av.num_children, 1, "6.18: the root counts itself as a child")
	expect_eq(av.num_active_vmas, 1, "6.18: and one VMA uses it")
end

-- ---------------------------------------------------------------------------
scene "The second page"

ask {
	"Another page of the same VMA is written. Another anon_vma?",
	choices = { "yes", "no" },
	answer = 2,
	why = "An anon_vma belongs to VMAs, not to pages. Index tells the \z
		pages of one VMA apart.",
}
point(frame)
say "A fault again, but a shorter one: the VMA has its anon_vma."
task:write(heap[2], "B")
local second = page_at(task, heap[2])
expect_eq(second.mapping, av, "the same anon_vma")
expect_eq(second.index, frame.index + 1, "the next index")
expect_eq(#anon_vmas(), 1, "still one anon_vma")

say "Writing to page 1 again is no fault at all. The kernel does not even know."
task:write(heap[1], "A2")
expect_eq(task.min_flt, 2, "no third fault")
expect_eq(page_at(task, heap[1]), frame, "the same frame")

-- ---------------------------------------------------------------------------
scene "A neighbour"
show { "spaces", "rmap", "path", "narration" }

say "A second region, directly below the first, but executable. Different \z
	rights: it must be a VMA of its own."
local code = task:mmap { pages = 2, prot = "rwx", name = "code" }
expect_eq(code.addr + code.len, heap.addr, "the two touch")
expect_eq(#task:vmas(), 2, "two VMAs")
local neighbour = task:vmas()[1]
expect_eq(neighbour.anon_vma, nil, "the new one was never written")

ask {
	"Its first write needs an anon_vma. Which one will it get?",
	choices = { "a new one", "the one of its neighbour" },
	answer = 2,
	why = "find_mergeable_anon_vma looks at the neighbours first. If \z
		mprotect makes the two equal one day, they can become one VMA \z
		again, and that needs one anon_vma.",
}
note "The lecture notes say that the first page of a VMA creates an anon_vma. \z
	The source says: only if no neighbour has one that fits, and only for \z
	a write."
if era == "2.6.11" then
	say "Nothing is allocated for the reverse map: the VMA joins the list \z
		of its neighbour's anon_vma."
else
	say "For the reverse map one chain entry is allocated, the link to \z
		the neighbour's anon_vma."
end
task:write(code[0], "C")
expect_eq(neighbour.anon_vma, av, "the neighbour's anon_vma is shared")
expect_eq(#av.vmas, 2, "two VMAs on it now")
expect_eq(page_at(task, code[0]).mapping, av, "its page points there")

say "And that day has come: with equal rights the two are merged."
task:mprotect(code, code.len, "rw-")
expect_eq(#task:vmas(), 1, "one VMA again")
expect_eq(task:vmas()[1].pgoff, code.addr // 4096, "vm_pgoff: its new start")
expect_eq(page_at(task, heap[1]).index, heap[1] // 4096, "no page was touched")

-- ---------------------------------------------------------------------------
scene "Far away"

say "A third region, with a hole between it and the others."
local far = task:mmap {
	pages = 1,
	addr = code.addr - 64 * 4096,
	fixed = true,
	name = "far",
}

ask {
	"Which anon_vma will it get?",
	choices = { "a new one", "the one of the others" },
	answer = 1,
	why = "It touches no other VMA, so it could never be merged with one. \z
		A new anon_vma keeps walks short.",
}
say "No neighbour, no sharing."
task:write(far[0], "D")
expect_eq(#anon_vmas(), 2, "a second anon_vma")
expect(page_at(task, far[0]).mapping ~= av, "the page points to the new one")

point(page_at(task, far[0]))
say "A walk from here visits one VMA, and has never heard of the others."
local found = page_at(task, far[0]):rmap { full = true }
expect_eq(found.cost.visited, 1, "one visit")
expect_eq(found[1].addr, far[0], "one PTE")
