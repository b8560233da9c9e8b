-- A page of two processes goes to swap: slot, swap_map, PTEs, disk, free.
--
-- swap_map counts who needs a slot: each PTE that holds its entry, and the swap
-- cache while the page is still in memory.  Until 2.6.11 the cache is one more
-- count, later a flag of its own (SWAP_HAS_CACHE, 0x40).  No kernel can free a
-- shared frame before its last PTE is gone; how it finds the PTEs, and in which
-- order, is what the eras differ in.
--
-- reclaim(2) asks for two frames.  There is one to get, but 2.4 takes half of
-- the request from its active list, and half of one is nothing.

scenario {
	title = {
		en = "A shared page goes to swap",
		zh = "共享页换出到交换区",
	},
	summary = {
		en = "One frame, mapped by parent and child, is reclaimed: a \z
			slot is taken, both PTEs become entries, the page is \z
			written and the frame is free. swap_map tells who \z
			still needs the slot.",
		zh = "父子进程共同映射的一个页框被回收：占一个槽位，两个 PTE 变\z
			成交换项，页被写出，页框空闲。swap_map 记着谁还需要这个\z
			槽位。",
	},
	eras = { "2.6.11", "2.4", "2.6.0", "4.0", "6.18" },
	swap = "64K",
	swap_cluster = 1, -- a scan of one page is worth while
	swappiness = 100, -- 2.6: mapped pages may go from the first round on
}

local era = machine().era
local flag = (era == "4.0" or era == "6.18") and 0x40 or nil -- SWAP_HAS_CACHE

-- swap_map of a slot that @ptes PTEs need.
local function map_of(ptes, cached)
	if flag then
		return ptes | (cached and flag or 0)
	end
	return ptes + (cached and 1 or 0)
end

local function hex(map)
	return ("0x%x"):format(map)
end

-- ---------------------------------------------------------------------------
scene { en = "One frame, two PTEs", zh = "一个页框，两个 PTE" }
show { "swap", "spaces", "path", "lru", "narration" }

say {
	en = "A task, on a machine with a swap area of 16 pages. Slot 0 is the \z
		header of the area and is never handed out.",
	zh = "一个任务，机器的交换区有 16 页。槽位 0 是区头，从不分配。",
}
local parent = spawn "parent"
local heap = parent:mmap { pages = 1, name = "heap" }

say { en = "It writes one page.", zh = "它写一页。" }
parent:write(heap[0], "A")
local frame = page_at(parent, heap[0])
point(frame)

-- Where a new anonymous page goes, and whether it counts as used.
local new = {
	["2.4"] = { "inactive", true },
	["2.6.0"] = { "active", true },
	["2.6.11"] = { "active", true },
	["4.0"] = { "active_anon", false },
	["6.18"] = { "inactive_anon", false },
}
expect_eq(frame.lru, new[era][1], "the list of a new page")
expect_eq(frame.flags.referenced or false, new[era][2], "PG_referenced")
expect_eq(#machine().slots, 0, "an anonymous page has no slot yet")

say {
	en = "fork: two PTEs point to the frame, both read-only.",
	zh = "fork：两个 PTE 指向这个页框，都是只读。",
}
local child = parent:fork "child"
expect_eq(frame.mapcount, 2, "PTEs that map the frame")
expect_eq(frame.refcount, 2, "references")

-- ---------------------------------------------------------------------------
scene { en = "Who must let go?", zh = "谁必须放手？" }
show { "rmap", "spaces", "path", "narration" }

ask {
	{
		en = "Memory is short and this frame shall be given to somebody \z
			else. What must happen before?",
		zh = "内存不足，要把这个页框交给别人。之前必须做什么？",
	},
	choices = {
		{ en = "the content is written", zh = "把内容写出去" },
		{ en = "both PTEs are taken away", zh = "去掉两个 PTE" },
		{ en = "both", zh = "两者都要" },
	},
	answer = 3,
	why = {
		en = "As long as one PTE points to it, a process can read and \z
			write it. And the content is nowhere else.",
		zh = "只要还有一个 PTE 指向它，就有进程能读写它。而且内容别处都\z
			没有。",
	},
}
if era == "2.4" then
	say {
		en = "Who maps the frame? The page does not know. This is what \z
			an answer costs in 2.4: a look at every PTE of every \z
			address space.",
		zh = "谁映射了这个页框？页自己不知道。在 2.4 要得到答案，就得看\z
			遍每个地址空间的每个 PTE。",
	}
else
	say {
		en = "Who maps the frame? The reverse map tells. Reclaim walks \z
			it twice: first it asks if the page was used, as here \z
			(the young bits are cleared), then it takes the PTEs.",
		zh = "谁映射了这个页框？反向映射会回答。回收遍历两次：先问页用过\z
			没有，就像这里（清除 young 位），然后去掉 PTE。",
	}
end
local found = frame:rmap()
expect_eq(#found, 2, "PTEs found")
-- 2.6.11 adds a child at the head of the list
expect_eq(found[1].task, era == "2.6.11" and child or parent,
	"who is found first: " .. found[1].task.name)

-- ---------------------------------------------------------------------------
scene { en = "Reclaim", zh = "回收" }
show { "swap", "lru", "path", "spaces", "narration" }

ask {
	{
		en = "Both PTEs will hold the entry of slot 1, and the page will \z
			still be in memory, in the swap cache. What is \z
			swap_map[1] then?",
		zh = "两个 PTE 都将装着槽位 1 的交换项，而页还在内存里，在交换缓\z
			存中。这时 swap_map[1] 是多少？",
	},
	choices = { "2", "3", "0x42" },
	answer = flag and 3 or 2,
	why = flag
		and {
			en = "Two PTEs, and the flag SWAP_HAS_CACHE, 0x40. The \z
				pane of the swap area shows it as 2c.",
			zh = "两个 PTE，再加标志 SWAP_HAS_CACHE，0x40。交换区窗\z
				格里显示为 2c。",
		}
		or {
			en = "Two PTEs, and one for the swap cache. The pane of \z
				the swap area shows it as 2c.",
			zh = "两个 PTE，再加交换缓存的一个。交换区窗格里显示为 \z
				2c。",
		},
}

local WRITE_TO_FREE <const> = {
	en = "The page is clean now and nobody maps it. It leaves the swap \z
		cache, and the frame is free. The slot stays: two PTEs need it.",
	zh = "现在页是干净的，没有人映射它。它离开交换缓存，页框空闲。槽位留下：\z
		两个 PTE 需要它。",
}
-- One row for each call of reclaim: PTEs that map the frame afterwards (nil: it
-- is free), swap_map (nil: it has no slot), what is said.
local passes = {
	["2.4"] = {
		{
			2, nil,
			en = "swap_out visits the parent: its PTE is young. The \z
				bit is cleared, and the page becomes active. The \z
				child's visit comes too late: the page is active.",
			zh = "swap_out 访问父进程：它的 PTE 是新用过的。清除该位，\z
				页变为 active。访问子进程时已晚：页是 active。",
		},
		{
			0, map_of(2, true),
			en = "refill_inactive moves it down again. swap_out goes \z
				on where it stopped: first the child (slot 1: 2), \z
				then the parent (3). Each PTE goes by itself.",
			zh = "refill_inactive 又把它移下来。swap_out 从上次停下的\z
				地方继续：先子进程（槽位 1：2），后父进程（3）。\z
				每个 PTE 单独去掉。",
		},
		{
			0, map_of(2, true),
			en = "shrink_cache meets it again: unmapped but dirty. It \z
				is written, and not yet freed.",
			zh = "shrink_cache 又遇到它：没有映射，但是脏的。把它写出，\z
				还不释放。",
		},
		{ nil, map_of(2), en = WRITE_TO_FREE.en, zh = WRITE_TO_FREE.zh },
	},
	["2.6.0"] = {
		{
			nil, map_of(2),
			en = "All in one call: used, so active; later down; slot 1 \z
				(1), child (2), parent (3), write, wait, free (2). \z
				Press . to go through it.",
			zh = "一次调用做完：用过，留在 active；之后移下；槽位 1\z
				（1），子进程（2），父进程（3），写出，等待，释\z
				放（2）。按 . 逐步看。",
		},
	},
	["2.6.11"] = {
		{
			nil, map_of(2),
			en = "All in one call: used, so active; later down; slot 1 \z
				(1), child (2), parent (3), write, wait, free (2). \z
				Press . to go through it.",
			zh = "一次调用做完：用过，留在 active；之后移下；槽位 1\z
				（1），子进程（2），父进程（3），写出，等待，释\z
				放（2）。按 . 逐步看。",
		},
	},
	["4.0"] = {
		{
			0, map_of(2, true),
			en = "Down to the inactive list; slot 1 (0x40), the \z
				parent's PTE (0x41), the child's (0x42), and the \z
				write begins.",
			zh = "移到 inactive 链表；槽位 1（0x40），父进程的 PTE\z
				（0x41），子进程的（0x42），开始写出。",
		},
		{ nil, map_of(2), en = WRITE_TO_FREE.en, zh = WRITE_TO_FREE.zh },
	},
	["6.18"] = {
		{
			0, map_of(2, true),
			en = "It was not used since the walk: slot 1 (0x40), the \z
				parent's PTE (0x41), the child's (0x42), and the \z
				write begins.",
			zh = "遍历之后没有再用：槽位 1（0x40），父进程的 PTE\z
				（0x41），子进程的（0x42），开始写出。",
		},
		{ nil, map_of(2), en = WRITE_TO_FREE.en, zh = WRITE_TO_FREE.zh },
	},
}

for i, pass in ipairs(passes[era]) do
	local mapped, map = pass[1], pass[2]

	say { en = pass.en, zh = pass.zh }
	point(frame)
	local freed = reclaim(2)
	local slot = machine().slots[1]

	expect_eq(freed, mapped and 0 or 1, "call " .. i .. ": frames freed")
	if mapped then
		expect_eq(frame.mapcount, mapped, "PTEs that map the frame")
	else
		expect_eq(frame.kind, "free", "the frame is free")
	end
	expect_eq(slot and hex(slot.swap_map), map and hex(map),
		"swap_map of slot 1")
	if slot then
		expect_eq(slot.cached, mapped ~= nil, "it is in the swap cache")
		expect_eq(slot.count, 2, "PTEs that need the slot")
	end
end

-- ---------------------------------------------------------------------------
scene { en = "The page is in swap", zh = "页在交换区" }
show { "swap", "spaces", "walk", "path", "narration" }

for _, task in ipairs { parent, child } do
	local walk = task:walk(heap[0])

	expect_eq(walk.pfn, nil, task.name .. ": the PTE is not present")
	expect_eq(walk.swap, 1, task.name .. ": it holds slot 1")
end
expect_eq(machine().slots[1].value, "A", "the slot holds the content")

ask {
	{
		en = "The parent forks again, with its page in swap. What \z
			happens to slot 1?",
		zh = "父进程再次 fork，它的页在交换区。槽位 1 会怎样？",
	},
	choices = {
		{ en = "the page is read in first", zh = "先把页读进来" },
		{ en = "its swap_map grows by 1", zh = "它的 swap_map 加 1" },
		{ en = "the new child gets a slot", zh = "新的子进程得到一个槽位" },
	},
	answer = 2,
	why = {
		en = "fork copies the entry like a PTE and counts it. A slot is \z
			shared as a frame is.",
		zh = "fork 像复制 PTE 一样复制交换项，并计数。槽位可以共享，就像\z
			页框一样。",
	},
}
say {
	en = "Three PTEs hold the entry now, and no frame is used.",
	zh = "现在三个 PTE 装着这个交换项，而没有用页框。",
}
local second = parent:fork "second"
expect_eq(hex(machine().slots[1].swap_map), hex(map_of(3)), "swap_map of slot 1")
expect_eq(costs(true).io_reads or 0, 0, "nothing is read")

-- ---------------------------------------------------------------------------
scene { en = "Nobody needs it", zh = "没有人需要它" }

ask {
	{
		en = "All three exit without touching the page. What happens to \z
			what was written?",
		zh = "三个进程都退出，没有再碰这一页。写出的内容会怎样？",
	},
	choices = {
		{ en = "it is read in and freed", zh = "读进来再释放" },
		{ en = "the slot is free with the last", zh = "最后一个退出时槽位空闲" },
	},
	answer = 2,
	why = {
		en = "Each exit takes one from swap_map. At 0 the slot is free. \z
			Nothing is read, nothing is erased.",
		zh = "每次退出 swap_map 减 1。到 0 时槽位空闲。不读，也不擦除。",
	},
}
say { en = "The first child exits.", zh = "第一个子进程退出。" }
child:exit()
expect_eq(hex(machine().slots[1].swap_map), hex(map_of(2)), "swap_map of slot 1")

say { en = "The second.", zh = "第二个。" }
second:exit()
expect_eq(hex(machine().slots[1].swap_map), hex(map_of(1)), "swap_map of slot 1")

say {
	en = "And the parent: the last entry is gone, the slot is free.",
	zh = "还有父进程：最后一个交换项没了，槽位空闲。",
}
parent:exit()
expect_eq(#machine().slots, 0, "slots in use")
note {
	en = "The price of one shared page: 2.4 needs a visit to each PTE, each \z
		at its own time, before a later pass may free it. From 2.6.0 on \z
		one walk takes them all.",
	zh = "一个共享页的代价：2.4 要访问每个 PTE，各在各的时刻，之后的一遍才能\z
		释放它。从 2.6.0 起，一次遍历就全部去掉。",
}
