-- All the cases of vma_merge, each by its name.
--
-- A new mapping, or a part of a VMA whose flags change, may join the VMA before
-- it, the one after it, or make one of both.  2.6.11 and 4.0 number the eight
-- cases in a comment of mm/mmap.c; 6.18 has two functions and names of its own.
-- Then why neighbours stay two: flags, offsets, anon_vmas, a fork.

scenario {
	title = {
		en = "mmap and merge: the eight cases of vma_merge",
		zh = "mmap 与合并：vma_merge 的八种情形",
	},
	summary = {
		en = "Each way in which VMAs become one, named as the kernel \z
			names it: cases 1 to 8 in 2.6.11 and 4.0, left, right and \z
			both in 6.18. And what keeps neighbours apart.",
		zh = "VMA 合一的每种方式，用内核的叫法：2.6.11 和 4.0 的情形 1 到 \z
			8，6.18 的 left、right、both。以及邻居为何不合并。",
	},
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era ~= "2.6.11"
local PAGE <const> = 4096

-- What this kernel calls a case.
local six = {
	"merge left and right", "merge left", "merge right",
	"merge_right, middle shrinks", "merge_left, middle shrinks",
	"merge_both", "merge_left, middle deleted",
	"merge_right, middle deleted",
}
local function name(case)
	return era == "6.18" and six[case] or "case " .. case
end

-- The VMAs of a task, as sizes in pages: "4+8".
local function sizes(task)
	local list = {}

	for i, vma in ipairs(task:vmas()) do
		list[i] = (vma.stop - vma.start) // PAGE
	end
	return table.concat(list, "+")
end

-- A task and an address with room on both sides.
local function room(who)
	local t = spawn(who)
	local all = t:mmap { pages = 32, name = "room" }

	t:munmap(all)
	return t, all.addr + 8 * PAGE
end

-- Pages first .. first + n - 1 from there.
local function map(t, at, first, n, prot)
	return t:mmap { pages = n, addr = at + first * PAGE, fixed = true,
		prot = prot }
end

local function protect(t, at, first, n, prot)
	return t:mprotect(at + first * PAGE, n * PAGE, prot)
end

-- ---------------------------------------------------------------------------
scene { en = "A new mapping", zh = "新的映射" }
show { "change", "narration" }

local t, at
t, at = batch("two VMAs with a hole of four pages", function()
	local task, addr = room "one"

	map(task, addr, 0, 4)
	map(task, addr, 8, 4)
	return task, addr
end)
say {
	en = "The hole between two VMAs is filled exactly. " .. name(1) ..
		": the previous VMA grows over the range and over the next \z
		one, whose struct is freed.",
	zh = "两个 VMA 之间的空洞正好填满。" .. name(1) ..
		"：前一个 VMA 延伸，盖过该范围和后一个，后一个的结构被释放。",
}
map(t, at, 4, 4)
expect_eq(sizes(t), "12", name(1) .. ": one VMA of twelve pages")

t, at = batch("one VMA, room above it", function()
	local task, addr = room "two"

	map(task, addr, 0, 4)
	return task, addr
end)
say {
	en = "Memory is mapped just above a VMA. " .. name(2) ..
		": that VMA grows to the new end. This is what most mmap \z
		calls of a program end with: no new struct at all.",
	zh = "紧接在一个 VMA 之上映射内存。" .. name(2) ..
		"：它延伸到新的末尾。程序的大多数 mmap 都是这样：根本没有新\z
		的结构。",
}
map(t, at, 4, 4)
expect_eq(sizes(t), "8", name(2) .. ": one VMA")

t, at = batch("one VMA, room below it", function()
	local task, addr = room "three"

	map(task, addr, 4, 4)
	return task, addr
end)
local vma = t:vmas()[1]
local pgoff = vma.pgoff
say {
	en = "And just below one, as top-down placement does. " .. name(3) ..
		": the next VMA begins earlier, and its vm_pgoff with it.",
	zh = "也可以紧接在下方，自顶向下的安排正是这样。" .. name(3) ..
		"：后一个 VMA 提前开始，它的 vm_pgoff 也随之减小。",
}
map(t, at, 0, 4)
expect_eq(sizes(t), "8", name(3) .. ": one VMA")
expect_eq(vma.start, at, "the struct of the next one begins earlier")
expect_eq(pgoff - vma.pgoff, 4, "and vm_pgoff went down by four")

-- ---------------------------------------------------------------------------
scene { en = "A part of a VMA changes", zh = "VMA 的一部分改变" }

t, at = batch("rw- and r-- side by side", function()
	local task, addr = room "four"

	map(task, addr, 0, 8)
	protect(task, addr, 4, 4, "r--")
	return task, addr
end)
say {
	en = "The last two writable pages become read-only, like what \z
		follows. " .. name(4) .. ": the boundary moves down. Nothing \z
		is allocated, nothing freed.",
	zh = "最后两个可写页变为只读，与后面的一样。" .. name(4) ..
		"：边界下移。什么都不分配，什么都不释放。",
}
protect(t, at, 2, 2, "r--")
expect_eq(sizes(t), "2+6", name(4) .. ": the tail goes over to the next")

t, at = batch("r-- and rw- side by side", function()
	local task, addr = room "five"

	map(task, addr, 0, 8)
	protect(task, addr, 0, 4, "r--")
	return task, addr
end)
say {
	en = "The other way round: the first two writable pages become like \z
		what is before them. " .. name(5) .. ": the boundary moves up.",
	zh = "反过来：最前面的两个可写页变得与前面的一样。" .. name(5) ..
		"：边界上移。",
}
protect(t, at, 4, 2, "r--")
expect_eq(sizes(t), "6+2", name(5) .. ": the head goes over to the previous")

t, at = batch("three VMAs, the middle one read-only", function()
	local task, addr = room "six"

	map(task, addr, 0, 12)
	protect(task, addr, 4, 4, "r--")
	return task, addr
end)
ask {
	{
		en = "The middle one becomes writable again. How many structs \z
			are freed?",
		zh = "中间的又变为可写。释放几个结构？",
	},
	choices = { "0", "1", "2" },
	answer = 3,
	why = {
		en = "The range is a whole VMA and fits both sides: the \z
			previous one grows over it and over the next.",
		zh = "该范围是整个 VMA，与两边都合得来：前一个延伸，盖过它和\z
			后一个。",
	},
}
say {
	en = name(6) .. ": a whole VMA that fits both neighbours. Two of \z
		three structs go.",
	zh = name(6) .. "：整个 VMA 与两个邻居都合得来。三个结构去掉两个。",
}
protect(t, at, 4, 4, "rw-")
expect_eq(sizes(t), "12", name(6) .. ": one VMA")

t, at = batch("two VMAs, the upper one read-only", function()
	local task, addr = room "seven"

	map(task, addr, 0, 8)
	protect(task, addr, 4, 4, "r--")
	return task, addr
end)
say {
	en = name(7) .. ": a whole VMA that fits only the previous one, \z
		which grows over it.",
	zh = name(7) .. "：整个 VMA 只与前一个合得来，前一个盖过它。",
}
protect(t, at, 4, 4, "rw-")
expect_eq(sizes(t), "8", name(7) .. ": one VMA")

t, at = batch("two VMAs, the lower one read-only", function()
	local task, addr = room "eight"

	map(task, addr, 0, 8)
	protect(task, addr, 0, 4, "r--")
	return task, addr
end)
local lower, upper = table.unpack(t:vmas())
ask {
	{
		en = "The lower one becomes writable again. Which struct stays?",
		zh = "下面的又变为可写。哪个结构留下？",
	},
	choices = {
		{ en = "the lower", zh = "下面的" },
		{ en = "the upper", zh = "上面的" },
	},
	answer = era == "6.18" and 2 or 1,
	why = era == "6.18"
		and {
			en = "6.18 extends the target, which is the next VMA, \z
				and deletes the one in the middle.",
			zh = "6.18 延伸目标，即后一个 VMA，并删去中间的。",
		}
		or {
			en = "vma_merge extends the changed VMA over its \z
				successor and frees that one; the caller then \z
				sets the flags.",
			zh = "vma_merge 把被改的 VMA 延伸到其后继之上并释放后\z
				继；然后由调用者设置标志。",
		},
}
say {
	en = name(8) .. ": a whole VMA that fits only the next one.",
	zh = name(8) .. "：整个 VMA 只与后一个合得来。",
}
protect(t, at, 0, 4, "rw-")
expect_eq(sizes(t), "8", name(8) .. ": one VMA")
expect_eq(t:vmas()[1], era == "6.18" and upper or lower,
	"the struct that stays")

-- ---------------------------------------------------------------------------
scene { en = "Why neighbours stay two", zh = "邻居为何不合并" }

t, at = batch("a read-only VMA", function()
	local task, addr = room "flags"

	map(task, addr, 0, 4, "r--")
	return task, addr
end)
say {
	en = "Flags. Writable memory beside read-only memory: a new VMA. What \z
		differs stands behind the cross.",
	zh = "标志。可写的内存与只读的相邻：新建 VMA。叉号后面写着差别。",
}
map(t, at, 4, 4, "rw-")
expect_eq(sizes(t), "4+4", "two VMAs: flags")

local f = file("book", 8)
t, at = batch("pages 0 and 1 of a file", function()
	local task, addr = room "pgoff"

	task:mmap { pages = 2, addr = addr, fixed = true, file = f }
	return task, addr
end)
say {
	en = "Offsets. Page 3 of the file is mapped behind page 1: vm_pgoff \z
		does not go on, one VMA could not say where its pages are.",
	zh = "偏移。文件第 3 页映射在第 1 页之后：vm_pgoff 不相连，一个 VMA \z
		说不清它的页在哪里。",
}
t:mmap { pages = 2, addr = at + 2 * PAGE, fixed = true, file = f, pgoff = 3 }
expect_eq(sizes(t), "2+2", "two VMAs: offsets")
say {
	en = "Page 2 in its place instead: the offsets go on, and files merge \z
		as anonymous memory does.",
	zh = "换成第 2 页：偏移相连，文件与匿名内存一样合并。",
}
t:mmap { pages = 2, addr = at + 2 * PAGE, fixed = true, file = f, pgoff = 2 }
expect_eq(sizes(t), "4", "one VMA")

t, at = batch("two written VMAs with a hole", function()
	local task, addr = room "anon_vma"

	task:write(map(task, addr, 0, 4)[0], "L")
	task:write(map(task, addr, 8, 4)[0], "R")
	return task, addr
end)
ask {
	{
		en = "Both sides have been written, so each has an anon_vma. \z
			The hole is filled. What is it called?",
		zh = "两边都写过，各有自己的 anon_vma。填上空洞。这叫什么？",
	},
	choices = { name(1), name(2), name(3) },
	answer = 2,
	why = {
		en = "The range fits both, but the outer two have different \z
			anon_vmas and can never be one. The previous one wins.",
		zh = "该范围与两边都合得来，但外面两个的 anon_vma 不同，永不能\z
			合一。前一个优先。",
	},
}
say {
	en = "anon_vmas. The range has none and fits both; prev and next do \z
		not fit each other.",
	zh = "anon_vma。该范围没有，与两边都合得来；但 prev 与 next 彼此合不\z
		来。",
}
map(t, at, 4, 4)
expect_eq(sizes(t), "8+4", "only " .. name(2))

t, at = batch("a written VMA, forked", function()
	local task, addr = room "parent"

	task:write(map(task, addr, 0, 4)[0], "P")
	return task, addr
end)
local child = t:fork "child"
ask {
	{
		en = "The child maps memory just above its inherited VMA. How \z
			many VMAs?",
		zh = "子进程紧接在继承来的 VMA 之上映射内存。有几个 VMA？",
	},
	choices = { "1", "2" },
	answer = has_chains and 2 or 1,
	why = has_chains
		and {
			en = "Its chain has two entries, so it is not \z
				singular: new memory must not inherit the \z
				parent's anon_vma.",
			zh = "它的链有两节，不是 singular：新内存不得继承父进\z
				程的 anon_vma。",
		}
		or {
			en = "2.6.11 only asks that the anon_vmas are equal \z
				or one is missing.",
			zh = "2.6.11 只要求 anon_vma 相等或者有一个没有。",
		},
}
say {
	en = has_chains and "A fork. The inherited VMA stands in the parent's \z
		anon_vma, too; the new memory shall not."
		or "A fork changes nothing here: " .. name(2) .. ".",
	zh = has_chains and "fork。继承来的 VMA 也在父进程的 anon_vma 里；新\z
		内存不应如此。"
		or "在这里 fork 不改变什么：" .. name(2) .. "。",
}
map(child, at, 4, 4)
expect_eq(sizes(child), has_chains and "4+4" or "8", "the child's VMAs")
say {
	en = "The parent does the same. It inherited nothing: " .. name(2) ..
		".",
	zh = "父进程也这样做。它没有继承什么：" .. name(2) .. "。",
}
map(t, at, 4, 4)
expect_eq(sizes(t), "8", "one VMA in the parent, in every kernel")
