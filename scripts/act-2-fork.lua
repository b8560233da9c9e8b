-- Act 2 of the reverse map: fork.
--
-- What does a fork copy, and how are the new page tables made findable?

scenario {
	title = { en = "Act 2: fork", zh = "第二幕：fork" },
	summary = {
		en = "fork copies VMAs and page tables but no page. From now \z
			on two PTEs lead to one frame, and both must be found.",
		zh = "fork 复制 VMA 和页表，却不复制任何页。从此两个 PTE 指向\z
			一个页框，而两个都要能找到。",
	},
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era ~= "2.6.11"

-- The PTE of an address: the last level of the page-table walk.
local function pte(task, addr)
	local levels = task:walk(addr).levels
	return levels[#levels]
end

-- Before the curtain: a parent with two regions, a hole between them.
local parent, heap, later = batch("a parent: 'heap' is written, 'later' is \z
	not", function()
	local task = spawn "parent"
	local written = task:mmap { pages = 3, name = "heap" }
	local untouched = task:mmap {
		pages = 2,
		addr = written.addr - 16 * 4096,
		fixed = true,
		name = "later",
	}

	for i, value in ipairs { "A", "B", "C" } do
		task:write(written[i - 1], value)
	end
	return task, written, untouched
end)
local later_p, heap_p = table.unpack(parent:vmas())
local av_p = heap_p.anon_vma
local frame = {}
for i = 0, 2 do
	frame[i] = page_at(parent, heap[i])
	expect(pte(parent, heap[i]).writable,
		"page " .. i .. ": the parent may write")
end
expect_eq(later_p.anon_vma, nil, "the region 'later' has no anon_vma")

-- ---------------------------------------------------------------------------
scene { en = "Fork", zh = "fork" }
show { "spaces", "rmap", "path", "narration" }

ask {
	{
		en = "The parent's PTEs are writable now. What will they be \z
			after the fork?",
		zh = "父进程的 PTE 现在可写。fork 之后它们会怎样？",
	},
	choices = {
		{ en = "writable in both", zh = "两边都可写" },
		{
			en = "writable in the parent, read-only in the child",
			zh = "父进程可写，子进程只读",
		},
		{ en = "read-only in both", zh = "两边都只读" },
	},
	answer = 3,
	why = {
		en = "Whoever writes first must be stopped, or the other \z
			would see it. So fork takes the right to write from \z
			both.",
		zh = "先写的一方必须被拦住，否则另一方会看到它写的内容。所以 \z
			fork 把两边的写权限都取消。",
	},
}
point(frame[1])
if has_chains then
	say {
		en = "For the VMA: chain entries to every anon_vma of the \z
			parent's VMA, and a new anon_vma. For each page: a \z
			PTE, a reference, a count. No page is copied.",
		zh = "对 VMA：连到父进程 VMA 的每个 anon_vma 的 \z
			anon_vma_chain，外加一个新的 anon_vma。对每一页：一个 \z
			PTE，一个引用，一个计数。不复制任何页。",
	}
else
	say {
		en = "For the VMA: one place in the list of the anon_vma. For \z
			each page: a PTE, a reference, a count. No page is \z
			copied.",
		zh = "对 VMA：anon_vma 链表中的一个位置。对每一页：一个 PTE，\z
			一个引用，一个计数。不复制任何页。",
	}
end
local child = parent:fork "child"

local later_c, heap_c = table.unpack(child:vmas())
expect_eq(costs(true).copies, 0, "no page is copied")
for i = 0, 2 do
	expect_eq(page_at(child, heap[i]), frame[i],
		"page " .. i .. ": the same frame")
	expect_eq(frame[i].mapcount, 2, "page " .. i .. ": mapped twice")
	expect_eq(frame[i].refcount, 2, "page " .. i .. ": two references")
	expect(not pte(parent, heap[i]).writable,
		"page " .. i .. ": parent read-only")
	expect(not pte(child, heap[i]).writable,
		"page " .. i .. ": child read-only")
	expect(pte(parent, heap[i]).accessed,
		"page " .. i .. ": young in the parent")
	expect(not pte(child, heap[i]).accessed,
		"page " .. i .. ": old in the child")
	expect_eq(frame[i].mapping, av_p,
		"page " .. i .. ": mapping did not change")
	if era == "6.18" then
		expect(not frame[i].flags.anon_exclusive,
			"page " .. i .. ": not exclusive")
	end
end
expect_eq(heap_c.prot, "rw-",
	"the child's VMA is writable: only the PTEs are not")
expect_eq(heap_c.pgoff, heap_p.pgoff, "its vm_pgoff is the parent's")

-- ---------------------------------------------------------------------------
scene { en = "The lattice", zh = "网格" }
show { "rmap", "spaces", "inspect", "narration" }

if has_chains then
	point(heap_c.anon_vma)
	say {
		en = "The child's VMA hangs on two anon_vmas: its own for \z
			pages to come, and the parent's for the pages that it \z
			inherited. It reads its first page.",
		zh = "子进程的 VMA 挂在两个 anon_vma 上：自己的留给将来的页，\z
			父进程的用于继承来的页。子进程读它的第 0 页。",
	}
	expect_eq(#heap_c.chain, 2, "two chain entries")
	expect_eq(heap_c.chain[1], heap_c.anon_vma, "newest first: its own ...")
	expect_eq(heap_c.chain[2], av_p, "... then the parent's")
	expect_eq(heap_c.anon_vma.parent, av_p, "the parent of its anon_vma")
	expect_eq(heap_c.anon_vma.root, av_p, "and the root of the family")
	expect_eq(#heap_c.anon_vma.vmas, 1, "only the child is in its own tree")
	expect_eq(av_p.refcount, 2,
		"the root is kept by its tree and by one descendant")
else
	point(av_p)
	say {
		en = "One list for the family, the child's VMA at its head. \z
			The child reads its first page.",
		zh = "全家一个链表，子进程的 VMA 在头部。子进程读它的第 0 页。",
	}
	expect_eq(heap_c.anon_vma, av_p, "the same anon_vma")
	expect_eq(av_p.head, 2, "two VMAs on its list")
end
expect_eq(#av_p.vmas, 2, "both VMAs may hold pages of the parent's anon_vma")
if era == "4.0" then
	expect_eq(av_p.degree, 3, "4.0, degree: itself, one child, one VMA")
	expect_eq(heap_c.anon_vma.degree, 1, "4.0, the child's: one VMA")
elseif era == "6.18" then
	expect_eq(av_p.num_children, 2, "6.18: itself and one child")
	expect_eq(heap_c.anon_vma.num_children, 0, "6.18: no child yet")
	expect_eq(heap_c.anon_vma.num_active_vmas, 1, "6.18: one VMA")
end
local faults = child.min_flt
expect_eq(child:read(heap[0]), "A", "the child reads A")
expect_eq(child.min_flt, faults, "without a fault: its PTE is there")

-- ---------------------------------------------------------------------------
scene { en = "What was never written", zh = "从未写过的" }

ask {
	{
		en = "The region 'later' was never written. Both tasks write \z
			its page 0 now. Do their two pages meet in one \z
			anon_vma?",
		zh = "区域 'later' 从未写过。现在两个任务都写它的第 0 页。两个\z
			页会在同一个 anon_vma 里相遇吗？",
	},
	choices = {
		{ en = "yes, in the parent's", zh = "会，在父进程的里" },
		{ en = "no", zh = "不会" },
	},
	answer = 2,
	why = {
		en = "There was no anon_vma to share when the fork came. Each \z
			VMA makes one at its own first write, and they never \z
			meet.",
		zh = "fork 的时候没有可共用的 anon_vma。每个 VMA 在自己第一次\z
			写时各建一个，它们永不相遇。",
	},
}
expect_eq(later_c.anon_vma, nil, "fork gave the child's VMA no anon_vma either")
say {
	en = "The parent writes: its VMA gets an anon_vma.",
	zh = "父进程写：它的 VMA 得到一个 anon_vma。",
}
parent:write(later[0], "P")
say {
	en = "The child writes: its VMA gets another one, a root of its own.",
	zh = "子进程写：它的 VMA 得到另一个，自成一根。",
}
child:write(later[0], "C")

expect(later_p.anon_vma and later_c.anon_vma, "both VMAs have an anon_vma now")
expect(later_p.anon_vma ~= later_c.anon_vma, "two anon_vmas")
expect_eq(costs(true).copies, 0, "nothing was shared, so nothing was copied")
if has_chains then
	expect_eq(later_c.anon_vma.root, later_c.anon_vma,
		"the child's is a root")
end

note {
	en = "The lecture notes say that a child's pages point to the \z
		parent's anon_vma (2.6.11). The source says: only if the \z
		parent's VMA had one when it forked.",
	zh = "讲义说，子进程的页指向父进程的 anon_vma（2.6.11）。源代码说：只\z
		有父进程的 VMA 在 fork 时已有 anon_vma 才如此。",
}

-- ---------------------------------------------------------------------------
scene { en = "A second child", zh = "第二个子进程" }
show { "rmap", "spaces", "path", "narration" }

ask {
	{
		en = "The parent forks again. How many VMAs will a walk from \z
			frame A visit, and who comes last?",
		zh = "父进程再次 fork。从页框 A 遍历会访问几个 VMA，最后是谁？",
	},
	choices = {
		{ en = "3, the parent", zh = "3 个，父进程" },
		{ en = "3, the new child", zh = "3 个，新的子进程" },
		{ en = "2, the new child", zh = "2 个，新的子进程" },
	},
	answer = has_chains and 2 or 1,
	why = has_chains
		and {
			en = "A's anon_vma is the parent's. Its tree orders \z
				equal ranges by the time they came: parent, \z
				first child, second child.",
			zh = "A 的 anon_vma 是父进程的。它的树把相同的区间按加\z
				入的先后排列：父进程，第一个子进程，第二个子进\z
				程。",
		}
		or {
			en = "The list grows at its head: second child, first \z
				child, parent.",
			zh = "链表在头部增长：第二个子进程，第一个子进程，父进\z
				程。",
		},
}
say {
	en = "Three page tables lead to each frame of the heap now.",
	zh = "现在有三份页表指向堆的每个页框。",
}
local second = parent:fork "second"
expect_eq(frame[0].mapcount, 3, "mapped three times")
expect_eq(frame[0].refcount, 3, "three references")

point(frame[0])
say { en = "The walk.", zh = "遍历。" }
local found = frame[0]:rmap()
local names = {}
for i, mapping in ipairs(found) do
	names[i] = mapping.task.name
	expect_eq(mapping.addr, heap[0],
		mapping.task.name .. ": at the same address")
end
expect_eq(table.concat(names, " "),
	has_chains and "parent child \z
		second" or "second child parent", "in this order")
expect_eq(found.cost.wasted, 0, "no visit in vain")
expect_eq(second:vmas()[2].prot, "rw-", "and the newest may write, one day")
