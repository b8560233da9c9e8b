-- Splitting and merging VMAs, and why the anon_vma decides.
--
-- munmap and mprotect cut a VMA; where the pieces fit again, they are merged.
-- Whether two neighbours can become one depends on their rights, their offsets
-- and their anon_vmas.  The last rule is another one in each of these kernels.

scenario {
	title = {
		en = "Split and merge: when do two VMAs become one?",
		zh = "拆分与合并：两个 VMA 何时成为一个？",
	},
	summary = {
		en = "munmap and mprotect cut VMAs; equal neighbours are \z
			merged, unless their anon_vmas forbid it. Where \z
			2.6.11, 4.0 and 6.18 differ.",
		zh = "munmap 和 mprotect 切开 VMA；相同的邻居会合并，除非 \z
			anon_vma 不允许。2.6.11、4.0 和 6.18 在此有别。",
	},
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era ~= "2.6.11"
local PAGE = 4096

-- The VMAs of a task, as sizes in pages: "2+1+2".
local function sizes(task)
	local list = {}

	for i, vma in ipairs(task:vmas()) do
		list[i] = (vma.stop - vma.start) // PAGE
	end
	return table.concat(list, "+")
end

-- ---------------------------------------------------------------------------
scene { en = "A hole in the middle", zh = "中间的空洞" }
show { "spaces", "rmap", "path", "narration" }

say {
	en = "Five pages in one VMA, all written.",
	zh = "一个 VMA 里有五页，全部写过。",
}
local task, heap = batch("a task with five written pages", function()
	local t = spawn "task"
	local region = t:mmap { pages = 5, name = "heap" }

	for i = 0, 4 do
		t:write(region[i], i)
	end
	return t, region
end)
local av = task:vmas()[1].anon_vma
local frame = {}
for i = 0, 4 do
	frame[i] = page_at(task, heap[i])
end

ask {
	{
		en = "Page 2 is unmapped. What must the kernel change in the \z
			frames of pages 3 and 4?",
		zh = "解除第 2 页的映射。内核必须改动第 3、4 页页框中的什么？",
	},
	choices = {
		"index",
		"mapping",
		{ en = "both", zh = "两者都得到" },
		{ en = "nothing", zh = "没有什么阻止" },
	},
	answer = 4,
	why = {
		en = "Their VMA begins later now, but vm_pgoff has moved with \z
			vm_start. The address that follows from index is \z
			still right.",
		zh = "它们的 VMA 现在晚些开始，但 vm_pgoff 与 vm_start 一起移\z
			动了。由 index 得出的地址仍然正确。",
	},
}
say {
	en = "Two cuts, at both ends of page 2; then the piece in the middle \z
		is thrown away.",
	zh = "在第 2 页的两端各切一刀；然后丢弃中间的一块。",
}
task:munmap(heap[2], PAGE)

local left, right = table.unpack(task:vmas())
expect_eq(sizes(task), "2+2", "two VMAs of two pages")
expect_eq(left.anon_vma, av, "the left one is on the old anon_vma")
expect_eq(right.anon_vma, av, "and so is the right one")
expect_eq(#av.vmas, 2, "so two VMAs are linked to it")
expect_eq(#right.chain, has_chains and 1 or 0, "a split copies the chain")
expect_eq(right.pgoff - left.pgoff, 3,
	"vm_pgoff of the right one: three pages further")
expect_eq(frame[2].kind, "free", "the frame of page 2 is free")
for _, i in ipairs { 0, 1, 3, 4 } do
	expect_eq(frame[i].index, heap[i] // PAGE,
		"page " .. i .. ": index as before")
	expect_eq(frame[i].mapping, av, "page " .. i .. ": mapping as before")
end

point(frame[4])
if has_chains then
	say {
		en = "A walk to the end from page 4. The tree is ordered by \z
			offsets: only the VMA whose range holds the index is \z
			visited.",
		zh = "从第 4 页走到底的遍历。树按偏移排序：只访问范围含有该 \z
			index 的 VMA。",
	}
else
	say {
		en = "A walk to the end from page 4. The list knows no \z
			ranges: both pieces are visited, and in one the \z
			address comes out of range.",
		zh = "从第 4 页走到底的遍历。链表不知道范围：两块都访问，在其\z
			中一块算出的地址在范围之外。",
	}
end
local found = frame[4]:rmap { full = true }
expect_eq(found[1].addr, heap[4], "found at its address")
expect_eq(found.cost.visited, has_chains and 1 or 2, "VMAs visited")

ask {
	{
		en = "New memory is mapped exactly into the hole. How many \z
			VMAs are there then?",
		zh = "把新内存正好映射到空洞里。那时有几个 VMA？",
	},
	choices = { "3", "2", "1" },
	answer = 3,
	why = {
		en = "The new range has no page and no anon_vma, so it fits \z
			both sides. Both sides are on one anon_vma, so all \z
			three can be one.",
		zh = "新的范围没有页，也没有 anon_vma，所以与两边都合得来。两\z
			边在同一个 anon_vma 上，所以三者可以合一。",
	},
}
say { en = "The hole is filled.", zh = "空洞填上了。" }
task:mmap { pages = 1, addr = heap[2], fixed = true, name = "heap" }
expect_eq(sizes(task), "5", "one VMA of five pages")
expect_eq(task:vmas()[1].anon_vma, av, "on the same anon_vma")
expect_eq(#av.vmas, 1, "the links of the other pieces are gone")
expect_eq(page_at(task, heap[2]), nil, "the new page has no frame yet")
expect_eq(task:read(heap[3]), 3, "the neighbours keep their values")

-- ---------------------------------------------------------------------------
scene { en = "mprotect, and back", zh = "mprotect，再改回来" }

say {
	en = "Page 2 is written again, so that every page has a frame.",
	zh = "再写第 2 页，使每页都有页框。",
}
task:write(heap[2], "new")

say {
	en = "The middle becomes read-only. Different rights cannot live in \z
		one VMA: two cuts.",
	zh = "中间变为只读。不同的权限不能同在一个 VMA：切两刀。",
}
task:mprotect(heap[2], PAGE, "r--")
expect_eq(sizes(task), "2+1+2", "three VMAs")
expect_eq(#av.vmas, 3, "all on one anon_vma")
expect_error("SIGSEGV", function() task:write(heap[2], "no") end)

say {
	en = "And back again: equal rights, offsets that continue, one \z
		anon_vma. They become one.",
	zh = "再改回来：权限相同，偏移相连，同一个 anon_vma。它们合成一个。",
}
task:mprotect(heap[2], PAGE, "rw-")
expect_eq(sizes(task), "5", "one VMA")
expect_eq(#av.vmas, 1, "one link")
expect_eq(page_at(task, heap[2]).mapcount, 1, "no page was touched")

ask {
	{
		en = "The VMA is writable again. Does a write to page 2 fault?",
		zh = "VMA 又可写了。写第 2 页会缺页吗？",
	},
	choices = {
		{ en = "yes", zh = "会" },
		{ en = "no", zh = "不会" },
	},
	answer = era == "6.18" and 2 or 1,
	why = era == "6.18"
		and {
			en = "The frame is marked AnonExclusive: this task \z
				may write it. So mprotect made the PTE \z
				writable at once.",
			zh = "页框有 AnonExclusive 标记：这个任务可以写它。所\z
				以 mprotect 当时就把 PTE 改为可写。",
		}
		or {
			en = "mprotect leaves the PTE read-only, for it does \z
				not know whether the frame is shared. The \z
				write finds out: a fault, without a copy.",
			zh = "mprotect 让 PTE 保持只读，因为它不知道页框是否共\z
				享。写的时候才查明：缺页，不复制。",
		},
}
say {
	en = "The right to write is in the VMA. Is it in the PTE too?",
	zh = "写权限在 VMA 里。也在 PTE 里吗？",
}
local faults = task.min_flt
task:write(heap[2], "again")
expect_eq(task.min_flt - faults, era == "6.18" and 0 or 1, "faults")
expect_eq(costs(true).copies, 0, "no copy in any kernel")

-- ---------------------------------------------------------------------------
scene { en = "Written next to unwritten", zh = "写过的与没写过的相邻" }

say {
	en = "Another task with two neighbours: the left one readable and \z
		writable, the right one also executable. Only the right one \z
		is written.",
	zh = "另一个任务，有两个邻居：左边的可读可写，右边的还可执行。只写过右\z
		边的。",
}
local second, both = batch("two neighbours, the right one written", function()
	local t = spawn "second"
	local region = t:mmap { pages = 4, name = "two" }

	t:mprotect(region[2], 2 * PAGE, "rwx")
	t:write(region[2], "R")
	return t, region
end)
expect_eq(sizes(second), "2+2", "two VMAs")
expect_eq(second:vmas()[1].anon_vma, nil, "the left one has no anon_vma")
expect(second:vmas()[2].anon_vma, "the right one has")

ask {
	{
		en = "mprotect makes the right one like its left neighbour. \z
			Will they be merged?",
		zh = "mprotect 使右边的与左邻相同。会合并吗？",
	},
	choices = {
		{ en = "yes", zh = "会" },
		{ en = "no", zh = "不会" },
	},
	answer = era == "4.0" and 2 or 1,
	why = ({
		["2.6.11"] = {
			en = "One of the two has no anon_vma: that is enough \z
				for 2.6.11. The merged VMA keeps the other's.",
			zh = "两者之一没有 anon_vma：对 2.6.11 这就够了。合并\z
				后的 VMA 保留另一个的 anon_vma。",
		},
		["4.0"] = {
			en = "4.0 lets unwritten memory join a written VMA, \z
				but not the other way round: it asks for a \z
				neighbour with a chain of one, and an \z
				unwritten VMA has an empty chain.",
			zh = "4.0 让没写过的内存并入写过的 VMA，反过来却不行：\z
				它要求邻居的链只有一节，而没写过的 VMA 的链是\z
				空的。",
		},
		["6.18"] = {
			en = "Since 6.16 the unwritten neighbour takes over \z
				the anon_vma, if the written one did not come \z
				through a fork.",
			zh = "6.16 起，如果写过的一方不是经 fork 而来，没写过\z
				的邻居就接过它的 anon_vma。",
		},
	})[era],
}
say {
	en = "Equal rights now, offsets that continue, and one anon_vma of \z
		two.",
	zh = "现在权限相同，偏移相连，两者只有一个 anon_vma。",
}
second:mprotect(both[2], 2 * PAGE, "rw-")
expect_eq(sizes(second), era == "4.0" and "2+2" or "4", "VMAs, in pages")
expect_eq(#anon_vmas(), 2, "anon_vmas: the first task's and this one")
expect_eq(second:read(both[2]), "R", "the page is where it was")

-- The same in the other direction: now the changed range is the unwritten one.
local third
third, both = batch("the same again, in a third task", function()
	local t = spawn "third"
	local region = t:mmap { pages = 4, name = "two" }

	t:mprotect(region[0], 2 * PAGE, "rwx")
	t:write(region[2], "R")
	return t, region
end)
say {
	en = "The other way round: here the unwritten one is made like its \z
		written neighbour. That is merged in every kernel.",
	zh = "反过来：这里使没写过的与写过的邻居相同。每个内核都合并。",
}
third:mprotect(both[0], 2 * PAGE, "rw-")
expect_eq(sizes(third), "4", "one VMA")
expect_eq(third:vmas()[1].anon_vma, page_at(third, both[2]).mapping,
	"with the anon_vma of the written part")

-- ---------------------------------------------------------------------------
scene { en = "Two anon_vmas never become one", zh = "两个 anon_vma 永不合一" }

say {
	en = "Two regions with a hole of one page between them. Each is \z
		written: two anon_vmas, for they do not touch.",
	zh = "两个区域，中间隔一页的空洞。各写一次：两个 anon_vma，因为它们不\z
		相接。",
}
local fourth, low = batch("two written regions, a hole between them", function()
	local t = spawn "fourth"
	local region = t:mmap { pages = 5, name = "low" }

	t:munmap(region[2], PAGE)
	t:write(region[0], "L")
	t:write(region[3], "H")
	return t, region
end)
local av_low = page_at(fourth, low[0]).mapping
local av_high = page_at(fourth, low[3]).mapping
expect(av_low ~= av_high, "two anon_vmas")

ask {
	{
		en = "The hole is filled. How many VMAs then?",
		zh = "空洞填上。那时有几个 VMA？",
	},
	choices = { "1", "2", "3" },
	answer = 2,
	why = {
		en = "The new memory fits both, but both do not fit each \z
			other: pages point to two different anon_vmas. It \z
			joins the left one.",
		zh = "新内存与两边都合得来，但两边彼此合不来：页指向两个不同\z
			的 anon_vma。它并入左边的。",
	},
}
say {
	en = "In the first scene the same call made one VMA of three.",
	zh = "在第一场里，同样的调用使三个 VMA 合一。",
}
fourth:mmap { pages = 1, addr = low[2], fixed = true, name = "low" }
expect_eq(sizes(fourth), "3+2", "the hole belongs to the left one")
expect_eq(fourth:vmas()[1].anon_vma, av_low, "the left one's anon_vma")
expect_eq(fourth:vmas()[2].anon_vma, av_high, "the right one's anon_vma")

-- ---------------------------------------------------------------------------
scene { en = "The heap of a child", zh = "子进程的堆" }
show { "spaces", "rmap", "path", "narration" }

say {
	en = "A parent with a heap by brk, two pages, written. It forks.",
	zh = "父进程用 brk 得到两页的堆，已写过。它 fork。",
}
local parent, child, heap_end = batch("a parent with a written heap, and its \z
	child", function()
	local t = spawn "parent"
	local start = t:brk()
	local stop = t:brk(start + 2 * PAGE)

	t:write(start, "heap")
	return t, t:fork "child", stop
end)
expect_eq(sizes(parent), "2", "one heap VMA in the parent")
expect_eq(sizes(child), "2", "one in the child")

say {
	en = "The parent's heap grows by two pages: the VMA grows.",
	zh = "父进程的堆增加两页：VMA 变大。",
}
parent:brk(heap_end + 2 * PAGE)
expect_eq(sizes(parent), "4", "one heap VMA of four pages")

ask {
	{
		en = "Now the child's heap grows by two pages. How many heap \z
			VMAs has the child?",
		zh = "现在子进程的堆增加两页。子进程有几个堆 VMA？",
	},
	choices = { "1", "2" },
	answer = has_chains and 2 or 1,
	why = has_chains
		and {
			en = "The child's VMA came through a fork, so its \z
				chain has two entries. Unwritten memory joins \z
				only a VMA with a chain of one: it would have \z
				to inherit old links.",
			zh = "子进程的 VMA 经 fork 而来，所以它的链有两节。没\z
				写过的内存只并入链只有一节的 VMA：否则要继承旧\z
				的连接。",
		}
		or {
			en = "2.6.11 asks only whether the anon_vmas are \z
				equal or one is missing. The new memory has \z
				none.",
			zh = "2.6.11 只问 anon_vma 是否相等，或者有一个没有。\z
				新内存没有。",
		},
}
say { en = "The same call as the parent's.", zh = "与父进程同样的调用。" }
child:brk(heap_end + 2 * PAGE)
expect_eq(sizes(child), has_chains and "2+2" or "4", "the child's heap")
expect_eq(#child:vmas()[1].chain, has_chains and 2 or 0,
	"the chain of its first VMA")

if has_chains then
	say {
		en = "The child writes to the new part. Its neighbour's \z
			anon_vma is not shared either: the new part becomes a \z
			root of its own.",
		zh = "子进程写新的部分。邻居的 anon_vma 也不共用：新的部分自成\z
			一根。",
	}
else
	say {
		en = "The child writes to the new part. One VMA, one anon_vma.",
		zh = "子进程写新的部分。一个 VMA，一个 anon_vma。",
	}
end
child:write(heap_end, "more")
local new = page_at(child, heap_end).mapping
expect_eq(new == child:vmas()[1].anon_vma, not has_chains,
	"is it the anon_vma of the first part?")
if has_chains then
	expect_eq(new.root, new, "a root")
end

say {
	en = "But a cut that the child makes itself can heal there: read-only \z
		...",
	zh = "但子进程自己切开的可以愈合：只读...",
}
child:mprotect(heap_end - PAGE, PAGE, "r--")
expect_eq(sizes(child), "1+1+2", "the heap in pieces")

say {
	en = "... and writable again. The pieces have equal anon_vmas: for \z
		them the length of the chain does not matter.",
	zh = "...再改为可写。各块的 anon_vma 相等：对它们来说链的长短无关紧\z
		要。",
}
child:mprotect(heap_end - PAGE, PAGE, "rw-")
expect_eq(sizes(child), has_chains and "2+2" or "4", "healed")
expect_eq(child:read(heap_end - 2 * PAGE), "heap",
	"the inherited page is still there")
