-- Act 4 of the reverse map: it is used, and it is taken down.
--
-- Walks from three frames, then the child unmaps piece by piece, and at last
-- the parent goes first: what holds the anon_vma then?

scenario {
	title = {
		en = "Act 4: walks, unmap, exit",
		zh = "第四幕：遍历、解除映射、退出",
	},
	summary = {
		en = "What a walk finds from a shared, an old and a copied \z
			frame; what unmapping takes down, and in which order.",
		zh = "从共享的、旧的和复制出的页框出发，遍历各找到什么；解除映\z
			射会拆掉什么，按什么次序。",
	},
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
scene { en = "Three walks", zh = "三次遍历" }
show { "rmap", "spaces", "path", "narration" }

point(frame_a)
say {
	en = "Frame A is shared. From mapping to the anon_vma, from there to \z
		each VMA, from index to the address, from the address to the \z
		PTE: does it hold frame A?",
	zh = "页框 A 是共享的。从 mapping 到 anon_vma，从那里到每个 VMA，从 \z
		index 到地址，从地址到 PTE：里面是页框 A 吗？",
}
expect_eq(who(frame_a), "child parent", "both map A")
expect_eq(costs(true).visited, 2, "VMAs visited")
expect_eq(costs(true).wasted, 0, "none in vain")

ask {
	{
		en = "Frame B was copied by the child. A walk to the end from \z
			B visits the child:",
		zh = "页框 B 已被子进程复制。从 B 走到底的遍历会访问子进程吗？",
	},
	choices = {
		{
			en = "no, it has its own frame now",
			zh = "不会，它有自己的页框了",
		},
		{ en = "yes, in vain", zh = "会，但落空" },
	},
	answer = 2,
	why = {
		en = "The links are between VMAs and anon_vmas. The copy of \z
			one page changes no link, for A and C are still \z
			shared.",
		zh = "连接在 VMA 和 anon_vma 之间。复制一页不改变任何连接，因\z
			为 A 和 C 仍是共享的。",
	},
}
point(frame_b)
say {
	en = "At the child the walk finds a PTE for this address, but another \z
		frame in it.",
	zh = "在子进程那里，遍历找到这个地址的 PTE，但里面是另一个页框。",
}
expect_eq(who(frame_b), "parent", "the parent maps B")
expect_eq(costs(true).visited, 2, "VMAs visited")
expect_eq(costs(true).wasted, 1, "one in vain")

point(frame_x)
if has_chains then
	say {
		en = "Frame X is the copy. It points to the child's own \z
			anon_vma, and nobody else is in that tree.",
		zh = "页框 X 是副本。它指向子进程自己的 anon_vma，那棵树里没有\z
			别人。",
	}
else
	say {
		en = "Frame X is the copy. It points to the same anon_vma as \z
			B, so the same two VMAs are visited, and now the \z
			parent is the one in vain.",
		zh = "页框 X 是副本。它与 B 指向同一个 anon_vma，所以访问同样\z
			的两个 VMA，这次落空的是父进程。",
	}
end
expect_eq(who(frame_x), "child", "the child maps X")
expect_eq(costs(true).visited, has_chains and 1 or 2, "VMAs visited")

-- ---------------------------------------------------------------------------
scene { en = "The child unmaps page 0", zh = "子进程解除第 0 页的映射" }
show { "spaces", "rmap", "path", "narration" }

ask {
	{
		en = "The child unmaps page 0 and keeps pages 1 and 2. Will a \z
			walk from frame A still visit the child's VMA?",
		zh = "子进程解除第 0 页的映射，保留第 1、2 页。从页框 A 遍历还\z
			会访问子进程的 VMA 吗？",
	},
	choices = {
		{ en = "yes, in vain", zh = "会，但落空" },
		{ en = "no", zh = "不会" },
	},
	answer = has_chains and 2 or 1,
	why = has_chains
		and {
			en = "The tree is ordered by page offsets. The \z
				child's VMA begins behind A's index now, so \z
				the query does not come to it.",
			zh = "树按页偏移排序。子进程的 VMA 现在起于 A 的 \z
				index 之后，查询到不了它。",
		}
		or {
			en = "The list has no order. The VMA is visited, but \z
				the address comes out before vm_start, so no \z
				page table is looked at.",
			zh = "链表没有次序。VMA 会被访问，但算出的地址在 \z
				vm_start 之前，所以不去看页表。",
		},
}
say {
	en = "First a cut: page 0 becomes a VMA of its own. Its PTE goes, \z
		frame A loses a mapping, and the piece is thrown away. In the \z
		rest, vm_start and vm_pgoff have moved together.",
	zh = "先切一刀：第 0 页成为单独的 VMA。它的 PTE 清除，页框 A 少一个映\z
		射，切下的一块被丢弃。在余下的部分，vm_start 和 vm_pgoff 一起\z
		移动了。",
}
child:munmap(heap[0], "4K")

local vma_c = child:vmas()[1]
expect_eq(#child:vmas(), 1, "still one VMA, a shorter one")
expect_eq(vma_c.start, heap[1], "it begins at page 1")
expect_eq(vma_c.pgoff, heap[1] // 4096, "and vm_pgoff went along")
expect_eq(frame_a.mapcount, 1, "A lost a mapping")
expect_eq(frame_x.index, vma_c.pgoff,
	"X did not change: its index fits the new start")

point(frame_a)
say { en = "The walk from A.", zh = "从 A 遍历。" }
expect_eq(who(frame_a), "parent", "the parent maps A")
expect_eq(costs(true).visited, has_chains and 1 or 2, "VMAs visited")

point(frame_c)
say {
	en = "The walk from C finds both, as before.",
	zh = "从 C 遍历仍找到两者。",
}
expect_eq(who(frame_c), "child parent", "both map C")

-- ---------------------------------------------------------------------------
scene { en = "The parent exits first", zh = "父进程先退出" }
show { "rmap", "spaces", "path", "narration" }

ask {
	{
		en = "The parent exits, the child lives. Frame C still points \z
			to the anon_vma that the parent once made. What \z
			becomes of that anon_vma?",
		zh = "父进程退出，子进程活着。页框 C 仍指向父进程当初建立的 \z
			anon_vma。那个 anon_vma 会怎样？",
	},
	choices = {
		{
			en = "it is freed with the parent's VMA",
			zh = "随父进程的 VMA 一起释放",
		},
		{
			en = "it stays as long as the child's VMA needs it",
			zh = "只要子进程的 VMA 需要就留着",
		},
		{
			en = "C is moved to the child's anon_vma",
			zh = "C 移到子进程的 anon_vma",
		},
	},
	answer = 2,
	why = has_chains
		and {
			en = "The child's VMA is in its tree by a chain \z
				entry. An anon_vma is freed when its tree is \z
				empty (and a root, when its last descendant \z
				is gone).",
			zh = "子进程的 VMA 通过一个 anon_vma_chain 在它的树\z
				里。树空了，anon_vma 才释放（根则要等最后一个\z
				后代消失）。",
		}
		or {
			en = "The child's VMA is still on its list. An \z
				anon_vma is freed when its list is empty.",
			zh = "子进程的 VMA 还在它的链表上。链表空了，anon_vma \z
				才释放。",
		},
}
point(av_p)
say {
	en = "All PTEs of the parent go, then its VMA leaves the reverse map.",
	zh = "父进程的 PTE 全部清除，然后它的 VMA 离开反向映射。",
}
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
say {
	en = "And it does its work: the walk from C finds the child by the \z
		anon_vma of a dead parent.",
	zh = "它仍在起作用：从 C 遍历，通过已死父进程的 anon_vma 找到子进程。",
}
expect_eq(who(frame_c), "child", "the child maps C")
expect_eq(costs(true).visited, 1, "VMAs visited")

if has_chains then
	say {
		en = "The child writes C. The frame is its alone: it is \z
			reused, and moves to the child's own anon_vma. Now \z
			nothing points to the old one but the chain.",
		zh = "子进程写 C。页框归它独有：重用，并移到子进程自己的 \z
			anon_vma。现在指向旧 anon_vma 的只剩 anon_vma_chain。",
	}
else
	say {
		en = "The child writes C. The frame is its alone: it is \z
			reused.",
		zh = "子进程写 C。页框归它独有：重用。",
	}
end
child:write(heap[2], "C'")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(frame_c.mapping, vma_c.anon_vma,
	"C points to the anon_vma of the child's VMA")
expect_eq(#anon_vmas(), has_chains and 2 or 1,
	"no anon_vma was freed: links stay until a VMA goes")

-- ---------------------------------------------------------------------------
scene { en = "The last one", zh = "最后一个" }

say {
	en = "The child unmaps its last two pages. With the last VMA goes \z
		every anon_vma, and every frame with the last PTE.",
	zh = "子进程解除最后两页的映射。最后一个 VMA 带走所有 anon_vma，最后一\z
		个 PTE 带走所有页框。",
}
child:munmap(heap[1], "8K")
expect_eq(#anon_vmas(), 0, "no anon_vma is left")
expect_eq(frame_c.kind, "free", "C is free")
expect_eq(frame_x.kind, "free", "X is free")
expect_eq(#child:vmas(), 0, "the child has an empty address space")

say {
	en = "It reads where page 2 was: a bad access.",
	zh = "它去读第 2 页原来的地方：非法访问。",
}
expect_error("SIGSEGV", function() child:read(heap[2]) end)
