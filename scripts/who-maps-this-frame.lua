-- Who maps this frame?  The walk, stepped, and what it costs.
--
-- A parent and four children share two pages.  Page 1 is copied by every child,
-- page 0 is shared for long.  From each frame the reverse map is walked, and
-- every visited VMA is counted: did its page table hold the frame (matched), or
-- was the visit in vain (wasted)?  Step into a walk with `.` to see each visit.
--
--   rmapscope run -e 2.6.11 who-maps-this-frame
--   rmapscope run -e 4.0    who-maps-this-frame

scenario {
	title = {
		en = "Who maps this frame? The walk and its wasted visits",
		zh = "谁映射了这个页框？遍历与落空的访问",
	},
	summary = {
		en = "A parent, four children, and a walk from each frame: \z
			how many VMAs are visited, and how many in vain? A \z
			list in 2.6.11, trees from 4.0 on.",
		zh = "一个父进程，四个子进程，从每个页框各遍历一次：访问多少 \z
			VMA，其中多少落空？2.6.11 里是链表，4.0 起是树。",
	},
	eras = { "2.6.11", "4.0", "6.18" },
}

local has_chains = machine().era ~= "2.6.11"
local KIDS = 4

-- Walk from a frame as an operation, and check its cost.  What the walk finds
-- must be what a look at all page tables finds (frame:mappers, which costs
-- nothing here and is impossible in a kernel).
local function walk(frame, want, options)
	local truth = #frame:mappers()
	local found = frame:rmap(options)

	expect_eq(#found, truth, "the walk finds every PTE that maps the frame")
	expect_eq(found.cost.visited, want.visited,
		"VMAs visited: " .. want.visited)
	expect_eq(found.cost.wasted, want.wasted,
		"of them in vain: " .. want.wasted)
	expect_eq(found.cost.matched, want.visited - want.wasted,
		"the rest matched")
	return found
end

-- ---------------------------------------------------------------------------
scene { en = "One frame, five page tables", zh = "一个页框，五份页表" }
show { "spaces", "rmap", "narration" }

say { en = "A parent writes two pages.", zh = "父进程写两个页。" }
local parent, heap = batch("a parent with two written pages", function()
	local task = spawn "parent"
	local region = task:mmap { pages = 2, name = "heap" }

	task:write(region[0], "shared")
	task:write(region[1], "old")
	return task, region
end)

local shared = page_at(parent, heap[0]) -- page 0, shared for long
local old = page_at(parent, heap[1]) -- page 1, to be copied by all
expect_eq(shared.mapcount, 1, "one page table maps page 0")
expect_eq(old.mapping, shared.mapping, "both frames point to one anon_vma")

if has_chains then
	say {
		en = "Four forks. Each child gets an anon_vma of its own and \z
			a chain entry that puts it into the parent's tree, \z
			after those that are there.",
		zh = "四次 fork。每个子进程得到自己的 anon_vma，另有一个 \z
			anon_vma_chain 把它放进父进程的树，排在已有的之后。",
	}
else
	say {
		en = "Four forks. Each child's VMA joins the one list of the \z
			family, always at the head: the youngest stands first.",
		zh = "四次 fork。每个子进程的 VMA 都加入全家唯一的链表，总是在\z
			头部：最年轻的在最前。",
	}
end
local kids = {}
for i = 1, KIDS do
	kids[i] = parent:fork("kid" .. i)
	expect_eq(shared.mapcount, 1 + i, "one more page table maps page 0")
end

expect_eq(#old.mapping.vmas, 1 + KIDS,
	"five VMAs may hold pages of this anon_vma")
expect_eq(#anon_vmas(), has_chains and 1 + KIDS or 1,
	has_chains and "an anon_vma for each VMA" or "one anon_vma for all")

ask {
	{
		en = "How many VMAs will a walk from the frame of page 0 \z
			visit, and how many of the visits will be in vain?",
		zh = "从第 0 页的页框遍历会访问几个 VMA？其中几次落空？",
	},
	choices = {
		{ en = "5, none in vain", zh = "5 个，没有落空" },
		{ en = "5, and 4 in vain", zh = "5 个，4 次落空" },
		"1",
	},
	answer = 1,
	why = {
		en = "All five page tables hold this frame. A page that \z
			really is shared costs the same in every kernel: one \z
			visit for each mapping.",
		zh = "五份页表都有这个页框。真正共享的页在每个内核里代价相同：\z
			每个映射访问一次。",
	},
}
point(shared)
say {
	en = "Step into this walk. In each VMA the address follows from index \z
		and vm_pgoff, then the PTE there is compared with the frame.",
	zh = "走进这次遍历。在每个 VMA 里，由 index 和 vm_pgoff 算出地址，再把\z
		那里的 PTE 与页框相比较。",
}
local found = walk(shared, { visited = 5, wasted = 0 })
expect_eq(found[1].task, has_chains and parent or kids[KIDS],
	"visited first: " .. found[1].task.name)
expect_eq(found[5].task, has_chains and kids[KIDS] or parent,
	"visited last: " .. found[5].task.name)
for _, mapping in ipairs(found) do
	expect_eq(mapping.addr, heap[0],
		mapping.task.name .. " maps it at the same address")
end

-- ---------------------------------------------------------------------------
scene { en = "Every child copies page 1", zh = "每个子进程都复制第 1 页" }
show { "spaces", "rmap", "path", "narration" }

if has_chains then
	say {
		en = "Each child writes page 1. Its new frame points to its \z
			own anon_vma, whose tree has one VMA.",
		zh = "每个子进程写第 1 页。新页框指向它自己的 anon_vma，那棵树\z
			里只有一个 VMA。",
	}
else
	say {
		en = "Each child writes page 1. Its new frame points to the \z
			only anon_vma there is, the one of the whole family.",
		zh = "每个子进程写第 1 页。新页框指向仅有的那个 anon_vma，即全\z
			家共用的那个。",
	}
end
local copies = {}
for i, kid in ipairs(kids) do
	kid:write(heap[1], "new" .. i)
	copies[i] = page_at(kid, heap[1])
	expect_eq(old.mapcount, 1 + KIDS - i, "the old frame loses one mapping")
	expect_eq(copies[i].mapcount, 1, "the copy has one mapping")
	expect_eq(copies[i].index, old.index,
		"the copy has the index of the old frame")
	expect_eq(copies[i].mapping, kid:vmas()[1].anon_vma,
		"the copy points to the anon_vma of the child's VMA")
	expect_eq(copies[i].mapping == old.mapping, not has_chains,
		has_chains and "not to the parent's" or "which is the \z
			parent's too")
end

-- ---------------------------------------------------------------------------
scene { en = "The frame that the parent kept", zh = "父进程保留的页框" }
show { "rmap", "spaces", "path", "narration" }

ask {
	{
		en = "The old frame of page 1 has one mapping left, in the \z
			parent. How many VMAs does reclaim visit to find it?",
		zh = "第 1 页的旧页框只剩一个映射，在父进程。回收要访问几个 \z
			VMA 才能找到？",
	},
	choices = { "1", "2", "5" },
	answer = has_chains and 1 or 3,
	why = has_chains
		and {
			en = "The parent was linked first and comes first in \z
				the tree. mapcount is 1, so the walk stops \z
				after the first match.",
			zh = "父进程最先连上，在树中排在最前。mapcount 为 1，\z
				所以遍历在第一次命中后停止。",
		}
		or {
			en = "The list begins with the youngest child. All \z
				four children are asked in vain before the \z
				parent answers: 4 of 5 visits are wasted.",
			zh = "链表从最年轻的子进程开始。先白问了全部四个子进\z
				程，父进程才应答：5 次访问中 4 次落空。",
		},
}
point(old)
say {
	en = "mapcount is 1. Reclaim counts the PTEs that it has found and \z
		stops when there can be no other.",
	zh = "mapcount 为 1。回收数着找到的 PTE，不可能再有时就停下。",
}
found = walk(old, has_chains and { visited = 1, wasted = 0 }
	or { visited = 5, wasted = 4 })
expect_eq(found[1].task, parent, "only the parent maps it")

ask {
	{ en = "And without the early stop?", zh = "如果不提前停止呢？" },
	choices = { "1", "5" },
	answer = 2,
	why = {
		en = "All five VMAs are linked to this anon_vma, for the \z
			children still share page 0 with the parent. Nothing \z
			tells the walk that they copied page 1.",
		zh = "五个 VMA 都连在这个 anon_vma 上，因为子进程仍与父进程共\z
			享第 0 页。没有什么告诉遍历它们已经复制了第 1 页。",
	},
}
if has_chains then
	say {
		en = "full = true: migration puts its entries back this way \z
			and looks at every VMA. Four visits in vain, in this \z
			kernel too.",
		zh = "full = true：迁移就是这样把 PTE 放回去的，要看每个 VMA。\z
			在这个内核里也有四次落空。",
	}
else
	say {
		en = "full = true looks at every VMA of the list. Nothing \z
			changes: the parent was the last one anyway.",
		zh = "full = true 要看链表上的每个 VMA。结果不变：父进程本来就\z
			是最后一个。",
	}
end
walk(old, { visited = 5, wasted = 4 }, { full = true })

-- ---------------------------------------------------------------------------
scene { en = "The frames of the children", zh = "子进程们的页框" }

ask {
	{
		en = "kid1 was forked first. How many VMAs does reclaim visit \z
			for its copy?",
		zh = "kid1 最先 fork 出来。回收为它的副本访问几个 VMA？",
	},
	choices = { "1", "4", "5" },
	answer = has_chains and 1 or 2,
	why = has_chains
		and {
			en = "The copy points to kid1's own anon_vma. No \z
				other VMA is in that tree.",
			zh = "副本指向 kid1 自己的 anon_vma。那棵树里没有别的 \z
				VMA。",
		}
		or {
			en = "kid4, kid3 and kid2 joined the list later and \z
				stand before kid1: three visits in vain, then \z
				the match.",
			zh = "kid4、kid3、kid2 加入链表较晚，排在 kid1 之前：\z
				三次落空，然后命中。",
		},
}
point(copies[1])
say {
	en = "From the copy of the oldest child.",
	zh = "从最老的子进程的副本出发。",
}
walk(copies[1], has_chains and { visited = 1, wasted = 0 }
	or { visited = 4, wasted = 3 })

point(copies[KIDS])
say {
	en = "From the copy of the youngest child: the best case of the list \z
		too, for the youngest stands at its head.",
	zh = "从最年轻的子进程的副本出发：对链表也是最好的情形，因为最年轻的在\z
		头部。",
}
walk(copies[KIDS], { visited = 1, wasted = 0 })

if has_chains then
	say {
		en = "To the end: still one visit. A copy is out of the \z
			family's sight.",
		zh = "走到底：仍是一次访问。副本已不在全家的视野之内。",
	}
	walk(copies[KIDS], { visited = 1, wasted = 0 }, { full = true })
else
	say {
		en = "To the end: the other four are asked too.",
		zh = "走到底：另外四个也要问。",
	}
	walk(copies[KIDS], { visited = 5, wasted = 4 }, { full = true })
end

-- ---------------------------------------------------------------------------
scene { en = "Added up", zh = "加起来" }
show { "costs", "rmap", "narration" }

ask {
	{
		en = "Five frames hold a page 1: the parent's and four \z
			copies. How many visits for a full walk from each?",
		zh = "有五个页框装着第 1 页：父进程的和四个副本。各作一次完整\z
			遍历，共访问多少次？",
	},
	choices = { "5", "9", "25" },
	answer = has_chains and 2 or 3,
	why = has_chains
		and {
			en = "5 for the parent's frame, 1 for each of the 4 \z
				copies. The cost grows with the number of \z
				children, not with its square.",
			zh = "父进程的页框 5 次，4 个副本各 1 次。代价随子进程\z
				数增长，而不是随它的平方。",
		}
		or {
			en = "5 frames, and 5 VMAs for each. With n children \z
				it is (n + 1) squared.",
			zh = "5 个页框，各 5 个 VMA。有 n 个子进程时是 (n + \z
				1) 的平方。",
		},
}
say {
	en = "All five frames of page 1, each walked to its end, in one step.",
	zh = "第 1 页的五个页框，各走到底，合成一步。",
}
batch("full walks from all frames of page 1", function()
	old:rmap { full = true }
	for _, copy in ipairs(copies) do
		copy:rmap { full = true }
	end
end)
expect_eq(costs(true).visited, has_chains and 9 or 25, "VMAs visited")
expect_eq(costs(true).matched, 5, "PTEs found")

say {
	en = "The same with the early stop, as reclaim does it.",
	zh = "同样再来一次，但像回收那样提前停止。",
}
batch("walks with early stop from all frames of page 1", function()
	old:rmap()
	for _, copy in ipairs(copies) do
		copy:rmap()
	end
end)
expect_eq(costs(true).visited, has_chains and 5 or 1 + 2 + 3 + 4 + 5,
	"VMAs visited")
expect_eq(costs(true).matched, 5, "PTEs found")

note {
	en = "A server with 1000 children that have all copied 1000 pages: \z
		full walks from all its frames visit 1,002,001,000 VMAs in \z
		2.6.11, but 2,001,000 in 4.0 and 6.18.",
	zh = "一个服务器有 1000 个子进程，每个都复制了 1000 页：从所有页框作完\z
		整遍历，2.6.11 要访问 1,002,001,000 个 VMA，而 4.0 和 6.18 只\z
		要 2,001,000 个。",
}

-- ---------------------------------------------------------------------------
scene { en = "Where chains do not help", zh = "连接无能为力之处" }
show { "spaces", "rmap", "path", "narration" }

say {
	en = "Page 0 is still shared by all. Now three of the four children \z
		copy it too.",
	zh = "第 0 页仍由全家共享。现在四个子进程中有三个也复制它。",
}
for i = 1, KIDS - 1 do
	kids[i]:write(heap[0], "mine" .. i)
end
expect_eq(shared.mapcount, 2,
	"the parent and kid4 still share the frame of page 0")

ask {
	{
		en = "Two mappings are left, in the first and in the last \z
			member of the family. How many VMAs must the walk \z
			visit?",
		zh = "还剩两个映射，在家族的第一个和最后一个成员。遍历必须访问\z
			几个 VMA？",
	},
	choices = { "2", "5" },
	answer = 2,
	why = {
		en = "Tree or list, the two stand at its ends. The three \z
			between are visited in vain: a walk knows who may map \z
			a frame, not who does.",
		zh = "无论树还是链表，这两个都在两端。中间三个都落空：遍历知道\z
			谁可能映射页框，不知道谁真的映射。",
	},
}
point(shared)
say {
	en = "The frame still points to the parent's anon_vma, and all five \z
		VMAs are linked to that, in every kernel. The early stop \z
		comes too late to save a visit.",
	zh = "页框仍指向父进程的 anon_vma，而在每个内核里五个 VMA 都连着它。提\z
		前停止来得太晚，一次访问也省不下。",
}
walk(shared, { visited = 5, wasted = 3 })

say {
	en = "The parent writes page 0. Two share the frame, so the parent \z
		gets the copy and kid4 keeps the old frame.",
	zh = "父进程写第 0 页。页框由两者共享，所以父进程得到副本，kid4 保留旧\z
		页框。",
}
parent:write(heap[0], "parent")
expect_eq(page_at(kids[KIDS], heap[0]), shared, "kid4 keeps the frame")
expect(page_at(parent, heap[0]) ~= shared, "the parent has another one")
expect_eq(shared.mapping, parent:vmas()[1].anon_vma,
	"but the frame still points to the parent's anon_vma")

if has_chains then
	say {
		en = "kid4 alone maps the frame, but the frame points to the \z
			parent's anon_vma, where kid4 is last. Four visits in \z
			vain.",
		zh = "只有 kid4 映射这个页框，但它指向父进程的 anon_vma，kid4 \z
			在那里排最后。四次落空。",
	}
else
	say {
		en = "kid4 alone maps the frame, and kid4 stands at the head \z
			of the list. One visit.",
		zh = "只有 kid4 映射这个页框，而 kid4 在链表头部。访问一次。",
	}
end
walk(shared, has_chains and { visited = 5, wasted = 4 }
	or { visited = 1, wasted = 0 })

ask {
	{
		en = "kid4 writes page 0 now. Nobody else has the frame, so \z
			it is reused. Does the write change anything in the \z
			reverse map?",
		zh = "现在 kid4 写第 0 页。没有别人占有这个页框，所以重用。这\z
			次写会改变反向映射吗？",
	},
	choices = {
		{ en = "yes", zh = "会" },
		{ en = "no", zh = "不会" },
	},
	answer = has_chains and 1 or 2,
	why = has_chains
		and {
			en = "The kernel uses the moment: the frame belongs \z
				to kid4 alone, so mapping is moved to kid4's \z
				own anon_vma.",
			zh = "内核利用这一刻：页框归 kid4 独有，所以 mapping \z
				移到 kid4 自己的 anon_vma。",
		}
		or {
			en = "There is only one anon_vma in the family, so \z
				there is nowhere to move to.",
			zh = "全家只有一个 anon_vma，没有别处可移。",
		},
}
say {
	en = "A write fault on a read-only PTE, without a copy.",
	zh = "对只读 PTE 的写缺页，没有复制。",
}
kids[KIDS]:write(heap[0], "mine4")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(page_at(kids[KIDS], heap[0]), shared, "the same frame")
expect_eq(shared.mapping, kids[KIDS]:vmas()[1].anon_vma,
	"mapping is the anon_vma of kid4's VMA")

say { en = "The last walk: one visit.", zh = "最后一次遍历：访问一次。" }
walk(shared, { visited = 1, wasted = 0 })
