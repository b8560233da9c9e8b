-- Watermarks: who frees memory, and when?
--
-- A machine of 256 frames, so the marks are set by hand (pages_min); how low and
-- high follow from min is each kernel's own.  Below low kswapd is woken and works
-- until the zone is above high.  Below min whoever wants a frame must reclaim
-- for himself.  kswapd runs here as part of the operation that woke it.
--
-- There is no swap, and the OOM killer is off: what reclaim can free is the page
-- cache, and when that is gone, nothing.

scenario {
	title = {
		en = "kswapd and the watermarks",
		zh = "kswapd 与水位",
	},
	summary = {
		en = "A page cache fills all memory, a task takes it back page by \z
			page: kswapd between low and high, the priorities of a \z
			scan, and what happens at min.",
		zh = "页缓存占满内存，一个任务再一页一页拿回来：low 与 high 之间\z
			的 kswapd，扫描的优先级，以及到 min 时会怎样。",
	},
	eras = { "4.0", "2.4", "2.6.0", "2.6.11", "6.18" },
	ram = "1M",
	pages_min = 16,
	swap_cluster = 4, -- a scan takes 4 pages at a time, not 32
	oom_killer = false,
}

local era = machine().era
local zone = machine().zones[1]
local is_old = era == "2.4" or era == "2.6.0"

-- ---------------------------------------------------------------------------
scene { en = "Three marks", zh = "三条水位" }
show { "buddy", "path", "lru", "narration" }

ask {
	{
		en = "min is 16 frames. Where does this kernel put low and high?",
		zh = "min 是 16 个页框。这个内核把 low 和 high 放在哪里？",
	},
	choices = { "20, 24", "32, 48" },
	answer = is_old and 2 or 1,
	why = {
		en = "2.4 and 2.6.0: two and three times min. Later: a quarter \z
			and a half more.",
		zh = "2.4 和 2.6.0：min 的两倍和三倍。之后：多四分之一和一半。",
	},
}
say {
	en = "A task. The gauge shows the free frames of the zone and its marks.",
	zh = "一个任务。刻度显示区的空闲页框数和水位。",
}
local task = spawn "task"
expect_eq(zone.min, 16, "min")
expect_eq(zone.low, is_old and 32 or 20, "low")
expect_eq(zone.high, is_old and 48 or 24, "high")

local heap = task:mmap { pages = 250, name = "heap", noreserve = true }
say { en = "It writes a first page.", zh = "它写第一页。" }
task:write(heap[0], 0)
local written = 1

-- At this many free frames the next request wakes kswapd: 2.4 wants more than
-- low + 1 of them, the others more than low.
local edge = zone.low + (era == "2.4" and 1 or 0)

local function free()
	return machine().free
end

local function write_next()
	local ok, why = task:write(heap[written], written)

	if ok then
		written = written + 1
	end
	return ok, why
end

-- ---------------------------------------------------------------------------
scene { en = "Free memory is wasted memory", zh = "空闲的内存是浪费的内存" }

say {
	en = "A large file is read. Each page stays in the page cache, as long as \z
		there are free frames: nobody has to give anything back yet.",
	zh = "读一个大文件。只要有空闲页框，每页都留在页缓存里：还不必归还什么。",
}
local data = file("data", 300)
batch({ en = "read the file until memory is nearly full",
	zh = "读文件，直到内存几乎用满" }, function()
	local i = 0

	while free() > edge + 2 do
		data:read(i)
		i = i + 1
	end
end)
expect(data.cached > 180, "most of memory is page cache: " .. data.cached)
expect(free() > zone.low, "and still above low: " .. free())

-- ---------------------------------------------------------------------------
scene { en = "Below low", zh = "低于 low" }
show { "buddy", "lru", "path", "files", "narration" }

say {
	en = "The task writes until the next request would leave too few.",
	zh = "任务继续写，直到下一次请求将使空闲页框太少。",
}
batch({ en = "down to the edge", zh = "用到边缘" }, function()
	while free() > edge do
		write_next()
	end
end)
expect_eq(free(), edge, "free frames")

ask {
	{
		en = "The task writes one more page. How many frames will be \z
			free afterwards?",
		zh = "任务再写一页。之后有几个空闲页框？",
	},
	choices = {
		tostring(edge - 1),
		{ en = "about low (" .. zone.low .. ")", zh = "约为 low（" ..
			zone.low .. "）" },
		{ en = "about high (" .. zone.high .. ")", zh = "约为 high（" ..
			zone.high .. "）" },
	},
	answer = 3,
	why = {
		en = "kswapd does not stop at the mark that woke it. It works up \z
			to high, so that it can sleep for a while.",
		zh = "kswapd 不会停在唤醒它的水位。它一直做到 high，这样才能睡一\z
			会儿。",
	},
}
local how = {
	["2.4"] = {
		en = "kswapd: priority 6 looks at a sixth of the inactive list, 5 \z
			at a fifth ... Clean pages of files at the tail are freed \z
			at once.",
		zh = "kswapd：优先级 6 看 inactive 链表的六分之一，5 看五分之\z
			一……尾部干净的文件页立即释放。",
	},
	["2.6.11"] = {
		en = "kswapd: at priority 12 each list gets (size >> 12) + 1 pages \z
			to its account, and is scanned when a batch (4) is due. \z
			Clean pages of files at the tail are freed at once.",
		zh = "kswapd：优先级 12 时，每条链表记账 (size >> 12) + 1 页，够一\z
			批（4）才扫描。尾部干净的文件页立即释放。",
	},
	["2.6.0"] = {
		en = "kswapd: it needs high - free, and looks at twice as many \z
			pages at least. Clean pages of files at the tail are \z
			freed at once.",
		zh = "kswapd：它需要 high - free 个，至少看两倍的页。尾部干净的\z
			文件页立即释放。",
	},
}
say(how[era] or {
	en = "kswapd: priority 12 looks at size >> 12 pages of a list: 0 of 200. \z
		11: 0 ... 7: 1, 6: 3. It goes down until enough is free.",
	zh = "kswapd：优先级 12 看链表的 size >> 12 页：200 页中 0 页。11：0……\z
		7：1，6：3。一直降到释放得够。",
})
local cached = data.cached
expect(write_next(), "the write succeeds")
expect(free() >= zone.high - 1, "free frames: above high, less the one taken")
expect(data.cached < cached, "the page cache paid: " ..
	cached - data.cached .. " pages")
expect_eq(costs(true).io_writes or 0, 0, "nothing had to be written")

-- ---------------------------------------------------------------------------
scene { en = "Like a saw", zh = "像锯齿" }

say {
	en = "The next writes find free frames: nobody is woken.",
	zh = "接下来的写都有空闲页框：不唤醒谁。",
}
local count = 0
cached = data.cached
batch({ en = "down to the edge again", zh = "再次用到边缘" }, function()
	while free() > edge do
		write_next()
		count = count + 1
	end
end)
expect_eq(data.cached, cached, "the page cache is left alone")
expect(count >= zone.high - zone.low - 2, "writes without kswapd: " .. count)

say {
	en = "And once more kswapd is woken, and works up to high.",
	zh = "kswapd 再次被唤醒，一直做到 high。",
}
write_next()
expect(free() >= zone.high - 1, "above high again")
expect(data.cached < cached, "from the page cache again")

-- ---------------------------------------------------------------------------
scene { en = "Nothing left to free", zh = "没有可释放的了" }

ask {
	{
		en = "The task goes on writing until the page cache is used up. \z
			There is no swap. What will kswapd do below low?",
		zh = "任务一直写，直到页缓存用完。没有交换区。低于 low 时 kswapd \z
			会做什么？",
	},
	choices = {
		{ en = "free anonymous pages", zh = "释放匿名页" },
		{ en = "run and free nothing", zh = "运行，但什么也释放不了" },
		{ en = "stop the task", zh = "停住任务" },
	},
	answer = 2,
	why = {
		en = "An anonymous page without swap has nowhere to go. kswapd \z
			is woken again and again, and the task goes on down to \z
			min.",
		zh = "没有交换区，匿名页无处可去。kswapd 一次次被唤醒，任务继续向\z
			下用到 min。",
	},
}
say {
	en = "Between low and min a request is still served, with kswapd \z
		searching in vain.",
	zh = "在 low 和 min 之间，请求仍得到满足，而 kswapd 白找。",
}
-- 2.4 leaves one more: it wants more than min + 1.
local floor = zone.min + (era == "2.4" and 1 or 0)
batch({ en = "down to min", zh = "用到 min" }, function()
	while free() > floor or data.cached > 0 do
		write_next()
	end
end)
expect_eq(data.cached, 0, "pages of the file in memory")
expect_eq(free(), floor, "free frames: at min")

ask {
	{
		en = "Frames are free, as many as min. The task writes one more \z
			page. What happens?",
		zh = "还有 min 个空闲页框。任务再写一页。会发生什么？",
	},
	choices = {
		{ en = "it gets one of them", zh = "得到其中一个" },
		{ en = "it must reclaim itself", zh = "必须自己回收" },
	},
	answer = 2,
	why = {
		en = "What is below min is kept for those who free memory: \z
			freeing takes memory, too.",
		zh = "min 以下的留给释放内存的人：释放内存也要用内存。",
	},
}
say {
	en = "Direct reclaim: the task scans for itself, down to the last \z
		priority, and finds nothing. This is where the OOM killer would \z
		be asked.",
	zh = "直接回收：任务自己扫描，一直到最后的优先级，什么也没找到。这里就该\z
		问 OOM killer 了。",
}
expect_error("OOM", function() write_next() end)
expect_eq(free(), floor, "what is below min was not touched")

-- ---------------------------------------------------------------------------
scene { en = "All of it comes back", zh = "全部归还" }

say {
	en = "The task exits: " .. written .. " frames are free at once, far above \z
		high. kswapd sleeps.",
	zh = "任务退出：" .. written .. " 个页框立即空闲，远高于 high。kswapd 睡\z
		眠。",
}
task:exit()
expect(free() > zone.high + 100, "free frames: " .. free())
