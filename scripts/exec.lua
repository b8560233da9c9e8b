-- exec: an address space built piece by piece.
--
-- A shell runs a program.  fork gives the child a copy of the shell's address
-- space; exec throws it away and builds another one: stack, text, data, bss and
-- the place where the heap will begin.  Hardly a page is there at first, each
-- comes with its first touch.  At the end vfork, which does not copy what exec
-- throws away.

scenario {
	title = {
		en = "exec: an address space piece by piece",
		zh = "exec：一块一块建起的地址空间",
	},
	summary = {
		en = "What execve and load_elf_binary do: the old mm goes, \z
			stack, text, data and bss come; the first touch of \z
			each; and what fork + exec costs against vfork + exec.",
		zh = "execve 和 load_elf_binary 做什么：旧的 mm 离去，栈、代码、数据、\z
			bss 到来；各自的第一次触碰；以及 fork + exec 与 vfork + exec 的\z
			代价。",
	},
	eras = { "4.0", "2.4", "2.6.0", "2.6.11", "6.18" },
}

local era = machine().era
local in_mm = era == "4.0" or era == "6.18" -- strings go into the new mm
local PAGE <const> = 4096
local PAGES <const> = 8 -- of the shell's memory

-- Its VMAs by name.
local function parts(task)
	local t = {}

	for _, vma in ipairs(task:vmas()) do
		t[vma.name] = vma
	end
	return t
end

local function names(task)
	local t = {}

	for i, vma in ipairs(task:vmas()) do
		t[i] = vma.name
	end
	return table.concat(t, " ")
end

local function pages(vma)
	return (vma.stop - vma.start) // PAGE
end

-- ---------------------------------------------------------------------------
scene { en = "A shell and a program", zh = "一个 shell 和一个程序" }
show { "spaces", "files", "path", "narration" }

say {
	en = "A shell with eight written pages.",
	zh = "一个写过八页的 shell。",
}
local sh, mem = batch("a shell with eight written pages", function()
	local t = spawn "sh"
	local r = t:mmap { pages = PAGES, name = "mem" }

	for i = 0, PAGES - 1 do
		t:write(r[i], i)
	end
	return t, r
end)
say {
	en = "The program ls is a file of five pages: three of code, then two of \z
		data. Nothing of it is in memory.",
	zh = "程序 ls 是一个五页的文件：三页代码，后面两页数据。它还不在内存中。",
}
local ls = file("ls", 5)

say {
	en = "The shell forks. Each PTE of its memory is copied and made \z
		read-only on both sides.",
	zh = "shell 调用 fork。它内存的每个 PTE 都被复制，并在两边改为只读。",
}
local child = sh:fork "child"
local fork_ptes = costs(true).ptes
expect(fork_ptes >= 2 * PAGES, "two PTEs written for each page")
expect_eq(page_at(sh, mem[0]).mapcount, 2, "every frame is shared now")

-- ---------------------------------------------------------------------------
scene { en = "exec", zh = "exec" }

ask {
	{
		en = "The child calls exec. What happens to the eight pages that \z
			fork has just shared with it?",
		zh = "子进程调用 exec。fork 刚刚与它共享的八页会怎样？",
	},
	choices = {
		{ en = "they stay, below the program", zh = "留着，在程序下方" },
		{ en = "they are copied first", zh = "先被复制" },
		{ en = "the child's PTEs go", zh = "子进程的 PTE 消失" },
	},
	answer = 3,
	why = {
		en = "exec_mmap gives the task another mm; nobody uses the old \z
			one any more, so exit_mmap takes it down. All that fork \z
			did for these pages was for nothing.",
		zh = "exec_mmap 给任务另一个 mm；旧的不再有谁使用，exit_mmap 把它拆除。fork \z
			为这些页做的一切都白做了。",
	},
}
say(in_mm and {
	en = "Step through it with the key . : a stack page in a new mm takes \z
		the strings; exec_mmap, the point of no return; then the \z
		stack's room, text, data, bss, and the end of data cleared.",
	zh = "用 . 键逐个事件看：新 mm 里的一页栈接收字符串；exec_mmap，没有退路；然后是\z
		栈的空间、代码、数据、bss，并清除数据尾部。",
} or {
	en = "Step through it with the key . : a frame that nobody maps takes \z
		the strings; exec_mmap, the point of no return; then a stack \z
		with that frame, text, data, bss, and the end of data cleared.",
	zh = "用 . 键逐个事件看：一个没有谁映射的页框接收字符串；exec_mmap，没有退路；然\z
		后是含该页框的栈、代码、数据、bss，并清除数据尾部。",
})
child:exec(ls, { text = 3, data = 2, bss = 2, args = "ls -l" })
local exec_ptes = costs(true).ptes
local part = parts(child)
expect_eq(names(child), "text data bss [stack]", "what the child has now")
expect_eq(page_at(sh, mem[0]).mapcount, 1, "the shell's frames are its own")
expect_eq(part.text.prot, "r-x", "code can be read and run")
expect_eq(part.data.prot, "rw-", "data can be written")
expect_eq(part.data.pgoff, 3, "it follows the code in the file")
expect_eq(part.bss.file, nil, "bss comes from nowhere")
expect_eq(child:brk(), part.bss.stop, "the heap will begin behind it")

ask {
	{
		en = "How many pages of the program are mapped before its first \z
			instruction?",
		zh = "在程序的第一条指令之前，它有几页被映射？",
	},
	choices = { "0", "2", "7" },
	answer = 2,
	why = {
		en = "The page of strings at the top of the stack, and the last \z
			page of data, whose end had to be cleared. Everything \z
			else waits for a fault.",
		zh = "栈顶的字符串页，以及最后一页数据，因为它的尾部必须清除。其余的都等缺页。",
	},
}
local size = ({ ["2.4"] = 1, ["2.6.0"] = 1, ["2.6.11"] = 21, ["4.0"] = 34,
	["6.18"] = 33 })[era]
local top = part["[stack]"].stop - PAGE
say(size == 1 and {
	en = "The program looks at its strings: no fault. The stack has no page \z
		more than they need.",
	zh = "程序看它的字符串：没有缺页。栈只有它们所需的一页。",
} or era == "2.6.11" and {
	en = "The program looks at its strings: no fault. The stack has 20 pages \z
		more than they need (EXTRA_STACK_VM_PAGES), all of them empty.",
	zh = "程序看它的字符串：没有缺页。栈比它们所需的多 20 页\z
		（EXTRA_STACK_VM_PAGES），全是空的。",
} or {
	en = "The program looks at its strings: no fault. The stack has 32 pages \z
		more than they need (128 KiB), all of them empty; 4.0 has one \z
		more, the guard page.",
	zh = "程序看它的字符串：没有缺页。栈比它们所需的多 32 页（128 KiB），全是空的；\z
		4.0 还多一页，即警戒页。",
})
expect_eq(child:read(top), "ls -l", "what exec wrote")
expect_eq(costs(true).allocs, 0, "no frame was needed")
expect_eq(pages(part["[stack]"]), size, "pages of stack")

-- ---------------------------------------------------------------------------
scene { en = "The first touch of each", zh = "各自的第一次触碰" }

say {
	en = "Code: the fault reads a page of the file into the cache and maps \z
		the cache's page, read-only.",
	zh = "代码：缺页把文件的一页读入缓存，并映射缓存的页，只读。",
}
expect_eq(child:read(part.text.start + PAGE), "ls#1", "page 1 of the file")
local code = page_at(child, part.text.start + PAGE)
point(code)
expect_eq(code.kind, "file", "it belongs to the file")
expect_eq(code.mapping, ls)

say {
	en = "Data, its first page: a private copy.",
	zh = "数据，第一页：一个私有副本。",
}
child:write(part.data.start, "x")
expect_eq(costs(true).copies, 1, "copied from the page cache")
expect_eq(page_at(child, part.data.start).kind, "anon")

ask {
	{
		en = "Data, its last page: a copy again?",
		zh = "数据，最后一页：又要复制吗？",
	},
	choices = { { en = "yes", zh = "要" }, { en = "no", zh = "不要" } },
	answer = 2,
	why = {
		en = "padzero has written to this page in exec already, which \z
			made the copy.",
		zh = "padzero 在 exec 中已经写过这一页，那时就复制了。",
	},
}
say { en = "Data, its last page.", zh = "数据，最后一页。" }
child:write(part.data.start + PAGE, "y")
expect_eq(costs(true).copies, 0, "it was private already")

say {
	en = "bss is read: the zero page. Written: a frame of its own.",
	zh = "读 bss：零页。写：自己的页框。",
}
expect_eq(child:read(part.bss.start), 0)
expect_eq(page_at(child, part.bss.start).kind, "zero")
child:write(part.bss.start, "z")
expect_eq(page_at(child, part.bss.start).kind, "anon")

local joins = era ~= "6.18"
say(joins and {
	en = "The heap begins behind bss and joins it: both are zeroed memory \z
		with the same rights.",
	zh = "堆从 bss 后面开始并与它合并：两者都是权限相同的清零内存。",
} or {
	en = "The heap begins behind bss. It could join it, but sys_brk of 6.x \z
		looks for a heap from start_brk on only, and finds none.",
	zh = "堆从 bss 后面开始。它本可与之合并，但 6.x 的 sys_brk 只从 start_brk 起找\z
		堆，没有找到。",
})
child:brk(part.bss.stop + 2 * PAGE)
expect_eq(#child:vmas(), joins and 4 or 5, "VMAs after the first brk")

say(size == 1 and {
	en = "The stack below the strings: not mapped yet, but VM_GROWSDOWN lets \z
		the VMA grow down to it.",
	zh = "字符串下面的栈：还没有映射，但 VM_GROWSDOWN 让 VMA 向下长到那里。",
} or {
	en = "The stack below the strings: within the VMA, an ordinary first \z
		write.",
	zh = "字符串下面的栈：在 VMA 之内，一次普通的首次写。",
})
child:write(top - PAGE, "frame of main")
expect_eq(pages(parts(child)["[stack]"]), math.max(size, 2), "pages of stack")

-- ---------------------------------------------------------------------------
scene { en = "The end, and the price", zh = "结束，以及代价" }
show { "spaces", "costs", "path", "narration" }

say {
	en = "The program ends; the shell takes notice of it.",
	zh = "程序结束；shell 得知此事。",
}
child:exit()
expect_eq(sh:wait(), child, "wait meets the child")

ask {
	{
		en = "The shell writes its eight pages again, which nobody else \z
			maps any more. Page faults?",
		zh = "shell 再写它的八页，现在没有别人映射它们了。会缺页吗？",
	},
	choices = { { en = "none", zh = "不会" },
		{ en = "eight, without copies", zh = "八次，不复制" },
		{ en = "eight, with copies", zh = "八次，要复制" } },
	answer = 2,
	why = {
		en = "fork made its PTEs read-only, and nobody has made them \z
			writable since. Each write faults and finds the page its \z
			own.",
		zh = "fork 把它的 PTE 改成只读，之后没有谁改回来。每次写都缺页，发现页归自己。",
	},
}
say { en = "Eight writes.", zh = "写八次。" }
batch("the shell writes its pages", function()
	for i = 0, PAGES - 1 do
		sh:write(mem[i], "again")
	end
end)
local after_fork = costs(true)
expect_eq(after_fork.copies, 0, "nothing was copied")
expect(after_fork.ptes >= PAGES, "but each PTE was written")

say {
	en = "The same with vfork: the child uses the shell's address space, and \z
		the shell waits.",
	zh = "用 vfork 做同样的事：子进程使用 shell 的地址空间，shell 等待。",
}
local second = sh:vfork "second"
local vfork_ptes = costs(true).ptes
expect_eq(vfork_ptes, 0, "no PTE was looked at")
expect_eq(second.mm, sh, "one address space")
say {
	en = "The shell cannot run now: EBUSY is this program's word for it.",
	zh = "shell 现在不能运行：本程序用 EBUSY 表示。",
}
expect_error("EBUSY", function() sh:read(mem[0]) end)

say {
	en = "exec: the child leaves the shell's address space, which is not \z
		taken down, and the shell goes on.",
	zh = "exec：子进程离开 shell 的地址空间，它不被拆除，shell 继续。",
}
second:exec(ls, { text = 3, data = 2, bss = 2, args = "ls -l" })
local second_ptes = costs(true).ptes
expect_eq(sh:read(mem[0]), "again", "the shell runs again")
expect_eq(sh.mm_users, 1, "its address space is its own")

say {
	en = "And its pages are writable as ever.",
	zh = "它的页一如既往可写。",
}
batch("the shell writes its pages", function()
	for i = 0, PAGES - 1 do
		sh:write(mem[i], "at last")
	end
end)
expect_eq(costs(true).ptes, 0, "no PTE had to change")

local with_fork = fork_ptes + exec_ptes
local with_vfork = vfork_ptes + second_ptes
expect(with_fork >= with_vfork + 3 * PAGES,
	"fork + exec: three more PTEs for each page of the shell")
print(string.format("PTEs: fork + exec %d, vfork + exec %d", with_fork,
	with_vfork))
