-- LRU lists: two in 2.6.11, five in 4.0 and 6.18.
--
-- Pages of files and anonymous pages have lists of their own since 2.6.28, for
-- freeing a clean page of a file costs nothing, and an anonymous one must be
-- written.  mark_page_accessed moves a page up in four states; what leaves the
-- page cache leaves a shadow there, by which a page that comes back too soon is
-- known.

scenario {
	title = {
		en = "Five LRU lists, and how a page moves up and down",
		zh = "五条 LRU 链表：页怎样上下移动",
	},
	summary = {
		en = "Which list a new page goes to, the four states of \z
			mark_page_accessed, which lists are scanned first, when \z
			active pages go down, and the refault.",
		zh = "新页进哪条链表，mark_page_accessed 的四个状态，先扫描哪些链\z
			表，active 页何时移下，以及 refault。",
	},
	eras = { "4.0", "6.18", "2.6.11" },
	swap = "256K",
	swap_cluster = 1, -- a scan takes one page at a time
}

local era = machine().era
local five = era ~= "2.6.11"
local ACTIVE <const> = five and "active_file" or "active"
local INACTIVE <const> = five and "inactive_file" or "inactive"

-- A page's list, and "+ref" if it is marked.
local function state(page)
	return page.lru .. (page.flags.referenced and " +ref" or "")
end

-- ---------------------------------------------------------------------------
scene { en = "Where a new page goes", zh = "新页放在哪里" }
show { "lru", "path", "narration" }

say {
	en = "A task writes eight anonymous pages.",
	zh = "一个任务写八个匿名页。",
}
local task = spawn "task"
local heap = task:mmap { pages = 8, name = "heap" }
batch({ en = "eight anonymous pages", zh = "八个匿名页" }, function()
	for i = 0, 7 do
		task:write(heap[i], i)
	end
end)
local new_anon = { ["2.6.11"] = "active", ["4.0"] = "active_anon",
	["6.18"] = "inactive_anon" }
expect_eq(machine().lru[new_anon[era]], 8, "pages on " .. new_anon[era])

say { en = "A file of 12 pages, on the disk.", zh = "磁盘上一个 12 页的文件。" }
local data = file("data", 12)

ask {
	{
		en = "Page 0 of the file is read for the first time. On which \z
			list does it begin?",
		zh = "第一次读文件的第 0 页。它先放在哪条链表？",
	},
	choices = { "active", "inactive" },
	answer = 2,
	why = {
		en = "A page of a file must be used twice before it counts. So a \z
			file that is read once from end to end cannot push out \z
			anything that is in use.",
		zh = "文件的页要用两次才算数。这样，从头到尾只读一遍的文件不会挤\z
			走正在使用的页。",
	},
}
say {
	en = "Read from the disk. mark_page_accessed, first state: inactive, \z
		not referenced. It becomes referenced.",
	zh = "从磁盘读入。mark_page_accessed 的第一个状态：inactive，没有 \z
		referenced。于是变为 referenced。",
}
data:read(0)
local page = data:page(0)
point(page)
expect_eq(state(page), INACTIVE .. " +ref", "after the first use")

-- ---------------------------------------------------------------------------
scene { en = "Four states", zh = "四个状态" }

say {
	en = "The same page again, at once: reading a page piece by piece \z
		counts as one use.",
	zh = "马上再读同一页：分几次读一页只算一次使用。",
}
data:read(0)
expect_eq(state(page), INACTIVE .. " +ref", "nothing has changed")

say { en = "Another page in between.", zh = "中间读另一页。" }
data:read(1)

ask {
	{
		en = "And page 0 once more. It is inactive and referenced. What \z
			becomes of it?",
		zh = "再读第 0 页。它是 inactive 并且 referenced。会变成什么？",
	},
	choices = {
		{ en = "active, not referenced", zh = "active，没有 referenced" },
		{ en = "active and referenced", zh = "active 并且 referenced" },
		{ en = "it stays as it is", zh = "不变" },
	},
	answer = 1,
	why = {
		en = "The second use activates it. The bit is used up by that \z
			and begins anew.",
		zh = "第二次使用使它 active。这个位因此用掉，重新开始。",
	},
}
say {
	en = "Second state: inactive and referenced. Up to the active list.",
	zh = "第二个状态：inactive 并且 referenced。升到 active 链表。",
}
point(page)
data:read(0)
expect_eq(state(page), ACTIVE, "after the second use")

say {
	en = "Third state: active, not referenced. It becomes referenced. (Page \z
		1 goes up, too.)",
	zh = "第三个状态：active，没有 referenced。于是变为 referenced。（第 1 页\z
		也升上去。）",
}
data:read(1)
point(page)
data:read(0)
expect_eq(state(page), ACTIVE .. " +ref", "after the third use")

say {
	en = "Fourth state: active and referenced. Nothing more can be said.",
	zh = "第四个状态：active 并且 referenced。不能再高了。",
}
data:read(1)
point(page)
data:read(0)
expect_eq(state(page), ACTIVE .. " +ref", "after the fourth use")

say {
	en = "The rest of the file is read once, page by page. None of it gets \z
		onto the active list.",
	zh = "文件的其余部分逐页读一遍。没有一页进入 active 链表。",
}
batch({ en = "pages 2 to 9, once", zh = "第 2 到 9 页，各一次" }, function()
	for i = 2, 9 do
		data:read(i)
	end
end)
for i = 2, 9 do
	expect_eq(data:page(i).lru, INACTIVE, "page " .. i)
end

-- ---------------------------------------------------------------------------
scene { en = "What is scanned first?", zh = "先扫描什么？" }

ask {
	{
		en = "One frame is needed. Eight anonymous pages are older than \z
			all pages of the file. Which page goes?",
		zh = "需要一个页框。八个匿名页比文件的所有页都老。哪一页走？",
	},
	choices = {
		{ en = "an anonymous page", zh = "一个匿名页" },
		{ en = "page 0 of the file", zh = "文件的第 0 页" },
		{ en = "page 2 of the file", zh = "文件的第 2 页" },
	},
	answer = 3,
	why = five
		and {
			en = "There are enough inactive pages of files: only \z
				they are scanned (get_scan_count). Page 2 is the \z
				oldest of them and was used once.",
			zh = "inactive 的文件页够多：只扫描它们（get_scan_count\z
				）。第 2 页是其中最老的，只用过一次。",
		}
		or {
			en = "The tail of the inactive list is page 2. Mapped \z
				pages stay active as long as memory is not \z
				shorter (swap_tendency below 100).",
			zh = "inactive 链表的尾部是第 2 页。只要内存不更紧张\z
				（swap_tendency 低于 100），被映射的页就留在 \z
				active。",
		},
}
if era == "4.0" then
	say {
		en = "Page 2 is freed. And half of the anonymous pages go down: \z
			inactive times ratio was less than active, and the ratio \z
			is 1 on a machine below 1 GB.",
		zh = "第 2 页被释放。匿名页有一半移下：inactive 乘以比率小于 \z
			active，而小于 1 GB 的机器比率为 1。",
	}
elseif era == "6.18" then
	say {
		en = "Page 2 is freed. The anonymous pages are inactive as they \z
			are: none has to go down.",
		zh = "第 2 页被释放。匿名页本来就是 inactive：没有要移下的。",
	}
else
	say {
		en = "Page 2 is freed. The scan looks at mapped pages on the \z
			active list, too, and puts them back.",
		zh = "第 2 页被释放。扫描也看 active 链表上被映射的页，再放回去。",
	}
end
expect_eq(reclaim(1), 1, "frames freed")
expect_eq(data:page(2), nil, "page 2 is gone from memory")
expect_eq(costs(true).io_writes or 0, 0, "nothing was written")
if era == "4.0" then
	expect_eq(machine().lru.active_anon, 4, "active anonymous pages")
	expect_eq(machine().lru.inactive_anon, 4, "inactive anonymous pages")
else
	expect_eq(machine().lru[new_anon[era]] - (five and 0 or 2), 8,
		"anonymous pages where they were")
end
if five then
	note {
		en = "The notes say that 25 % of the anonymous pages are \z
			inactive. That is so for 1 GB, where the ratio is 3; on \z
			this machine it is half, for 100 GB it is 1 in 32.",
		zh = "讲义说匿名页有 25% 是 inactive。那是 1 GB 时的情形，比率为 \z
			3；这台机器是一半，100 GB 时是 1/32。",
	}
end

-- ---------------------------------------------------------------------------
scene { en = "Refault: back too soon", zh = "refault：回来得太早" }

ask {
	{
		en = "Page 2 is read again, right after it was evicted. On which \z
			list does it begin now?",
		zh = "第 2 页刚被回收就又被读。现在它先放在哪条链表？",
	},
	choices = { "active", "inactive" },
	answer = five and 1 or 2,
	why = five
		and {
			en = "Its shadow tells when it went. With a list longer \z
				by the refault distance it would not have gone: \z
				so it is active at once.",
			zh = "它的影子项记着何时离开。链表再长一个 refault 距\z
				离，它就不会走：所以立即 active。",
		}
		or {
			en = "2.6.11 keeps nothing of a page that is gone. It is \z
				new, as if it had never been there.",
			zh = "2.6.11 不保留已离开的页的任何信息。它是新页，就像\z
				从来没有来过。",
		},
}
if five then
	say {
		en = "The shadow in the page cache says: nothing was evicted \z
			since. Distance 0, that is not more than the active \z
			list is long.",
		zh = "页缓存里的影子项说：之后没有回收过别的页。距离 0，不大于 \z
			active 链表的长度。",
	}
else
	say {
		en = "Read from the disk, to the head of the inactive list.",
		zh = "从磁盘读入，放到 inactive 链表头部。",
	}
end
data:read(2)
point(data:page(2))
expect_eq(data:page(2).lru, five and ACTIVE or INACTIVE, "the list of page 2")

say {
	en = "Page 3 is evicted, and then four more pages.",
	zh = "第 3 页被回收，然后又有四页。",
}
batch({ en = "five frames, one after another", zh = "一个接一个，五个页框" }, function()
	for _ = 1, 5 do
		reclaim(1)
	end
end)
expect_eq(data:page(3), nil, "page 3 is gone")
expect_eq(data:page(7), nil, "and so are the next four")

local how = {
	["2.6.11"] = {
		en = "2.6.11: no shadow, no distance. Inactive.",
		zh = "2.6.11：没有影子项，没有距离。inactive。",
	},
	["4.0"] = {
		en = "Distance 4: four pages went after it. The active list of \z
			files has three. Too far: inactive.",
		zh = "距离 4：它之后走了四页。文件的 active 链表只有三页。太远：\z
			inactive。",
	},
	["6.18"] = {
		en = "Distance 4. 6.18 counts the anonymous pages, too, which \z
			could go instead: 8 and 3. Near enough: active.",
		zh = "距离 4。6.18 还算上可以替它走的匿名页：8 加 3。够近：\z
			active。",
	},
}
say(how[era])
data:read(3)
point(data:page(3))
expect_eq(data:page(3).lru, era == "6.18" and ACTIVE or INACTIVE,
	"the list of page 3")

-- ---------------------------------------------------------------------------
scene { en = "The fifth list", zh = "第五条链表" }

ask {
	{
		en = "The task locks one of its pages in memory (mlock). Where \z
			does the page go?",
		zh = "任务把自己的一页锁定在内存里（mlock）。这页去哪里？",
	},
	choices = {
		{ en = "it stays on its list", zh = "留在原来的链表" },
		{ en = "to a list that is never scanned", zh = "去一条从不扫描的链\z
			表" },
	},
	answer = five and 2 or 1,
	why = five
		and {
			en = "A scan could only find out, each time anew, that it \z
				may not have the page.",
			zh = "否则扫描每次都只能重新发现：这页不能拿。",
		}
		or {
			en = "There are two lists, both are scanned. Each scan \z
				meets the page, and gives it back.",
			zh = "只有两条链表，都要扫描。每次扫描都遇到这页，再放\z
				回。",
		},
}
if five then
	say {
		en = "PG_mlocked is set and the page goes to the unevictable \z
			list. (The scenario mlock has more.)",
		zh = "设 PG_mlocked，页进入 unevictable 链表。（更多见场景 \z
			mlock。）",
	}
else
	say {
		en = "Only the VMA is marked. (The scenario mlock has more.)",
		zh = "只标记 VMA。（更多见场景 mlock。）",
	}
end
local locked = page_at(task, heap[7])
local before = locked.lru
task:mlock(heap[7], 4096)
point(locked)
expect_eq(page_at(task, heap[7]), locked, "the same frame")
expect_eq(locked.lru, five and "unevictable" or before, "its list")
if five then
	expect_eq(machine().lru.unevictable, 1, "pages on the fifth list")
end
