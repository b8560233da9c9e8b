-- The question of the lecture notes: several VMAs map one page, even at
-- different addresses.  What is page->index then, which is only one number?
--
-- After each change the scenario prints, for every PTE that maps the page, how
-- its address follows from the index:
--
--     address = vm_start + (index - vm_pgoff) pages

scenario {
	title = {
		en = "What is page->index when several VMAs map the page?",
		zh = "多个 VMA 映射同一页时，page->index 是什么？",
	},
	summary = {
		en = "fork, split and mremap give one page many addresses but \z
			one index. Each VMA has its own vm_pgoff, and with it \z
			its own address.",
		zh = "fork、拆分和 mremap 使一页有多个地址，却只有一个 index。\z
			每个 VMA 有自己的 vm_pgoff，从而得出自己的地址。",
	},
	eras = { "4.0", "2.6.11", "6.18" },
}

local PAGE = 4096

-- Print this sum for every mapping of a frame, and check it.
local function rows(frame)
	for _, m in ipairs(frame:mappers()) do
		local start, pgoff = m.vma.start, m.vma.pgoff
		local address = start + (frame.index - pgoff) * PAGE

		print(string.format("%-7s %x + (%x - %x) pages = %x",
			m.task.name, start, frame.index, pgoff, address))
		expect_eq(address, m.addr,
			m.task.name .. ": the sum gives the address of the PTE")
	end
end

-- ---------------------------------------------------------------------------
scene { en = "One VMA", zh = "一个 VMA" }
show { "spaces", "inspect", "rmap", "narration" }

say {
	en = "A parent with four written pages. We follow page 1.",
	zh = "父进程有四个写过的页。我们跟踪第 1 页。",
}
local parent, heap = batch("a parent with four written pages", function()
	local task = spawn "parent"
	local region = task:mmap { pages = 4, name = "heap" }

	for i = 0, 3 do
		task:write(region[i], i)
	end
	return task, region
end)
local frame = page_at(parent, heap[1])
local first_index = frame.index
local vma_p = parent:vmas()[1]
expect_eq(vma_p.pgoff, heap.addr // PAGE,
	"a new anonymous VMA: vm_pgoff is vm_start in pages")
expect_eq(first_index, vma_p.pgoff + 1,
	"index: vm_pgoff and the page's place in the VMA")
expect_eq(first_index, heap[1] // PAGE,
	"here the same as the virtual page number")
rows(frame)

-- ---------------------------------------------------------------------------
scene { en = "fork: two VMAs, one address", zh = "fork：两个 VMA，一个地址" }

ask {
	{
		en = "The page is mapped twice after a fork. Does the kernel \z
			have to store a second index?",
		zh = "fork 之后这一页被映射两次。内核需要再存一个 index 吗？",
	},
	choices = {
		{ en = "yes, one for each VMA", zh = "需要，每个 VMA 一个" },
		{ en = "no", zh = "不会" },
	},
	answer = 2,
	why = {
		en = "The child's VMA is a copy: the same vm_start, the same \z
			vm_pgoff. The same index gives the same address in \z
			both.",
		zh = "子进程的 VMA 是副本：vm_start 相同，vm_pgoff 相同。同一\z
			个 index 在两边得出同一个地址。",
	},
}
point(frame)
say {
	en = "vm_start and vm_pgoff are copied with the VMA.",
	zh = "vm_start 和 vm_pgoff 随 VMA 一起复制。",
}
local child = parent:fork "child"
expect_eq(frame.mapcount, 2, "two mappings")
expect_eq(frame.index, first_index, "one index, as before")
rows(frame)

-- ---------------------------------------------------------------------------
scene {
	en = "A split: vm_start and vm_pgoff move together",
	zh = "拆分：vm_start 和 vm_pgoff 一起移动",
}

say {
	en = "The child unmaps its page 0. Its VMA begins one page later, and \z
		so does vm_pgoff.",
	zh = "子进程解除第 0 页的映射。它的 VMA 晚一页开始，vm_pgoff 也是。",
}
child:munmap(heap[0], PAGE)
local vma_c = child:vmas()[1]
expect_eq(vma_c.start - heap.addr, PAGE, "vm_start: one page further")
expect_eq(vma_c.pgoff - vma_p.pgoff, 1, "vm_pgoff: one page further")
expect_eq(frame.index, first_index, "the page was not touched")
rows(frame)

-- ---------------------------------------------------------------------------
scene {
	en = "mremap: two VMAs, two addresses",
	zh = "mremap：两个 VMA，两个地址",
}

note {
	en = "The lecture notes say that the address follows from vm_start \z
		and page->index. The source needs vm_pgoff too, and here is \z
		why.",
	zh = "讲义说，地址由 vm_start 和 page->index 得出。源代码还需要 \z
		vm_pgoff，原因就在这里。",
}

ask {
	{
		en = "The parent moves its whole region to another address. \z
			The child stays. What is the page's index now?",
		zh = "父进程把整个区域移到另一个地址，子进程不动。这一页的 \z
			index 现在是什么？",
	},
	choices = {
		{ en = "the parent's new page number", zh = "父进程的新页号" },
		{
			en = "the page number where it was first written",
			zh = "第一次写它时的页号",
		},
		{ en = "undefined", zh = "未定义" },
	},
	answer = 2,
	why = {
		en = "mremap moves PTEs, and never looks at the pages. \z
			Instead the moved VMA keeps its vm_pgoff, so that the \z
			old index gives the new address.",
		zh = "mremap 移动 PTE，从不看页。移动后的 VMA 保留它的 \z
			vm_pgoff，使旧的 index 得出新的地址。",
	},
}
local target = heap.addr - 64 * PAGE
say {
	en = "Look at the parent's VMA: vm_start changes, vm_pgoff does not.",
	zh = "看父进程的 VMA：vm_start 改变，vm_pgoff 不变。",
}
local moved = parent:mremap(heap, heap.len, heap.len, {
	to = target,
	maymove = true,
	fixed = true,
})
local vma_m = parent:vmas()[1]
expect_eq(moved.addr, target, "it moved where we wanted it")
expect_eq(vma_m.start, target, "vm_start: the new place")
expect_eq(vma_m.pgoff, heap.addr // PAGE, "vm_pgoff: the old place")
expect_eq(frame.index, first_index, "index: unchanged")
expect_eq(frame.mapcount, 2, "mapcount: unchanged")
rows(frame)

say {
	en = "The walk: one index, two VMAs, two addresses, both right.",
	zh = "遍历：一个 index，两个 VMA，两个地址，都对。",
}
local found = frame:rmap()
expect_eq(#found, 2, "both PTEs are found")
local at = {}
for _, m in ipairs(found) do
	at[m.task.name] = m.addr
end
expect_eq(at.parent, moved[1], "in the parent at the new address")
expect_eq(at.child, heap[1], "in the child at the old one")
expect_eq(parent:read(moved[1]), child:read(heap[1]),
	"and both read the same value")

-- ---------------------------------------------------------------------------
scene { en = "The old place again", zh = "回到老地方" }

ask {
	{
		en = "The parent maps new memory at the old address and \z
			writes it. Which index does the new page get?",
		zh = "父进程在旧地址映射新内存并写它。新页得到哪个 index？",
	},
	choices = {
		{ en = "the same as the old page", zh = "与旧页相同" },
		{ en = "another one", zh = "另一个" },
	},
	answer = 1,
	why = {
		en = "A new VMA, so vm_pgoff is its own address: the same \z
			number. That does no harm, for the page is on another \z
			anon_vma.",
		zh = "新的 VMA，所以 vm_pgoff 是它自己的地址：同一个数。这没有\z
			害处，因为这一页在另一个 anon_vma 上。",
	},
}
say {
	en = "New memory where the region was, and a write to its page 1.",
	zh = "在区域原来的地方映射新内存，并写它的第 1 页。",
}
batch("new memory at the old place, page 1 written", function()
	parent:mmap { pages = 4, addr = heap.addr, fixed = true, name = "new" }
	parent:write(heap[1], "new")
end)
local new_frame = page_at(parent, heap[1])
expect(new_frame ~= frame, "another frame")
expect_eq(new_frame.index, frame.index, "with the same index")
expect(new_frame.mapping ~= frame.mapping, "on another anon_vma")
rows(new_frame)

point(new_frame)
say {
	en = "A walk from the new page finds it alone.",
	zh = "从新页遍历只找到它自己。",
}
found = new_frame:rmap { full = true }
expect_eq(#found, 1, "one mapping")
expect_eq(found.cost.visited, 1, "one VMA visited")

-- ---------------------------------------------------------------------------
scene { en = "Memory that was never written", zh = "从未写过的内存" }

ask {
	{
		en = "A region that nobody has written is moved. What happens \z
			to its vm_pgoff?",
		zh = "移动一个从未写过的区域。它的 vm_pgoff 会怎样？",
	},
	choices = {
		{ en = "it is kept", zh = "保持不变" },
		{ en = "it becomes the new place", zh = "变成新位置" },
	},
	answer = 2,
	why = {
		en = "No page has an index that must stay right. With the new \z
			number the VMA can be merged with neighbours at the \z
			new place.",
		zh = "没有哪一页的 index 必须保持正确。用新的页号，VMA 可以与\z
			新位置的邻居合并。",
	},
}
say {
	en = "A fresh region, moved before its first write.",
	zh = "一个新区域，在第一次写之前移动。",
}
local fresh_at = heap.addr - 256 * PAGE
local fresh
batch("a fresh region is mapped and moved", function()
	local region = parent:mmap {
		pages = 2,
		addr = heap.addr - 128 * PAGE,
		fixed = true,
	}

	fresh = parent:mremap(region, region.len, region.len, {
		to = fresh_at,
		maymove = true,
		fixed = true,
	})
end)
expect_eq(fresh.addr, fresh_at, "it moved")
expect_eq(parent:vmas()[1].start, fresh_at, "it is the lowest VMA now")
expect_eq(parent:vmas()[1].pgoff, fresh_at // PAGE, "vm_pgoff: the new place")

-- ---------------------------------------------------------------------------
scene {
	en = "Two VMAs that claim one index",
	zh = "两个 VMA 都声称有同一个 index",
}
show { "rmap", "spaces", "narration" }

say {
	en = "A second task, three written pages. Its page 1 alone is moved \z
		away, and the hole is filled with new memory.",
	zh = "第二个任务，三个写过的页。只把第 1 页移走，空洞用新内存填上。",
}
local task, region, away
batch("page 1 is moved away, the hole is filled and written", function()
	task = spawn "second"
	region = task:mmap { pages = 3, name = "heap" }
	for i = 0, 2 do
		task:write(region[i], i)
	end
	away = task:mremap(region[1], PAGE, PAGE, {
		to = region.addr - 16 * PAGE,
		maymove = true,
		fixed = true,
	})
	task:mmap { pages = 1, addr = region[1], fixed = true, name = "heap" }
	task:write(region[1], "filled")
end)
local gone, filled = page_at(task, away[0]), page_at(task, region[1])
expect_eq(#task:vmas(), 2, "the hole and its neighbours are one VMA again")
expect_eq(gone.index, filled.index, "both pages have one index")
expect_eq(gone.mapping, filled.mapping, "even on one anon_vma")
rows(gone)
rows(filled)

ask {
	{
		en = "Now index and anon_vma of the two pages are equal. How \z
			does a walk tell them apart?",
		zh = "现在两个页的 index 和 anon_vma 都相等。遍历怎样区分它\z
			们？",
	},
	choices = {
		{ en = "it cannot", zh = "不能区分" },
		{
			en = "it compares the PTE with the frame",
			zh = "把 PTE 与页框相比较",
		},
		{ en = "by the value in the page", zh = "根据页的内容" },
	},
	answer = 2,
	why = {
		en = "index says where a page may be, the PTE says what is \z
			there. The price is one visit in vain, never a wrong \z
			answer.",
		zh = "index 说明页可能在哪里，PTE 说明那里是什么。代价是一次落\z
			空，但决不会答错。",
	},
}
point(gone)
say {
	en = "From the page that was moved away: both VMAs hold its index, \z
		one holds its frame.",
	zh = "从被移走的页出发：两个 VMA 都含有它的 index，只有一个含有它的页\z
		框。",
}
found = gone:rmap { full = true }
expect_eq(#found, 1, "one PTE maps it")
expect_eq(found[1].addr, away[0], "at the place that it was moved to")
expect_eq(found.cost.visited, 2, "VMAs visited")
expect_eq(found.cost.wasted, 1, "one in vain")

-- ---------------------------------------------------------------------------
scene { en = "And back", zh = "移回去" }

say {
	en = "The page goes back to where it was born; mremap throws away \z
		what is there. Its index fits again, and the VMAs become one.",
	zh = "这一页回到出生地；mremap 丢弃那里原有的内容。它的 index 又吻合\z
		了，几个 VMA 合成一个。",
}
task:mremap(away, away.len, away.len, {
	to = region[1],
	maymove = true,
	fixed = true,
})
expect_eq(#task:vmas(), 1, "one VMA")
expect_eq(page_at(task, region[1]), gone, "with the old page")
expect_eq(task:read(region[1]), 1, "and its value")
expect_eq(filled.kind, "free", "the page that filled the hole is gone")
rows(gone)

say {
	en = "The answer to the question: an index belongs to the page and to \z
		its birthplace. A VMA that maps the page brings its own \z
		vm_pgoff, and the two together give the address.",
	zh = "问题的答案：index 属于页和它的出生地。映射这一页的 VMA 带来自己\z
		的 vm_pgoff，两者一起得出地址。",
}
found = frame:rmap { full = true }
expect_eq(#found, 2, "our first page is still found twice")
