-- Act 4 of the reverse map: it is used, and it is taken down.
--
-- Walks from three frames, then the child unmaps piece by piece, and at last
-- the parent goes first: what holds the anon_vma then?

scenario {
	title = "Act 4: walks, unmap, exit",
	summary = "What a walk finds from a shared, an old and a copied \z
		frame; what unmapping takes down, and in which order.",
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era ~= "2.6.11"

-- Before the curtain: acts 1 to 3.  The child has copied page 1.
local parent, child, heap = batch("parent and child; the child has copied \z
	page 1", function()
	local task = spawn "parent"
	local region = task:mmap { pages = 3, name = "heap" }

	for i, value in ipairs { "A", "B", "C" } do
		task:write(region[i - 1], value)
	end
	local kid = task:fork "child"
	kid:write(region[1], "X")
	return task, kid, region
end)
local frame_a = page_at(parent, heap[0]) -- shared
local frame_b = page_at(parent, heap[1]) -- the old frame, the parent's alone
local frame_c = page_at(parent, heap[2]) -- shared
local frame_x = page_at(child, heap[1]) -- the child's copy
local av_p = parent:vmas()[1].anon_vma

-- Walk to the end; the list of who maps the frame, as text.
local function who(frame)
	local names = {}
	for i, mapping in ipairs(frame:rmap { full = true }) do
		names[i] = mapping.task.name
	end
	table.sort(names)
	return table.concat(names, " ")
end

-- ---------------------------------------------------------------------------
scene "Three walks"
show { "rmap", "spaces", "path", "narration" }

point(frame_a)
say "Frame A is shared. From mapping to the anon_vma, from there to each VMA, \z
	from index to the address, from the address to the PTE: does it hold \z
	frame A?"
expect_eq(who(frame_a), "child parent", "both map A")
expect_eq(costs(true).visited, 2, "VMAs visited")
expect_eq(costs(true).wasted, 0, "none in vain")

ask {
	"Frame B was copied by the child. A walk to the end from B visits the \z
		child:",
	choices = { "no, it has its own frame now", "yes, in vain" },
	answer = 2,
	why = "The links are between VMAs and anon_vmas. The copy of one page \z
		changes no link, for A and C are still shared.",
}
point(frame_b)
say "At the child the walk finds a PTE for this address, but another frame in \z
	it."
expect_eq(who(frame_b), "parent", "the parent maps B")
expect_eq(costs(true).visited, 2, "VMAs visited")
expect_eq(costs(true).wasted, 1, "one in vain")

point(frame_x)
if has_chains then
	say "Frame X is the copy. It points to the child's own anon_vma, and \z
		nobody else is in that tree."
else
	say "Frame X is the copy. It points to the same anon_vma as B, so the \z
		same two VMAs are visited, and now the parent is the one in \z
		vain."
end
expect_eq(who(frame_x), "child", "the child maps X")
expect_eq(costs(true).visited, has_chains and 1 or 2, "VMAs visited")

-- ---------------------------------------------------------------------------
scene "The child unmaps page 0"
show { "spaces", "rmap", "path", "narration" }

ask {
	"The child unmaps page 0 and keeps pages 1 and 2. Will a walk from \z
		frame A still visit the child's VMA?",
	choices = { "yes, in vain", "no" },
	answer = has_chains and 2 or 1,
	why = has_chains
		and "The tree is ordered by page offsets. The child's VMA \z
			begins behind A's index now, so the query does not \z
			come to it."
		or "The list has no order. The VMA is visited, but the \z
			address comes out before vm_start, so no page table \z
			is looked at.",
}
say "First a cut: page 0 becomes a VMA of its own. Its PTE goes, frame A \z
	loses a mapping, and the piece is thrown away. In the rest, vm_start \z
	and vm_pgoff have moved together."
child:munmap(heap[0], "4K")

local vma_c = child:vmas()[1]
expect_eq(#child:vmas(), 1, "still one VMA, a shorter one")
expect_eq(vma_c.start, heap[1], "it begins at page 1")
expect_eq(vma_c.pgoff, heap[1] // 4096, "and vm_pgoff went along")
expect_eq(frame_a.mapcount, 1, "A lost a mapping")
expect_eq(frame_x.index, vma_c.pgoff,
	"X did not change: its index fits the new start")

point(frame_a)
say "The walk from A."
expect_eq(who(frame_a), "parent", "the parent maps A")
expect_eq(costs(true).visited, has_chains and 1 or 2, "VMAs visited")

point(frame_c)
say "The walk from C finds both, as before."
expect_eq(who(frame_c), "child parent", "both map C")

-- ---------------------------------------------------------------------------
scene "The parent exits first"
show { "rmap", "spaces", "path", "narration" }

ask {
	"The parent exits, the child lives. Frame C still points to the \z
		anon_vma that the parent once made. What becomes of that \z
		anon_vma?",
	choices = {
		"it is freed with the parent's VMA",
		"it stays as long as the child's VMA needs it",
		"C is moved to the child's anon_vma",
	},
	answer = 2,
	why = has_chains
		and "The child's VMA is in its tree by a chain entry. An \z
			anon_vma is freed when its tree is empty (and a root, \z
			when its last descendant is gone)."
		or "The child's VMA is still on its list. An anon_vma is \z
			freed when its list is empty.",
}
point(av_p)
say "All PTEs of the parent go, then its VMA leaves the reverse map."
parent:exit()

expect_eq(frame_a.kind, "free", "nobody maps A: it is free")
expect_eq(frame_b.kind, "free", "nobody maps B: it is free")
expect_eq(frame_c.mapcount, 1, "the child maps C")
expect_eq(frame_c.mapping, av_p, "C points to the same anon_vma as ever")
expect_eq(#av_p.vmas, 1, "one VMA is linked to it: the child's")
expect_eq(#anon_vmas(), has_chains and 2 or 1, "anon_vmas left")
if era == "4.0" then
	expect_eq(av_p.degree, 2, "4.0, degree: itself and one child")
elseif era == "6.18" then
	expect_eq(av_p.num_active_vmas, 0,
		"6.18: no VMA calls it its own any more")
end

point(frame_c)
say "And it does its work: the walk from C finds the child by the anon_vma of \z
	a dead parent."
expect_eq(who(frame_c), "child", "the child maps C")
expect_eq(costs(true).visited, 1, "VMAs visited")

if has_chains then
	say "The child writes C. The frame is its alone: it is reused, and \z
		moves to the child's own anon_vma. Now nothing points to the \z
		old one but the chain."
else
	say "The child writes C. The frame is its alone: it is reused."
end
child:write(heap[2], "C'")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(frame_c.mapping, vma_c.anon_vma,
	"C points to the anon_vma of the child's VMA")
expect_eq(#anon_vmas(), has_chains and 2 or 1,
	"no anon_vma was freed: links stay until a VMA goes")

-- ---------------------------------------------------------------------------
scene "The last one"

say "The child unmaps its last two pages. With the last VMA goes every \z
	anon_vma, and every frame with the last PTE."
child:munmap(heap[1], "8K")
expect_eq(#anon_vmas(), 0, "no anon_vma is left")
expect_eq(frame_c.kind, "free", "C is free")
expect_eq(frame_x.kind, "free", "X is free")
expect_eq(#child:vmas(), 0, "the child has an empty address space")

say "It reads where page 2 was: a bad access."
expect_error("SIGSEGV", function() child:read(heap[2]) end)
