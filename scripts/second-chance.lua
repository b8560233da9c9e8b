-- Which page leaves first?  Twelve idle pages and one that is used.
--
-- Two bits remember use: the accessed ("young") bit of each PTE, which the
-- processor sets, and PG_referenced of the page, which the kernel sets.  No
-- kernel keeps a time of last use: a scan clears the bits, and a page whose
-- bits are set again at the next scan stays.
--
-- The used page is read before each call of reclaim; the rest is never touched
-- again.  How many calls it takes differs; who survives does not.

scenario {
	title = {
		en = "Second chance: the used page stays",
		zh = "第二次机会：用过的页留下",
	},
	summary = {
		en = "Twelve idle pages and one that is read again and again, in \z
			the middle of the list. Accessed bits, PG_referenced, two \z
			lists: how each kernel finds out who may go.",
		zh = "十二个闲置的页，和链表中间一个不断被读的页。accessed 位、\z
			PG_referenced、两条链表：各个内核怎样看出谁可以走。",
	},
	eras = { "2.6.11", "2.4", "2.6.0", "4.0", "6.18" },
	swap = "256K",
	swap_cluster = 1, -- a scan takes one page at a time
	swappiness = 100, -- 2.6: mapped pages may go from the first round on
}

local era = machine().era

local function young(task, addr)
	local levels = task:walk(addr).levels

	return levels[#levels].accessed
end

-- ---------------------------------------------------------------------------
scene { en = "Thirteen pages, all just written", zh = "十三页，都刚写过" }
show { "lru", "path", "frames", "spaces", "narration" }

say {
	en = "Nine idle pages, then the one that will be used, then three more \z
		idle ones. On an LRU list the oldest stands at the tail.",
	zh = "九个闲置页，然后是将被使用的页，再后面三个闲置页。在 LRU 链表上最老\z
		的在尾部。",
}
local task = spawn "task"
local idle = task:mmap { pages = 12, name = "idle" }
local used = task:mmap { pages = 1, name = "used", prot = "rwx" }
batch({ en = "nine idle pages", zh = "九个闲置页" }, function()
	for i = 0, 8 do
		task:write(idle[i], i)
	end
end)

local new_list = { ["2.4"] = "inactive", ["2.6.0"] = "active",
	["2.6.11"] = "active", ["4.0"] = "active_anon",
	["6.18"] = "inactive_anon" }
local referenced_when_new = era == "2.4" or era == "2.6.0" or era == "2.6.11"

ask {
	{
		en = "A new anonymous page: on which list does " .. era ..
			" begin?",
		zh = "新的匿名页：" .. era .. " 把它先放在哪条链表？",
	},
	choices = { "active", "inactive" },
	answer = new_list[era]:find "inactive" and 2 or 1,
	why = {
		en = "2.4 began with inactive, 2.6.0 to 5.8 with active, later \z
			kernels with inactive again: a page that is used once \z
			should not push out one that is used often.",
		zh = "2.4 先放 inactive，2.6.0 到 5.8 先放 active，之后的内核又\z
			先放 inactive：只用一次的页不该挤走常用的页。",
	},
}
say {
	en = "The page that will be used.",
	zh = "将被使用的页。",
}
task:write(used[0], "U")
local frame = page_at(task, used[0])
point(frame)
expect_eq(frame.lru, new_list[era], "its list")
expect_eq(frame.flags.referenced or false, referenced_when_new, "PG_referenced")
expect(young(task, used[0]), "its PTE is young: the processor wrote it")

say { en = "And three more idle ones.", zh = "再加三个闲置页。" }
batch({ en = "three more", zh = "再加三个" }, function()
	for i = 9, 11 do
		task:write(idle[i], i)
	end
end)

-- Idle pages that are still mapped.
local function left()
	local n = 0

	for i = 0, 11 do
		if page_at(task, idle[i]) then
			n = n + 1
		end
	end
	return n
end

-- ---------------------------------------------------------------------------
scene { en = "The first call: bits are cleared", zh = "第一次调用：清除各位" }

-- What the first call makes of the used page: list, PG_referenced, young.
local after_first = {
	["2.4"] = { "inactive", true, false },
	["2.6.0"] = { "active", false, false },
	["2.6.11"] = { "active", false, false },
	["4.0"] = { "active_anon", false, true }, -- the scan has not come so far
	["6.18"] = { "inactive_anon", true, false },
}
local first = {
	["2.4"] = {
		en = "swap_out goes over the PTEs. Each one is young: the bit is \z
			cleared and the page marked as used. Pages that became \z
			active come down again; at the next visit their PTEs go.",
		zh = "swap_out 逐个看 PTE。每个都是 young：清除该位，并把页标记\z
			为用过。变为 active 的页又被移下；下次访问时它们的 PTE \z
			被去掉。",
	},
	["2.6.0"] = {
		en = "page_referenced asks all PTEs of a page, by its chain, and \z
			clears them and PG_referenced. Used: back to the head of \z
			active. The oldest come round again, unused, and go.",
		zh = "page_referenced 沿链问一页的所有 PTE，并清除它们和 \z
			PG_referenced。用过：回到 active 头部。最老的又轮到，这\z
			次没用过，就走。",
	},
	["2.6.11"] = {
		en = "page_referenced asks all PTEs of a page, by its anon_vma, \z
			and clears them and PG_referenced. Used: back to the head \z
			of active. The oldest come round again, unused, and go.",
		zh = "page_referenced 通过 anon_vma 问一页的所有 PTE，并清除它们\z
			和 PG_referenced。用过：回到 active 头部。最老的又轮到，\z
			这次没用过，就走。",
	},
	["4.0"] = {
		en = "shrink_active_list moves the oldest down, used or not, with \z
			their bits cleared. On the inactive list one more use \z
			would bring them back; nobody uses them.",
		zh = "shrink_active_list 把最老的移下，不管用没用过，并清除各位。\z
			在 inactive 链表上再用一次就能回来；没有人用它们。",
	},
	["6.18"] = {
		en = "folio_check_references: used once, so it is kept, and \z
			PG_referenced remembers it. The scan comes round: those \z
			that were not used again go.",
		zh = "folio_check_references：用过一次，所以留下，由 \z
			PG_referenced 记住。扫描又轮到时，没有再用的就走。",
	},
}
say(first[era])
reclaim(2)
point(frame)
expect_eq(page_at(task, used[0]), frame, "the used page is still there")
expect_eq(frame.lru, after_first[era][1], "its list")
expect_eq(frame.flags.referenced or false, after_first[era][2], "PG_referenced")
expect_eq(young(task, used[0]), after_first[era][3], "its PTE is young")
expect(left() < 12, "some of the idle pages are gone: " .. left() .. " left")

-- ---------------------------------------------------------------------------
scene { en = "Used again, before each call", zh = "每次调用之前又用" }
show { "lru", "path", "frames", "swap", "narration" }

ask {
	{
		en = "From now on the task reads this one page before each call, \z
			until all idle pages are in swap. Will it be swapped out \z
			in between?",
		zh = "从现在起，每次调用之前任务都读这一页，直到所有闲置页都换出。\z
			它会在中间被换出吗？",
	},
	choices = { { en = "yes", zh = "会" }, { en = "no", zh = "不会" } },
	answer = 2,
	why = {
		en = "Each scan that reaches it finds its PTE young. The others \z
			are not: there is always one that goes before.",
		zh = "每次扫描到它，都发现它的 PTE 是 young。别的不是：总有一个先\z
			走。",
	},
}
local keeps = {
	["2.4"] = {
		en = "try_to_swap_out, first test: the PTE is young. It is \z
			cleared and the page stays.",
		zh = "try_to_swap_out 的第一个检查：PTE 是 young。清除它，页留\z
			下。",
	},
	["4.0"] = {
		en = "Moved down it may be, but on the inactive list one \z
			reference is enough: page_check_references activates it.",
		zh = "它可能被移下，但在 inactive 链表上一次引用就够：\z
			page_check_references 使它 active。",
	},
	["6.18"] = {
		en = "PG_referenced from the last scan and a young PTE: used \z
			twice. folio_check_references activates it.",
		zh = "上次扫描留下的 PG_referenced，再加 young 的 PTE：用过两\z
			次。folio_check_references 使它 active。",
	},
}
local majors = task.maj_flt
local calls = 0
while left() > 0 and calls < 12 do
	say {
		en = "The processor reads it: no fault, it only sets the young \z
			bit.",
		zh = "处理器读它：没有缺页，只是设置 young 位。",
	}
	point(frame)
	task:read(used[0])
	expect(young(task, used[0]), "young")

	say(keeps[era] or {
		en = "page_referenced finds the young PTE: the page stays, or \z
			goes back to the active list.",
		zh = "page_referenced 发现 young 的 PTE：页留下，或回到 active \z
			链表。",
	})
	point(frame)
	reclaim(2)
	calls = calls + 1
	expect_eq(page_at(task, used[0]), frame, "the used page is still there")
end
expect_eq(left(), 0, "idle pages left")
local want_calls = { ["2.4"] = 2, ["2.6.0"] = 3, ["2.6.11"] = 5, ["4.0"] = 8,
	["6.18"] = 2 }
expect_eq(calls, want_calls[era], "calls that it took")
expect_eq(task.maj_flt, majors, "the used page was never read from swap")

-- ---------------------------------------------------------------------------
scene { en = "Not used any more", zh = "不再使用" }

ask {
	{
		en = "Now the task leaves this page alone, too. How long does it \z
			stay?",
		zh = "现在任务也不再碰这一页。它还能留多久？",
	},
	choices = {
		{ en = "for ever, it was used so often", zh = "永远，它常被使用" },
		{ en = "a few scans", zh = "几次扫描" },
	},
	answer = 2,
	why = {
		en = "Bits do not count how often. Once they are cleared nothing \z
			speaks for the page.",
		zh = "这些位不计次数。一旦清除，就没有什么为这页说话了。",
	},
}
say {
	en = "The bits are cleared, the page goes down, and out.",
	zh = "各位被清除，页移下，然后出去。",
}
calls = 0
while frame.kind ~= "free" and calls < 12 do
	point(frame)
	reclaim(2)
	calls = calls + 1
end
expect_eq(frame.kind, "free", "the frame is free after " .. calls .. " calls")
expect_eq(page_at(task, used[0]), nil, "nothing is mapped")

say {
	en = "Its next use is a major fault: the price of a wrong guess.",
	zh = "下次使用是主缺页：猜错的代价。",
}
expect_eq(task:read(used[0]), "U")
expect_eq(task.maj_flt, majors + 1, "a major fault")
note {
	en = "The notes call this LRU. No kernel here sorts by time of last use; \z
		all of them ask: used since I last looked?",
	zh = "讲义称之为 LRU。这里没有一个内核按最后使用时间排序；它们都只问：从\z
		我上次看以后用过没有？",
}
