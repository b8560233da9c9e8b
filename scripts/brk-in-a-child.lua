-- The heap in a child: why it becomes two VMAs.
--
-- brk makes the heap longer.  In the process that made it the new pages join
-- the heap's VMA.  In a forked child they do, too, until anon_vma chains came:
-- the child's heap has two entries in its chain, and since 3.0 such a VMA takes
-- no new memory in.  The child gets a second heap VMA.  exec ends it.

scenario {
	title = {
		en = "brk in a child: one heap or two?",
		zh = "子进程中的 brk：一个堆还是两个？",
	},
	summary = {
		en = "The heap of a process grows within its VMA. In a forked \z
			child of 4.0 and 6.18 brk makes a second VMA beside the \z
			first; until 2.6.11 it does not.",
		zh = "进程的堆在自己的 VMA 内增长。在 4.0 和 6.18 的 fork 子进程里，brk \z
			会在旁边另建一个 VMA；直到 2.6.11 都不会。",
	},
	eras = { "4.0", "2.4", "2.6.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era == "4.0" or era == "6.18"
local PAGE <const> = 4096

-- VMAs of the heap that begins at start, as sizes in pages: "4", "4+2".
local function heaps(task, start)
	local list = {}

	for _, vma in ipairs(task:vmas()) do
		if vma.start >= start and vma.start < start + 16 * PAGE then
			list[#list + 1] = (vma.stop - vma.start) // PAGE
		end
	end
	return table.concat(list, "+")
end

-- ---------------------------------------------------------------------------
scene { en = "A heap", zh = "一个堆" }
show { "spaces", "rmap", "path", "narration" }

say {
	en = "A process asks for two pages of heap and writes them.",
	zh = "一个进程要两页堆并写入。",
}
local shell, start = batch("a process with a heap of two pages", function()
	local t = spawn "shell"
	local from = t:brk()

	t:brk(from + 2 * PAGE)
	t:write(from, "a")
	t:write(from + PAGE, "b")
	return t, from
end)
expect_eq(heaps(shell, start), "2", "one VMA of two pages")

say {
	en = "Two more. The kernel looks at the VMA that ends where the new \z
		range begins: same flags, nothing against it. It grows.",
	zh = "再要两页。内核看在新范围起点处结束的 VMA：标志相同，没有障碍。它增长。",
}
shell:brk(start + 4 * PAGE)
expect_eq(heaps(shell, start), "4", "still one VMA")

-- ---------------------------------------------------------------------------
scene { en = "The child", zh = "子进程" }

say(has_chains and {
	en = "fork. The child's heap has a chain of two: its own anon_vma for \z
		what it will write, the parent's for what both share.",
	zh = "fork。子进程的堆有一条两节的链：自己的 anon_vma 给将来写的页，父进程的给\z
		共享的页。",
} or era == "2.6.11" and {
	en = "fork. The child's heap joins the anon_vma of the parent's.",
	zh = "fork。子进程的堆加入父进程堆的 anon_vma。",
} or {
	en = "fork. There are no anon_vmas in this kernel.",
	zh = "fork。这个内核没有 anon_vma。",
})
local child = shell:fork "child"
expect_eq(heaps(child, start), "4", "the child's heap is one VMA")
if has_chains then
	expect_eq(#child:vmas()[1].chain, 2, "with two anon_vmas in its chain")
end

ask {
	{
		en = "Now the child asks for two pages more. How many heap VMAs \z
			has it then?",
		zh = "现在子进程再要两页。之后它有几个堆 VMA？",
	},
	choices = { "1", "2" },
	answer = has_chains and 2 or 1,
	why = has_chains and {
		en = "New memory has no anon_vma yet and may join only a VMA \z
			whose chain has one entry. Otherwise pages of the child \z
			alone would stand in a VMA that the walks of the \z
			parent's pages visit, too: the walks would get longer \z
			for nothing.",
		zh = "新内存还没有 anon_vma，只能并入链上只有一节的 VMA。否则子进程独有的\z
			页会处在父进程的页遍历时也要访问的 VMA 里：遍历会白白变长。",
	} or {
		en = "Nothing distinguishes a forked heap here: same flags, \z
			adjacent, and (in 2.6.11) an anon_vma on one side only. \z
			It grows as in the parent.",
		zh = "这里 fork 来的堆没有什么不同：标志相同，相邻，而且（2.6.11）只有一边有 \z
			anon_vma。它像在父进程里一样增长。",
	},
}
say { en = "brk in the child.", zh = "子进程调用 brk。" }
child:brk(start + 6 * PAGE)
expect_eq(heaps(child, start), has_chains and "4+2" or "6", "the child's heap")

ask {
	{
		en = "And the parent, which has forked: one heap VMA or two \z
			after its next brk?",
		zh = "那么 fork 过的父进程呢：下一次 brk 之后是一个堆 VMA 还是两个？",
	},
	choices = { "1", "2" },
	answer = 1,
	why = {
		en = "Forking has changed nothing in the parent's VMA: its \z
			chain has one entry at most.",
		zh = "fork 没有改变父进程的 VMA：它的链最多只有一节。",
	},
}
say { en = "brk in the parent.", zh = "父进程调用 brk。" }
shell:brk(start + 6 * PAGE)
expect_eq(heaps(shell, start), "6", "the parent's heap")

-- ---------------------------------------------------------------------------
scene { en = "The second heap", zh = "第二个堆" }

say {
	en = "The child writes on both sides of the seam.",
	zh = "子进程在接缝两边各写一次。",
}
child:write(start + 3 * PAGE, "left")
child:write(start + 4 * PAGE, "right")
local right = page_at(child, start + 4 * PAGE)
point(right)
if has_chains then
	local vmas = child:vmas()

	expect_eq(#vmas[2].chain, 1, "the new VMA has an anon_vma of its own")
	expect(vmas[1].anon_vma ~= vmas[2].anon_vma, "and not the old one's")
	expect_eq(right.mapping, vmas[2].anon_vma)
end

say {
	en = "A walk from the new page visits one VMA, however many relatives \z
		the child has.",
	zh = "从新页出发的遍历只访问一个 VMA，不管子进程有多少亲属。",
}
local found = right:rmap { full = true }
expect_eq(#found, 1)
if has_chains then
	expect_eq(found.cost.visited, 1, "one VMA was visited")
elseif era == "2.6.11" then
	expect_eq(found.cost.visited, 2, "the parent's heap is visited, too")
end

say(has_chains and {
	en = "Another brk: the second VMA has a chain of one, so it grows.",
	zh = "再一次 brk：第二个 VMA 的链只有一节，所以它增长。",
} or {
	en = "Another brk: it grows again.",
	zh = "再一次 brk：它继续增长。",
})
child:brk(start + 8 * PAGE)
expect_eq(heaps(child, start), has_chains and "4+4" or "8")

say {
	en = "brk backwards across the seam: do_munmap, which does not mind.",
	zh = "brk 往回越过接缝：do_munmap 并不在意。",
}
child:brk(start + 3 * PAGE)
expect_eq(heaps(child, start), "3", "one VMA again")
say {
	en = "And forward again.",
	zh = "再往前。",
}
child:brk(start + 5 * PAGE)
expect_eq(heaps(child, start), has_chains and "3+2" or "5")

-- ---------------------------------------------------------------------------
scene { en = "exec", zh = "exec" }

say {
	en = "A program, and the child runs it: a new address space, which no \z
		fork has touched.",
	zh = "一个程序，子进程运行它：一个新的地址空间，没有被 fork 碰过。",
}
local prog = file("prog", 2)
child:exec(prog)
start = child:brk()
say {
	en = "Its heap grows twice, with a write between.",
	zh = "它的堆增长两次，中间写一次。",
}
child:brk(start + 2 * PAGE)
child:write(start, "mine")
child:brk(start + 4 * PAGE)
expect_eq(heaps(child, start), "4", "one VMA: nothing here was inherited")
