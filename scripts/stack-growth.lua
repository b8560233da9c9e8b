-- A stack grows by itself: the fault below it moves its lower end.
--
-- What every kernel does is the same; what may forbid it is not: how far below
-- the stack pointer the access lies, RLIMIT_STACK, and what is mapped below.

scenario {
	title = {
		en = "A stack that grows",
		zh = "会自己增长的栈",
	},
	summary = {
		en = "A fault just below a VMA that grows down makes it larger. \z
			The stack pointer, RLIMIT_STACK and the neighbour below \z
			set the limits, in each kernel in its own way.",
		zh = "在向下增长的 VMA 之下发生缺页，它就变大。栈指针、\z
			RLIMIT_STACK 和下面的邻居设下限制，各个内核做法不同。",
	},
	eras = { "6.18", "4.0", "2.6.11", "2.6.0", "2.4" },
}

local era = machine().era
local PAGE = 4096
local guard = era == "4.0" and 1 or 0 -- pages that 4.0 keeps below
local TOP = 0x20000000

local function stack_vma(task)
	for _, vma in ipairs(task:vmas()) do
		if vma.stop == TOP then
			return vma
		end
	end
end

local function pages(task)
	local vma = stack_vma(task)

	return (vma.stop - vma.start) // PAGE
end

-- ---------------------------------------------------------------------------
scene { en = "Two pages to begin with", zh = "从两页开始" }
show { "spaces", "path", "narration" }

say {
	en = "MAP_GROWSDOWN makes a VMA that may grow down. Its upper page is \z
		written.",
	zh = "MAP_GROWSDOWN 建立可以向下增长的 VMA。先写它上面的一页。",
}
local task, stack = batch("a task with a stack", function()
	local t = spawn "task"
	local region = t:mmap {
		addr = TOP - 2 * PAGE, fixed = true, pages = 2,
		grows_down = true, name = "stack",
	}

	t:write(region[1], "main")
	return t, region
end)
expect_eq(pages(task), 2, "two pages")

ask {
	{
		en = "Now the program pushes a word just below the VMA. What \z
			happens?",
		zh = "现在程序把一个字压到 VMA 的紧下方。会怎样？",
	},
	choices = {
		{ en = "SIGSEGV: no VMA is there", zh = "SIGSEGV：那里没有 VMA" },
		{ en = "the VMA grows, and the fault goes on",
			zh = "VMA 增长，缺页继续处理" },
	},
	answer = 2,
	why = {
		en = "find_vma() gives the next VMA above. Since it may grow \z
			down, its start is moved to the page of the address; then \z
			it is an ordinary first touch.",
		zh = "find_vma() 给出上方的下一个 VMA。它可以向下增长，于是起点移到\z
			该地址所在的页，之后就是普通的首次访问。",
	},
}
say {
	en = "One fault: the VMA begins one page lower, and the page is there.",
	zh = "一次缺页：VMA 的起点降低一页，页也有了。",
}
local pgoff = stack_vma(task).pgoff
expect(task:write(TOP - 2 * PAGE - 8, "callee"), "it is written")
expect_eq(task:read(TOP - 2 * PAGE - 8), "callee", "and can be read")
expect_eq(pages(task), 3 + guard, "one page more, in 4.0 with a guard page")

if era ~= "2.4" and era ~= "2.6.0" then
	expect_eq(stack_vma(task).pgoff, pgoff - 1 - guard,
		"vm_pgoff has moved with vm_start")
	expect(stack_vma(task).anon_vma, "there is an anon_vma")
	note {
		en = "vm_pgoff is lower by the same number: the index of the \z
			pages that were there still leads to their addresses.",
		zh = "vm_pgoff 也降低了同样多：原有页的 index 仍然指向它们的地址。",
	}
end

-- ---------------------------------------------------------------------------
scene { en = "The stack pointer", zh = "栈指针" }

local far = stack_vma(task).start - 4 * PAGE
ask {
	{
		en = "The stack pointer stands at the top, and a read goes four \z
			pages below the VMA. Is that allowed here?",
		zh = "栈指针还在顶部，却去读 VMA 以下四页的地址。这里允许吗？",
	},
	choices = {
		{ en = "yes", zh = "允许" },
		{ en = "no: SIGSEGV", zh = "不允许：SIGSEGV" },
	},
	answer = (era == "6.18" or era == "4.0") and 1 or 2,
	why = {
		en = "2.x allows 32 bytes below the stack pointer, as an \z
			instruction may touch; 4.0 allows 64 KiB and 32 words; \z
			today nobody looks at the stack pointer.",
		zh = "2.x 允许栈指针以下 32 字节，一条指令至多触及这些；4.0 允许 \z
			64 KiB 加 32 个字；如今不再看栈指针。",
	},
}
say {
	en = "The second argument of read says where the stack pointer is.",
	zh = "read 的第二个参数是栈指针的位置。",
}
if era == "6.18" or era == "4.0" then
	expect_eq(task:read(far, TOP - PAGE), 0, "it has grown")
else
	expect_error("SIGSEGV", function()
		task:read(far, TOP - PAGE)
	end, { en = "too far below the stack pointer", zh = "离栈指针太远" })
	expect_eq(pages(task), 3, "it has not grown")
end
say {
	en = "The same with the stack pointer 32 bytes above it.",
	zh = "同样的读，栈指针在其上 32 字节。",
}
expect_eq(task:read(far, far + 32), 0, "32 bytes are allowed everywhere")
expect_eq(pages(task), 7 + 2 * guard, "seven, in 4.0 two guards more")

-- ---------------------------------------------------------------------------
scene { en = "RLIMIT_STACK", zh = "RLIMIT_STACK" }

say {
	en = "Ten pages are the limit from now on.",
	zh = "从现在起上限是十页。",
}
expect(task:setrlimit { stack = 10 * PAGE }, "the limit is set")
ask {
	{
		en = "A push goes to the 12th page from the top. What then?",
		zh = "压栈到从顶部数起的第 12 页。会怎样？",
	},
	choices = {
		{ en = "SIGSEGV", zh = "SIGSEGV" },
		{ en = "mmap's error ENOMEM", zh = "mmap 的错误 ENOMEM" },
		{ en = "it grows all the same", zh = "照样增长" },
	},
	answer = 1,
	why = {
		en = "expand_stack() fails with ENOMEM, but a fault has nobody to \z
			give that to: the program gets SIGSEGV. So ends every \z
			endless recursion.",
		zh = "expand_stack() 以 ENOMEM 失败，但缺页无处返回它：程序收到 \z
			SIGSEGV。无穷递归都这样结束。",
	},
}
expect_error("SIGSEGV", function()
	task:write(TOP - 12 * PAGE, "too deep")
end, { en = "it may not be so large", zh = "不许那么大" })
expect(task:write(TOP - 8 * PAGE, "ok"), "eight pages are allowed")

-- ---------------------------------------------------------------------------
scene { en = "What lies below", zh = "下面是什么" }

say {
	en = "The limit is lifted, and something is mapped 20 pages below the \z
		top.",
	zh = "放宽上限，并在顶部以下 20 页处映射一些东西。",
}
task:setrlimit { stack = "8M" }
local below = task:mmap {
	addr = TOP - 20 * PAGE, fixed = true, pages = 1, name = "below",
}
ask {
	{
		en = "May the stack grow until it touches that VMA?",
		zh = "栈可以一直增长到碰到那个 VMA 吗？",
	},
	choices = {
		{ en = "yes", zh = "可以" },
		{ en = "one page must stay unused", zh = "必须留一页不用" },
		{ en = "256 pages must stay free", zh = "必须留 256 页空着" },
	},
	answer = era == "6.18" and 3 or era == "4.0" and 2 or 1,
	why = {
		en = "2.x knows no guard: an overflow writes into the neighbour. \z
			Since 2.6.36 the lowest page of a stack is never used; \z
			since 4.12 there is a gap of 256 pages that is no part of it.",
		zh = "2.x 没有防护：溢出会写进邻居。从 2.6.36 起栈的最低一页从不使用；\z
			从 4.12 起改为不属于栈的 256 页间隙。",
	},
}
say {
	en = "A push just above the neighbour.",
	zh = "压到邻居的紧上方。",
}
local next_to_it = below.addr + PAGE
if era == "6.18" or era == "4.0" then
	expect_error("SIGSEGV", function()
		task:write(next_to_it, "x")
	end, { en = "too near", zh = "太近" })
else
	expect(task:write(next_to_it, "x"), "it grows")
	expect_eq(stack_vma(task).start, next_to_it, "they touch")
end
if era == "4.0" then
	expect(task:write(next_to_it + 2 * PAGE, "x"), "two pages above it")
elseif era == "6.18" then
	expect_error("SIGSEGV", function()
		task:write(TOP - 10 * PAGE, "x")
	end, { en = "nine pages off: still too near", zh = "相距九页：仍然太近" })
	task:munmap(below)
	expect(task:write(next_to_it, "x"), "with nothing below it can grow")
end
