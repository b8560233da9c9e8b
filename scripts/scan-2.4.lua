-- Linux 2.4: no reverse map, so the kernel scans.
--
-- swap_out goes round the ring of address spaces, through their VMAs, through
-- their page tables, and takes away what is old.  Where it stopped is kept:
-- swap_mm says in which mm, its swap_address where in it.  A page that two map
-- can go only when the scan has met both PTEs; and it is freed by none of these
-- visits, but later, by shrink_cache.
--
-- A scan wants swap_cluster frames: 32 in Linux, 2 here, so that it stops in the
-- middle of things.  Step inside a reclaim with `.` to follow the cursor.

scenario {
	title = {
		en = "2.4: the scan of all page tables",
		zh = "2.4：扫描所有页表",
	},
	summary = {
		en = "No way leads from a frame to its PTEs. The cursor moves \z
			over address spaces, VMAs and pages; a shared frame \z
			needs every visit, and is freed by a later pass.",
		zh = "从页框没有路通向它的 PTE。游标扫过地址空间、VMA 和页；共享\z
			页框要等每个 PTE 都被遇到，再由之后的一轮释放。",
	},
	eras = { "2.4" },
	swap = "1M",
	swap_cluster = 2,
}

-- Each PTE that the scan takes away has its TLB entry flushed: that is how they
-- are counted below.
local TASK_SIZE <const> = 0xc0000000 -- swap_address: scanned to the end

-- ---------------------------------------------------------------------------
scene { en = "Two address spaces, five frames", zh = "两个地址空间，五个页框" }
show { "mms", "lru", "path", "narration" }

say {
	en = "A writes two pages and forks X: two frames with two PTEs each.",
	zh = "A 写两页并 fork 出 X：两个页框，各有两个 PTE。",
}
local A, shared = batch("A writes two pages", function()
	local task = spawn "A"
	local region = task:mmap { pages = 2, prot = "rwx", name = "shared" }

	for i = 0, 1 do
		task:write(region[i], "S" .. i)
	end
	return task, region
end)
local X = A:fork "X"

say {
	en = "A writes three pages more in a second VMA. X does not have them.",
	zh = "A 在第二个 VMA 里又写三页。X 没有这些页。",
}
local heap = batch("A writes three pages of its own", function()
	local region = A:mmap { pages = 3, name = "heap" }

	for i = 0, 2 do
		A:write(region[i], "H" .. i)
	end
	return region
end)
expect_eq(#A:vmas(), 2, "A has two VMAs")
expect_eq(#X:vmas(), 1, "X has one")
local s0, s1 = page_at(A, shared[0]), page_at(A, shared[1])
local h0, h1, h2 =
	page_at(A, heap[0]), page_at(A, heap[1]), page_at(A, heap[2])
expect_eq(s0.mapcount, 2, "two PTEs map a shared frame")
expect_eq(s0.mapping, nil, "but the frame knows of none of them")

say {
	en = "Three pages of a file were read too. Nobody maps them: they can \z
		just be dropped.",
	zh = "另外还读了一个文件的三页。没有谁映射它们：随时可以丢掉。",
}
local log = file("log", 3)
batch("three pages of a file are read", function()
	for i = 0, 2 do
		log:read(i)
	end
end)

-- ---------------------------------------------------------------------------
scene { en = "A circle in vain", zh = "白绕一圈" }

ask {
	{
		en = "Two frames are wanted. shrink_cache takes the oldest page \z
			of the inactive list, and it is mapped. What now?",
		zh = "需要两个页框。shrink_cache 取 inactive 链表上最老的页，而它\z
			被映射着。怎么办？",
	},
	choices = {
		{ en = "look for its PTEs", zh = "找它的 PTE" },
		{ en = "scan whatever comes next", zh = "扫描下一个遇到的" },
		{ en = "give up", zh = "放弃" },
	},
	answer = 2,
	why = {
		en = "2.4 never searches for a given page. It calls swap_out, \z
			which unmaps old pages where its cursor happens to be, \z
			be they this one or not.",
		zh = "2.4 从不寻找某个给定的页。它调用 swap_out，在游标恰好所在\z
			之处解除旧页的映射，不管是不是这一页。",
	},
}
say {
	en = "Every PTE is young: used since the last visit. The scan clears the \z
		bit, makes the page active, and goes on, all the way round: \z
		twelve slots, nothing gained. File pages must do.",
	zh = "每个 PTE 都是 young：上次访问之后用过。扫描清掉这一位，把页变成 \z
		active，继续走，一整圈：十二个表项，一无所获。只好用文件页。",
}
expect_eq(reclaim(2), 2, "frames freed: two file pages")
expect_eq(costs(true).visited, 12, "slots visited")
expect_eq(costs(true).tlb_flushes, 0, "PTEs taken away")
expect_eq(costs(true).mms, 3, "address spaces: A, X and A again")
expect_eq(s0.mapcount, 2, "nothing was unmapped")
expect_eq(h0.flags.active, true, "the pages of A are active now")
expect_eq(A.swap_address, TASK_SIZE, "the cursor: A is done, X is next")

-- ---------------------------------------------------------------------------
scene { en = "A shared frame needs every visit", zh = "共享页框要等每次访问" }

ask {
	{
		en = "The scan comes to X and takes away its PTE of a shared \z
			frame. Can the frame be freed?",
		zh = "扫描来到 X，拿走它指向共享页框的 PTE。这个页框能释放吗？",
	},
	choices = {
		{ en = "yes", zh = "能" },
		{ en = "no, A still maps it", zh = "不能，A 还映射着" },
	},
	answer = 2,
	why = {
		en = "try_to_swap_out returns 0: one PTE less, but nothing that \z
			could be freed. It counts only when the last PTE goes.",
		zh = "try_to_swap_out 返回 0：少了一个 PTE，但没有可释放的页。最\z
			后一个 PTE 拿走时才算数。",
	},
}
point(s0)
say {
	en = "X first: two PTEs become swap entries, 0 gained. Then A: the same \z
		two frames, now each counts. Two are enough, so the scan stops \z
		in A's first VMA.",
	zh = "先是 X：两个 PTE 变成交换项，得 0 分。然后是 A：同样两个页框，这次\z
		都算数。两个就够，于是扫描停在 A 的第一个 VMA。",
}
expect_eq(reclaim(2), 1, "frames freed: the last file page")
expect_eq(costs(true).tlb_flushes, 4, "PTEs taken away: two in X, two in A")
expect_eq(s0.mapcount, 0, "nobody maps the shared frames")
expect_eq(s1.mapcount, 0)
expect(s0.kind ~= "free", "but they are not free")
expect_eq(s0.flags.swapcache, true, "they are in the swap cache")
expect_eq(costs(true).io_writes, 2, "and are written to swap")
local slots = machine().slots
expect_eq(#slots, 2, "swap slots in use")
expect_eq(slots[1].count, 2, "A's and X's entries hold the first one")
expect_eq(h0.mapcount, 1, "A's other pages were not reached")

expect_eq(A.swap_address, heap[0], "the cursor: where A's second VMA begins")

ask {
	{
		en = "Who frees the two frames?",
		zh = "谁来释放这两个页框？",
	},
	choices = {
		{ en = "swap_out, when it comes round", zh = "下次绕到的 swap_out" },
		{ en = "shrink_cache, in a later pass", zh = "之后一轮的 shrink_cache" },
		{ en = "A and X", zh = "A 和 X" },
	},
	answer = 2,
	why = {
		en = "swap_out only unmaps. The frames wait on the inactive \z
			list until they are written and shrink_cache meets \z
			them again.",
		zh = "swap_out 只解除映射。页框在 inactive 链表上等着，写完之后再\z
			被 shrink_cache 遇到。",
	},
}
point(s0)
say {
	en = "The next pass over the inactive list: both are clean and unmapped. \z
		They leave the swap cache and are free.",
	zh = "下一轮走 inactive 链表：两个都已写出，也没有映射。它们离开交换缓\z
		存，成为空闲。",
}
expect_eq(reclaim(2), 2, "frames freed: the shared ones")
expect_eq(s0.kind, "free")
expect_eq(s1.kind, "free")
expect_eq(costs(true).visited, 0, "no page table was looked at")

-- ---------------------------------------------------------------------------
scene { en = "Where the scan goes on", zh = "扫描从哪里继续" }

ask {
	{
		en = "The cursor stands at A's second VMA, three private pages. \z
			The scan wants two. Where will it stand afterwards?",
		zh = "游标在 A 的第二个 VMA，三个私有页。扫描要两个。之后它会在哪\z
			里？",
	},
	choices = {
		{ en = "at the third page", zh = "在第三页" },
		{ en = "at the end of A", zh = "在 A 的末尾" },
		{ en = "at the start of A", zh = "在 A 的开头" },
	},
	answer = 2,
	why = {
		en = "The lecture notes say it resumes where it stopped. But \z
			swap_out_mm asks first whether there is a next VMA, \z
			and then whether it has enough. In the last VMA the \z
			first question ends A, and the rest is left out.",
		zh = "讲义说它从停下处继续。但 swap_out_mm 先问有没有下一个 VMA，\z
			再问够不够。在最后一个 VMA 里，第一个问题就结束了 A，剩下\z
			的被跳过。",
	},
}
point(h0)
say {
	en = "Private pages: each counts at its first visit. Two visits, two \z
		PTEs taken; the third page of the VMA is skipped.",
	zh = "私有页：第一次访问就算数。两次访问，拿走两个 PTE；这个 VMA 的第三页\z
		被跳过。",
}
expect_eq(reclaim(2), 0, "frames freed: these must be written first")
expect_eq(costs(true).visited, 2, "slots visited")
expect_eq(costs(true).tlb_flushes, 2, "PTEs taken away")
expect_eq(h0.mapcount, 0)
expect_eq(h1.mapcount, 0)
expect_eq(h2.mapcount, 1, "the third page was not looked at")
expect_eq(A.swap_address, TASK_SIZE, "yet A counts as scanned to its end")

say {
	en = "A later pass frees the two.",
	zh = "之后一轮释放这两个。",
}
expect_eq(reclaim(2), 2, "frames freed")
expect_eq(h0.kind, "free")

point(h2)
say {
	en = "For the third page the scan must go all the way round: X, where \z
		nothing is left, and A from its start.",
	zh = "为了第三页，扫描必须绕一整圈：先是 X，那里什么也不剩，再从头走 A。",
}
reclaim(2)
expect_eq(h2.mapcount, 0, "the third page at last")
expect_eq(costs(true).tlb_flushes, 1, "PTEs taken away")
expect_eq(costs(true).visited, 9, "slots visited for it")

-- ---------------------------------------------------------------------------
scene { en = "It was only swapped", zh = "只是换出去了" }
show { "swap", "mms", "path", "narration" }

say {
	en = "A reads the first shared page. It must be read from swap.",
	zh = "A 读第一个共享页。必须从交换区读回。",
}
expect_eq(A:read(shared[0]), "S0", "A sees its value")
expect_eq(costs(true).io_reads, 1, "one read from swap")

say {
	en = "X reads it as well: the page is in the swap cache, no read is \z
		needed. One frame, two PTEs again.",
	zh = "X 也读它：页已在交换缓存中，不必再读。又是一个页框，两个 PTE。",
}
expect_eq(X:read(shared[0]), "S0", "X sees it too")
expect_eq(costs(true).io_reads, 0, "no read")
expect_eq(page_at(A, shared[0]), page_at(X, shared[0]), "the same frame")

note {
	en = "The price of 2.4: fork and unmap pay nothing for a reverse map, but \z
		reclaim pays for the whole virtual memory, again and again. The \z
		priority goes from 6 to 1; only then, and only when swap is \z
		used up, comes the OOM killer.",
	zh = "2.4 的代价：fork 和解除映射不为反向映射付出什么，回收却要一遍遍地为\z
		全部虚拟内存付出。优先级从 6 到 1；之后，而且交换区用尽时，才轮到 \z
		OOM killer。",
}
