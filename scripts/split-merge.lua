-- Splitting and merging VMAs, and why the anon_vma decides.
--
-- munmap and mprotect cut a VMA; where the pieces fit again, they are merged.
-- Whether two neighbours can become one depends on their rights, their offsets
-- and their anon_vmas.  The last rule is another one in each of these kernels.

scenario {
	title = "Split and merge: when do two VMAs become one?",
	summary = "munmap and mprotect cut VMAs; equal neighbours are merged, \z
		unless their anon_vmas forbid it. Where 2.6.11, 4.0 and 6.18 \z
		differ.",
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era ~= "2.6.11"
local PAGE = 4096

-- The VMAs of a task, as sizes in pages: "2+1+2".
local function sizes(task)
	local list = {}

	for i, vma in ipairs(task:vmas()) do
		list[i] = (vma.stop - vma.start) // PAGE
	end
	return table.concat(list, "+")
end

-- ---------------------------------------------------------------------------
scene "A hole in the middle"
show { "spaces", "rmap", "path", "narration" }

say "Five pages in one VMA, all written."
local task, heap = batch("a task with five written pages", function()
	local t = spawn "task"
	local region = t:mmap { pages = 5, name = "heap" }

	for i = 0, 4 do
		t:write(region[i], i)
	end
	return t, region
end)
local av = task:vmas()[1].anon_vma
local frame = {}
for i = 0, 4 do
	frame[i] = page_at(task, heap[i])
end

ask {
	"Page 2 is unmapped. What must the kernel change in the frames of \z
		pages 3 and 4?",
	choices = { "index", "mapping", "both", "nothing" },
	answer = 4,
	why = "Their VMA begins later now, but vm_pgoff has moved with \z
		vm_start. The address that follows from index is still right.",
}
say "Two cuts, at both ends of page 2; then the piece in the middle is thrown \z
	away."
task:munmap(heap[2], PAGE)

local left, right = table.unpack(task:vmas())
expect_eq(sizes(task), "2+2", "two VMAs of two pages")
expect_eq(left.anon_vma, av, "the left one is on the old anon_vma")
expect_eq(right.anon_vma, av, "and so is the right one")
expect_eq(#av.vmas, 2, "so two VMAs are linked to it")
expect_eq(#right.chain, has_chains and 1 or 0, "a split copies the chain")
expect_eq(right.pgoff - left.pgoff, 3,
	"vm_pgoff of the right one: three pages further")
expect_eq(frame[2].kind, "free", "the frame of page 2 is free")
for _, i in ipairs { 0, 1, 3, 4 } do
	expect_eq(frame[i].index, heap[i] // PAGE,
		"page " .. i .. ": index as before")
	expect_eq(frame[i].mapping, av, "page " .. i .. ": mapping as before")
end

point(frame[4])
if has_chains then
	say "A walk to the end from page 4. The tree is ordered by offsets: \z
		only the VMA whose range holds the index is visited."
else
	say "A walk to the end from page 4. The list knows no ranges: both \z
		pieces are visited, and in one the address comes out of range."
end
local found = frame[4]:rmap { full = true }
expect_eq(found[1].addr, heap[4], "found at its address")
expect_eq(found.cost.visited, has_chains and 1 or 2, "VMAs visited")

ask {
	"New memory is mapped exactly into the hole. How many VMAs are there \z
		then?",
	choices = { "3", "2", "1" },
	answer = 3,
	why = "The new range has no page and no anon_vma, so it fits both \z
		sides. Both sides are on one anon_vma, so all three can be \z
		one.",
}
say "The hole is filled."
task:mmap { pages = 1, addr = heap[2], fixed = true, name = "heap" }
expect_eq(sizes(task), "5", "one VMA of five pages")
expect_eq(task:vmas()[1].anon_vma, av, "on the same anon_vma")
expect_eq(#av.vmas, 1, "the links of the other pieces are gone")
expect_eq(page_at(task, heap[2]), nil, "the new page has no frame yet")
expect_eq(task:read(heap[3]), 3, "the neighbours keep their values")

-- ---------------------------------------------------------------------------
scene "mprotect, and back"

say "Page 2 is written again, so that every page has a frame."
task:write(heap[2], "new")

say "The middle becomes read-only. Different rights cannot live in one VMA: \z
	two cuts."
task:mprotect(heap[2], PAGE, "r--")
expect_eq(sizes(task), "2+1+2", "three VMAs")
expect_eq(#av.vmas, 3, "all on one anon_vma")
expect_error("SIGSEGV", function() task:write(heap[2], "no") end)

say "And back again: equal rights, offsets that continue, one anon_vma. They \z
	become one."
task:mprotect(heap[2], PAGE, "rw-")
expect_eq(sizes(task), "5", "one VMA")
expect_eq(#av.vmas, 1, "one link")
expect_eq(page_at(task, heap[2]).mapcount, 1, "no page was touched")

ask {
	"The VMA is writable again. Does a write to page 2 fault?",
	choices = { "yes", "no" },
	answer = era == "6.18" and 2 or 1,
	why = era == "6.18"
		and "The frame is marked AnonExclusive: this task may write \z
			it. So mprotect made the PTE writable at once."
		or "mprotect leaves the PTE read-only, for it does not know \z
			whether the frame is shared. The write finds out: a \z
			fault, without a copy.",
}
say "The right to write is in the VMA. Is it in the PTE too?"
local faults = task.min_flt
task:write(heap[2], "again")
expect_eq(task.min_flt - faults, era == "6.18" and 0 or 1, "faults")
expect_eq(costs(true).copies, 0, "no copy in any kernel")

-- ---------------------------------------------------------------------------
scene "Written next to unwritten"

say "Another task with two neighbours: the left one readable and writable, \z
	the right one also executable. Only the right one is written."
local second, both = batch("two neighbours, the right one written", function()
	local t = spawn "second"
	local region = t:mmap { pages = 4, name = "two" }

	t:mprotect(region[2], 2 * PAGE, "rwx")
	t:write(region[2], "R")
	return t, region
end)
expect_eq(sizes(second), "2+2", "two VMAs")
expect_eq(second:vmas()[1].anon_vma, nil, "the left one has no anon_vma")
expect(second:vmas()[2].anon_vma, "the right one has")

ask {
	"mprotect makes the right one like its left neighbour. Will they be \z
		merged?",
	choices = { "yes", "no" },
	answer = era == "4.0" and 2 or 1,
	why = ({
		["2.6.11"] = "One of the two has no anon_vma: that is enough \z
			for 2.6.11. The merged VMA keeps the other's.",
		["4.0"] = "4.0 lets unwritten memory join a written VMA, but \z
			not the other way round: it asks for a neighbour with \z
			a chain of one, and an unwritten VMA has an empty \z
			chain.",
		["6.18"] = "Since 6.16 the unwritten neighbour takes over the \z
			anon_vma, if the written one did not come through a \z
			fork.",
	})[era],
}
say "Equal rights now, offsets that continue, and one anon_vma of two."
second:mprotect(both[2], 2 * PAGE, "rw-")
expect_eq(sizes(second), era == "4.0" and "2+2" or "4", "VMAs, in pages")
expect_eq(#anon_vmas(), 2, "anon_vmas: the first task's and this one")
expect_eq(second:read(both[2]), "R", "the page is where it was")

-- The same in the other direction: now the changed range is the unwritten one.
local third
third, both = batch("the same again, in a third task", function()
	local t = spawn "third"
	local region = t:mmap { pages = 4, name = "two" }

	t:mprotect(region[0], 2 * PAGE, "rwx")
	t:write(region[2], "R")
	return t, region
end)
say "The other way round: here the unwritten one is made like its written \z
	neighbour. That is merged in every kernel."
third:mprotect(both[0], 2 * PAGE, "rw-")
expect_eq(sizes(third), "4", "one VMA")
expect_eq(third:vmas()[1].anon_vma, page_at(third, both[2]).mapping,
	"with the anon_vma of the written part")

-- ---------------------------------------------------------------------------
scene "Two anon_vmas never become one"

say "Two regions with a hole of one page between them. Each is written: two \z
	anon_vmas, for they do not touch."
local fourth, low = batch("two written regions, a hole between them", function()
	local t = spawn "fourth"
	local region = t:mmap { pages = 5, name = "low" }

	t:munmap(region[2], PAGE)
	t:write(region[0], "L")
	t:write(region[3], "H")
	return t, region
end)
local av_low = page_at(fourth, low[0]).mapping
local av_high = page_at(fourth, low[3]).mapping
expect(av_low ~= av_high, "two anon_vmas")

ask {
	"The hole is filled. How many VMAs then?",
	choices = { "1", "2", "3" },
	answer = 2,
	why = "The new memory fits both, but both do not fit each other: \z
		pages point to two different anon_vmas. It joins the left one.",
}
say "In the first scene the same call made one VMA of three."
fourth:mmap { pages = 1, addr = low[2], fixed = true, name = "low" }
expect_eq(sizes(fourth), "3+2", "the hole belongs to the left one")
expect_eq(fourth:vmas()[1].anon_vma, av_low, "the left one's anon_vma")
expect_eq(fourth:vmas()[2].anon_vma, av_high, "the right one's anon_vma")

-- ---------------------------------------------------------------------------
scene "The heap of a child"
show { "spaces", "rmap", "path", "narration" }

say "A parent with a heap by brk, two pages, written. It forks."
local parent, child, heap_end = batch("a parent with a written heap, and its \z
	child", function()
	local t = spawn "parent"
	local start = t:brk()
	local stop = t:brk(start + 2 * PAGE)

	t:write(start, "heap")
	return t, t:fork "child", stop
end)
expect_eq(sizes(parent), "2", "one heap VMA in the parent")
expect_eq(sizes(child), "2", "one in the child")

say "The parent's heap grows by two pages: the VMA grows."
parent:brk(heap_end + 2 * PAGE)
expect_eq(sizes(parent), "4", "one heap VMA of four pages")

ask {
	"Now the child's heap grows by two pages. How many heap VMAs has the \z
		child?",
	choices = { "1", "2" },
	answer = has_chains and 2 or 1,
	why = has_chains
		and "The child's VMA came through a fork, so its chain has \z
			two entries. Unwritten memory joins only a VMA with a \z
			chain of one: it would have to inherit old links."
		or "2.6.11 asks only whether the anon_vmas are equal or one \z
			is missing. The new memory has none.",
}
say "The same call as the parent's."
child:brk(heap_end + 2 * PAGE)
expect_eq(sizes(child), has_chains and "2+2" or "4", "the child's heap")
expect_eq(#child:vmas()[1].chain, has_chains and 2 or 0,
	"the chain of its first VMA")

if has_chains then
	say "The child writes to the new part. Its neighbour's anon_vma is \z
		not shared either: the new part becomes a root of its own."
else
	say "The child writes to the new part. One VMA, one anon_vma."
end
child:write(heap_end, "more")
local new = page_at(child, heap_end).mapping
expect_eq(new == child:vmas()[1].anon_vma, not has_chains,
	"is it the anon_vma of the first part?")
if has_chains then
	expect_eq(new.root, new, "a root")
end

say "But a cut that the child makes itself can heal there: read-only ..."
child:mprotect(heap_end - PAGE, PAGE, "r--")
expect_eq(sizes(child), "1+1+2", "the heap in pieces")

say "... and writable again. The pieces have equal anon_vmas: for them the \z
	length of the chain does not matter."
child:mprotect(heap_end - PAGE, PAGE, "rw-")
expect_eq(sizes(child), has_chains and "2+2" or "4", "healed")
expect_eq(child:read(heap_end - 2 * PAGE), "heap",
	"the inherited page is still there")
