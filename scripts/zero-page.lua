-- The zero page: reading before writing.
--
-- A page that was never written reads as zeros.  The kernel does not spend a
-- frame on that: one frame of zeros serves all such pages of all tasks.  It is
-- the one page that the reverse map knows nothing about.

scenario {
	title = {
		en = "The zero page: reading before writing",
		zh = "零页：先读后写",
	},
	summary = {
		en = "Reading fresh memory costs no frame, no anon_vma and no \z
			mapcount. The first write takes it off the zero page; \z
			a fork of memory that was only read need not copy a \z
			thing.",
		zh = "读从未写过的内存不花页框，不花 anon_vma，也不计 \z
			mapcount。第一次写使它离开零页；只读过的内存在 fork 时\z
			什么也不必复制。",
	},
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era ~= "2.6.11"
local PAGES = 500

-- ---------------------------------------------------------------------------
scene { en = "Reading", zh = "读" }
show { "spaces", "frames", "path", "narration" }

say {
	en = "A task with 500 pages of fresh memory.",
	zh = "一个有 500 页新内存的任务。",
}
local task, heap = batch("a task with 500 pages, none touched", function()
	local t = spawn "task"
	return t, t:mmap { pages = PAGES, name = "heap" }
end)
local vma = task:vmas()[1]

ask {
	{
		en = "The task reads page 0, which nobody has written. What \z
			will it get?",
		zh = "任务读第 0 页，从来没有人写过它。会得到什么？",
	},
	choices = {
		{ en = "an error", zh = "一个错误" },
		{
			en = "0, from a new frame of zeros",
			zh = "0，来自新的全零页框",
		},
		{
			en = "0, from a frame that is there already",
			zh = "0，来自早已存在的页框",
		},
	},
	answer = 3,
	why = {
		en = "All such pages read as zeros, so one frame of zeros is \z
			enough: the zero page. The PTE is read-only, so that \z
			a write will be noticed.",
		zh = "这样的页读出来全是零，所以一个全零的页框就够了：零页。\z
			PTE 是只读的，这样写就会被发现。",
	},
}
say {
	en = "A fault, but a cheap one: no frame is allocated, no anon_vma is \z
		prepared.",
	zh = "一次缺页，但很便宜：不分配页框，也不准备 anon_vma。",
}
expect_eq(task:read(heap[0]), 0, "it reads as 0")

local zero = page_at(task, heap[0])
local levels = task:walk(heap[0]).levels
expect_eq(zero.kind, "zero", "the PTE points to the zero page")
expect(not levels[#levels].writable, "and is read-only, though the VMA is rw-")
expect_eq(zero.mapcount, 0, "the mapping is not counted")
expect_eq(zero.mapping, nil, "the zero page points back to nothing")
expect_eq(vma.anon_vma, nil, "the VMA has no anon_vma")
expect_eq(task.anon_rss, 0, "and no anonymous page")

say {
	en = "All 500 pages, one after the other.",
	zh = "全部 500 页，一个接一个。",
}
local before = machine().free
local tables = task.nr_ptes
batch("read all pages", function()
	for i = 0, PAGES - 1 do
		task:read(heap[i])
	end
end)
expect_eq(page_at(task, heap[PAGES - 1]), zero, "the last page: the same frame")
expect_eq(before - machine().free, task.nr_ptes - tables,
	"no frame was used, but for page tables")
expect_eq(task.anon_rss, 0, "still no anonymous page")

-- ---------------------------------------------------------------------------
scene { en = "Who maps the zero page?", zh = "谁映射了零页？" }
show { "rmap", "spaces", "narration" }

ask {
	{
		en = "500 PTEs hold this frame. How many will a walk of the \z
			reverse map find?",
		zh = "500 个 PTE 指向这个页框。反向映射的遍历能找到几个？",
	},
	choices = {
		"500",
		"1",
		{ en = "none", zh = "一个也没有" },
	},
	answer = 3,
	why = {
		en = "It has no mapping to begin at. It needs none: the \z
			reverse map serves to take frames away, and this one \z
			is never taken away.",
		zh = "它没有可以出发的 mapping，也不需要：反向映射是用来收回页\z
			框的，而这个页框永远不收回。",
	},
}
point(zero)
say { en = "The walk ends where it begins.", zh = "遍历刚开始就结束。" }
local found = zero:rmap()
expect_eq(#found, 0, "nothing is found")
expect_eq(costs(true).visited, 0, "no VMA is visited")
expect_eq(#zero:mappers(), PAGES, "though 500 PTEs hold it")

-- ---------------------------------------------------------------------------
scene { en = "Fork", zh = "fork" }
show { "spaces", "rmap", "path", "narration" }

ask {
	{
		en = "The task forks. What happens to the 500 PTEs?",
		zh = "任务 fork。那 500 个 PTE 会怎样？",
	},
	choices = {
		{ en = "they are copied", zh = "被复制" },
		{
			en = "none is copied: the child will fault again",
			zh = "不复制：子进程会再次缺页",
		},
	},
	answer = has_chains and 2 or 1,
	why = has_chains
		and {
			en = "A VMA without an anon_vma has no page of its \z
				own. Whatever the child needs it gets by a \z
				fault, so fork skips the whole VMA.",
			zh = "没有 anon_vma 的 VMA 没有自己的页。子进程需要什\z
				么都可以由缺页得到，所以 fork 跳过整个 VMA。",
		}
		or {
			en = "2.6.11 copies every PTE that is there. Later \z
				kernels skip a VMA without an anon_vma: the \z
				child can have it all by faults.",
			zh = "2.6.11 复制每一个已有的 PTE。后来的内核跳过没有 \z
				anon_vma 的 VMA：子进程可以由缺页得到一切。",
		},
}
say { en = "Fork of memory that was only read.", zh = "fork 只读过的内存。" }
local child = task:fork "child"
expect_eq(page_at(child, heap[0]) == zero, not has_chains,
	"has the child a PTE? Only in 2.6.11")
expect_eq(#anon_vmas(), 0, "no anon_vma, in no kernel")
expect_eq(zero.mapcount, 0, "nothing is counted")

local faults = child.min_flt
say { en = "The child reads page 0 too.", zh = "子进程也读第 0 页。" }
expect_eq(child:read(heap[0]), 0, "it reads as 0")
expect_eq(child.min_flt - faults, has_chains and 1 or 0, "faults for that")
expect_eq(page_at(child, heap[0]), zero, "from the same frame")

-- ---------------------------------------------------------------------------
scene { en = "Writing", zh = "写" }
show { "path", "spaces", "rmap", "frames", "narration" }

ask {
	{
		en = "The child writes page 0. Is the zero page copied?",
		zh = "子进程写第 0 页。零页会被复制吗？",
	},
	choices = {
		{
			en = "yes, like any shared page",
			zh = "会，像任何共享页一样",
		},
		{ en = "no", zh = "不会" },
	},
	answer = 2,
	why = {
		en = "The same fault, do_wp_page, but there is nothing to \z
			copy: the new frame is filled with zeros at once.",
		zh = "同样的缺页 do_wp_page，但没有可复制的：新页框直接清零。",
	},
}
say {
	en = "A frame at last, and an anon_vma: now the page must be findable.",
	zh = "终于有了页框，还有 anon_vma：现在这一页必须找得到。",
}
child:write(heap[0], "C")
local own = page_at(child, heap[0])
local vma_c = child:vmas()[1]
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(own.kind, "anon", "an anonymous page")
expect_eq(own.mapcount, 1, "with one mapping, counted")
expect_eq(own.mapping, vma_c.anon_vma,
	"findable by the anon_vma of the child's VMA")
expect_eq(vma.anon_vma, nil, "the parent's VMA still has none")
expect_eq(task:read(heap[0]), 0, "and still reads 0")
if has_chains then
	expect_eq(own.mapping.root, own.mapping,
		"the child's anon_vma is a root")
end

ask {
	{
		en = "How many faults does it cost to read a page and then \z
			write it, and how many to write it at once?",
		zh = "先读一页再写它，要缺页几次？直接写呢？",
	},
	choices = {
		{ en = "1 and 1", zh = "1 次和 1 次" },
		{ en = "2 and 1", zh = "2 次和 1 次" },
		{ en = "2 and 2", zh = "2 次和 2 次" },
	},
	answer = 2,
	why = {
		en = "The read maps the zero page read-only, so the write \z
			must fault again. That is the price for sparing a \z
			frame.",
		zh = "读把零页以只读方式映射，所以写必须再缺页一次。这是省下一\z
			个页框的代价。",
	},
}
say {
	en = "Page 1 was read already. A new region is written without \z
		reading it first.",
	zh = "第 1 页已经读过。另有一个新区域，不先读就写。",
}
faults = task.min_flt
task:write(heap[1], "P")
expect_eq(task.min_flt - faults, 1, "the second fault of page 1")

say { en = "The new region.", zh = "新区域。" }
local fresh = task:mmap {
	pages = 1,
	addr = heap.addr - 64 * 4096,
	fixed = true,
	name = "fresh",
}
faults = task.min_flt
task:write(fresh[0], "F")
expect_eq(task.min_flt - faults, 1, "one fault for the only access")

-- ---------------------------------------------------------------------------
scene { en = "Thrown away", zh = "丢弃" }

ask {
	{
		en = "The task wrote page 1. Now madvise says that it does \z
			not need it any more. What does it read there?",
		zh = "任务写过第 1 页。现在 madvise 说不再需要它。那里读出什\z
			么？",
	},
	choices = { "P", "0", "SIGSEGV" },
	answer = 2,
	why = {
		en = "The frame is freed, the VMA stays. The next read maps \z
			the zero page again.",
		zh = "页框释放，VMA 留下。下一次读又映射零页。",
	},
}
local thrown = page_at(task, heap[1])
point(thrown)
say {
	en = "MADV_DONTNEED: the PTE is cleared and the frame is freed.",
	zh = "MADV_DONTNEED：PTE 清除，页框释放。",
}
task:madvise(heap[1], 4096, "dontneed")
expect_eq(thrown.kind, "free", "the frame is free")
expect_eq(page_at(task, heap[1]), nil, "and the PTE is empty")

say {
	en = "The task reads page 1. The VMA keeps its anon_vma, for it may \z
		be written again.",
	zh = "任务读第 1 页。VMA 保留它的 anon_vma，因为可能再写。",
}
expect_eq(task:read(heap[1]), 0, "it reads as 0")
expect_eq(page_at(task, heap[1]), zero, "from the zero page")
expect(vma.anon_vma, "the VMA still has its anon_vma")
