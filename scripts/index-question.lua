-- The question of the lecture notes: several VMAs map one page, even at
-- different addresses.  What is page->index then, which is only one number?
--
-- After each change the scenario prints, for every PTE that maps the page, how
-- its address follows from the index:
--
--     address = vm_start + (index - vm_pgoff) pages

scenario {
	title = "What is page->index when several VMAs map the page?",
	summary = "fork, split and mremap give one page many addresses but \z
		one index. Each VMA has its own vm_pgoff, and with it its own \z
		address.",
	eras = { "4.0", "2.6.11", "6.18" },
}

local PAGE = 4096

-- Print this sum for every mapping of a frame, and check it.
local function rows(frame)
	for _, m in ipairs(frame:mappers()) do
		local start, pgoff = m.vma.start, m.vma.pgoff
		local address = start + (frame.index - pgoff) * PAGE

		print(string.format("%-7s %x + (%x - %x) pages = %x",
			m.task.name, start, frame.index, pgoff, address))
		expect_eq(address, m.addr,
			m.task.name .. ": the sum gives the address of the PTE")
	end
end

-- ---------------------------------------------------------------------------
scene "One VMA"
show { "spaces", "inspect", "rmap", "narration" }

say "A parent with four written pages. We follow page 1."
local parent, heap = batch("a parent with four written pages", function()
	local task = spawn "parent"
	local region = task:mmap { pages = 4, name = "heap" }

	for i = 0, 3 do
		task:write(region[i], i)
	end
	return task, region
end)
local frame = page_at(parent, heap[1])
local first_index = frame.index
local vma_p = parent:vmas()[1]
expect_eq(vma_p.pgoff, heap.addr // PAGE,
	"a new anonymous VMA: vm_pgoff is vm_start in pages")
expect_eq(first_index, vma_p.pgoff + 1,
	"index: vm_pgoff and the page's place in the VMA")
expect_eq(first_index, heap[1] // PAGE,
	"here the same as the virtual page number")
rows(frame)

-- ---------------------------------------------------------------------------
scene "fork: two VMAs, one address"

ask {
	"The page is mapped twice after a fork. Does the kernel have to store \z
		a second index?",
	choices = { "yes, one for each VMA", "no" },
	answer = 2,
	why = "The child's VMA is a copy: the same vm_start, the same \z
		vm_pgoff. The same index gives the same address in both.",
}
point(frame)
say "vm_start and vm_pgoff are copied with the VMA."
local child = parent:fork "child"
expect_eq(frame.mapcount, 2, "two mappings")
expect_eq(frame.index, first_index, "one index, as before")
rows(frame)

-- ---------------------------------------------------------------------------
scene "A split: vm_start and vm_pgoff move together"

say "The child unmaps its page 0. Its VMA begins one page later, and so does \z
	vm_pgoff."
child:munmap(heap[0], PAGE)
local vma_c = child:vmas()[1]
expect_eq(vma_c.start - heap.addr, PAGE, "vm_start: one page further")
expect_eq(vma_c.pgoff - vma_p.pgoff, 1, "vm_pgoff: one page further")
expect_eq(frame.index, first_index, "the page was not touched")
rows(frame)

-- ---------------------------------------------------------------------------
scene "mremap: two VMAs, two addresses"

note "The lecture notes say that the address follows from vm_start and \z
	page->index. The source needs vm_pgoff too, and here is why."

ask {
	"The parent moves its whole region to another address. The child \z
		stays. What is the page's index now?",
	choices = {
		"the parent's new page number",
		"the page number where it was first written",
		"undefined",
	},
	answer = 2,
	why = "mremap moves PTEs, and never looks at the pages. Instead the \z
		moved VMA keeps its vm_pgoff, so that the old index gives the \z
		new address.",
}
local target = heap.addr - 64 * PAGE
say "Look at the parent's VMA: vm_start changes, vm_pgoff does not."
local moved = parent:mremap(heap, heap.len, heap.len, {
	to = target,
	maymove = true,
	fixed = true,
})
local vma_m = parent:vmas()[1]
expect_eq(moved.addr, target, "it moved where we wanted it")
expect_eq(vma_m.start, target, "vm_start: the new place")
expect_eq(vma_m.pgoff, heap.addr // PAGE, "vm_pgoff: the old place")
expect_eq(frame.index, first_index, "index: unchanged")
expect_eq(frame.mapcount, 2, "mapcount: unchanged")
rows(frame)

say "The walk: one index, two VMAs, two addresses, both right."
local found = frame:rmap()
expect_eq(#found, 2, "both PTEs are found")
local at = {}
for _, m in ipairs(found) do
	at[m.task.name] = m.addr
end
expect_eq(at.parent, moved[1], "in the parent at the new address")
expect_eq(at.child, heap[1], "in the child at the old one")
expect_eq(parent:read(moved[1]), child:read(heap[1]),
	"and both read the same value")

-- ---------------------------------------------------------------------------
scene "The old place again"

ask {
	"The parent maps new memory at the old address and writes it. Which \z
		index does the new page get?",
	choices = { "the same as the old page", "another one" },
	answer = 1,
	why = "A new VMA, so vm_pgoff is its own address: the same number. \z
		That does no harm, for the page is on another anon_vma.",
}
say "New memory where the region was, and a write to its page 1."
batch("new memory at the old place, page 1 written", function()
	parent:mmap { pages = 4, addr = heap.addr, fixed = true, name = "new" }
	parent:write(heap[1], "new")
end)
local new_frame = page_at(parent, heap[1])
expect(new_frame ~= frame, "another frame")
expect_eq(new_frame.index, frame.index, "with the same index")
expect(new_frame.mapping ~= frame.mapping, "on another anon_vma")
rows(new_frame)

point(new_frame)
say "A walk from the new page finds it alone."
found = new_frame:rmap { full = true }
expect_eq(#found, 1, "one mapping")
expect_eq(found.cost.visited, 1, "one VMA visited")

-- ---------------------------------------------------------------------------
scene "Memory that was never written"

ask {
	"A region that nobody has written is moved. What happens to its \z
		vm_pgoff?",
	choices = { "it is kept", "it becomes the new place" },
	answer = 2,
	why = "No page has an index that must stay right. With the new number \z
		the VMA can be merged with neighbours at the new place.",
}
say "A fresh region, moved before its first write."
local fresh_at = heap.addr - 256 * PAGE
local fresh
batch("a fresh region is mapped and moved", function()
	local region = parent:mmap {
		pages = 2,
		addr = heap.addr - 128 * PAGE,
		fixed = true,
	}

	fresh = parent:mremap(region, region.len, region.len, {
		to = fresh_at,
		maymove = true,
		fixed = true,
	})
end)
expect_eq(fresh.addr, fresh_at, "it moved")
expect_eq(parent:vmas()[1].start, fresh_at, "it is the lowest VMA now")
expect_eq(parent:vmas()[1].pgoff, fresh_at // PAGE, "vm_pgoff: the new place")

-- ---------------------------------------------------------------------------
scene "Two VMAs that claim one index"
show { "rmap", "spaces", "narration" }

say "A second task, three written pages. Its page 1 alone is moved away, and \z
	the hole is filled with new memory."
local task, region, away
batch("page 1 is moved away, the hole is filled and written", function()
	task = spawn "second"
	region = task:mmap { pages = 3, name = "heap" }
	for i = 0, 2 do
		task:write(region[i], i)
	end
	away = task:mremap(region[1], PAGE, PAGE, {
		to = region.addr - 16 * PAGE,
		maymove = true,
		fixed = true,
	})
	task:mmap { pages = 1, addr = region[1], fixed = true, name = "heap" }
	task:write(region[1], "filled")
end)
local gone, filled = page_at(task, away[0]), page_at(task, region[1])
expect_eq(#task:vmas(), 2, "the hole and its neighbours are one VMA again")
expect_eq(gone.index, filled.index, "both pages have one index")
expect_eq(gone.mapping, filled.mapping, "even on one anon_vma")
rows(gone)
rows(filled)

ask {
	"Now index and anon_vma of the two pages are equal. How does a walk \z
		tell them apart?",
	choices = {
		"it cannot",
		"it compares the PTE with the frame",
		"by the value in the page",
	},
	answer = 2,
	why = "index says where a page may be, the PTE says what is there. \z
		The price is one visit in vain, never a wrong answer.",
}
point(gone)
say "From the page that was moved away: both VMAs hold its index, one holds \z
	its frame."
found = gone:rmap { full = true }
expect_eq(#found, 1, "one PTE maps it")
expect_eq(found[1].addr, away[0], "at the place that it was moved to")
expect_eq(found.cost.visited, 2, "VMAs visited")
expect_eq(found.cost.wasted, 1, "one in vain")

-- ---------------------------------------------------------------------------
scene "And back"

say "The page goes back to where it was born; mremap throws away what is \z
	there. Its index fits again, and the VMAs become one."
task:mremap(away, away.len, away.len, {
	to = region[1],
	maymove = true,
	fixed = true,
})
expect_eq(#task:vmas(), 1, "one VMA")
expect_eq(page_at(task, region[1]), gone, "with the old page")
expect_eq(task:read(region[1]), 1, "and its value")
expect_eq(filled.kind, "free", "the page that filled the hole is gone")
rows(gone)

say "The answer to the question: an index belongs to the page and to its \z
	birthplace. A VMA that maps the page brings its own vm_pgoff, and the \z
	two together give the address."
found = frame:rmap { full = true }
expect_eq(#found, 2, "our first page is still found twice")
