-- mprotect on a whole VMA, its head, its tail and its middle, and back.
--
-- A VMA has one set of rights, so a part that gets others must become a VMA of
-- its own; where the rights agree again the pieces merge.  Then two things that
-- keep pieces apart: VM_ACCOUNT, which mprotect may leave behind, and a fork
-- between the cut and the healing.

scenario {
	title = {
		en = "mprotect: cuts and healing",
		zh = "mprotect：切开与愈合",
	},
	summary = {
		en = "mprotect of a whole VMA, of its head, tail and middle: \z
			which kernel cuts how, and what merges back. Why a fault \z
			or a fork in between can keep the halves apart.",
		zh = "对整个 VMA、它的头、尾、中间调用 mprotect：各内核怎么切，怎\z
			样合并回来。为何其间的缺页或 fork 会使两半不再合一。",
	},
	eras = { "4.0", "2.4", "2.6.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era == "4.0" or era == "6.18"
local PAGE <const> = 4096

-- The VMAs of a task, as sizes in pages: "4+8".
local function sizes(task)
	local list = {}

	for i, vma in ipairs(task:vmas()) do
		list[i] = (vma.stop - vma.start) // PAGE
	end
	return table.concat(list, "+")
end

-- ---------------------------------------------------------------------------
scene { en = "Whole, head, tail, middle", zh = "整个、头、尾、中间" }
show { "change", "narration" }

local t, heap = batch("a task with twelve pages", function()
	local task = spawn "task"

	return task, task:mmap { pages = 12, name = "heap" }
end)
local function protect(first, n, prot)
	return t:mprotect(heap[first], n * PAGE, prot)
end

say {
	en = "All of it becomes read-only. No cut: the VMA just gets other \z
		flags.",
	zh = "全部变为只读。不切：VMA 只是换了标志。",
}
protect(0, 12, "r--")
expect_eq(sizes(t), "12", "still one VMA")
protect(0, 12, "rw-")
expect_eq(sizes(t), "12", "and back")

say {
	en = era == "2.4"
		and "The first four pages: one cut. The range gets the new \z
			struct, the old one keeps the rest."
		or "The first four pages: one cut. The old struct keeps the \z
			range, the rest above it is a new VMA.",
	zh = era == "2.4"
		and "前四页：切一刀。范围得到新结构，旧的保留其余部分。"
		or "前四页：切一刀。旧结构保留该范围，其上的其余部分是新的 VMA。",
}
local whole = t:vmas()[1]
protect(0, 4, "r--")
expect_eq(sizes(t), "4+8", "two VMAs")
expect_eq(t:vmas()[era == "2.4" and 2 or 1], whole,
	era == "2.4" and "the rest is the old struct"
		or "the range is the old struct")
say {
	en = "And back. The range is a whole VMA now, and its neighbour has \z
		the same rights: they merge.",
	zh = "再改回来。该范围现在是整个 VMA，邻居的权限相同：合并。",
}
protect(0, 4, "rw-")
expect_eq(sizes(t), "12", "one VMA again")

say {
	en = "The last four pages: one cut again. Again the "
		.. (era == "2.4" and "range gets the new struct."
			or "old struct is the range."),
	zh = "后四页：又切一刀。"
		.. (era == "2.4" and "范围又得到新结构。" or "旧结构又是该范围。"),
}
whole = t:vmas()[1]
protect(8, 4, "r--")
expect_eq(sizes(t), "8+4", "two VMAs")
expect_eq(t:vmas()[era == "2.4" and 1 or 2], whole,
	era == "2.4" and "the rest is the old struct"
		or "the range is the old struct")
say { en = "And back.", zh = "再改回来。" }
protect(8, 4, "rw-")
expect_eq(sizes(t), "12", "one VMA again")

ask {
	{
		en = "Four pages in the middle. How many VMAs does the task have \z
			then?",
		zh = "中间四页。那时任务有几个 VMA？",
	},
	choices = { "1", "2", "3" },
	answer = 3,
	why = {
		en = "Two cuts: at the start and at the end of the range.",
		zh = "两刀：在范围的起点和终点。",
	},
}
say {
	en = era == "2.4"
		and "2.4 cuts both sides off at once: mprotect_fixup_middle \z
			takes two new structs, the old one is the middle."
		or "split_vma is called twice: a new VMA below the range, then \z
			one above it. The old struct is the middle.",
	zh = era == "2.4"
		and "2.4 一次切下两边：mprotect_fixup_middle 取两个新结构，旧\z
			的成为中间。"
		or "两次调用 split_vma：先是范围之下的新 VMA，再是之上的。旧结\z
			构成为中间。",
}
local before = t:vmas()[1]
protect(4, 4, "r--")
expect_eq(sizes(t), "4+4+4", "three VMAs")
expect_eq(t:vmas()[2], before, "the old struct is the middle one")
expect_error("SIGSEGV", function() t:write(heap[4], "no") end)
say {
	en = "And back: all three become one.",
	zh = "再改回来：三者合一。",
}
protect(4, 4, "rw-")
expect_eq(sizes(t), "12", "one VMA again")

-- ---------------------------------------------------------------------------
scene { en = "What VM_ACCOUNT leaves behind", zh = "VM_ACCOUNT 留下的痕迹" }

-- Pages that were never writable, and writable ones behind them.
local function neighbours(who)
	local task = spawn(who)
	local all = task:mmap { pages = 8, prot = "r--", name = "all" }

	task:mmap { pages = 4, addr = all[4], fixed = true, prot = "rw-" }
	return task, all
end

local has_account = era ~= "2.4"
local untouched, all = batch("never writable beside writable", function()
	return neighbours "untouched"
end)
expect_eq(sizes(untouched), "4+4", "two VMAs: their rights differ")
expect_eq(untouched:vmas()[2].flags.ac == true, has_account,
	"writable private memory is accounted for")
ask {
	{
		en = "The writable half, never touched, becomes read-only like \z
			its neighbour. Do they merge?",
		zh = "可写的一半从未碰过，现在与邻居一样只读。会合并吗？",
	},
	choices = {
		{ en = "yes", zh = "会" },
		{ en = "no", zh = "不会" },
	},
	answer = (era == "6.18" or era == "2.4") and 1 or 2,
	why = ({
		["2.4"] = {
			en = "2.4 has no VM_ACCOUNT: the flags are equal.",
			zh = "2.4 没有 VM_ACCOUNT：标志相同。",
		},
		["6.18"] = {
			en = "mprotect gives VM_ACCOUNT up where nothing was \z
				ever faulted: nothing is owed. So the flags \z
				are equal.",
			zh = "从未缺页之处，mprotect 放弃 VM_ACCOUNT：什么都不\z
				欠。于是标志相同。",
		},
	})[era] or {
		en = "VM_ACCOUNT stays with what was once writable: the \z
			promise of memory is kept for the day it is writable \z
			again.",
		zh = "曾经可写的保留 VM_ACCOUNT：内存的承诺留待再次可写之日。",
	},
}
say {
	en = "The same rights now; but are the flags the same?",
	zh = "现在权限相同；但标志相同吗？",
}
untouched:mprotect(all[4], 4 * PAGE, "r--")
expect_eq(sizes(untouched),
	(era == "6.18" or era == "2.4") and "8" or "4+4", "its VMAs")

local touched
touched, all = batch("the same, one page written", function()
	local task, region = neighbours "touched"

	task:write(region[4], "x")
	return task, region
end)
say {
	en = has_account
		and "Once more, after one fault. The flag stays: these halves \z
			never merge again."
		or "Once more, after one fault: in 2.4 it makes no difference.",
	zh = has_account
		and "再来一次，先缺页一次。标志留下：这两半再不会合一。"
		or "再来一次，先缺页一次：在 2.4 没有区别。",
}
touched:mprotect(all[4], 4 * PAGE, "r--")
expect_eq(sizes(touched), has_account and "4+4" or "8", "its VMAs")
if has_account then
	expect_eq(touched:vmas()[2].flags.ac, true, "VM_ACCOUNT is left")
end

-- ---------------------------------------------------------------------------
scene { en = "A fork in between", zh = "其间 fork" }

local parent
parent, all = batch("eight written pages, the upper half read-only", function()
	local task = spawn "parent"
	local region = task:mmap { pages = 8, name = "heap" }

	for i = 0, 7 do task:write(region[i], i) end
	task:mprotect(region[4], 4 * PAGE, "r--")
	return task, region
end)
say {
	en = "The cut is made, then the fork.",
	zh = "先切开，再 fork。",
}
local child = parent:fork "child"
expect_eq(sizes(child), "4+4", "two VMAs in the child, too")

ask {
	{
		en = "The child makes its upper half writable again. Do the \z
			halves merge?",
		zh = "子进程使上半又可写。两半会合并吗？",
	},
	choices = {
		{ en = "yes", zh = "会" },
		{ en = "no", zh = "不会" },
	},
	answer = has_chains and 2 or 1,
	why = has_chains
		and {
			en = "Each VMA of the child got an anon_vma of its \z
				own in fork. Two that differ never merge.",
			zh = "fork 时子进程的每个 VMA 都得到自己的 anon_vma。不\z
				同的两个永不合并。",
		}
		or {
			en = "Nothing that a fork makes tells the halves \z
				apart.",
			zh = "fork 并没有留下区分两半的东西。",
		},
}
say {
	en = "Equal rights again, in the child.",
	zh = "在子进程里，权限又相同。",
}
child:mprotect(all[4], 4 * PAGE, "rw-")
expect_eq(sizes(child), has_chains and "4+4" or "8", "the child's VMAs")
if has_chains then
	expect(child:vmas()[1].anon_vma ~= child:vmas()[2].anon_vma,
		"two anon_vmas")
end

say {
	en = "The parent does the same: its halves never had two anon_vmas.",
	zh = "父进程也这样做：它的两半从来只有一个 anon_vma。",
}
parent:mprotect(all[4], 4 * PAGE, "rw-")
expect_eq(sizes(parent), "8", "one VMA in the parent")

say {
	en = "A cut that the child makes itself ...",
	zh = "子进程自己切的一刀……",
}
child:mprotect(all[2], PAGE, "r--")
expect_eq(sizes(child), has_chains and "2+1+1+4" or "2+1+5", "cut")
say { en = "... heals.", zh = "……可以愈合。" }
child:mprotect(all[2], PAGE, "rw-")
expect_eq(sizes(child), has_chains and "4+4" or "8", "healed")
expect_eq(child:read(all[2]), 2, "the page is where it was")
