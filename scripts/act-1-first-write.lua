-- Act 1 of the reverse map: the first write.
--
-- When does an anonymous page become findable, and what is set up for that?
-- One task, no fork yet: that is act 2.

scenario {
	title = {
		en = "Act 1: the first write to a page",
		zh = "第一幕：页的第一次写",
	},
	summary = {
		en = "mmap promises addresses; the first write makes a VMA's \z
			anon_vma and gives the page a frame that points back \z
			to it.",
		zh = "mmap 许诺地址；第一次写建立 VMA 的 anon_vma，并给页一个\z
			指回它的页框。",
	},
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era

-- ---------------------------------------------------------------------------
scene { en = "A promise of addresses", zh = "许诺的地址" }
show { "spaces", "rmap", "path", "narration" }

say {
	en = "A task with an empty address space.",
	zh = "一个地址空间为空的任务。",
}
local task = spawn "task"

say {
	en = "mmap writes down a promise, the VMA: four pages, private, \z
		anonymous. No page table entry, no frame, no anon_vma.",
	zh = "mmap 写下一个许诺，即 VMA：四页，私有，匿名。没有页表项，没有页\z
		框，没有 anon_vma。",
}
local heap = task:mmap { pages = 4, name = "heap" }
local vma = task:vmas()[1]
expect_eq((vma.stop - vma.start) // 4096, 4, "the VMA has four pages")
expect_eq(vma.pgoff, heap.addr // 4096,
	"vm_pgoff: the page number of its start")
expect_eq(vma.anon_vma, nil, "no anon_vma")
expect_eq(#vma.chain, 0, "and no chain")
for i = 0, 3 do
	expect_eq(page_at(task, heap[i]), nil, "page " .. i .. " has no frame")
end

-- ---------------------------------------------------------------------------
scene { en = "The first write", zh = "第一次写" }
show { "path", "spaces", "rmap", "frames", "narration" }

ask {
	{
		en = "The task writes page 1. The page needs a frame, an \z
			anon_vma and a page table entry. Which of them comes \z
			first?",
		zh = "任务写第 1 页。这一页需要页框、anon_vma 和页表项。哪个先\z
			有？",
	},
	choices = {
		{ en = "the frame", zh = "页框" },
		{ en = "the anon_vma", zh = "anon_vma" },
		{ en = "the page table entry", zh = "页表项" },
	},
	answer = 2,
	why = {
		en = "anon_vma_prepare runs before a frame is allocated. A \z
			frame that is mapped but cannot be found would be a \z
			frame that can never be taken back.",
		zh = "anon_vma_prepare 在分配页框之前运行。一个已映射却找不到\z
			的页框，是永远收不回来的页框。",
	},
}
say {
	en = "Step through the fault with the key `.` : first the anon_vma, \z
		then the frame, then the pointers back, and the PTE last.",
	zh = "用 `.` 键逐个事件走过这次缺页：先是 anon_vma，再是页框，然后是指\z
		回的指针，最后才是 PTE。",
}
task:write(heap[1], "A")

local av = vma.anon_vma
local frame = page_at(task, heap[1])
expect_eq(task.min_flt, 1, "one page fault")
expect(av ~= nil, "the VMA has an anon_vma now")
expect_eq(#anon_vmas(), 1, "the only one in the machine")
expect_eq(#av.vmas, 1, "with one VMA")
expect_eq(frame.kind, "anon", "the frame holds an anonymous page")
expect_eq(frame.value, "A", "with what was written")
expect_eq(frame.mapping, av, "mapping: which anon_vma")
expect_eq(frame.index, heap[1] // 4096,
	"index: which page, here its virtual page number")
expect_eq(frame.mapcount, 1, "one PTE maps it")
expect_eq(frame._mapcount, 0, "stored as 0, for _mapcount starts at -1")
expect_eq(frame.refcount, 1, "one reference, by that PTE")
expect_eq(page_at(task, heap[0]), nil,
	"the pages beside it have still no frame")

-- What is different in the three kernels after the same write.
if era == "2.6.11" then
	expect_eq(frame.lru, "active",
		"2.6.11: a new page starts on the active list")
	expect(frame.flags.referenced, "2.6.11: and counts as referenced")
	expect_eq(av.head, 1,
		"2.6.11: the anon_vma is a list of VMAs, and no more")
else
	expect_eq(#vma.chain, 1, "the VMA's chain has one entry")
	expect_eq(vma.chain[1], av, "the link to its own anon_vma")
	expect_eq(av.root, av, "the anon_vma is the root of its family")
	expect_eq(av.refcount, 1, "kept by its tree")
end
if era == "4.0" then
	expect_eq(frame.lru, "active_anon",
		"4.0: a new page starts on the active list")
	expect_eq(av.degree, 2, "4.0: degree 2, the root itself and one VMA")
elseif era == "6.18" then
	expect_eq(frame.lru, "inactive_anon",
		"6.18: a new page starts on the inactive list")
	expect(frame.flags.anon_exclusive,
		"6.18: AnonExclusive, this task may write it")
	expect_eq(av.num_children, 1, "6.18: the root counts itself as a child")
	expect_eq(av.num_active_vmas, 1, "6.18: and one VMA uses it")
end

-- ---------------------------------------------------------------------------
scene { en = "The second page", zh = "第二页" }

ask {
	{
		en = "Another page of the same VMA is written. Another \z
			anon_vma?",
		zh = "再写同一 VMA 的另一页。还会有一个新的 anon_vma 吗？",
	},
	choices = {
		{ en = "yes", zh = "会" },
		{ en = "no", zh = "不会" },
	},
	answer = 2,
	why = {
		en = "An anon_vma belongs to VMAs, not to pages. Index tells \z
			the pages of one VMA apart.",
		zh = "anon_vma 属于 VMA，不属于页。同一 VMA 的各页靠 index 区\z
			分。",
	},
}
point(frame)
say {
	en = "A fault again, but a shorter one: the VMA has its anon_vma.",
	zh = "又是一次缺页，但更短：VMA 已经有 anon_vma。",
}
task:write(heap[2], "B")
local second = page_at(task, heap[2])
expect_eq(second.mapping, av, "the same anon_vma")
expect_eq(second.index, frame.index + 1, "the next index")
expect_eq(#anon_vmas(), 1, "still one anon_vma")

say {
	en = "Writing to page 1 again is no fault at all. The kernel does not \z
		even know.",
	zh = "再写第 1 页根本不缺页。内核甚至不知道。",
}
task:write(heap[1], "A2")
expect_eq(task.min_flt, 2, "no third fault")
expect_eq(page_at(task, heap[1]), frame, "the same frame")

-- ---------------------------------------------------------------------------
scene { en = "A neighbour", zh = "邻居" }
show { "spaces", "rmap", "path", "narration" }

say {
	en = "A second region, directly below the first, but executable. \z
		Different rights: it must be a VMA of its own.",
	zh = "第二个区域，紧挨在第一个之下，但可执行。权限不同：它必须是单独\z
		的 VMA。",
}
local code = task:mmap { pages = 2, prot = "rwx", name = "code" }
expect_eq(code.addr + code.len, heap.addr, "the two touch")
expect_eq(#task:vmas(), 2, "two VMAs")
local neighbour = task:vmas()[1]
expect_eq(neighbour.anon_vma, nil, "the new one was never written")

ask {
	{
		en = "Its first write needs an anon_vma. Which one will it \z
			get?",
		zh = "它的第一次写需要 anon_vma。会得到哪一个？",
	},
	choices = {
		{ en = "a new one", zh = "一个新的" },
		{ en = "the one of its neighbour", zh = "邻居的那个" },
	},
	answer = 2,
	why = {
		en = "find_mergeable_anon_vma looks at the neighbours first. \z
			If mprotect makes the two equal one day, they can \z
			become one VMA again, and that needs one anon_vma.",
		zh = "find_mergeable_anon_vma 先看邻居。如果有一天 mprotect 使\z
			两者相同，它们就能重新合成一个 VMA，而那需要同一个 \z
			anon_vma。",
	},
}
note {
	en = "The lecture notes say that the first page of a VMA creates an \z
		anon_vma. The source says: only if no neighbour has one that \z
		fits, and only for a write.",
	zh = "讲义说，VMA 的第一页建立 anon_vma。源代码说：只有当邻居都没有合\z
		适的 anon_vma，而且只有写，才会建立。",
}
if era == "2.6.11" then
	say {
		en = "Nothing is allocated for the reverse map: the VMA joins \z
			the list of its neighbour's anon_vma.",
		zh = "反向映射不必分配任何东西：VMA 加入邻居 anon_vma 的链表。",
	}
else
	say {
		en = "For the reverse map one chain entry is allocated, the \z
			link to the neighbour's anon_vma.",
		zh = "为反向映射分配一个 anon_vma_chain，连到邻居的 anon_vma。",
	}
end
task:write(code[0], "C")
expect_eq(neighbour.anon_vma, av, "the neighbour's anon_vma is shared")
expect_eq(#av.vmas, 2, "two VMAs on it now")
expect_eq(page_at(task, code[0]).mapping, av, "its page points there")

say {
	en = "And that day has come: with equal rights the two are merged.",
	zh = "那一天到了：权限相同，两者合并。",
}
task:mprotect(code, code.len, "rw-")
expect_eq(#task:vmas(), 1, "one VMA again")
expect_eq(task:vmas()[1].pgoff, code.addr // 4096, "vm_pgoff: its new start")
expect_eq(page_at(task, heap[1]).index, heap[1] // 4096, "no page was touched")

-- ---------------------------------------------------------------------------
scene { en = "Far away", zh = "远处" }

say {
	en = "A third region, with a hole between it and the others.",
	zh = "第三个区域，与其他区域之间有空洞。",
}
local far = task:mmap {
	pages = 1,
	addr = code.addr - 64 * 4096,
	fixed = true,
	name = "far",
}

ask {
	{ en = "Which anon_vma will it get?", zh = "它会得到哪个 anon_vma？" },
	choices = {
		{ en = "a new one", zh = "一个新的" },
		{ en = "the one of the others", zh = "其他区域的那个" },
	},
	answer = 1,
	why = {
		en = "It touches no other VMA, so it could never be merged \z
			with one. A new anon_vma keeps walks short.",
		zh = "它不与别的 VMA 相接，所以永远不可能合并。用新的 \z
			anon_vma 可以使遍历保持短小。",
	},
}
say { en = "No neighbour, no sharing.", zh = "没有邻居，就不共用。" }
task:write(far[0], "D")
expect_eq(#anon_vmas(), 2, "a second anon_vma")
expect(page_at(task, far[0]).mapping ~= av, "the page points to the new one")

point(page_at(task, far[0]))
say {
	en = "A walk from here visits one VMA, and has never heard of the \z
		others.",
	zh = "从这里遍历只访问一个 VMA，根本不知道有别的 VMA。",
}
local found = page_at(task, far[0]):rmap { full = true }
expect_eq(found.cost.visited, 1, "one visit")
expect_eq(found[1].addr, far[0], "one PTE")
