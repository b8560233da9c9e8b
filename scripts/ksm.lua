-- KSM: pages of equal content share a frame, and nobody was forked.
--
-- ksmd goes round over what programs have offered by madvise(MADV_MERGEABLE).
-- ksm() is one round of it.  A page must hold the same in two rounds before it
-- is a candidate (the unstable tree, empty at the start of each round); what was
-- merged stands in the stable tree.  Sharers have no anon_vma in common, so a
-- KSM page has a mapping of its own: a stable_node with a list of addresses
-- (rmap_items), each with the anon_vma where a walk looks for its VMA.
--
-- The counts of this scenario were compared with a running 6.18.

scenario {
	title = {
		en = "KSM: equal pages, one frame",
		zh = "KSM：内容相同的页，同一个页框",
	},
	summary = {
		en = "Two processes that are not related hold the same pages. ksmd \z
			merges them in its second round; a write takes them \z
			apart; a walk from the page goes from address to \z
			address.",
		zh = "两个没有亲缘关系的进程有相同的页。ksmd 在第二轮合并它们；写\z
			操作把它们分开；从页出发的遍历逐个地址地走。",
	},
	eras = { "4.0", "6.18" },
}

local new = machine().era == "6.18"

local function pte(task, addr)
	local levels = task:walk(addr).levels

	return levels[#levels]
end

-- ---------------------------------------------------------------------------
scene { en = "Strangers with the same pages", zh = "陌生人，相同的页" }
show { "spaces", "rmap", "path", "frames", "narration" }

say {
	en = "Two programs start. Neither is the child of the other.",
	zh = "两个程序启动。谁也不是谁的子进程。",
}
local web = spawn "web"
local db = spawn "db"

say {
	en = "Each fills three pages. It happens that they hold the same.",
	zh = "各写三页。碰巧内容相同。",
}
local heap = web:mmap { pages = 4, name = "heap" }
local pool = db:mmap { pages = 4, name = "pool" }
for i, text in ipairs { "A", "B", "C" } do
	web:write(heap[i - 1], text)
	db:write(pool[i - 1], text)
end
local mine, yours = page_at(web, heap[0]), page_at(db, pool[0])
expect(mine ~= yours, "two frames")
expect_eq(mine.value, yours.value, "of the same content")
expect(mine.mapping ~= yours.mapping, "and nothing in common: two anon_vmas")

say {
	en = "Both offer their pages. The VMAs are MERGEABLE now (mg in smaps), \z
		and ksmd knows both address spaces.",
	zh = "两者都把页交出来。VMA 现在是 MERGEABLE（smaps 里的 mg），ksmd 知道\z
		了这两个地址空间。",
}
expect_eq(web:madvise(heap, "mergeable"), true)
expect_eq(db:madvise(pool, "mergeable"), true)
expect(web:vmas()[1].flags.mg, "the VMA says so")

-- ---------------------------------------------------------------------------
scene { en = "Two rounds", zh = "两轮" }

ask {
	{
		en = "ksmd looks at all six pages. How many will it merge in its \z
			first round?",
		zh = "ksmd 查看全部六页。第一轮会合并几页？",
	},
	choices = { "0", "3", "6" },
	answer = 1,
	why = {
		en = "A page that is being written is not worth the work: the next \z
			write would take it apart. ksmd notes a checksum and \z
			waits whether it is the same in the next round.",
		zh = "正在写的页不值得合并：下一次写又会把它分开。ksmd 只记下校验\z
			和，看下一轮是否还相同。",
	},
}
say {
	en = "The first round makes an rmap_item for each address and notes a \z
		checksum. Nothing is compared yet.",
	zh = "第一轮给每个地址建一个 rmap_item，记下校验和。还没有比较任何东西。",
}
expect_eq(ksm(), 0, "pages merged")
expect_eq(machine().ksm.full_scans, 1, "rounds")
expect_eq(machine().ksm.pages_unshared, 0, "candidates")
expect_eq(mine.kind, "anon", "as before")

local free = machine().free
say {
	en = "The second round. web's pages become candidates in the unstable \z
		tree; db's meet their equals there. The PTEs are made \z
		read-only first, then compared for good. Press . to see it.",
	zh = "第二轮。web 的页成为不稳定树里的候选；db 的页在那里遇到相同的。先把\z
		PTE 设为只读，再最后比较一次。按 . 逐步看。",
}
expect_eq(ksm(), 3, "pages merged")
local page = page_at(web, heap[0])
point(page)
expect_eq(page_at(db, pool[0]), page, "one frame for both")
expect_eq(page, yours, "db's: the one that was met later")
expect_eq(page.kind, "ksm")
expect_eq(page.mapcount, 2, "PTEs that map it")
expect(not pte(web, heap[0]).writable, "web may not write it")
expect(not pte(db, pool[0]).writable, "nor may db")
expect_eq(machine().ksm.pages_shared, 3, "KSM pages")
expect_eq(machine().ksm.pages_sharing, 3, "addresses beyond the first")
-- three frames are saved; the stable nodes need a slab
expect_eq(machine().free, free + 3 - 1, "free frames")
if new then
	expect(not page.flags.anon_exclusive, "shared: not exclusive")
end

-- ---------------------------------------------------------------------------
scene { en = "Who maps this frame?", zh = "谁映射了这个页框？" }

local node = page.mapping
expect_eq(#node.items, 2, "addresses on the list of its stable_node")
expect_eq(node.items[1].task, db, "the newest first")
expect_eq(node.items[2].task, web)

ask {
	{
		en = "The sharers have no anon_vma in common. What can page->mapping \z
			point to?",
		zh = "共享者没有共同的 anon_vma。page->mapping 能指向什么？",
	},
	choices = {
		{ en = "web's anon_vma", zh = "web 的 anon_vma" },
		{ en = "a list of addresses", zh = "一个地址链表" },
		{ en = "both page tables", zh = "两个页表" },
	},
	answer = 2,
	why = {
		en = "Two low bits in mapping mean KSM: it points to the page's \z
			stable_node. Its rmap_items name mm, address and \z
			anon_vma, since index means nothing here.",
		zh = "mapping 的低两位都为 1 表示 KSM：它指向页的 stable_node。那里\z
			的 rmap_item 记着 mm、地址和 anon_vma，因为 index 在这里没\z
			有意义。",
	},
}
say {
	en = "The walk takes one rmap_item after the other and asks the tree of \z
		its anon_vma for the VMA at that address.",
	zh = "遍历逐个取 rmap_item，到它的 anon_vma 的树里找在那个地址的 VMA。",
}
expect_eq(#page:rmap(), 2, "both are found")
expect_eq(costs(true).visited, 2, "VMAs visited")

say {
	en = "web forks. The child maps the KSM pages too, but ksmd has not seen \z
		it: no rmap_item is about it.",
	zh = "web 执行 fork。子进程也映射这些 KSM 页，但 ksmd 还没看到它：没有关于\z
		它的 rmap_item。",
}
local child = web:fork "child"
expect_eq(page.mapcount, 3, "PTEs that map the page")
expect_eq(#node.items, 2, "addresses known")

say {
	en = "So the walk goes over the list a second time: at the same addresses \z
		in other address spaces, which may have been forked since.",
	zh = "于是遍历把链表再走一遍：同样的地址，别的地址空间，它们可能是之后\z
		fork 出来的。",
}
expect_eq(#page:rmap(), 3, "the child is found")

say {
	en = "In its next round ksmd adds the child's addresses.",
	zh = "下一轮 ksmd 加上子进程的地址。",
}
expect_eq(ksm(), 0, "nothing to merge")
expect_eq(#node.items, 3, "addresses known")
expect_eq(machine().ksm.pages_sharing, 6, "of three KSM pages")
child:exit()

-- ---------------------------------------------------------------------------
scene { en = "A write", zh = "一次写" }

say {
	en = "db writes its page: a copy, as after a fork.",
	zh = "db 写它的页：复制，和 fork 之后一样。",
}
db:write(pool[0], "D")
expect_eq(costs(true).copies, 1, "pages copied")
expect_eq(web:read(heap[0]), "A", "web does not notice")
expect_eq(page.kind, "ksm", "still a KSM page")
expect_eq(page.mapcount, 1, "of one PTE")

ask {
	{
		en = "web is the last who maps it, and writes. What happens?",
		zh = "web 是最后一个映射它的，现在来写。会怎样？",
	},
	choices = {
		{ en = "it writes in place", zh = "就地写" },
		{ en = "it copies the page", zh = "复制这一页" },
	},
	answer = 2,
	why = {
		en = "The stable tree is ordered by content: nobody may write a \z
			page in it, even its only user. An anonymous page of one \z
			PTE would be written in place.",
		zh = "稳定树按内容排序：里面的页谁也不能写，即使是唯一的使用者。\z
			普通匿名页只有一个 PTE 时会就地写。",
	},
}
say {
	en = "A copy for the last one, too. The KSM page is free; its stable_node \z
		is stale and goes when somebody meets it.",
	zh = "最后一个也要复制。KSM 页随即空闲；它的 stable_node 过时了，谁遇到谁删\z
		除。",
}
web:write(heap[0], "W")
expect_eq(costs(true).copies, 1, "pages copied")
expect_eq(page.kind, "free", "the KSM page is gone")
expect_eq(page_at(web, heap[0]).kind, "anon")

-- ---------------------------------------------------------------------------
scene { en = "Joining later", zh = "后来加入" }

say {
	en = "web writes B once more, in another page. A KSM page holds it \z
		already.",
	zh = "web 在另一页里又写了 B。已经有 KSM 页装着它。",
}
web:write(heap[3], "B")
local shared = page_at(web, heap[1])
point(shared)

say {
	en = "4.0 looks into the stable tree first: the page joins at once. 6.18 \z
		looks at the checksum first, and waits.",
	zh = "4.0 先查稳定树：这一页立刻加入。6.18 先看校验和，要等一轮。",
}
expect_eq(ksm(), new and 0 or 1, "pages merged in the first round")
say {
	en = "The round after it.",
	zh = "再下一轮。",
}
expect_eq(ksm(), new and 1 or 0, "pages merged in the second round")
expect_eq(page_at(web, heap[3]), shared, "it is the same frame")
expect_eq(shared.mapcount, 3, "PTEs that map it")

-- ---------------------------------------------------------------------------
scene { en = "Taking it back", zh = "收回" }

say {
	en = "web wants its pages for itself: UNMERGEABLE copies every KSM page \z
		before it returns.",
	zh = "web 要把页收归自己：UNMERGEABLE 在返回之前复制每一个 KSM 页。",
}
expect_eq(web:madvise(heap, "unmergeable"), true)
expect_eq(costs(true).copies, 3, "pages copied")
for _, i in ipairs { 1, 2, 3 } do
	expect_eq(page_at(web, heap[i]).kind, "anon", "page " .. i)
end
expect(page_at(web, heap[1]) ~= page_at(web, heap[3]), "each has its own frame")
-- 4.0 breaks by a write fault; 6.18 asks for an own page, not for writing
expect_eq(pte(web, heap[1]).writable, not new, "may be written at once?")

say {
	en = "db exits. ksmd remembers addresses of it, so its mm stays until the \z
		next round.",
	zh = "db 退出。ksmd 还记着它的地址，所以它的 mm 留到下一轮。",
}
db:exit()
say {
	en = "ksmd comes by and forgets it, and the stale nodes with it.",
	zh = "ksmd 经过，忘掉它，过时的节点也一起删除。",
}
expect_eq(ksm(), 0)
expect_eq(machine().ksm.pages_shared, 0, "KSM pages")
expect_eq(machine().ksm.pages_sharing, 0)
note {
	en = "Try: offer before the fork; how many rounds until a page that is \z
		written in each round is merged; :who on a KSM page; reclaim with \z
		swap, and who gets which frame back.",
	zh = "试试：在 fork 之前就交出；每轮都写的页要多少轮才合并；对 KSM 页用 :who；\z
		有交换区时回收，看谁拿回哪个页框。",
}
