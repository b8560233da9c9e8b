-- Threads: one address space, two tasks.
--
-- clone with CLONE_VM copies nothing: one user more of the same mm.  What one
-- task writes the other reads from the same frame, what one unmaps the other
-- has lost, and the page counts one mapping, since there is one PTE.  fork
-- beside it shows the difference.

scenario {
	title = {
		en = "Threads: one address space, two tasks",
		zh = "线程：一个地址空间，两个任务",
	},
	summary = {
		en = "clone(CLONE_VM) against fork: same frames, same PTEs, \z
			one map count; munmap by one takes the memory from the \z
			other; the last one to leave frees it.",
		zh = "clone(CLONE_VM) 与 fork 的对比：同样的页框、同样的 PTE、同一个\z
			映射计数；一个 munmap，另一个也失去内存；最后离开者释放它。",
	},
	eras = { "4.0", "2.4", "2.6.0", "2.6.11", "6.18" },
}

-- ---------------------------------------------------------------------------
scene { en = "A task, and a thread of it", zh = "一个任务和它的线程" }
show { "spaces", "frames", "path", "narration" }

say {
	en = "A task with four pages, two of them written.",
	zh = "一个有四页的任务，其中两页写过。",
}
local main, heap = batch("main writes two of four pages", function()
	local t = spawn "main"
	local r = t:mmap { pages = 4, name = "heap" }

	t:write(r[0], "a")
	t:write(r[1], "b")
	return t, r
end)

ask {
	{
		en = "main starts a thread: clone with CLONE_VM. How many PTEs \z
			are copied?",
		zh = "main 启动一个线程：带 CLONE_VM 的 clone。要复制几个 PTE？",
	},
	choices = { "0", "2", "4" },
	answer = 1,
	why = {
		en = "copy_mm only counts one user more: mm_users goes from 1 \z
			to 2. There is one page table, and both tasks use it.",
		zh = "copy_mm 只是多计一个使用者：mm_users 从 1 变成 2。页表只有一份，\z
			两个任务共用。",
	},
}
say {
	en = "clone: the new task gets the same mm. Nothing is copied, nothing \z
		is made read-only.",
	zh = "clone：新任务得到同一个 mm。什么都不复制，什么都不改成只读。",
}
local thread = main:clone { name = "thread", vm = true }
expect_eq(costs(true).ptes, 0, "no PTE was looked at")
expect_eq(costs(true).copies, 0, "nothing was copied")
expect_eq(main.mm_users, 2, "two tasks use the address space")
expect_eq(thread.mm, main, "it goes by main's name")
local frame = page_at(main, heap[0])
expect_eq(page_at(thread, heap[0]), frame, "the same frame")
expect_eq(frame.mapcount, 1, "one PTE maps it, whoever uses that")

-- ---------------------------------------------------------------------------
scene { en = "What one writes, the other reads", zh = "一个写，另一个读到" }

ask {
	{
		en = "The thread writes page 0, then main reads it. How many \z
			page faults do both take?",
		zh = "线程写第 0 页，然后 main 读它。两者共有几次缺页？",
	},
	choices = { "0", "1", "2" },
	answer = 1,
	why = {
		en = "The PTE is there, writable, and it is the PTE of both.",
		zh = "PTE 就在那里，可写，而且是两者共同的 PTE。",
	},
}
say { en = "The thread writes.", zh = "线程写。" }
thread:write(heap[0], "from the thread")
expect_eq(page_at(main, heap[0]), frame, "still the same frame")
say { en = "main reads what it wrote.", zh = "main 读到它写的值。" }
expect_eq(main:read(heap[0]), "from the thread")

say {
	en = "A page that nobody has touched yet: main's first write makes it \z
		for both.",
	zh = "一个还没有谁碰过的页：main 的第一次写让两者都有了它。",
}
main:write(heap[2], "c")
expect_eq(page_at(thread, heap[2]), page_at(main, heap[2]), "one frame")

say {
	en = "The reverse map has the address space once: one VMA, one PTE.",
	zh = "反向映射里这个地址空间只有一次：一个 VMA，一个 PTE。",
}
point(frame)
local found = frame:rmap { full = true }
expect_eq(#found, 1, "one mapping")

-- ---------------------------------------------------------------------------
scene { en = "A child beside it", zh = "旁边再来一个子进程" }

say {
	en = "For comparison the thread forks: the child has a copy of the one \z
		address space.",
	zh = "作为对比，线程调用 fork：子进程得到这一个地址空间的副本。",
}
local child = thread:fork "child"
expect_eq(frame.mapcount, 2, "two address spaces map the frame")

ask {
	{
		en = "Now the thread writes page 0. Who has the new frame?",
		zh = "现在线程写第 0 页。谁得到新页框？",
	},
	choices = {
		{ en = "the thread alone", zh = "只有线程" },
		{ en = "main and the thread", zh = "main 和线程" },
		{ en = "the child", zh = "子进程" },
	},
	answer = 2,
	why = {
		en = "The fault changes the PTE of the address space, which is \z
			main's as well. The child keeps the old frame.",
		zh = "缺页改变的是这个地址空间的 PTE，它同样属于 main。子进程保留旧\z
			页框。",
	},
}
say {
	en = "Copy-on-write is between address spaces, not between tasks.",
	zh = "写时复制发生在地址空间之间，而不是任务之间。",
}
thread:write(heap[0], "new")
local new = page_at(thread, heap[0])
point(new)
expect(new ~= frame, "a copy was made")
expect_eq(page_at(main, heap[0]), new, "main has it, too")
expect_eq(page_at(child, heap[0]), frame, "the child has the old frame")
expect_eq(child:read(heap[0]), "from the thread")

-- ---------------------------------------------------------------------------
scene { en = "What one unmaps, the other has lost", zh = "一个解除映射，另一个失去" }

ask {
	{
		en = "The thread unmaps pages 2 and 3. Then main reads page 2.",
		zh = "线程解除第 2、3 页的映射。然后 main 读第 2 页。",
	},
	choices = {
		{ en = "it reads c", zh = "读到 c" },
		{ en = "it reads 0", zh = "读到 0" },
		"SIGSEGV",
	},
	answer = 3,
	why = {
		en = "There is one list of VMAs, and the thread has cut it.",
		zh = "VMA 的列表只有一份，线程把它切短了。",
	},
}
say { en = "munmap by the thread.", zh = "线程调用 munmap。" }
thread:munmap(heap[2], 2 * 4096)
say { en = "main reads page 2.", zh = "main 读第 2 页。" }
expect_error("SIGSEGV", function() main:read(heap[2]) end)
say { en = "The child's copy of the address space still has it.",
	zh = "子进程的那份地址空间里它还在。" }
expect_eq(child:read(heap[2]), "c")

-- ---------------------------------------------------------------------------
scene { en = "The last one frees it", zh = "最后一个释放它" }

say {
	en = "main exits. The address space stays: the thread uses it, and it \z
		goes by the thread's name now.",
	zh = "main 退出。地址空间留着：线程还在用，它现在归在线程名下。",
}
main:exit()
expect_eq(thread.mm_users, 1, "one user is left")
expect_eq(thread.mm, thread)
expect_eq(new.kind, "anon", "the frame is in use")
expect_eq(new.mapcount, 1)

say {
	en = "The thread exits: mm_users is 0, and exit_mmap takes everything \z
		down.",
	zh = "线程退出：mm_users 为 0，exit_mmap 拆除一切。",
}
thread:exit()
expect_eq(new.kind, "free", "the frame is free")
expect_eq(child:read(heap[0]), "from the thread", "the child lives on")
