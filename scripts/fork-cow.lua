-- Fork, copy on write and unmap: the reverse map in four acts.
--
-- A parent writes three pages (act 1) and forks (act 2), the child writes one
-- of them (act 3), and the reverse map is used and taken down (act 4).  Each
-- act is also a scenario of its own: act-1-first-write, act-2-fork,
-- act-3-child-writes, act-4-unmap-and-walk.
--
-- Every expect below is a check: `rmapscope test fork-cow.lua` runs them all in
-- the three kernels named here.
--
-- A text goes on in the next line after \z.  heap[1] is the address of page 1
-- of the region heap; pages are counted from 0.

scenario {
	title = "Fork, copy on write, unmap: who maps this frame?",
	summary = "A parent forks, the child writes one page and unmaps. \z
		After each step: which page tables point to which frame, and \z
		how would the kernel find out?",
	eras = { "4.0", "2.6.11", "6.18" }, -- the first is the default
}

-- 2.6.11 has one anon_vma for the whole family: a list of VMAs.  The later
-- kernels give each forked VMA an anon_vma of its own and link it to those of
-- its ancestors by an anon_vma_chain.
local era = machine().era
local has_chains = era ~= "2.6.11"

-- ---------------------------------------------------------------------------
scene "Act 1: the parent writes"
show { "spaces", "rmap", "path", "narration" }

say "A task with an empty address space. Nothing is mapped yet."
local parent = spawn "parent"

say "mmap only promises addresses: one VMA of three pages. There is no frame \z
	yet."
local heap = parent:mmap { pages = 3, name = "heap" }

local vma_p = parent:vmas()[1]
expect_eq(#parent:vmas(), 1, "mmap made one VMA")
expect_eq(page_at(parent, heap[0]), nil, "mmap gave it no frame")
expect_eq(vma_p.anon_vma, nil, "and no anon_vma: there is nothing to find yet")

ask {
	"Three pages are written now, one after the other. How many anon_vmas \z
		will there be?",
	choices = { "none", "one for the VMA", "one for each page" },
	answer = 2,
	why = "A page must lead to the VMAs that may map it. All three pages \z
		lie in one VMA, so one anon_vma serves them all.",
}
say "The first write faults. The VMA gets an anon_vma, the page a frame, and \z
	the frame points back: mapping says which anon_vma, index which page."
parent:write(heap[0], "A")

local av_p = vma_p.anon_vma
local frame_a = page_at(parent, heap[0])
expect(av_p ~= nil, "the first write gave the VMA an anon_vma")
expect_eq(frame_a.mapping, av_p, "the frame points back to this anon_vma")
expect_eq(frame_a.index, heap[0] // 4096,
	"index: the number of the virtual page")
expect_eq(frame_a.mapcount, 1, "one PTE maps the frame")
expect_eq(frame_a._mapcount, 0, "_mapcount counts from -1, so one PTE is 0")

point(frame_a)
say "The second write faults too, but the VMA has its anon_vma already. Only \z
	a frame is needed."
parent:write(heap[1], "B")

say "And the third. Three frames, one anon_vma."
parent:write(heap[2], "C")

local frame_b, frame_c = page_at(parent, heap[1]), page_at(parent, heap[2])
expect_eq(#anon_vmas(), 1, "three pages share one anon_vma")
expect_eq(frame_b.mapping, av_p, "frame B points to it")
expect_eq(frame_c.mapping, av_p, "frame C points to it")
expect_eq(frame_b.index, frame_a.index + 1,
	"neighbours have neighbouring indexes")
expect_eq(parent.min_flt, 3, "three pages, three faults")

point(frame_b)
say "Now the question of this lesson. Somebody wants frame B back: which PTEs \z
	must go? From the frame to its anon_vma, from there to the VMA."
local found = frame_b:rmap()
expect_eq(found.cost.visited, 1, "the walk visits one VMA")
expect_eq(found[1].addr, heap[1],
	"and computes the address of the PTE from index")

-- ---------------------------------------------------------------------------
scene "Act 2: fork"

ask {
	"The child gets a copy of the whole address space. How many frames \z
		will hold A, B and C after the fork?",
	choices = { "3", "6" },
	answer = 1,
	why = "fork copies page tables, not pages. Both tables point to the \z
		same three frames, read-only, so that the first write is \z
		noticed.",
}
if has_chains then
	say "The child's VMA gets an anon_vma of its own, for pages that it \z
		will write. A chain entry also links it to the parent's, \z
		where its pages are now."
else
	say "The child's VMA joins the list of the parent's anon_vma, at the \z
		head. Nothing is allocated for the reverse map, so fork is \z
		cheap."
end
local child = parent:fork "child"

local vma_c = child:vmas()[1]
for i = 0, 2 do
	local frame = page_at(parent, heap[i])
	expect_eq(page_at(child, heap[i]), frame,
		"page " .. i .. ": one frame for both")
	expect_eq(frame.mapcount, 2, "page " .. i .. ": two PTEs map it")
	expect_eq(frame.refcount, 2, "page " .. i .. ": two references keep it")
	-- the last level of the walk is the PTE itself
	for _, task in ipairs { parent, child } do
		local levels = task:walk(heap[i]).levels
		expect(not levels[#levels].writable,
			task.name .. ", page " .. i .. ": the PTE is read-only")
	end
end
if has_chains then
	expect_eq(#anon_vmas(), 2, "the child has an anon_vma of its own")
	expect_eq(vma_c.chain[1], vma_c.anon_vma,
		"the child's chain: first its own ...")
	expect_eq(vma_c.chain[2], av_p, "... then the parent's")
	expect_eq(#vma_p.chain, 1, "the parent's chain did not change")
else
	expect_eq(#anon_vmas(), 1, "parent and child share one anon_vma")
	expect_eq(vma_c.anon_vma, av_p)
end

say "The same question again. B is mapped twice now, so the walk must find \z
	two PTEs, in two address spaces."
found = frame_b:rmap()
expect_eq(#found, 2, "the walk finds both")
expect_eq(found.cost.visited, 2, "VMAs visited")
expect_eq(found.cost.wasted, 0, "no visit in vain")
-- 2.6.11 adds a child at the head of the list, the trees after its parent
expect_eq(found[1].task, has_chains and parent or child,
	"who is visited first: " .. found[1].task.name)

-- ---------------------------------------------------------------------------
scene "Act 3: the child writes"
show { "spaces", "rmap", "path", "walk", "frames", "narration" }

ask {
	"The child writes page 1, which it shares with its parent. Who gets \z
		the new frame?",
	choices = { "the parent", "the child", "both" },
	answer = 2,
	why = "The one that writes gets a copy. The other is not even told: \z
		its page table stays as it was.",
}
if has_chains then
	say "The PTE is read-only, the VMA is not: copy on write. The new \z
		frame points to the child's own anon_vma. The parent can \z
		never map it, so no walk will look there."
else
	say "The PTE is read-only, the VMA is not: copy on write. The new \z
		frame points to the anon_vma that the child shares with its \z
		parent: there is only this one."
end
child:write(heap[1], "X")

local frame_x = page_at(child, heap[1])
expect(frame_x ~= frame_b, "the child has a frame of its own")
expect_eq(page_at(parent, heap[1]), frame_b, "the parent keeps the old one")
expect_eq(costs(true).copies, 1, "one page was copied")
expect_eq(frame_b.mapcount, 1, "the old frame lost a mapping")
expect_eq(frame_x.mapcount, 1)
expect_eq(frame_a.mapcount, 2, "its neighbours are still shared")
expect_eq(frame_c.mapcount, 2)
expect_eq(frame_x.index, frame_b.index, "old and new frame have the same index")
expect_eq(frame_b.mapping, av_p, "the old frame points where it did")
expect_eq(frame_x.mapping, vma_c.anon_vma,
	"the new one to the child VMA's anon_vma")
expect_eq(frame_x.mapping == frame_b.mapping, not has_chains,
	"is that the same anon_vma? Only in 2.6.11")

point(frame_x) -- seen as soon as it exists, and through the next step
say "The parent reads: it sees its own value, as if there were no child."
expect_eq(parent:read(heap[1]), "B", "the parent sees B")

say "The child reads what it wrote."
expect_eq(child:read(heap[1]), "X", "the child sees X")

-- ---------------------------------------------------------------------------
scene "Act 4: what a walk finds"
show { "rmap", "spaces", "path", "narration" }

ask {
	"A full walk starts from the child's new frame X. How many VMAs will \z
		it visit?",
	choices = { "1", "2" },
	answer = has_chains and 1 or 2,
	why = has_chains
		and "X points to the child's own anon_vma, and only the \z
			child's VMA is in that tree."
		or "X points to the common anon_vma, and both VMAs are on its \z
			list. The parent's PTE holds another frame: a wasted \z
			visit.",
}
point(frame_x)
say "full = true: the walk goes to the end of the tree or list. It does not \z
	stop when it has found as many PTEs as mapcount says."
found = frame_x:rmap { full = true }
expect_eq(#found, 1, "one PTE maps X")
expect_eq(found[1].task, child)
expect_eq(found.cost.visited, has_chains and 1 or 2, "VMAs visited")
expect_eq(found.cost.wasted, has_chains and 0 or 1, "visits in vain")

point(frame_b)
say "From the old frame B every kernel visits both. The child may still have \z
	pages of this anon_vma (it does: A and C), so it must be asked, in \z
	vain for B."
found = frame_b:rmap { full = true }
expect_eq(#found, 1, "one PTE maps B")
expect_eq(found[1].task, parent)
expect_eq(found.cost.visited, 2, "VMAs visited")
expect_eq(found.cost.wasted, 1, "one visit in vain, at the child")

if has_chains then
	say "Reclaim may stop early: mapcount says that there is one mapping, \z
		and the parent's VMA comes first in the tree. One visit is \z
		enough."
else
	say "Reclaim may stop early: mapcount says that there is one mapping. \z
		But the child stands first in the list, so the visit in vain \z
		comes before the right one."
end
found = frame_b:rmap()
expect_eq(#found, 1, "the same PTE")
expect_eq(found.cost.visited, has_chains and 1 or 2, "VMAs visited")

-- ---------------------------------------------------------------------------
scene "The parent writes too"
show { "spaces", "frames", "path", "narration" }

ask {
	"The parent's PTE for B is still read-only, from the fork. What \z
		happens when the parent writes it?",
	choices = {
		"no fault, it just writes",
		"a fault, and a copy",
		"a fault, but no copy",
	},
	answer = 3,
	why = "The processor sees only a read-only PTE: a fault. The kernel \z
		sees that nobody else has the frame: it makes the PTE \z
		writable again.",
}
if era == "2.6.11" then
	say "can_share_swap_page: page_count is 1, nobody else holds the \z
		frame. It is reused in place."
elseif era == "4.0" then
	say "reuse_swap_page: mapcount is 1, nobody else maps the frame. It \z
		is reused in place."
else
	say "The fork took the AnonExclusive mark from the frame, but its \z
		refcount is 1: nobody else holds it. It is reused in place \z
		and marked again."
end
local faults = parent.min_flt
parent:write(heap[1], "Y")
expect_eq(parent.min_flt - faults, 1, "one fault")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(page_at(parent, heap[1]), frame_b, "the same frame")
expect_eq(frame_b.value, "Y")
if era == "6.18" then
	expect(frame_b.flags.anon_exclusive, "marked AnonExclusive again")
	expect(not frame_a.flags.anon_exclusive, "A is shared: not exclusive")
end

say "A second write takes no fault at all: the PTE is writable now."
parent:write(heap[1], "Z")
expect_eq(parent.min_flt - faults, 1, "no fault any more")
expect_eq(frame_x.value, "X", "the child's copy is not touched")

-- ---------------------------------------------------------------------------
scene "The child unmaps"
show { "spaces", "rmap", "path", "frames", "narration" }

ask {
	"The child unmaps all three pages. Which frames become free?",
	choices = { "A, X and C", "only X", "none of them" },
	answer = 2,
	why = "X had one mapping, which goes. A and C are still mapped by the \z
		parent: their mapcount falls from 2 to 1.",
}
point(frame_x)
if has_chains then
	say "First the PTEs go, then the links: both chain entries are freed, \z
		and the child's anon_vma with them, for no VMA needs it any \z
		more."
else
	say "First the PTEs go, then the VMA leaves the anon_vma's list. The \z
		anon_vma itself stays: the parent is still on it."
end
child:munmap(heap)

expect_eq(#child:vmas(), 0, "the child has no VMA left")
expect_eq(frame_x.kind, "free", "the frame of X is free")
expect_eq(frame_a.mapcount, 1, "A is the parent's alone")
expect_eq(frame_c.mapcount, 1, "C is the parent's alone")
expect_eq(#anon_vmas(), 1, "one anon_vma is left")
expect_eq(#av_p.vmas, 1, "with one VMA on it")

point(frame_a)
say "A walk from A visits the parent alone, in every kernel. The links were \z
	taken down together with the mapping."
found = frame_a:rmap { full = true }
expect_eq(found.cost.visited, 1, "VMAs visited")
expect_eq(found.cost.wasted, 0, "no visit in vain")

say "The child touches the address once more: there is no VMA, so this is a \z
	bad access and not a page to be filled."
expect_error("SIGSEGV", function() child:read(heap[0]) end)

say "The parent never noticed: it reads A, Z and C."
for i, value in ipairs { "A", "Z", "C" } do
	expect_eq(parent:read(heap[i - 1]), value, "the parent reads " .. value)
end

say "The parent exits. With the last VMA the anon_vma goes too: a frame, an \z
	anon_vma, a VMA, and no trace is left."
parent:exit()
expect_eq(#anon_vmas(), 0, "no anon_vma is left")
for _, frame in ipairs { frame_a, frame_b, frame_c } do
	expect_eq(frame.kind, "free", "all frames are free")
end
