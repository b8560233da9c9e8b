-- mremap: a region grows in place, or its page tables move and the frames stay.
--
-- A VMA that was faulted keeps its vm_pgoff when it moves, because page->index
-- of its pages is not touched.  Since 6.17 a move may take several VMAs along.

scenario {
	title = {
		en = "mremap: grow, move, cut",
		zh = "mremap：增长、移动、截短",
	},
	summary = {
		en = "A region grows in place or moves; the frames stay where \z
			they are, only page-table entries move. What each kernel \z
			refuses.",
		zh = "区域就地增长或移动；页框留在原处，移动的只是页表项。\z
			以及各个内核拒绝什么。",
	},
	eras = { "6.18", "4.0", "2.6.11" },
}

local era = machine().era
local PAGE = 4096
local BASE = 0x30000000

local function vma_at(task, addr)
	for _, vma in ipairs(task:vmas()) do
		if vma.start <= addr and addr < vma.stop then
			return vma
		end
	end
end

local function map(task, page, pages, name)
	return task:mmap {
		addr = BASE + page * PAGE, fixed = true, pages = pages,
		name = name,
	}
end

-- ---------------------------------------------------------------------------
scene { en = "Growing in place", zh = "就地增长" }
show { "spaces", "path", "narration" }

say {
	en = "Two pages, both written; nothing lies behind them.",
	zh = "两页，都写过；后面什么也没有。",
}
local task, heap = batch("two written pages", function()
	local t = spawn "task"
	local region = map(t, 0, 2, "heap")

	t:write(region[0], "A")
	t:write(region[1], "B")
	return t, region
end)
local first = page_at(task, heap[0])
local pgoff = vma_at(task, heap[0]).pgoff

say {
	en = "mremap to four pages: the VMA is made longer, no page moves.",
	zh = "mremap 到四页：VMA 变长，没有页移动。",
}
heap = task:mremap(heap, 2 * PAGE, 4 * PAGE, { maymove = true })
expect_eq(heap.addr, BASE, "it is where it was")
expect_eq(#heap, 4, "four pages now")
expect_eq(page_at(task, heap[0]), first, "the same frame")

-- ---------------------------------------------------------------------------
scene { en = "Something is in the way", zh = "有东西挡路" }

local wall = map(task, 4, 1, "wall")
ask {
	{
		en = "A neighbour begins at the end now. Four pages shall become \z
			eight. What moves?",
		zh = "现在末尾紧接着一个邻居。四页要变成八页。什么会移动？",
	},
	choices = {
		{ en = "the frames' contents are copied",
			zh = "复制页框的内容" },
		{ en = "page-table entries; the frames stay",
			zh = "页表项；页框不动" },
		{ en = "the neighbour", zh = "邻居" },
	},
	answer = 2,
	why = {
		en = "move_page_tables() takes each entry from the old address \z
			and puts it at the new one. No byte of the pages is copied.",
		zh = "move_page_tables() 从旧地址取走每个页表项，放到新地址。\z
			页的内容一个字节也不复制。",
	},
}
say {
	en = "Without MREMAP_MAYMOVE it is refused.",
	zh = "没有 MREMAP_MAYMOVE 就被拒绝。",
}
expect_error("ENOMEM", function()
	task:mremap(heap, 4 * PAGE, 8 * PAGE)
end, { en = "no room, and it may not move", zh = "没有空间，又不许移动" })
say {
	en = "With it the region goes where there is room.",
	zh = "有了它，区域就移到有空间的地方。",
}
local moved = task:mremap(heap, 4 * PAGE, 8 * PAGE, { maymove = true })
expect(moved.addr ~= BASE, "it is elsewhere")
expect_eq(page_at(task, moved[0]), first, "the frame has not changed")
expect_eq(first.mapcount, 1, "mapped once, as before")
expect_eq(task:read(moved[1]), "B", "and holds what it held")
expect_error("SIGSEGV", function()
	task:read(heap[0])
end, { en = "nothing is left at the old place", zh = "原来的地方什么也没有了" })

ask {
	{
		en = "The VMA has moved. What about its vm_pgoff?",
		zh = "VMA 移动了。它的 vm_pgoff 呢？",
	},
	choices = {
		{ en = "it is the new address / 4096", zh = "等于新地址 / 4096" },
		{ en = "it stays", zh = "保持不变" },
	},
	answer = 2,
	why = {
		en = "page->index of its pages was set at the first touch and \z
			stays. address = vm_start + (index - vm_pgoff) * 4096 must \z
			hold, so vm_pgoff stays, too.",
		zh = "其页的 page->index 在首次访问时设定，此后不变。\z
			地址 = vm_start + (index - vm_pgoff) * 4096 必须成立，\z
			所以 vm_pgoff 也不变。",
	},
}
say {
	en = "A walk from the frame still finds its one mapping.",
	zh = "从页框出发的遍历仍然找到它唯一的映射。",
}
local found = first:rmap { full = true }
expect_eq(#found, 1, "one mapping")
expect_eq(found[1].addr, moved[0], "at the new address")
expect_eq(vma_at(task, moved[0]).pgoff, pgoff, "vm_pgoff is as before")

-- ---------------------------------------------------------------------------
scene { en = "A part of a VMA, to a fixed place", zh = "VMA 的一部分，移到固定位置" }

say {
	en = "Page 1 alone goes onto the wall: what was mapped there is gone.",
	zh = "只把第 1 页移到墙的位置：那里原来的映射没有了。",
}
local piece = task:mremap(moved[1], PAGE, PAGE,
	{ to = wall.addr, maymove = true, fixed = true })
expect_eq(piece.addr, wall.addr, "it is where the wall was")
expect_eq(task:read(wall.addr), "B", "with its content")
expect_eq(vma_at(task, moved[1]), nil, "a hole is left")

say {
	en = "Shorter: the tail is unmapped, as munmap would.",
	zh = "变短：尾部被解除映射，如同 munmap。",
}
expect(task:mremap(moved[2], 6 * PAGE, 2 * PAGE), "six pages become two")
expect_eq(vma_at(task, moved[4]), nil, "the tail is gone")
expect(vma_at(task, moved[3]), "the two are there")

-- ---------------------------------------------------------------------------
scene { en = "Over a hole", zh = "跨过空洞" }

ask {
	{
		en = "Page 0, the hole and the rest shall move together, to a \z
			fixed place, as long as before. What does this kernel say?",
		zh = "第 0 页、空洞和其余部分要一起移到固定位置，长度不变。\z
			这个内核怎么说？",
	},
	choices = {
		{ en = "both VMAs move, the hole stays a hole",
			zh = "两个 VMA 都移动，空洞还是空洞" },
		"EFAULT",
	},
	answer = era == "6.18" and 1 or 2,
	why = {
		en = "Until 6.16 the old range must lie in one VMA. Since 6.17 a \z
			move that does not change the length takes all VMAs of the \z
			range with it.",
		zh = "直到 6.16，旧范围必须在一个 VMA 里。从 6.17 起，不改变长度的\z
			移动会带上范围内所有的 VMA。",
	},
}
local there = BASE + 100 * PAGE
if era == "6.18" then
	expect(task:mremap(moved[0], 4 * PAGE, 4 * PAGE,
		{ to = there, maymove = true, fixed = true }), "it is done")
	expect_eq(page_at(task, there), first, "page 0 is there")
	expect_eq(vma_at(task, there + PAGE), nil, "the hole")
	expect(vma_at(task, there + 2 * PAGE), "and what was behind it")

	say {
		en = "MREMAP_DONTUNMAP leaves the old range mapped, empty.",
		zh = "MREMAP_DONTUNMAP 让旧范围保持映射，但是空的。",
	}
	local copy = task:mremap(there, PAGE, PAGE,
		{ maymove = true, dontunmap = true })
	expect_eq(page_at(task, copy[0]), first, "the page is in the new one")
	expect_eq(page_at(task, there), nil, "nothing is mapped here now")
	expect_eq(task:read(there), 0, "and it reads as new")
else
	expect_error("EFAULT", function()
		task:mremap(moved[0], 4 * PAGE, 4 * PAGE,
			{ to = there, maymove = true, fixed = true })
	end, { en = "the range must lie in one VMA", zh = "范围必须在一个 VMA 内" })
	expect_eq(page_at(task, moved[0]), first, "it has not moved")
	expect_error("EINVAL", function()
		task:mremap(moved[0], PAGE, PAGE,
			{ maymove = true, dontunmap = true })
	end, { en = "MREMAP_DONTUNMAP is of 5.7", zh = "MREMAP_DONTUNMAP 始于 5.7" })
end
