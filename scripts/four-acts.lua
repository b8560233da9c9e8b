-- The four acts in five kernels: the parent's first write, fork, the child's
-- copy, and what a walk finds.  The story is the same in each; what the kernel
-- keeps so that it can find the PTEs of a frame is not:
--
--   2.4     nothing at all: it must look at every page table
--   2.6.0   the PTEs themselves, listed at the page (pte_chain)
--   2.6.11  one list of VMAs for the whole family (anon_vma)
--   4.0     an anon_vma for each process, chained to its ancestors'
--   6.18    the same, and a bit that says: this page is mine alone
--
-- Press e to see the same step in another kernel, or compare them all:
--   rmapscope compare four-acts

scenario {
	title = {
		en = "Four acts, five kernels",
		zh = "四幕戏，五个内核",
	},
	summary = {
		en = "First write, fork, copy on write, walk and unmap: the \z
			same story from 2.4 to 6.18, and what each kernel \z
			keeps for the way back from a frame to its PTEs.",
		zh = "第一次写、fork、写时复制、遍历与解除映射：从 2.4 到 6.18 \z
			同一个故事，看每个内核为从页框找回 PTE 保存了什么。",
	},
	eras = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" },
}

-- What each generation has: a row of every table below.
local era = machine().era
local kind = ({
	["2.4"] = "none",
	["2.6.0"] = "chain",
	["2.6.11"] = "list",
	["4.0"] = "tree",
	["6.18"] = "tree",
})[era]
local function by_kind(t)
	return t[kind]
end
local has_anon_vma = kind == "list" or kind == "tree"
local exclusive_bit = era == "6.18"

local PAGES <const> = 2

-- ---------------------------------------------------------------------------
scene { en = "Act 1: the parent's first write", zh = "第一幕：父进程第一次写" }
show { "rmap", "spaces", "path", "narration" }

say {
	en = "A task and a region of two pages. mmap promises addresses; there \z
		is no frame yet.",
	zh = "一个任务，一个两页的区域。mmap 只许诺地址，还没有页框。",
}
local parent = spawn "parent"
local mm_bytes = costs(true).slab_bytes
local heap = parent:mmap { pages = PAGES, name = "heap" }
local vma_bytes = costs(true).slab_bytes
local vma_p = parent:vmas()[1]

ask {
	{
		en = "The parent writes page 0. What will the frame remember \z
			about who maps it, in Linux " .. era .. "?",
		zh = "父进程写第 0 页。在 Linux " .. era .. " 里，页框会记住谁\z
			映射了它吗？",
	},
	choices = {
		{ en = "nothing", zh = "什么也不记" },
		{ en = "its PTE", zh = "它的 PTE" },
		{ en = "a way to its VMAs", zh = "通向其 VMA 的路" },
	},
	answer = by_kind { none = 1, chain = 2, list = 3, tree = 3 },
	why = by_kind {
		none = {
			en = "2.4 only counts: one reference more. Nothing \z
				leads back.",
			zh = "2.4 只计数：多一个引用。没有回去的路。",
		},
		chain = {
			en = "page_add_rmap notes the address of the PTE: \z
				pte.direct.",
			zh = "page_add_rmap 记下 PTE 的地址：pte.direct。",
		},
		list = {
			en = "mapping says which anon_vma, index which page: \z
				page_add_anon_rmap.",
			zh = "mapping 说明哪个 anon_vma，index 说明第几页：\z
				page_add_anon_rmap。",
		},
		tree = {
			en = "mapping says which anon_vma, index which page. \z
				The VMA is linked to it by an anon_vma_chain.",
			zh = "mapping 说明哪个 anon_vma，index 说明第几页。VMA \z
				由一个 anon_vma_chain 连到它。",
		},
	},
}
say(by_kind {
	none = {
		en = "do_anonymous_page: a frame, a PTE, a place on the LRU list. \z
			That is all.",
		zh = "do_anonymous_page：一个页框，一个 PTE，LRU 链表上一个位\z
			置。仅此而已。",
	},
	chain = {
		en = "do_anonymous_page: a frame, a PTE, and the page points to \z
			this PTE.",
		zh = "do_anonymous_page：一个页框，一个 PTE，页再指向这个 PTE。",
	},
	list = {
		en = "do_anonymous_page: the VMA gets an anon_vma, and the page \z
			points to it.",
		zh = "do_anonymous_page：VMA 得到 anon_vma，页指向它。",
	},
	tree = {
		en = "do_anonymous_page: the VMA gets an anon_vma and a chain \z
			entry, and the page points to the anon_vma.",
		zh = "do_anonymous_page：VMA 得到 anon_vma 和一个 anon_vma_chain，\z
			页指向 anon_vma。",
	},
})
parent:write(heap[0], "A")
local frame_a = page_at(parent, heap[0])
point(frame_a)
expect_eq(frame_a.mapcount, 1, "one PTE maps the frame")
expect_eq(frame_a.refcount, 1, "one reference keeps it")
expect_eq(costs(true).slab_bytes, by_kind {
	none = 0,
	chain = 32, -- a spare node, kept for the next fault
	list = 12,
	tree = 64 + (era == "4.0" and 80 or 104),
}, "bytes of objects that the first write took")
if has_anon_vma then
	expect_eq(frame_a.mapping, vma_p.anon_vma, "mapping: the anon_vma")
	expect_eq(frame_a.index, heap[0] // 4096, "index: the virtual page")
else
	expect_eq(frame_a.mapping, nil, "mapping is empty")
	expect_eq(frame_a.index, nil, "index is undefined")
	expect_eq(#anon_vmas(), 0, "there are no anon_vmas in this kernel")
end
if kind == "chain" then
	expect(frame_a["pte.direct"] ~= 0, "the page points to its PTE")
end
expect_eq(frame_a.flags.anon_exclusive, exclusive_bit,
	"a bit for: mine alone? Only in 6.18")

say {
	en = "The second page, the same again: what was allocated before serves \z
		it too.",
	zh = "第二页也一样：已分配的东西也为它服务。",
}
parent:write(heap[1], "B")
local frame_b = page_at(parent, heap[1])
expect_eq(costs(true).slab_bytes or 0, 0, "bytes of objects")
expect_eq(frame_b.mapping, frame_a.mapping, "both pages lead the same way")

-- ---------------------------------------------------------------------------
scene { en = "Act 2: fork", zh = "第二幕：fork" }

ask {
	{
		en = "fork copies the page table, not the pages. What does it \z
			take beside, for the reverse map?",
		zh = "fork 复制页表，不复制页。为反向映射还要花什么？",
	},
	choices = {
		{ en = "nothing", zh = "什么也不花" },
		{ en = "something for each page", zh = "每页花一点" },
		{ en = "something for each VMA", zh = "每个 VMA 花一点" },
	},
	answer = by_kind { none = 1, chain = 2, list = 1, tree = 3 },
	why = by_kind {
		none = {
			en = "There is no reverse map. Only the count of each \z
				page goes up.",
			zh = "没有反向映射。只有每页的计数加一。",
		},
		chain = {
			en = "Each page now has two PTEs, so each gets a node \z
				of a chain.",
			zh = "每页现在有两个 PTE，所以每页得到一个链节点。",
		},
		list = {
			en = "The child's VMA joins the family's list. The \z
				list runs through the VMAs themselves.",
			zh = "子进程的 VMA 加入全家的链表。链表就穿在 VMA 里。",
		},
		tree = {
			en = "The child's VMA gets an anon_vma of its own and \z
				two chain entries: to it, and to the parent's.",
			zh = "子进程的 VMA 得到自己的 anon_vma 和两个 \z
				anon_vma_chain：一个连自己的，一个连父进程的。",
		},
	},
}
say(by_kind {
	none = {
		en = "Two address spaces point to the same frames, read-only. The \z
			child stands on the mmlist, the ring of all address \z
			spaces, right after its parent.",
		zh = "两个地址空间以只读方式指向同样的页框。子进程在 mmlist（所\z
			有地址空间的环）上，紧跟父进程。",
	},
	chain = {
		en = "copy_page_range enters each of the child's PTEs at its page: \z
			two pages, two nodes.",
		zh = "copy_page_range 把子进程的每个 PTE 登记到各自的页：两页，两\z
			个节点。",
	},
	list = {
		en = "dup_mmap calls anon_vma_link: one pointer in a list, for the \z
			whole VMA. For the pages only _mapcount goes up.",
		zh = "dup_mmap 调用 anon_vma_link：整个 VMA 只是链表里一个指针。\z
			各页只有 _mapcount 加一。",
	},
	tree = {
		en = "dup_mmap calls anon_vma_fork: three small objects for the \z
			whole VMA. For the pages only _mapcount goes up.",
		zh = "dup_mmap 调用 anon_vma_fork：整个 VMA 三个小对象。各页只有 \z
			_mapcount 加一。",
	},
})
local child = parent:fork "child"
local vma_c = child:vmas()[1]
point(frame_a)
for i = 0, PAGES - 1 do
	expect_eq(page_at(child, heap[i]), page_at(parent, heap[i]),
		"page " .. i .. ": one frame for both")
	expect_eq(page_at(child, heap[i]).mapcount, 2, "and two PTEs")
end
expect_eq(costs(true).slab_bytes - mm_bytes - vma_bytes, by_kind {
	none = 0,
	chain = PAGES * 32,
	list = 0,
	tree = 2 * 64 + (era == "4.0" and 80 or 104),
}, "bytes beside the child's own mm and VMA")
if kind == "chain" then
	expect(frame_a["pte.chain"] ~= frame_b["pte.chain"],
		"each page has a chain of its own")
elseif kind == "list" then
	expect_eq(vma_c.anon_vma, vma_p.anon_vma, "one anon_vma for both")
	expect_eq(#anon_vmas()[1].vmas, 2, "two VMAs on its list")
elseif kind == "tree" then
	expect_eq(#anon_vmas(), 2, "the child has an anon_vma of its own")
	expect_eq(vma_c.chain[2], vma_p.anon_vma,
		"and a chain entry for the parent's")
end
expect_eq(frame_a.flags.anon_exclusive, false, "shared now, in every kernel")

-- ---------------------------------------------------------------------------
scene { en = "Act 3: the child writes", zh = "第三幕：子进程写" }

ask {
	{
		en = "The child writes page 1 and gets a copy. Where does the \z
			new frame lead?",
		zh = "子进程写第 1 页，得到副本。新页框通向哪里？",
	},
	choices = {
		{ en = "nowhere", zh = "哪里也不通" },
		{
			en = "to the child alone",
			zh = "只通向子进程",
		},
		{
			en = "to the whole family",
			zh = "通向全家",
		},
	},
	answer = by_kind { none = 1, chain = 2, list = 3, tree = 2 },
	why = by_kind {
		none = {
			en = "It is a frame with one reference, that is all \z
				2.4 knows.",
			zh = "一个有一个引用的页框，2.4 只知道这些。",
		},
		chain = {
			en = "One PTE: a direct pointer, to the child's.",
			zh = "一个 PTE：一个直接指针，指向子进程的。",
		},
		list = {
			en = "The family has one anon_vma, and the new page \z
				points to it like the old one.",
			zh = "全家只有一个 anon_vma，新页和旧页一样指向它。",
		},
		tree = {
			en = "The new page points to the child's own anon_vma, \z
				where no other VMA is.",
			zh = "新页指向子进程自己的 anon_vma，那里没有别的 VMA。",
		},
	},
}
say(by_kind {
	none = {
		en = "do_wp_page: the PTE is read-only, the count is 2, so the \z
			child gets a copy. Nothing else is to be told.",
		zh = "do_wp_page：PTE 只读，计数为 2，所以子进程得到副本。不必再\z
			告诉谁。",
	},
	chain = {
		en = "do_wp_page: page_remove_rmap takes the child's PTE out of \z
			the old chain, page_add_rmap notes it at the copy.",
		zh = "do_wp_page：page_remove_rmap 把子进程的 PTE 从旧链取出，\z
			page_add_rmap 把它记到副本。",
	},
	list = {
		en = "do_wp_page: page_remove_rmap counts the old page down, \z
			page_add_anon_rmap sets mapping and index of the copy.",
		zh = "do_wp_page：page_remove_rmap 使旧页计数减一，\z
			page_add_anon_rmap 设置副本的 mapping 和 index。",
	},
	tree = {
		en = "do_wp_page: the old page is counted down. The copy gets the \z
			same index, but the anon_vma of the child.",
		zh = "do_wp_page：旧页计数减一。副本的 index 相同，但 anon_vma 是\z
			子进程的。",
	},
})
child:write(heap[1], "X")
local frame_x = page_at(child, heap[1])
point(frame_x)
expect(frame_x ~= frame_b, "the child has a frame of its own")
expect_eq(costs(true).copies, 1, "one page was copied")
expect_eq(frame_b.mapcount, 1, "the old frame has one PTE left")
expect_eq(frame_x.index, frame_b.index, "index is the same in both, or in none")
if has_anon_vma then
	expect_eq(frame_x.mapping, vma_c.anon_vma, "the child VMA's anon_vma")
	expect_eq(frame_x.mapping == frame_b.mapping, kind == "list",
		"the parent's too? Only in 2.6.11")
end
if kind == "chain" then
	expect(frame_x["pte.direct"] ~= 0, "the copy points to its PTE")
	expect_eq(frame_b["pte.direct"], 0, "the old page does not yet:")
	expect(frame_b["pte.chain"] ~= nil, "one PTE, but still in a node")
end
expect_eq(frame_x.flags.anon_exclusive, exclusive_bit,
	"the copy is the child's alone: 6.18 notes it")

ask {
	{
		en = "Now the parent writes page 1. Nobody else maps the old \z
			frame any more. Another copy?",
		zh = "现在父进程写第 1 页。旧页框已没有别人映射。又要复制吗？",
	},
	choices = {
		{ en = "yes", zh = "要" },
		{ en = "no", zh = "不要" },
	},
	answer = 2,
	why = exclusive_bit and {
		en = "The folio has one reference, so the PTE is made writable \z
			and the page marked exclusive: the next time the bit \z
			is enough.",
		zh = "这个 folio 只有一个引用，所以 PTE 改成可写，页标为 \z
			exclusive：下次看这一位就够了。",
	} or {
		en = "The page has one user, so the PTE is just made writable. \z
			The reverse map was not needed for that: a count is \z
			enough.",
		zh = "页只有一个使用者，所以只把 PTE 改成可写。这用不着反向映\z
			射：计数就够了。",
	},
}
say {
	en = "A write fault that copies nothing.",
	zh = "一次什么也不复制的写缺页。",
}
parent:write(heap[1], "Y")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(page_at(parent, heap[1]), frame_b, "the parent keeps its frame")
expect_eq(frame_b.flags.anon_exclusive, exclusive_bit, "exclusive again?")

-- ---------------------------------------------------------------------------
scene { en = "Act 4: who maps it?", zh = "第四幕：谁映射了它？" }

-- Visits of a walk to the end: { from the shared, the old, the copied frame }.
local visits = by_kind {
	none = { 4, 4, 4 }, -- every slot of every table, whatever is sought
	chain = { 2, 1, 1 },
	list = { 2, 2, 2 },
	tree = { 2, 2, 1 },
}
local function walk(frame, want)
	local found = frame:rmap { full = true }

	expect_eq(#found, frame.mapcount, "every PTE is found")
	expect_eq(found.cost.visited, want, "visited")
	expect_eq(found.cost.wasted, want - #found, "in vain")
	return found
end

ask {
	{
		en = "Two processes with two pages each. From the shared frame \z
			of page 0: how many places must be looked at?",
		zh = "两个进程，各两页。从第 0 页的共享页框出发：要看几处？",
	},
	choices = { "1", "2", "4" },
	answer = kind == "none" and 3 or 2,
	why = kind == "none" and {
		en = "All slots of all page tables. 2.4 has no function for \z
			this question; here you see what an answer would cost.",
		zh = "所有页表的所有表项。2.4 没有回答这个问题的函数；这里看到\z
			的是要回答它得花多少。",
	} or {
		en = "Both map it, so both must be visited: no reverse map can \z
			do with less.",
		zh = "两者都映射它，所以都要访问：任何反向映射都不能更少。",
	},
}
point(frame_a)
say {
	en = "From the shared frame: two PTEs are to be found.",
	zh = "从共享页框出发：要找到两个 PTE。",
}
walk(frame_a, visits[1])

point(frame_b)
say(by_kind {
	none = {
		en = "From the old frame: the same circle over everything.",
		zh = "从旧页框出发：同样把一切绕一圈。",
	},
	chain = {
		en = "From the old frame: its chain names one PTE. Nothing is \z
			visited in vain, and the chain collapses to a direct \z
			pointer.",
		zh = "从旧页框出发：它的链只有一个 PTE。没有白访问，链也收缩成直\z
			接指针。",
	},
	list = {
		en = "From the old frame: the child's VMA is on the list too and \z
			is visited in vain.",
		zh = "从旧页框出发：子进程的 VMA 也在链表上，白访问一次。",
	},
	tree = {
		en = "From the old frame: the child's VMA is in the parent's tree \z
			too, for it still shares page 0, and is visited in vain.",
		zh = "从旧页框出发：子进程的 VMA 也在父进程的树里（它仍共享第 0 \z
			页），白访问一次。",
	},
})
expect_eq(walk(frame_b, visits[2])[1].task, parent, "the parent maps it")

ask {
	{
		en = "And from the child's copy?",
		zh = "从子进程的副本出发呢？",
	},
	choices = { "1", "2", "4" },
	answer = by_kind { none = 3, chain = 1, list = 2, tree = 1 },
	why = by_kind {
		none = {
			en = "All slots again: to 2.4 a private page is as \z
				hard to find as a shared one.",
			zh = "还是所有表项：对 2.4 来说，私有页和共享页一样\z
				难找。",
		},
		chain = {
			en = "One direct pointer.",
			zh = "一个直接指针。",
		},
		list = {
			en = "The copy is on the family's anon_vma: the \z
				parent is asked in vain. With 1000 children a \z
				thousand are.",
			zh = "副本在全家的 anon_vma 上：白问父进程。有 1000 \z
				个子进程就白问一千次。",
		},
		tree = {
			en = "The copy is on the child's own anon_vma: nobody \z
				else is asked. That is what the chains are \z
				for.",
			zh = "副本在子进程自己的 anon_vma 上：不问别人。引入 \z
				anon_vma_chain 正是为此。",
		},
	},
}
point(frame_x)
say {
	en = "From the copy: one PTE is to be found.",
	zh = "从副本出发：要找到一个 PTE。",
}
expect_eq(walk(frame_x, visits[3])[1].task, child, "the child maps it")

-- ---------------------------------------------------------------------------
scene { en = "The curtain: unmap", zh = "落幕：解除映射" }

say {
	en = "The child unmaps its region. The copy is free, the shared frame \z
		loses a PTE.",
	zh = "子进程解除整个区域的映射。副本被释放，共享页框少一个 PTE。",
}
child:munmap(heap)
expect_eq(frame_x.kind, "free", "the copy is free")
expect_eq(frame_a.mapcount, 1, "the parent alone maps page 0")
if has_anon_vma then
	expect_eq(#anon_vmas(), 1, "the parent's anon_vma is left")
	expect_eq(#anon_vmas()[1].vmas, 1, "with one VMA")
end

point(frame_a)
say {
	en = "The last walk, from page 0: one PTE, and nobody else to ask.",
	zh = "最后一次遍历，从第 0 页出发：一个 PTE，再没有别人可问。",
}
-- 2.4 looks at every slot inside of VMAs: the parent's two are left.
walk(frame_a, kind == "none" and PAGES or 1)

say {
	en = "Both exit. Nothing is left of the reverse map.",
	zh = "两者都退出。反向映射什么也没剩下。",
}
batch("both exit", function()
	child:exit()
	parent:exit()
end)
expect_eq(#anon_vmas(), 0, "anon_vmas")
expect_eq(frame_a.kind, "free", "all frames are free")
expect_eq(frame_b.kind, "free")

note {
	en = "What a frame remembers: 2.4 nothing; 2.6.0 its PTEs; 2.6.11 its \z
		family; 4.0 and 6.18 its owner, and for shared pages the family. \z
		What fork pays: nothing; each page; almost nothing; each VMA.",
	zh = "页框记住什么：2.4 什么也不记；2.6.0 记自己的 PTE；2.6.11 记家族；\z
		4.0 和 6.18 记拥有者，共享页才涉及家族。fork 付出什么：没有；按\z
		页；几乎没有；按 VMA。",
}
