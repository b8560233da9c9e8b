-- madvise: what a task knows about its memory and the kernel does not.
--
-- Five pieces of advice are as old as 2.4; MADV_DONTFORK came with 2.6.16,
-- MADV_FREE with 4.5, MADV_WIPEONFORK with 4.14, COLD and PAGEOUT with 5.4,
-- POPULATE with 5.14 and guard pages with 6.13.  A kernel that does not know an
-- advice says EINVAL; so the script asks for all of them everywhere.

scenario {
	title = {
		en = "madvise: telling the kernel what is not needed",
		zh = "madvise：告诉内核什么不再需要",
	},
	summary = {
		en = "DONTNEED, FREE under pressure, COLD and PAGEOUT, what fork \z
			may not copy, POPULATE, guard pages; and how an older \z
			kernel refuses what it does not know.",
		zh = "DONTNEED、内存紧张时的 FREE、COLD 与 PAGEOUT、fork 不复制的\z
			内存、POPULATE、保护页；以及旧内核怎样拒绝它不懂的建议。",
	},
	eras = { "6.18", "2.4", "2.6.0", "2.6.11", "4.0" },
	swap = "64K",
}

local era = machine().era
local new = era == "6.18"
local fourth = new or era == "4.0"

-- Advise @len bytes; @known: does this kernel know it?
local function advise(task, where, len, advice, known)
	local ok, err = task:madvise(where, len, advice)

	if known then
		expect_eq(ok, true, advice .. " is taken")
	else
		expect_eq(err, "EINVAL",
			advice .. " is refused: " .. era .. " does not know it")
	end
end

local function say_refused()
	say {
		en = "This kernel does not know the advice: EINVAL, and nothing \z
			happens.",
		zh = "这个内核不懂这条建议：EINVAL，什么也不发生。",
	}
end

-- ---------------------------------------------------------------------------
scene { en = "MADV_DONTNEED", zh = "MADV_DONTNEED" }
show { "spaces", "frames", "path", "narration" }

say {
	en = "A task writes four pages.",
	zh = "一个任务写四页。",
}
local task = spawn "task"
local heap = task:mmap { pages = 4, name = "heap" }
batch({ en = "four pages are written", zh = "写四页" }, function()
	for i = 0, 3 do
		task:write(heap[i], "ABCD" .. i)
	end
end)
local frame = page_at(task, heap[1])

ask {
	{
		en = "The task says that it does not need page 1, and reads it \z
			then. What does it read?",
		zh = "任务说它不需要第 1 页，然后读它。读到什么？",
	},
	choices = {
		{ en = "what it wrote", zh = "它写的内容" },
		{ en = "zero", zh = "零" },
		{ en = "nothing: SIGSEGV", zh = "读不到：SIGSEGV" },
	},
	answer = 2,
	why = {
		en = "The mapping stays, the page goes. Elsewhere this may be \z
			only a hint; Linux throws the content away at once.",
		zh = "映射还在，页走了。在别的系统里这也许只是提示；Linux 立刻丢\z
			掉内容。",
	},
}
say {
	en = "Every kernel: the PTE is cleared and the frame is free. The VMA \z
		is as it was.",
	zh = "每个内核都一样：清除 PTE，释放页框。VMA 不变。",
}
point(frame)
advise(task, heap[1], 4096, "dontneed", true)
expect_eq(page_at(task, heap[1]), nil, "nothing is mapped")
expect_eq(#task:vmas(), 1, "the VMA is not cut")
expect_eq(task:read(heap[1]), 0, "it reads as zero")
expect_eq(page_at(task, heap[1]).kind, "zero", "the zero page")

-- ---------------------------------------------------------------------------
scene { en = "MADV_FREE: not now, but when you must",
	zh = "MADV_FREE：现在不必，需要时再拿" }
show { "lru", "spaces", "path", "narration" }

if new then
	say {
		en = "Pages 0 and 2 are given up. Their PTEs become clean, the \z
			pages lose PG_swapbacked, and they go to the inactive \z
			list of files: what is there can go without a write.",
		zh = "放弃第 0 页和第 2 页。PTE 变干净，页失去 PG_swapbacked，移\z
			到文件的 inactive 链表：那里的页不写就能丢。",
	}
else
	say_refused()
end
advise(task, heap[0], 4096, "free", new)
advise(task, heap[2], 4096, "free", new)
expect_eq(task:read(heap[0]), "ABCD0", "the content is still there")
if new then
	local page = page_at(task, heap[0])

	expect(not page.flags.swapbacked, "PG_swapbacked is gone")
	expect_eq(page.lru, "inactive_file", "among the pages of files")
	say {
		en = "The task changes its mind about page 2 and writes to it. \z
			There is no fault: the PTE may be written, and only \z
			its dirty bit tells.",
		zh = "任务对第 2 页改了主意，写它。没有缺页：PTE 可写，只有它的\z
			脏位说明一切。",
	}
	local faults = task.min_flt
	task:write(heap[2], "again")
	expect_eq(task.min_flt, faults, "no fault")
	expect(not page_at(task, heap[2]).flags.swapbacked,
		"the page does not know yet")
	ask {
		{
			en = "Memory is short now. What becomes of pages 0 and 2?",
			zh = "现在内存不足。第 0 页和第 2 页会怎样？",
		},
		choices = {
			{ en = "both go to swap", zh = "都换出" },
			{ en = "0 is thrown away, 2 stays",
				zh = "第 0 页丢掉，第 2 页留下" },
			{ en = "both are thrown away", zh = "都丢掉" },
		},
		answer = 2,
		why = {
			en = "try_to_unmap finds the PTE of page 2 dirty, puts \z
				it back and gives the page PG_swapbacked again.",
			zh = "try_to_unmap 发现第 2 页的 PTE 脏，放回去，并把 \z
				PG_swapbacked 还给这页。",
		},
	}
end
say {
	en = "Frames are wanted.",
	zh = "需要页框。",
}
batch({ en = "reclaim", zh = "回收" }, function()
	for _ = 1, 8 do
		local page = page_at(task, heap[2])

		if new and (not page or page.flags.swapbacked) then
			break
		end
		reclaim(1)
	end
end)
if new then
	expect_eq(page_at(task, heap[0]), nil, "page 0 is gone")
	expect_eq(task:walk(heap[0]).swap, nil, "and has no place in swap")
	expect_eq(task:read(heap[0]), 0, "it reads as zero")
	expect_eq(task:read(heap[2]), "again", "page 2 is what was written")
	expect(page_at(task, heap[2]).flags.swapbacked,
		"and is a page for swap again")
else
	expect_eq(task:read(heap[0]), "ABCD0", "nothing was given up")
end

-- ---------------------------------------------------------------------------
scene { en = "MADV_COLD and MADV_PAGEOUT", zh = "MADV_COLD 与 MADV_PAGEOUT" }
show { "lru", "swap", "spaces", "narration" }

say {
	en = "A child shares the second region's first page; the task has the \z
		second for itself.",
	zh = "子进程共享第二个区域的第一页；第二页归任务自己。",
}
local cache = task:mmap { pages = 2, name = "cache" }
task:write(cache[0], "shared")
local child = task:fork "child"
task:write(cache[1], "own")
if new then
	say {
		en = "COLD: it will not be used soon. The accessed bit goes, and \z
			an active page would go to the inactive list.",
		zh = "COLD：不会很快再用。访问位清除；如果页是 active，就移到 \z
			inactive 链表。",
	}
else
	say_refused()
end
advise(task, cache[1], 4096, "cold", new)
if new then
	ask {
		{
			en = "PAGEOUT of both pages. Which one goes to swap?",
			zh = "对两页都说 PAGEOUT。哪一页换出？",
		},
		choices = {
			{ en = "both", zh = "两页都换出" },
			{ en = "the one that the child maps, too",
				zh = "子进程也映射的那页" },
			{ en = "the one that is the task's alone",
				zh = "只属于任务的那页" },
		},
		answer = 3,
		why = {
			en = "What somebody else maps is left alone: advice is \z
				about one's own memory.",
			zh = "别人也映射的页不动：建议只关系到自己的内存。",
		},
	}
	say {
		en = "The task's own page is unmapped and written to swap, used \z
			or not.",
		zh = "任务自己的页被取消映射，写到交换区，不管用没用过。",
	}
end
advise(task, cache[0], 8192, "pageout", new)
expect(page_at(task, cache[0]) ~= nil, "the shared page stays")
if new then
	expect_eq(page_at(task, cache[1]), nil, "the other is not mapped")
	expect(task:walk(cache[1]).swap ~= nil, "its PTE names a slot")
	expect_eq(task:mincore(cache[1], 4096), "1",
		"its frame waits in the swap cache")
	say {
		en = "It is clean and unmapped now, at the tail of its list: the \z
			first frame that anybody gets.",
		zh = "它现在干净、没有映射，在链表的尾部：谁要页框，先拿到它。",
	}
	batch({ en = "reclaim one frame", zh = "回收一个页框" }, function()
		for _ = 1, 8 do
			if task:mincore(cache[1], 4096) == "0" then
				break
			end
			reclaim(1)
		end
	end)
	expect_eq(task:mincore(cache[1], 4096), "0", "not in memory")
	say {
		en = "WILLNEED is the opposite: what is in swap is read before \z
			it is touched.",
		zh = "WILLNEED 正相反：在碰它之前先从交换区读回来。",
	}
	expect_eq(task:madvise(cache[1], 4096, "willneed"), true)
	expect_eq(task:mincore(cache[1], 4096), "1",
		"in memory, as mincore says")
	expect_eq(page_at(task, cache[1]), nil, "but not mapped yet")
else
	say {
		en = "WILLNEED is old, but of private memory only 4.0 reads \z
			what is in swap; 2.x wants a file.",
		zh = "WILLNEED 很老，但对私有内存，4.0 才会读交换区；2.x 要求有\z
			文件。",
	}
	local ok, err = task:madvise(cache[1], 4096, "willneed")
	expect_eq(ok or err, fourth and true or "EBADF",
		fourth and "nothing to read" or "no file: EBADF")
end
expect_eq(task:read(cache[1]), "own", "its content is kept")

-- ---------------------------------------------------------------------------
scene { en = "What fork may not copy", zh = "fork 不能复制的" }
show { "spaces", "path", "narration" }

say {
	en = "A buffer that a device writes to is not for a child: DONTFORK. A \z
		key should not be copied: WIPEONFORK.",
	zh = "设备写入的缓冲区不给子进程：DONTFORK。密钥不该被复制：\z
		WIPEONFORK。",
}
local buffer = task:mmap { pages = 1, name = "buffer" }
local key = task:mmap { pages = 1, name = "key" }
task:write(buffer[0], "data")
task:write(key[0], "secret")
advise(task, buffer, 4096, "dontfork", fourth)
advise(task, key, 4096, "wipeonfork", new)
local second = task:fork "second"
local got, err = second:read(buffer[0])
expect_eq(got or err, fourth and "SIGSEGV" or "data",
	fourth and "the child has no such VMA" or "it was copied")
expect_eq(second:read(key[0]), new and 0 or "secret",
	new and "the child's page is empty" or "it was copied")
expect_eq(task:read(key[0]), "secret", "the parent keeps its own")

-- ---------------------------------------------------------------------------
scene { en = "MADV_POPULATE_WRITE", zh = "MADV_POPULATE_WRITE" }
show { "spaces", "frames", "path", "narration" }

if new then
	say {
		en = "All pages are faulted in within one call, ready to be \z
			written. What cannot be done is said here, not by a \z
			signal later.",
		zh = "一次调用就把所有页调入，可以直接写。做不到的在这里说明，而\z
			不是以后用信号。",
	}
else
	say_refused()
end
local arena = task:mmap { pages = 4, name = "arena" }
advise(task, arena, 16384, "populate_write", new)
local faults = task.min_flt
batch({ en = "four writes", zh = "写四次" }, function()
	for i = 0, 3 do
		task:write(arena[i], i + 1)
	end
end)
expect_eq(task.min_flt - faults, new and 0 or 4, "faults of four writes")
if new then
	expect_error("EINVAL", function()
		task:mprotect(arena[3], 4096, "r--")
		task:madvise(arena, 16384, "populate_write")
	end, { en = "a page of it may not be written", zh = "其中一页不可写" })
end

-- ---------------------------------------------------------------------------
scene { en = "Guard pages", zh = "保护页" }
show { "spaces", "walk", "path", "narration" }

if new then
	ask {
		{
			en = "Page 1 of a stack of a thread becomes a guard. How \z
				many VMAs are there then?",
			zh = "线程栈的第 1 页变成保护页。之后有几个 VMA？",
		},
		choices = {
			{ en = "one more: it is cut out", zh = "多一个：它被切出来" },
			{ en = "two more: both sides are", zh = "多两个：两边都切" },
			{ en = "as many as before", zh = "和以前一样多" },
		},
		answer = 3,
		why = {
			en = "mprotect(PROT_NONE) would cut the VMA in three. A \z
				guard is a marker in the PTE alone.",
			zh = "mprotect(PROT_NONE) 会把 VMA 切成三个。保护页只是 \z
				PTE 里的一个标记。",
		},
	}
	say {
		en = "The page goes, and an entry that is not present says: no \z
			access.",
		zh = "页走了，一个 not present 的表项说：不许访问。",
	}
else
	say_refused()
end
local stack = task:mmap { pages = 4, name = "thread" }
batch({ en = "three pages are written", zh = "写三页" }, function()
	for i = 0, 2 do
		task:write(stack[i], "s" .. i)
	end
end)
local vmas = #task:vmas()
advise(task, stack[1], 4096, "guard_install", new)
expect_eq(#task:vmas(), vmas, "no VMA is cut")
if new then
	expect(task:walk(stack[1]).guard, "a marker in the PTE")
	say {
		en = "A read: the processor faults, and the handler finds the \z
			marker.",
		zh = "读它：处理器缺页，处理程序发现标记。",
	}
	expect_error("SIGSEGV", function() task:read(stack[1]) end)
	say {
		en = "DONTNEED of the whole stack leaves the guard, and a child \z
			has it, too.",
		zh = "对整个栈 DONTNEED，保护页仍在；子进程也有它。",
	}
	task:madvise(stack, 16384, "dontneed")
	expect(task:walk(stack[1]).guard, "the guard lasts")
	local third = task:fork "third"
	expect_error("SIGSEGV", function() third:write(stack[1], 1) end)
	say {
		en = "Until it is removed: then the page is as new.",
		zh = "直到被移除：那时这页像新的一样。",
	}
	expect_eq(task:madvise(stack[1], 4096, "guard_remove"), true)
	expect_eq(task:read(stack[1]), 0, "it reads as zero")
else
	say {
		en = "The old way: mprotect, and the VMA is cut in three.",
		zh = "老办法：mprotect，VMA 被切成三个。",
	}
	expect_eq(task:mprotect(stack[1], 4096, "none"), true)
	expect_eq(#task:vmas(), vmas + 2, "two VMAs more")
	expect_error("SIGSEGV", function() task:read(stack[1]) end)
end

note {
	en = "Advice is one of two things: a promise that lets the kernel do less \z
		(FREE, COLD), or an order (DONTNEED, PAGEOUT, POPULATE, guards). \z
		Only the second changes what a read gives at once.",
	zh = "建议有两种：让内核少做事的承诺（FREE、COLD），和命令（DONTNEED、\z
		PAGEOUT、POPULATE、保护页）。只有后者马上改变读到的内容。",
}
