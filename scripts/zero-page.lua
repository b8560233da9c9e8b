-- The zero page: reading before writing.
--
-- A page that was never written reads as zeros.  The kernel does not spend a
-- frame on that: one frame of zeros serves all such pages of all tasks.  It is
-- the one page that the reverse map knows nothing about.

scenario {
	title = "The zero page: reading before writing",
	summary = "Reading fresh memory costs no frame, no anon_vma and no \z
		mapcount. The first write takes it off the zero page; a fork \z
		of memory that was only read need not copy a thing.",
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era ~= "2.6.11"
local PAGES = 500

-- ---------------------------------------------------------------------------
scene "Reading"
show { "spaces", "frames", "path", "narration" }

say "A task with 500 pages of fresh memory."
local task, heap = batch("a task with 500 pages, none touched", function()
	local t = spawn "task"
	return t, t:mmap { pages = PAGES, name = "heap" }
end)
local vma = task:vmas()[1]

ask {
	"The task reads page 0, which nobody has written. What will it get?",
	choices = { "an error", "0, from a new frame of zeros", "0, from a \z
		frame that is there already" },
	answer = 3,
	why = "All such pages read as zeros, so one frame of zeros is enough: \z
		the zero page. The PTE is read-only, so that a write will be \z
		noticed.",
}
say "A fault, but a cheap one: no frame is allocated, no anon_vma is prepared."
expect_eq(task:read(heap[0]), 0, "it reads as 0")

local zero = page_at(task, heap[0])
local levels = task:walk(heap[0]).levels
expect_eq(zero.kind, "zero", "the PTE points to the zero page")
expect(not levels[#levels].writable, "and is read-only, though the VMA is rw-")
expect_eq(zero.mapcount, 0, "the mapping is not counted")
expect_eq(zero.mapping, nil, "the zero page points back to nothing")
expect_eq(vma.anon_vma, nil, "the VMA has no anon_vma")
expect_eq(task.anon_rss, 0, "and no anonymous page")

say "All 500 pages, one after the other."
local before = machine().free
local tables = task.nr_ptes
batch("read all pages", function()
	for i = 0, PAGES - 1 do
		task:read(heap[i])
	end
end)
expect_eq(page_at(task, heap[PAGES - 1]), zero, "the last page: the same frame")
expect_eq(before - machine().free, task.nr_ptes - tables,
	"no frame was used, but for page tables")
expect_eq(task.anon_rss, 0, "still no anonymous page")

-- ---------------------------------------------------------------------------
scene "Who maps the zero page?"
show { "rmap", "spaces", "narration" }

ask {
	"500 PTEs hold this frame. How many will a walk of the reverse map \z
		find?",
	choices = { "500", "1", "none" },
	answer = 3,
	why = "It has no mapping to begin at. It needs none: the reverse map \z
		serves to take frames away, and this one is never taken away.",
}
point(zero)
say "The walk ends where it begins."
local found = zero:rmap()
expect_eq(#found, 0, "nothing is found")
expect_eq(costs(true).visited, 0, "no VMA is visited")
expect_eq(#zero:mappers(), PAGES, "though 500 PTEs hold it")

-- ---------------------------------------------------------------------------
scene "Fork"
show { "spaces", "rmap", "path", "narration" }

ask {
	"The task forks. What happens to the 500 PTEs?",
	choices = { "they are copied", "none is copied: the child will fault \z
		again" },
	answer = has_chains and 2 or 1,
	why = has_chains
		and "A VMA without an anon_vma has no page of its own. \z
			Whatever the child needs it gets by a fault, so fork \z
			skips the whole VMA."
		or "2.6.11 copies every PTE that is there. Later kernels skip \z
			a VMA without an anon_vma: the child can have it all \z
			by faults.",
}
say "Fork of memory that was only read."
local child = task:fork "child"
expect_eq(page_at(child, heap[0]) == zero, not has_chains,
	"has the child a PTE? Only in 2.6.11")
expect_eq(#anon_vmas(), 0, "no anon_vma, in no kernel")
expect_eq(zero.mapcount, 0, "nothing is counted")

local faults = child.min_flt
say "The child reads page 0 too."
expect_eq(child:read(heap[0]), 0, "it reads as 0")
expect_eq(child.min_flt - faults, has_chains and 1 or 0, "faults for that")
expect_eq(page_at(child, heap[0]), zero, "from the same frame")

-- ---------------------------------------------------------------------------
scene "Writing"
show { "path", "spaces", "rmap", "frames", "narration" }

ask {
	"The child writes page 0. Is the zero page copied?",
	choices = { "yes, like any shared page", "no" },
	answer = 2,
	why = "The same fault, do_wp_page, but there is nothing to copy: the \z
		new frame is filled with zeros at once.",
}
say "A frame at last, and an anon_vma: now the page must be findable."
child:write(heap[0], "C")
local own = page_at(child, heap[0])
local vma_c = child:vmas()[1]
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(own.kind, "anon", "an anonymous page")
expect_eq(own.mapcount, 1, "with one mapping, counted")
expect_eq(own.mapping, vma_c.anon_vma,
	"findable by the anon_vma of the child's VMA")
expect_eq(vma.anon_vma, nil, "the parent's VMA still has none")
expect_eq(task:read(heap[0]), 0, "and still reads 0")
if has_chains then
	expect_eq(own.mapping.root, own.mapping,
		"the child's anon_vma is a root")
end

ask {
	"How many faults does it cost to read a page and then write it, and \z
		how many to write it at once?",
	choices = { "1 and 1", "2 and 1", "2 and 2" },
	answer = 2,
	why = "The read maps the zero page read-only, so the write must fault \z
		again. That is the price for sparing a frame.",
}
say "Page 1 was read already. A new region is written without reading it first."
faults = task.min_flt
task:write(heap[1], "P")
expect_eq(task.min_flt - faults, 1, "the second fault of page 1")

say "The new region."
local fresh = task:mmap {
	pages = 1,
	addr = heap.addr - 64 * 4096,
	fixed = true,
	name = "fresh",
}
faults = task.min_flt
task:write(fresh[0], "F")
expect_eq(task.min_flt - faults, 1, "one fault for the only access")

-- ---------------------------------------------------------------------------
scene "Thrown away"

ask {
	"The task wrote page 1. Now madvise says that it does not need it any \z
		more. What does it read there?",
	choices = { "P", "0", "SIGSEGV" },
	answer = 2,
	why = "The frame is freed, the VMA stays. The next read maps the zero \z
		page again.",
}
local thrown = page_at(task, heap[1])
point(thrown)
say "MADV_DONTNEED: the PTE is cleared and the frame is freed."
task:madvise(heap[1], 4096, "dontneed")
expect_eq(thrown.kind, "free", "the frame is free")
expect_eq(page_at(task, heap[1]), nil, "and the PTE is empty")

say "The task reads page 1. The VMA keeps its anon_vma, for it may be written \z
	again."
expect_eq(task:read(heap[1]), 0, "it reads as 0")
expect_eq(page_at(task, heap[1]), zero, "from the zero page")
expect(vma.anon_vma, "the VMA still has its anon_vma")
