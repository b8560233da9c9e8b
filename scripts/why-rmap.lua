-- Why a reverse map: one frame must go, and four page tables point to it.
--
-- The page table leads from an address to a frame.  Reclaim has a frame and
-- needs the addresses.  Every kernel since 2.6.0 can close this loop: from the
-- page to what it belongs to, to the VMAs, to the page tables, and back to the
-- page.  2.4 cannot, and scans.
--
--   rmapscope compare why-rmap      the costs of all five, side by side

scenario {
	title = {
		en = "Why a reverse map? One frame must go",
		zh = "为什么要反向映射？一个页框必须离开",
	},
	summary = {
		en = "Memory runs short and a shared frame must be freed: every \z
			PTE that maps it must go first. How does each of five \z
			kernels find them, and at what price?",
		zh = "内存不足，一个共享页框必须释放：先要清除映射它的每个 PTE。\z
			五个内核各怎样找到它们，代价如何？",
	},
	eras = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" },
	swap = "1M",
}

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

local KIDS <const> = 4
local PAGES <const> = 4 -- of the server and its children
local OTHERS <const> = 20 -- pages of a process that has nothing to do with it

-- ---------------------------------------------------------------------------
scene { en = "A frame and its page tables", zh = "一个页框和它的页表" }
show { "spaces", "rmap", "narration" }

say {
	en = "A server writes four pages.",
	zh = "一个服务器写四页。",
}
local server, heap = batch("a server writes four pages", function()
	local task = spawn "server"
	local region = task:mmap { pages = PAGES, name = "heap" }

	for i = 0, PAGES - 1 do
		task:write(region[i], "S" .. i)
	end
	return task, region
end)
local frame = page_at(server, heap[0])

say {
	en = "It forks four times. All five share the frames.",
	zh = "它 fork 四次。五个进程共享这些页框。",
}
local kids = batch("four forks", function()
	local list = {}

	for i = 1, KIDS do
		list[i] = server:fork("kid" .. i)
	end
	return list
end)
local fork_bytes = costs(true).slab_bytes
expect_eq(frame.mapcount, KIDS + 1, "five PTEs map page 0")

say {
	en = "The last child writes page 0 and has a frame of its own now.",
	zh = "最后一个子进程写第 0 页，现在有了自己的页框。",
}
kids[KIDS]:write(heap[0], "own")
expect_eq(frame.mapcount, KIDS, "four PTEs map the old frame")

ask {
	{
		en = "Memory will run short, and this frame must go. How many \z
			PTEs must be cleared before it is free?",
		zh = "内存将不足，这个页框必须离开。释放之前要清除几个 PTE？",
	},
	choices = { "1", "4", "5" },
	answer = 2,
	why = {
		en = "Each PTE that still points to it would let a process \z
			write into a frame that belongs to somebody else. The \z
			fifth process has its own.",
		zh = "只要还有一个 PTE 指向它，就会有进程写进已属于别人的页框。\z
			第五个进程有自己的页框。",
	},
}
point(frame)
say {
	en = "Another process, of no concern to this frame, writes twenty pages.",
	zh = "另一个与此页框无关的进程写二十页。",
}
batch("another process writes twenty pages", function()
	local task = spawn "other"
	local region = task:mmap { pages = OTHERS, name = "data" }

	for i = 0, OTHERS - 1 do
		task:write(region[i], i)
	end
end)

-- ---------------------------------------------------------------------------
scene { en = "The way back", zh = "回去的路" }
show { "rmap", "path", "narration" }

ask {
	{
		en = "Where must Linux " .. era .. " look to find the four PTEs \z
			of this frame?",
		zh = "Linux " .. era .. " 要看哪些地方才能找到这个页框的四个 PTE？",
	},
	choices = {
		{ en = "in every page table of the machine", zh = "机器的所有页表" },
		{ en = "in a list at the page", zh = "页上的一个列表" },
		{
			en = "in the VMAs of its anon_vma",
			zh = "它的 anon_vma 的各 VMA",
		},
	},
	answer = by_kind { none = 1, chain = 2, list = 3, tree = 3 },
	why = by_kind {
		none = {
			en = "The page knows how many references it has, not \z
				whose they are.",
			zh = "页知道有几个引用，不知道是谁的。",
		},
		chain = {
			en = "The chain at the page names its PTEs, no more \z
				and no less.",
			zh = "页上的链正好列出它的 PTE，不多不少。",
		},
		list = {
			en = "mapping leads to the anon_vma, its list to the \z
				VMAs; index gives the address in each.",
			zh = "mapping 通向 anon_vma，它的链表通向各 VMA；由 \z
				index 算出每个里面的地址。",
		},
		tree = {
			en = "mapping leads to the anon_vma, its tree to the \z
				VMAs; index gives the address in each.",
			zh = "mapping 通向 anon_vma，它的树通向各 VMA；由 \z
				index 算出每个里面的地址。",
		},
	},
}
point(frame)
say(by_kind {
	none = {
		en = "There is no way back. To answer, all slots of all page \z
			tables are read: mm after mm, VMA after VMA.",
		zh = "没有回去的路。要回答就得读所有页表的所有表项：一个个 mm，\z
			一个个 VMA。",
	},
	chain = {
		en = "page, chain, PTE: each slot names a PTE, and its page \z
			table names the mm and the address. The loop is closed.",
		zh = "页、链、PTE：每个槽指出一个 PTE，它所在的页表指出 mm 和地\z
			址。环闭合了。",
	},
	list = {
		en = "page, mapping, VMA, page table, and the same page again: \z
			the loop is closed. The fifth process is asked too, in \z
			vain.",
		zh = "页、mapping、VMA、页表，又回到同一页：环闭合了。第五个进程\z
			也被问到，白问一次。",
	},
	tree = {
		en = "page, mapping, VMA, page table, and the same page again: \z
			the loop is closed. The walk stops after the fourth: \z
			the last child is not asked.",
		zh = "页、mapping、VMA、页表，又回到同一页：环闭合了。找到第四个\z
			就停：不问最后的子进程。",
	},
})
local found = frame:rmap()
expect_eq(#found, KIDS, "four PTEs are found")
expect_eq(found.cost.visited, by_kind {
	none = (KIDS + 1) * PAGES + OTHERS, -- every slot of every VMA
	chain = KIDS,
	list = KIDS + 1, -- the youngest child stands first
	tree = KIDS,
}, "places looked at")
expect_eq(found.cost.wasted, found.cost.visited - KIDS, "of them in vain")
for _, mapping in ipairs(found) do
	expect_eq(mapping.task:walk(mapping.addr).pfn, frame.pfn,
		mapping.task.name .. ": its page table leads back to the frame")
end

-- ---------------------------------------------------------------------------
scene { en = "The frame goes", zh = "页框离开" }
show { "rmap", "swap", "path", "lru", "narration" }

say(by_kind {
	none = {
		en = "Reclaim until this frame is free. The scan does not look \z
			for it: it takes what it meets, everybody's pages, and \z
			at some time this one too.",
		zh = "一直回收到这个页框空闲。扫描并不找它：遇到什么拿什么，谁的\z
			页都拿，总有一次轮到它。",
	},
	chain = {
		en = "Reclaim until this frame is free. It comes from the LRU \z
			list, try_to_unmap goes through its chain, and each PTE \z
			becomes a swap entry.",
		zh = "一直回收到这个页框空闲。页从 LRU 链表来，try_to_unmap 走它\z
			的链，每个 PTE 变成交换项。",
	},
	list = {
		en = "Reclaim until this frame is free. It comes from the LRU \z
			list, try_to_unmap goes through the VMAs, and each PTE \z
			becomes a swap entry.",
		zh = "一直回收到这个页框空闲。页从 LRU 链表来，try_to_unmap 走各 \z
			VMA，每个 PTE 变成交换项。",
	},
	tree = {
		en = "Reclaim until this frame is free. It comes from the LRU \z
			list, try_to_unmap goes through the VMAs, and each PTE \z
			becomes a swap entry.",
		zh = "一直回收到这个页框空闲。页从 LRU 链表来，try_to_unmap 走各 \z
			VMA，每个 PTE 变成交换项。",
	},
})
batch("reclaim until the frame is free", function()
	for _ = 1, 60 do
		if frame.kind == "free" then
			return
		end
		reclaim(1)
	end
end)
local spent = costs(true)
expect_eq(frame.kind, "free", "the frame is free")
for _, task in ipairs { server, kids[1], kids[2], kids[3] } do
	expect_eq(page_at(task, heap[0]), nil,
		task.name .. " has no PTE for it any more")
end
if kind == "none" then
	expect(spent.visited > 2 * ((KIDS + 1) * PAGES + OTHERS),
		"the scan has gone round more than twice")
else
	expect(spent.wasted <= spent.visited // 4,
		"three of four visits or more met the page")
end

say {
	en = "Nobody lost anything: the server reads its page, which comes back \z
		from swap into another frame.",
	zh = "谁也没丢东西：服务器读它的页，页从交换区回到另一个页框。",
}
expect_eq(server:read(heap[0]), "S0", "the server reads its value")
expect_eq(kids[KIDS]:read(heap[0]), "own", "the child its own")

-- ---------------------------------------------------------------------------
scene { en = "Who pays?", zh = "谁来付账？" }
show { "eras", "costs", "narration" }

ask {
	{
		en = "A short way back must be kept up. Who pays for it in \z
			Linux " .. era .. "?",
		zh = "短的回路要有人维护。在 Linux " .. era .. " 里谁付账？",
	},
	choices = {
		{ en = "nobody, reclaim excepted", zh = "除了回收，没有谁" },
		{ en = "fork, for each page", zh = "fork，按页" },
		{ en = "fork, for each VMA", zh = "fork，按 VMA" },
	},
	answer = by_kind { none = 1, chain = 2, list = 3, tree = 3 },
	why = by_kind {
		none = {
			en = "fork only counts. All the price is in the scan.",
			zh = "fork 只计数。全部代价都在扫描里。",
		},
		chain = {
			en = "Every page that fork shares needs a node.",
			zh = "fork 共享的每一页都需要节点。",
		},
		list = {
			en = "One list entry for the VMA, however many pages \z
				it has. But walks grow with the family.",
			zh = "VMA 一个链表项，不管有多少页。但遍历随家族增长。",
		},
		tree = {
			en = "Three small objects for the VMA, however many \z
				pages it has.",
			zh = "VMA 三个小对象，不管有多少页。",
		},
	},
}
say {
	en = "One more fork, for the bill. Press e for another kernel, or look \z
		at all of them in the pane.",
	zh = "再 fork 一次，算算账。按 e 换一个内核，或在窗格里看全部。",
}
local late = server:fork "late"
expect_eq(page_at(late, heap[0]), page_at(server, heap[0]), "shared again")

note {
	en = "All four forks took " .. fork_bytes .. " bytes of kernel objects. \z
		The reverse map makes reclaim cheap: it works on the pages that \z
		it wants, not on all that is mapped. The rest of its history is \z
		the search for a cheaper way to keep it.",
	zh = "四次 fork 共用去 " .. fork_bytes .. " 字节的内核对象。反向映射使回\z
		收便宜：它只处理想要的页，而不是所有已映射的。此后的历史，就是寻\z
		找更便宜的维护方法。",
}
