-- What the lecture notes say, and what the source does.
--
-- The notes from which this material was taught are good, and here and there
-- the kernel source says otherwise.  Each scene quotes one statement and lets
-- the machine, which follows the source, show what holds.  Other scenarios show
-- more: scan-2.4 (the cursor), index-question (page->index), prio-tree.

scenario {
	title = {
		en = "The notes against the source",
		zh = "讲义与源码的出入",
	},
	summary = {
		en = "Shared memory on an anon_vma? An empty mapping means swap \z
			cache? 2.4 looks for a page's PTEs? Statements of the \z
			lecture notes that the source refutes, each shown.",
		zh = "共享内存在 anon_vma 上？mapping 为空就是交换缓存？2.4 会找\z
			某页的 PTE？讲义中被源码否定的说法，逐条演示。",
	},
	eras = { "2.6.11", "2.4", "2.6.0", "4.0", "6.18" },
	swap = "1M",
	swap_cluster = 4, -- a scan of 2.4 stops after four frames
}

local era = machine().era
local has_anon_vma = era ~= "2.4" and era ~= "2.6.0"

-- ---------------------------------------------------------------------------
scene { en = "Shared anonymous memory", zh = "共享匿名内存" }
show { "files", "spaces", "path", "narration" }

note {
	en = "The notes say: a region of MAP_SHARED and MAP_ANONYMOUS is an \z
		anonymous region, its pages are on the list of an anon_vma.",
	zh = "讲义说：MAP_SHARED 加 MAP_ANONYMOUS 的区域是匿名区域，它的页在 \z
		anon_vma 的链表上。",
}
ask {
	{
		en = "A task maps shared anonymous memory and writes a page. \z
			What does the page belong to?",
		zh = "任务映射共享匿名内存并写一页。这一页属于什么？",
	},
	choices = {
		{ en = "an anon_vma", zh = "一个 anon_vma" },
		{ en = "a file", zh = "一个文件" },
		{ en = "nothing", zh = "什么也不属于" },
	},
	answer = 2,
	why = {
		en = "shmem_zero_setup makes a hidden file of tmpfs for the \z
			region. The region is file-backed from then on.",
		zh = "shmem_zero_setup 为该区域造一个隐藏的 tmpfs 文件。此后它就\z
			是有文件的区域。",
	},
}
local writer = spawn "writer"
say {
	en = "mmap, shared, without a file: it gets one that has no name.",
	zh = "mmap，共享，不给文件：它得到一个没有名字的文件。",
}
local shm = writer:mmap { pages = 2, shared = true, name = "shm" }
local vma = writer:vmas()[1]
expect(vma.file ~= nil, "the VMA has a file")

say {
	en = "The first write takes a page of this file.",
	zh = "第一次写取得这个文件的一页。",
}
writer:write(shm[1], "hello")
local page = page_at(writer, shm[1])
point(page)
expect_eq(page.kind, "shmem", "a page of shared memory")
expect_eq(page.mapping, vma.file, "mapping: the hidden file")
expect_eq(page.index, 1, "index: the page of the file, not of the address")
expect_eq(vma.anon_vma, nil, "the VMA has no anon_vma")
expect_eq(#anon_vmas(), 0, "there is none in the machine")

say {
	en = "A child writes it: no copy on write. It is shared, as any shared \z
		file is.",
	zh = "子进程写它：没有写时复制。它是共享的，和任何共享文件一样。",
}
local reader = writer:fork "reader"
reader:write(shm[1], "world")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(writer:read(shm[1]), "world", "the parent sees it")

say { en = "Both exit.", zh = "两者退出。" }
batch("both exit", function()
	reader:exit()
	writer:exit()
end)
expect_eq(page.kind, "free", "the hidden file went with its last VMA")

-- ---------------------------------------------------------------------------
if has_anon_vma then
	scene {
		en = "Who creates an anon_vma?",
		zh = "谁创建 anon_vma？",
	}
	show { "rmap", "spaces", "path", "narration" }

	note {
		en = "The notes say: the first page of an anonymous region \z
			creates an anon_vma.",
		zh = "讲义说：匿名区域的第一页会创建 anon_vma。",
	}
	ask {
		{
			en = "The first page of a region is touched by a \z
				read. Is there an anon_vma then?",
			zh = "区域的第一页被读。这时有 anon_vma 吗？",
		},
		choices = {
			{ en = "yes", zh = "有" },
			{ en = "no", zh = "没有" },
		},
		answer = 2,
		why = {
			en = "The read maps the zero page, which belongs to \z
				nobody. anon_vma_prepare is called for writes.",
			zh = "读映射的是零页，它不属于谁。anon_vma_prepare 只\z
				为写而调用。",
		},
	}
	local task = spawn "task"
	local area = task:mmap { pages = 2, name = "area" }
	say {
		en = "A read: the zero page.",
		zh = "读：零页。",
	}
	task:read(area[0])
	expect_eq(page_at(task, area[0]).kind, "zero", "the zero page")
	expect_eq(task:vmas()[1].anon_vma, nil, "no anon_vma")

	say {
		en = "A write: now there is one.",
		zh = "写：现在有了。",
	}
	task:write(area[0], "A")
	local av = task:vmas()[1].anon_vma
	expect(av ~= nil, "the VMA has an anon_vma")

	say {
		en = "A neighbour, set apart by its protection: two VMAs.",
		zh = "一个邻居，因保护不同而分开：两个 VMA。",
	}
	local beside = task:mmap {
		pages = 1, addr = area[0] - 4096, prot = "rwx",
		name = "beside",
	}
	expect_eq(#task:vmas(), 2, "two VMAs")
	expect_eq(beside.addr + 4096, area[0], "that touch")

	ask {
		{
			en = "The first page of the neighbour is written. Does \z
				it create an anon_vma?",
			zh = "写邻居的第一页。会创建 anon_vma 吗？",
		},
		choices = {
			{ en = "yes", zh = "会" },
			{ en = "no", zh = "不会" },
		},
		answer = 2,
		why = {
			en = "find_mergeable_anon_vma looks at the VMAs that \z
				touch it. If they could be one but for r, w, x, \z
				they share an anon_vma, so that a later \z
				mprotect can merge them.",
			zh = "find_mergeable_anon_vma 看相邻的 VMA。如果只差 \z
				r、w、x 就能合成一个，它们就共用一个 \z
				anon_vma，以便之后 mprotect 能合并它们。",
		},
	}
	say {
		en = "The write finds the neighbour's anon_vma and takes it.",
		zh = "这次写找到邻居的 anon_vma，就用它。",
	}
	task:write(beside[0], "N")
	expect_eq(#anon_vmas(), 1, "there is one anon_vma")
	expect_eq(page_at(task, beside[0]).mapping, av, "for both")

	-- -------------------------------------------------------------------
	scene {
		en = "Where does the child's copy point?",
		zh = "子进程的副本指向哪里？",
	}

	note {
		en = "The notes say: the child's copy points to the anon_vma of \z
			the parent's VMA.",
		zh = "讲义说：子进程的副本指向父进程 VMA 的 anon_vma。",
	}
	say {
		en = "A parent that forks before it has written anything.",
		zh = "父进程什么也没写就 fork。",
	}
	local parent = spawn "parent"
	local heap = parent:mmap { pages = 2, name = "heap" }
	local child = parent:fork "child"
	expect_eq(#anon_vmas(), 1, "no new anon_vma: nothing to inherit")

	say { en = "The parent writes.", zh = "父进程写。" }
	parent:write(heap[0], "P")
	expect_eq(#anon_vmas(), 2, "its VMA has one now")

	ask {
		{
			en = "Now the child writes its page too. Do the two \z
				pages point to one anon_vma?",
			zh = "现在子进程也写自己的页。两个页指向同一个 \z
				anon_vma 吗？",
		},
		choices = {
			{ en = "yes", zh = "是" },
			{ en = "no", zh = "不是" },
		},
		answer = 2,
		why = {
			en = "At the fork there was no anon_vma to join. Each \z
				VMA makes its own, and the two know nothing of \z
				each other, in every kernel.",
			zh = "fork 时没有 anon_vma 可加入。各 VMA 各造自己的，\z
				互不相干，每个内核都如此。",
		},
	}
	say {
		en = "The child's write: a fault for a page that nobody has.",
		zh = "子进程的写：为一个谁也没有的页缺页。",
	}
	child:write(heap[0], "C")
	local mine = page_at(child, heap[0])
	point(mine)
	expect_eq(costs(true).copies, 0, "nothing was shared: no copy either")
	expect(mine.mapping ~= page_at(parent, heap[0]).mapping,
		"two anon_vmas")
	expect_eq(mine.mapping, child:vmas()[1].anon_vma, "the child's own")

	say {
		en = "Now a fork after the write, and a copy.",
		zh = "现在在写之后 fork，再复制。",
	}
	local second = parent:fork "second"
	second:write(heap[0], "S")
	local copy = page_at(second, heap[0])
	point(copy)
	expect_eq(costs(true).copies, 1, "a copy")
	expect_eq(copy.mapping == parent:vmas()[1].anon_vma, era == "2.6.11",
		"the parent's anon_vma? So it is in 2.6.11, and no longer")
	expect_eq(copy.mapping, second:vmas()[1].anon_vma,
		"it is the one of the child's VMA, always")

	-- -------------------------------------------------------------------
	scene {
		en = "From index to the address",
		zh = "由 index 到地址",
	}
	show { "spaces", "rmap", "path", "narration" }

	note {
		en = "The notes say: the address of the PTE follows from \z
			vm_start and page->index.",
		zh = "讲义说：PTE 的地址由 vm_start 和 page->index 得出。",
	}
	say {
		en = "The child's region moves to another address.",
		zh = "子进程的区域移到另一个地址。",
	}
	local moved = child:mremap(heap, 2 * 4096, 2 * 4096, {
		maymove = true, fixed = true, to = 0x20000000,
	})
	local there = child:vmas()[1]
	point(mine)
	expect_eq(page_at(child, moved[0]), mine, "the same frame")
	expect_eq(there.start, 0x20000000, "at a new address")
	expect_eq(mine.index, heap[0] // 4096,
		"index is that of the old address: nobody looks at pages")
	expect(there.start // 4096 ~= mine.index, "so index is no page number")
	expect_eq(there.start + (mine.index - there.pgoff) * 4096, moved[0],
		"vm_start + (index - vm_pgoff) pages: this is the address")

	say {
		en = "The walk computes it so, and finds the PTE.",
		zh = "遍历就这样计算，并找到 PTE。",
	}
	local found = mine:rmap()
	expect_eq(#found, 1, "found")
	expect_eq(found[1].addr, moved[0], "at the new address")
else
	scene { en = "No anon_vma yet", zh = "还没有 anon_vma" }
	note {
		en = "Three statements of the notes are about anon_vmas. Press e \z
			and choose 2.6.11 or later to see them.",
		zh = "讲义中有三条说法是关于 anon_vma 的。按 e 选择 2.6.11 或更新\z
			的内核来看。",
	}
end

-- ---------------------------------------------------------------------------
scene { en = "An empty mapping", zh = "空的 mapping" }
show { "swap", "frames", "path", "narration" }

note {
	en = "The notes say: page->mapping is NULL, so the page belongs to the \z
		swap cache.",
	zh = "讲义说：page->mapping 为 NULL，说明页属于交换缓存。",
}
say { en = "An anonymous page, just written.", zh = "一个刚写的匿名页。" }
local owner, data = batch("an anonymous page", function()
	local task = spawn "owner"
	local region = task:mmap { pages = 1, name = "data" }

	task:write(region[0], "D")
	return task, region
end)
local fresh = page_at(owner, data[0])
point(fresh)
expect_eq(fresh.flags.swapcache, false, "it is not in the swap cache")
expect_eq(fresh.mapping == nil, not has_anon_vma, "is its mapping empty?")

say {
	en = "It is swapped out: reclaim until nobody maps it.",
	zh = "把它换出：回收到没有谁映射它。",
}
batch("reclaim until the page is swapped out", function()
	for _ = 1, 60 do
		if not page_at(owner, data[0]) then
			return
		end
		reclaim(4)
	end
end)
expect_eq(page_at(owner, data[0]), nil, "the PTE holds a swap entry")

ask {
	{
		en = "It is read again. Read from swap, it is in the swap cache \z
			and mapped. What is its mapping?",
		zh = "再读它。从交换区读回后，它在交换缓存里，也被映射。它的 \z
			mapping 是什么？",
	},
	choices = {
		{ en = "NULL", zh = "NULL" },
		{ en = "the swap cache", zh = "交换缓存" },
		{ en = "its anon_vma", zh = "它的 anon_vma" },
	},
	answer = has_anon_vma and 3 or 2,
	why = has_anon_vma and {
		en = "The swap entry is in page->private, so mapping is free \z
			for the anon_vma. The swap cache is told by the flag \z
			PG_swapcache alone.",
		zh = "交换项在 page->private 里，所以 mapping 留给 anon_vma。是\z
			否在交换缓存只看标志 PG_swapcache。",
	} or {
		en = "Here mapping is &swapper_space and index the swap entry: \z
			the opposite of empty. Empty is what it was before.",
		zh = "这里 mapping 是 &swapper_space，index 是交换项：恰恰不是\z
			空。空的是之前。",
	},
}
say { en = "The owner reads its page.", zh = "拥有者读它的页。" }
expect_eq(owner:read(data[0]), "D", "the value is there")
local back = page_at(owner, data[0])
point(back)
expect_eq(back.flags.swapcache, true, "it is in the swap cache")
if has_anon_vma then
	expect_eq(back.mapping, owner:vmas()[1].anon_vma,
		"and mapping is its anon_vma")
	expect_eq(back.index, data[0] // 4096, "index as it was")
else
	expect(back.index ~= nil, "index holds the swap entry")
end

-- ---------------------------------------------------------------------------
if era == "4.0" then
	scene {
		en = "A quarter of the pages inactive?",
		zh = "四分之一的页不活跃？",
	}
	show { "lru", "path", "narration" }

	note {
		en = "The notes say: the inactive list holds generally 25 % of \z
			the anonymous pages.",
		zh = "讲义说：inactive 链表一般占匿名页的 25%。",
	}
	-- Try ram = "1100M" in scenario{}: there it is a quarter.
	local COUNT <const> = 200
	say {
		en = "Two hundred pages, all used and all active.",
		zh = "两百页，都用过，都在 active 链表上。",
	}
	local task, area = batch("a task writes 200 pages", function()
		local t = spawn "many"
		local region = t:mmap { pages = COUNT, name = "area" }

		for i = 0, COUNT - 1 do
			t:write(region[i], i)
		end
		return t, region
	end)
	local function active()
		local n = 0

		for i = 0, COUNT - 1 do
			local p = page_at(task, area[i])

			if p and p.lru == "active_anon" then
				n = n + 1
			end
		end
		return n
	end
	expect_eq(active(), COUNT, "all are active")

	ask {
		{
			en = "Reclaim moves pages to the inactive list while \z
				that is low. This machine has 16 MiB. How many \z
				of the 200 will stay active?",
			zh = "inactive 太少时，回收就把页移过去。这台机器有 16 \z
				MiB。200 页中约有多少留在 active？",
		},
		choices = { "50", "100", "150" },
		answer = 2,
		why = {
			en = "inactive_ratio is the root of ten times the \z
				zone's size in GiB, and 1 below one GiB: as \z
				many inactive as active. With 1 GiB it is 3: \z
				that is the 25 %. With 10 GiB it is 10.",
			zh = "inactive_ratio 是 zone 大小（GiB）乘十再开方，不足 \z
				1 GiB 时为 1：两边一样多。1 GiB 时为 3：这才是 \z
				25%。10 GiB 时为 10。",
		},
	}
	say {
		en = "inactive_anon_is_low compares the two lists, again and \z
			again; some of the pages are swapped out on the way.",
		zh = "inactive_anon_is_low 一次次比较两个链表；途中有些页被换\z
			出。",
	}
	reclaim(4)
	expect(active() >= COUNT * 48 // 100 and active() <= COUNT * 52 // 100,
		"half of them are active: " .. active())
end

-- ---------------------------------------------------------------------------
if era == "2.4" then
	scene {
		en = "Does 2.4 look for a page?",
		zh = "2.4 会找某个页吗？",
	}
	show { "mms", "lru", "path", "narration" }

	note {
		en = "The notes say: 2.4 goes through all VMAs to find the PTEs \z
			of a given page, and a private page is freed at once.",
		zh = "讲义说：2.4 走遍所有 VMA 来找某个页的 PTE；私有页立刻释\z
			放。",
	}
	say {
		en = "Two tasks with eight pages each.",
		zh = "两个任务，各八页。",
	}
	local tasks, regions = batch("two tasks with eight pages", function()
		local list, where = {}, {}

		for n = 1, 2 do
			list[n] = spawn("task" .. n)
			where[n] = list[n]:mmap { pages = 8 }
			for i = 0, 7 do
				list[n]:write(where[n][i], n * 10 + i)
			end
		end
		return list, where
	end)
	local wanted = page_at(tasks[2], regions[2][7])
	local first = page_at(tasks[1], regions[1][0])

	point(wanted)
	say {
		en = "Memory is wanted, and best of all the frame that we point \z
			at. But the scan knows of no frame: it takes what its \z
			cursor meets.",
		zh = "需要内存，最好是我们指着的那个页框。但扫描不认得页框：游标\z
			遇到什么就拿什么。",
	}
	batch("reclaim until a task has lost a page", function()
		for _ = 1, 60 do
			if first.mapcount == 0 or wanted.mapcount == 0 then
				return
			end
			reclaim(4)
		end
	end)
	expect_eq(first.mapcount, 0, "what the cursor met is unmapped")
	expect(first.kind ~= "free", "but not free")
	expect_eq(wanted.mapcount, 1, "the frame that was wanted is not")
	note {
		en = "try_to_swap_out only unmaps. shrink_cache frees, when it \z
			meets the page later and it is clean: see scan-2.4.",
		zh = "try_to_swap_out 只解除映射。shrink_cache 之后遇到干净的页\z
			才释放：见 scan-2.4。",
	}
end
