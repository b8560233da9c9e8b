-- A file mapped by many processes, each another part of it: who maps page 2?
--
-- 2.6.11 keeps the VMAs of a file in a priority search tree.  A VMA is an
-- interval of file pages [first, last].  By first (the radix index) it goes left
-- or right, bit by bit; by last (the heap index) nobody below reaches further
-- than the one above.  So a query can leave out whole branches.  4.0 and 6.18
-- have an interval tree instead: a red-black tree by first, with the furthest
-- last below each node.
--
-- The eight intervals are those of the kernel sheet's own example, so the shape
-- of the tree and the order of each query are known beforehand.

scenario {
	title = {
		en = "The tree of a file's mappings",
		zh = "文件映射的树",
	},
	summary = {
		en = "Eight processes map parts of one file. A priority search \z
			tree in 2.6.11, an interval tree later: who maps this \z
			page, and what happens by fork and unmap?",
		zh = "八个进程各映射同一文件的一部分。2.6.11 是优先搜索树，后来\z
			是区间树：谁映射这一页？fork 和解除映射时又怎样？",
	},
	eras = { "2.6.11", "4.0", "6.18" },
	fault_around = 1, -- a read maps its page and no other
}

local is_prio = machine().era == "2.6.11"
-- munmap looks the address up: in 6.18 in the one node of its tree of VMAs
local lookup = machine().era == "6.18" and 1 or 0
local NAMES <const> = "ABCDEFGH"
local first = { A = 0, B = 0, C = 0, D = 2, E = 0, F = 1, G = 2, H = 0 }
local last = { A = 5, B = 2, C = 4, D = 3, E = 0, F = 4, G = 2, H = 1 }

-- ---------------------------------------------------------------------------
scene { en = "Eight intervals", zh = "八个区间" }
show { "files", "path", "narration" }

say {
	en = "A library of six pages on the disk. Nobody maps it, nothing of it \z
		is in memory.",
	zh = "磁盘上一个六页的库文件。没有谁映射它，内存里也没有它的页。",
}
local lib = file("lib", 6)

say {
	en = "Eight processes, still empty.",
	zh = "八个进程，还是空的。",
}
local task = batch("eight processes", function()
	local list = {}

	for name in NAMES:gmatch "." do
		list[name] = spawn(name)
	end
	return list
end)

local region = {}
local function map(name)
	region[name] = task[name]:mmap {
		file = lib,
		pgoff = first[name],
		pages = last[name] - first[name] + 1,
		prot = "r",
	}
	expect_eq(costs(true).ptes, 0, "no PTE is set")
end

say {
	en = "A maps all six pages: the interval [0, 5]. Its VMA is the root.",
	zh = "A 映射全部六页：区间 [0, 5]。它的 VMA 是根。",
}
map "A"
expect_eq(task.A:vmas()[1].file, lib, "the VMA knows its file")
expect_eq(task.A:vmas()[1].pgoff, 0, "vm_pgoff: where in the file it begins")

say(is_prio and {
	en = "B maps [0, 2]. It reaches less far than A, so it goes below.",
	zh = "B 映射 [0, 2]。它不如 A 伸得远，所以排在下面。",
} or {
	en = "B maps [0, 2]. It begins at the same page as A and came later, so \z
		it goes to A's right.",
	zh = "B 映射 [0, 2]。它与 A 从同一页开始，但来得晚，所以排在 A 的右边。",
})
map "B"

ask {
	{
		en = "C maps [0, 4], which reaches further than B's [0, 2]. \z
			Where does it go?",
		zh = "C 映射 [0, 4]，比 B 的 [0, 2] 伸得远。它排在哪里？",
	},
	choices = {
		{ en = "below B", zh = "B 的下面" },
		{ en = "between A and B", zh = "A 与 B 之间" },
		{ en = "beside B, on the right", zh = "B 的旁边，右侧" },
	},
	answer = is_prio and 2 or 3,
	why = is_prio and {
		en = "Heap order: nobody below reaches further. C takes B's \z
			place, and B is pushed down.",
		zh = "堆序：下面的不能伸得更远。C 占 B 的位置，B 被往下推。",
	} or {
		en = "All three begin at page 0, so the order is that of \z
			coming. The red-black tree turns: B becomes the root.",
		zh = "三者都从第 0 页开始，所以按先后排。红黑树旋转：B 成为根。",
	},
}
say(is_prio and {
	en = "prio_tree_insert walks down from the root, compares the last \z
		pages, and swaps where the newcomer reaches further.",
	zh = "prio_tree_insert 从根往下走，比较末页，新来的伸得更远就交换位置。",
} or {
	en = "vma_interval_tree_insert goes by the first page only. On its way \z
		it notes the furthest last page of each subtree.",
	zh = "vma_interval_tree_insert 只看首页。沿途它记下每个子树伸得最远的末\z
		页。",
})
map "C"
expect_eq(costs(true).tree_nodes, 2, "tree nodes passed")

for _, name in ipairs { "D", "E", "F", "G", "H" } do
	say {
		en = name .. " maps [" .. first[name] .. ", " .. last[name] ..
			"]. The tree grows; watch who moves.",
		zh = name .. " 映射 [" .. first[name] .. ", " .. last[name] ..
			"]。树在长大；看谁移动了。",
	}
	map(name)
end

-- ---------------------------------------------------------------------------
scene { en = "Stabbing queries", zh = "穿刺查询" }

-- All who map page @i read it, so that all of them have a PTE for it.
local function frame_of(i)
	return batch("all who map page " .. i .. " read it", function()
		local frame

		for name in NAMES:gmatch "." do
			if first[name] <= i and i <= last[name] then
				local addr = region[name][i - first[name]]

				task[name]:read(addr)
				frame = page_at(task[name], addr)
			end
		end
		return frame
	end)
end

-- Walk to the end: the tasks in the order of the visits.
local function order(frame)
	local names = {}
	local found = frame:rmap { full = true }

	for i, mapping in ipairs(found) do
		names[i] = mapping.task.name
	end
	expect_eq(#found, frame.mapcount, "all who map it were found")
	expect_eq(found.cost.wasted, 0, "nobody was visited in vain")
	return table.concat(names, " ")
end

say {
	en = "Everybody whose interval has page 2 reads it. The disk is read \z
		once; then they all share one frame of the page cache.",
	zh = "区间含第 2 页的都来读它。磁盘只读一次，之后大家共享页缓存里的一个\z
		页框。",
}
local frame = frame_of(2)
expect_eq(costs(true).io_reads, 1, "one read from the disk")
expect_eq(frame.kind, "file")
expect_eq(frame.mapcount, 6, "six page tables, one frame")
expect_eq(frame.mapping, lib, "mapping: the file")
expect_eq(frame.index, 2, "index: the page of the file")

ask {
	{
		en = "Who maps this frame? The query asks for all intervals that \z
			page 2 lies in. Which two VMAs can it leave out?",
		zh = "谁映射了这个页框？查询要找出含第 2 页的所有区间。哪两个 VMA \z
			可以不看？",
	},
	choices = { "D, G", "B, F", "E, H" },
	answer = 3,
	why = {
		en = "E ends at page 0 and H at page 1. Everybody else has \z
			page 2.",
		zh = "E 止于第 0 页，H 止于第 1 页。其余的都含第 2 页。",
	},
}
point(frame)
say(is_prio and {
	en = "From the root down. Where the last page of a node is below 2, \z
		nobody under it can have page 2: the branch is left out.",
	zh = "从根往下。若某节点的末页小于 2，它下面谁也不会含第 2 页：整枝略过。",
} or {
	en = "From the left on. Where the furthest last page of a subtree is \z
		below 2, it is left out; so is all that begins after 2.",
	zh = "从左开始。若子树最远的末页小于 2，整枝略过；从第 2 页之后开始的也略\z
		过。",
})
expect_eq(order(frame), is_prio and "A C F B D G" or "A B C F D G",
	"the order of the visits")
expect_eq(costs(true).tree_nodes, is_prio and 7 or 8, "tree nodes looked at")

say {
	en = "Page 0 is read by those who map it.",
	zh = "映射第 0 页的都来读它。",
}
local zeroth = frame_of(0)
point(zeroth)
say {
	en = "The same query for page 0.",
	zh = "对第 0 页作同样的查询。",
}
expect_eq(order(zeroth), is_prio and "A C B H E" or "A B C E H",
	"the order of the visits")

say {
	en = "Page 5: A alone has it.",
	zh = "第 5 页：只有 A 有。",
}
local fifth = frame_of(5)
ask {
	{
		en = "How many nodes of the tree does the query for page 5 \z
			look at?",
		zh = "对第 5 页的查询要看几个树节点？",
	},
	choices = { "2", "5", "8" },
	answer = is_prio and 1 or 2,
	why = is_prio and {
		en = "The root has page 5. The node below ends at page 4: \z
			nothing there can reach further.",
		zh = "根含第 5 页。它下面的节点止于第 4 页：那里谁也伸不到更远。",
	} or {
		en = "A is deep in the tree, for its order is by first page. \z
			The furthest last page leads there.",
		zh = "树按首页排序，A 在深处。最远的末页把查询引到那里。",
	},
}
point(fifth)
say {
	en = "One mapping, found at once.",
	zh = "一个映射，立刻找到。",
}
expect_eq(order(fifth), "A", "one visit")
expect_eq(costs(true).tree_nodes, is_prio and 2 or 5, "tree nodes looked at")

-- ---------------------------------------------------------------------------
scene { en = "fork: the same interval again", zh = "fork：同样的区间又来" }

ask {
	{
		en = "A forks. The child maps the same interval [0, 5]. How is \z
			it put into the tree?",
		zh = "A fork。子进程映射同样的区间 [0, 5]。它怎样放进树里？",
	},
	choices = {
		{ en = "as a node of its own", zh = "作为自己的节点" },
		{
			en = "on a list at A's node",
			zh = "在 A 的节点挂的链表上",
		},
	},
	answer = is_prio and 2 or 1,
	why = is_prio and {
		en = "Equal intervals share a node. vma_prio_tree_add needs no \z
			walk for that: it starts from the parent's VMA.",
		zh = "相同的区间共用一个节点。vma_prio_tree_add 为此不必走树：从\z
			父进程的 VMA 出发。",
	} or {
		en = "The interval tree has no lists. The child's VMA goes \z
			right after its parent's.",
		zh = "区间树没有链表。子进程的 VMA 紧接在父进程的之后。",
	},
}
say(is_prio and {
	en = "The child's VMA hangs at the node of A. Fork copies the PTEs of \z
		file pages too.",
	zh = "子进程的 VMA 挂在 A 的节点上。fork 也复制文件页的 PTE。",
} or {
	en = "The child's VMA is a node after A. Fork leaves the PTEs of file \z
		pages out: a fault brings them.",
	zh = "子进程的 VMA 是 A 之后的一个节点。fork 不复制文件页的 PTE：缺页时再\z
		补。",
})
local kids = { task.A:fork "A1" }
expect_eq(costs(true).tree_nodes, is_prio and 0 or 1, "tree nodes passed")
expect_eq(costs(true).ptes > 0, is_prio, "does fork look at the PTEs?")
expect_eq(page_at(kids[1], region.A[2]) ~= nil, is_prio,
	"does the child map page 2 already?")

say { en = "Two more children of A.", zh = "A 再生两个子进程。" }
batch("two more forks of A", function()
	for i = 2, 3 do
		kids[i] = task.A:fork("A" .. i)
	end
end)
say {
	en = "The children read page 2.",
	zh = "子进程们读第 2 页。",
}
batch("the children read page 2", function()
	for _, kid in ipairs(kids) do
		kid:read(region.A[2])
	end
end)
expect_eq(frame.mapcount, 9, "nine page tables, one frame")

point(frame)
say(is_prio and {
	en = "The walk: the node, then its list, then on in the tree. It passes \z
		no more tree nodes than before.",
	zh = "遍历：先是节点，再是它的链表，然后继续走树。经过的树节点并不比以前\z
		多。",
} or {
	en = "The walk: each child is put right behind A, so the youngest \z
		comes first of them. Each is a node more.",
	zh = "遍历：每个子进程都紧接在 A 之后插入，所以最年轻的在前。每个都多一个\z
		节点。",
})
expect_eq(order(frame), is_prio and "A A1 A2 A3 C F B D G"
	or "A A3 A2 A1 B C F D G", "the order of the visits")
expect_eq(costs(true).tree_nodes, is_prio and 7 or 11, "tree nodes looked at")
expect_eq(costs(true).list_nodes, is_prio and 3 or 0, "list members passed")

-- ---------------------------------------------------------------------------
scene { en = "Unmap", zh = "解除映射" }

ask {
	{
		en = "A unmaps, whose VMA is the node. What happens to the \z
			others of the same interval?",
		zh = "A 解除映射，而它的 VMA 就是那个节点。同一区间的其他 VMA 会\z
			怎样？",
	},
	choices = {
		{ en = "the first of them takes its place", zh = "第一个接替它" },
		{ en = "they are inserted anew", zh = "重新插入" },
		{ en = "nothing: they are nodes", zh = "没什么：它们是节点" },
	},
	answer = is_prio and 1 or 3,
	why = is_prio and {
		en = "The head of the list steps into the tree, at the same \z
			place. No node is passed.",
		zh = "链表的头进入树中同一位置。不经过任何节点。",
	} or {
		en = "A red-black tree removes one node and mends its colours.",
		zh = "红黑树删去一个节点，再修好颜色。",
	},
}
say {
	en = "A unmaps the library.",
	zh = "A 解除对库的映射。",
}
task.A:munmap(region.A)
expect_eq(costs(true).tree_nodes, is_prio and 0 or 1 + lookup, "tree nodes passed")
expect_eq(frame.mapcount, 8)

say {
	en = "C unmaps too, a node that stands alone.",
	zh = "C 也解除映射，它是一个独自的节点。",
}
task.C:munmap(region.C)
expect_eq(costs(true).tree_nodes, is_prio and 5 or 1 + lookup, "tree nodes passed")

point(frame)
say {
	en = "The tree has closed the gap. Seven still map page 2.",
	zh = "树已补上空位。还有七个映射第 2 页。",
}
expect_eq(order(frame), is_prio and "A1 A2 A3 F B D G"
	or "A3 A2 A1 B F D G", "the order of the visits")

note {
	en = "A file needs no chain and no anon_vma: all pages of all processes \z
		share this one tree. But a page is found only by the VMAs that \z
		may map it; whether they do, each page table must tell.",
	zh = "文件不需要链，也不需要 anon_vma：所有进程的所有页共用这一棵树。但\z
		由页找到的只是可能映射它的 VMA；是否真的映射，要看各自的页表。",
}
