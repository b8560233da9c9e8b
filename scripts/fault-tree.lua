-- Each way through the page fault, seen in its decision tree.
--
-- The processor says: an address, read or write, was a page there.  The kernel
-- asks: is it in a VMA?  is it allowed?  what does the PTE say?  whose page is
-- it?  At each step the pane `fault` shows the way that was taken.

scenario {
	title = {
		en = "The decision tree of a page fault",
		zh = "缺页的判断树",
	},
	summary = {
		en = "Zero page, first write, copy on write and reuse, file pages \z
			read, copied and shared, swap, a growing stack, and the \z
			bad ends: each way through the handler, in five kernels.",
		zh = "零页、首次写、写时复制与就地写、文件页的读、复制与共享、交\z
			换、增长的栈，以及各种坏的结局：五个内核里走过处理程序的每\z
			条路。",
	},
	eras = { "4.0", "2.4", "2.6.0", "2.6.11", "6.18" },
	swap = "1M",
}

local era = machine().era
local modern = era == "4.0" or era == "6.18"
local PAGE <const> = 4096

-- How many faults fn takes: minor, major.
local function faults(task, fn)
	local min, maj = task.min_flt, task.maj_flt

	fn()
	return task.min_flt - min, task.maj_flt - maj
end

-- ---------------------------------------------------------------------------
scene { en = "Anonymous memory", zh = "匿名内存" }
show { "fault", "narration" }

local t, heap = batch("a task with four pages of memory", function()
	local task = spawn "task"

	return task, task:mmap { pages = 4, name = "heap" }
end)

say {
	en = "A read of untouched memory. The VMA is found, it allows the \z
		read, the PTE is empty, no file, no write: the zero page.",
	zh = "读从未碰过的内存。找到 VMA，允许读，PTE 为空，没有文件，不是写：\z
		零页。",
}
expect_eq(faults(t, function() t:read(heap[0]) end), 1, "one minor fault")
expect_eq(page_at(t, heap[0]).kind, "zero", "the zero page")

say {
	en = "A write to it. Now the PTE is there, but read-only: do_wp_page. \z
		The zero page has nothing to copy.",
	zh = "再写它。现在 PTE 存在，但只读：do_wp_page。零页没有什么可复制。",
}
t:write(heap[0], "A")
expect_eq(page_at(t, heap[0]).kind, "anon", "a frame of its own")
expect_eq(costs(true).copies, 0, "nothing was copied")

say {
	en = "A first write: do_anonymous_page again, but with a frame of \z
		zeros. One fault instead of two.",
	zh = "首次就写：又是 do_anonymous_page，但给一个全零的页框。一次缺页而\z
		不是两次。",
}
t:write(heap[1], "B")
expect_eq(page_at(t, heap[1]).kind, "anon", "a frame at once")

local child = t:fork "child"
ask {
	{
		en = "The child writes page 1, which both share. Which way does \z
			the fault take?",
		zh = "子进程写两者共享的第 1 页。缺页走哪条路？",
	},
	choices = {
		{ en = "do_anonymous_page", zh = "do_anonymous_page" },
		{ en = "do_wp_page, a copy", zh = "do_wp_page，复制" },
		{ en = "do_wp_page, in place", zh = "do_wp_page，就地写" },
	},
	answer = 2,
	why = {
		en = "The PTE is present and read-only, this is a write, and \z
			the page is needed by two.",
		zh = "PTE 存在且只读，这是写，而这一页有两方需要。",
	},
}
say {
	en = "The child writes: somebody else needs the page, so it is copied.",
	zh = "子进程写：还有别人要这一页，所以复制。",
}
child:write(heap[1], "C")
expect_eq(costs(true).copies, 1, "one copy")

say {
	en = "The parent writes the same page. The child has gone its own \z
		way: ours alone, written in place.",
	zh = "父进程写同一页。子进程已另有一页：独自所有，就地写。",
}
t:write(heap[1], "D")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(child:read(heap[1]), "C", "the child has its own")

-- ---------------------------------------------------------------------------
scene { en = "Pages of files", zh = "文件的页" }
show { "fault", "narration" }

local f = file("book", 4)
local own, shared = batch("the file, mapped in private and shared", function()
	return t:mmap { pages = 6, file = f, name = "own" },
		t:mmap { pages = 4, file = f, shared = true, name = "shared" }
end)

say {
	en = "A read of a file's page that is in no cache. The disk must be \z
		asked: a major fault.",
	zh = "读文件的页，缓存里没有。要问磁盘：主缺页。",
}
local _, major = faults(t, function() t:read(own[0]) end)
expect_eq(major, 1, "one major fault")
expect_eq(page_at(t, own[0]).kind, "file", "the page of the cache is mapped")

say {
	en = modern
		and "The other mapping reads it: it is cached, fault-around \z
			maps it without asking the file."
		or "The other mapping reads it: it is in the page cache.",
	zh = modern
		and "另一个映射来读：在缓存里，fault-around 不问文件就映射它。"
		or "另一个映射来读：在页缓存里。",
}
t:read(shared[0])
expect_eq(page_at(t, shared[0]).pfn, page_at(t, own[0]).pfn,
	"the same frame")

say {
	en = "A private write of a page that was never read: copied at once, \z
		the page of the cache is not even mapped.",
	zh = "私有写入从未读过的页：立即复制，缓存里的页甚至没有映射。",
}
t:write(own[1], "mine")
expect_eq(page_at(t, own[1]).kind, "anon", "a copy")
expect_eq(f:read(1), "book#1", "the file is as it was")

say {
	en = "A private write of the page that is mapped: do_wp_page. It is \z
		in the cache, so it is copied.",
	zh = "私有写入已映射的页：do_wp_page。它在缓存里，所以复制。",
}
t:write(own[0], "mine, too")
expect_eq(page_at(t, own[0]).kind, "anon", "a copy")
expect_eq(costs(true).copies, 1, "made now")

ask {
	{
		en = "A shared page was read; now it is written. Does it fault?",
		zh = "共享页读过了；现在写它。会缺页吗？",
	},
	choices = {
		{ en = "yes", zh = "会" },
		{ en = "no", zh = "不会" },
	},
	answer = modern and 1 or 2,
	why = modern
		and {
			en = "It is mapped read-only, so that the file is told \z
				of the first write: the page becomes dirty, \z
				nothing is copied.",
			zh = "它映射为只读，好让文件得知第一次写：页变脏，什么\z
				都不复制。",
		}
		or {
			en = "Until 2.6.17 shared pages were mapped writable \z
				from the start; that a page is dirty was only \z
				seen in its PTE.",
			zh = "2.6.17 之前共享页一开始就映射为可写；页脏与否只\z
				能从 PTE 看出。",
		},
}
say {
	en = modern and "A write to a shared page: the file is told."
		or "A write to a shared page: the PTE allows it.",
	zh = modern and "写共享页：告知文件。" or "写共享页：PTE 允许。",
}
expect_eq(faults(t, function() t:write(shared[0], "ours") end),
	modern and 1 or 0, "minor faults")
expect_eq(f:read(0), "ours", "the file has it")

-- ---------------------------------------------------------------------------
scene { en = "Back from swap", zh = "从交换区回来" }
show { "fault", "narration" }

batch("the child goes, memory is short, pages go out", function()
	child:exit()
	for _ = 1, 40 do
		if not page_at(t, heap[0]) and not page_at(t, heap[1]) then
			break
		end
		reclaim(4)
	end
end)
expect_eq(page_at(t, heap[0]), nil, "page 0 is out")
say {
	en = "The PTE is not empty: it holds the slot. do_swap_page looks in \z
		the swap cache, and if the page is not there, on the disk.",
	zh = "PTE 不是空的：它存着槽位。do_swap_page 先看交换缓存，没有再问磁\z
		盘。",
}
expect_eq(t:read(heap[0]), "A", "the page is back")
say {
	en = "A write to a page that is out, in the same way; then it must be \z
		ours alone.",
	zh = "写一个换出的页，路相同；之后还要独自所有。",
}
t:write(heap[1], "E")
expect_eq(t:read(heap[1]), "E", "written")

-- ---------------------------------------------------------------------------
scene { en = "A stack that grows", zh = "增长的栈" }
show { "fault", "narration" }

local stack = t:mmap { pages = 4, grows_down = true, name = "stack",
	addr = heap.addr - 1024 * PAGE, fixed = true }
ask {
	{
		en = "A write two pages below the stack. In no VMA: is that the \z
			end?",
		zh = "写栈下面第二页。不在任何 VMA 里：就此结束吗？",
	},
	choices = {
		{ en = "yes, SIGSEGV", zh = "是，SIGSEGV" },
		{ en = "no, the stack grows", zh = "否，栈增长" },
	},
	answer = 2,
	why = {
		en = "The VMA above grows down: it is made larger, and the \z
			fault goes on as if it had always held the address.",
		zh = "上面的 VMA 向下增长：把它变大，缺页接着走，好像它一直含有\z
			这个地址。",
	},
}
say {
	en = "No VMA holds the address, but the one above is a stack.",
	zh = "没有 VMA 含有该地址，但上面的一个是栈。",
}
t:write(stack.addr - 2 * PAGE, "deep")
expect_eq(t:read(stack.addr - 2 * PAGE), "deep", "the stack has grown")

-- ---------------------------------------------------------------------------
scene { en = "Bad ends", zh = "坏的结局" }
show { "fault", "narration" }

say {
	en = "A hole: no VMA, and none above that grows down. SEGV_MAPERR.",
	zh = "空洞：没有 VMA，上面也没有向下增长的。SEGV_MAPERR。",
}
expect_error("SIGSEGV", function() t:read(stack.addr + 8 * PAGE) end)

say {
	en = "Far below the stack: the VMA above does grow down, but not so \z
		far.",
	zh = "远在栈之下：上面的 VMA 确实向下增长，但不会那么远。",
}
expect_error("SIGSEGV", function() t:read(16 * PAGE) end)

batch("page 2 without rights, page 3 read-only", function()
	t:mprotect(heap[2], PAGE, "---")
	t:mprotect(heap[3], PAGE, "r--")
end)
say {
	en = "A VMA without any right: SEGV_ACCERR.",
	zh = "没有任何权限的 VMA：SEGV_ACCERR。",
}
expect_error("SIGSEGV", function() t:read(heap[2]) end)
say {
	en = "A write to a read-only VMA: the same question, the same end.",
	zh = "写只读的 VMA：同样的问题，同样的结局。",
}
expect_error("SIGSEGV", function() t:write(heap[3], "no") end)

ask {
	{
		en = "The private mapping has six pages, the file four. A read \z
			of page 5?",
		zh = "私有映射有六页，文件四页。读第 5 页呢？",
	},
	choices = { "SIGSEGV", "SIGBUS", "0" },
	answer = 2,
	why = {
		en = "The VMA holds the address and allows the read, so it is \z
			no SIGSEGV; but the file ends before that page.",
		zh = "VMA 含有该地址并允许读，所以不是 SIGSEGV；但文件在该页之\z
			前就结束了。",
	},
}
say {
	en = "Beyond the end of the file: SIGBUS.",
	zh = "超出文件末尾：SIGBUS。",
}
expect_error("SIGBUS", function() t:read(own[5]) end)
