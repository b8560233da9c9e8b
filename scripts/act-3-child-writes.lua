-- Act 3 of the reverse map: the child writes.
--
-- Copy on write, in all orders: the child first, the parent first, and who
-- finds the frames afterwards.

scenario {
	title = { en = "Act 3: the child writes", zh = "第三幕：子进程写" },
	summary = {
		en = "A write to a shared page: who gets the copy, who keeps \z
			the frame, and which anon_vma does each of the two \z
			frames point to?",
		zh = "写一个共享的页：谁得到副本，谁保留原页框，两个页框又各指\z
			向哪个 anon_vma？",
	},
	eras = { "4.0", "2.6.11", "6.18" },
}

local era = machine().era
local has_chains = era ~= "2.6.11"

-- Before the curtain: what acts 1 and 2 did.  The fourth page is never written.
local parent, child, heap = batch("a parent with pages A, B, C, and its \z
	child", function()
	local task = spawn "parent"
	local region = task:mmap { pages = 4, name = "heap" }

	for i, value in ipairs { "A", "B", "C" } do
		task:write(region[i - 1], value)
	end
	return task, task:fork "child", region
end)
local av_p = parent:vmas()[1].anon_vma
local av_c = child:vmas()[1].anon_vma -- in 2.6.11 the same as av_p
local shared = {}
for i = 0, 2 do
	shared[i] = page_at(parent, heap[i])
	expect_eq(shared[i].mapcount, 2, "page " .. i .. " is shared")
end

-- Page faults that fn() takes in a task.
local function faults_of(task, fn)
	local before = task.min_flt
	fn()
	return task.min_flt - before
end

-- ---------------------------------------------------------------------------
scene { en = "The child writes first", zh = "子进程先写" }
show { "path", "spaces", "rmap", "walk", "narration" }

ask {
	{
		en = "The child writes page 0. The new frame will point to an \z
			anon_vma: whose?",
		zh = "子进程写第 0 页。新页框会指向一个 anon_vma：谁的？",
	},
	choices = {
		{ en = "the parent's", zh = "父进程的" },
		{ en = "one of the child's own", zh = "子进程自己的" },
	},
	answer = has_chains and 2 or 1,
	why = has_chains
		and {
			en = "fork gave the child's VMA an anon_vma for just \z
				this moment.",
			zh = "fork 给子进程的 VMA 一个 anon_vma，正是为了这一\z
				刻。",
		}
		or {
			en = "2.6.11 has one anon_vma for the family: the \z
				child's VMA has only this one.",
			zh = "2.6.11 全家只有一个 anon_vma：子进程的 VMA 也只\z
				有它。",
		},
}
if era == "2.6.11" then
	say {
		en = "do_wp_page: is the page ours alone? page_count is 2, so \z
			no. A new frame and a copy; then the old frame loses \z
			a mapping, and the new PTE is written. Step with `.` \z
			to see it.",
		zh = "do_wp_page：这一页归我独有吗？page_count 为 2，不是。取\z
			新页框并复制；然后旧页框少一个映射，再写新的 PTE。用 \z
			`.` 逐个事件看。",
	}
elseif era == "4.0" then
	say {
		en = "do_wp_page: is the page ours alone? mapcount is 2, so \z
			no. A new frame, a copy, the new PTE, and only then \z
			the old frame loses a mapping. Step with `.` to see \z
			it.",
		zh = "do_wp_page：这一页归我独有吗？mapcount 为 2，不是。新页\z
			框，复制，新的 PTE，然后旧页框才少一个映射。用 `.` 逐\z
			个事件看。",
	}
else
	say {
		en = "do_wp_page: is the page ours alone? It is not \z
			AnonExclusive and refcount is 2, so no. A new frame, \z
			a copy, the new PTE, and only then the old frame \z
			loses a mapping.",
		zh = "do_wp_page：这一页归我独有吗？它不是 AnonExclusive，\z
			refcount 又为 2，不是。新页框，复制，新的 PTE，然后旧\z
			页框才少一个映射。",
	}
end
local faults = faults_of(child, function() child:write(heap[0], "A'") end)

local copy = page_at(child, heap[0])
expect_eq(faults, 1, "one fault")
expect_eq(costs(true).copies, 1, "one copy")
expect_eq(page_at(parent, heap[0]), shared[0], "the parent keeps the old frame")
expect(copy ~= shared[0], "the child has a new one")
expect_eq(copy.mapping, av_c,
	"the new frame points to the anon_vma of the child's VMA")
expect_eq(copy.mapping ~= av_p, has_chains,
	has_chains and "which is not the parent's" or "which is also the \z
		parent's")
expect_eq(copy.index, shared[0].index, "both frames have one index")
expect_eq(copy.mapcount, 1, "the new frame has one mapping")
expect_eq(shared[0].mapcount, 1, "and so has the old one")
expect_eq(shared[0].mapping, av_p, "the old frame points where it did")
if era == "6.18" then
	expect(copy.flags.anon_exclusive, "6.18: the new frame is exclusive")
	expect(not shared[0].flags.anon_exclusive,
		"the old one is not, though it is alone")
end

note {
	en = "Two frames with one index, in 2.6.11 even on one anon_vma: are \z
		they confused? No: a walk compares the PTE with the frame \z
		that it started from.",
	zh = "两个页框有相同的 index，在 2.6.11 里甚至在同一个 anon_vma 上：会\z
		混淆吗？不会：遍历会把 PTE 与出发的页框相比较。",
}

point(copy) -- seen from here on, and through the next step
say {
	en = "The child writes again. Its PTE is writable now: no fault.",
	zh = "子进程再写一次。它的 PTE 现在可写：不缺页。",
}
faults = faults_of(child, function() child:write(heap[0], "A''") end)
expect_eq(faults, 0, "no fault")
expect_eq(copy.value, "A''", "the value is in the frame")

ask {
	{
		en = "The parent writes page 0 for the first time since the \z
			fork.",
		zh = "父进程写第 0 页，这是 fork 以来第一次。",
	},
	choices = {
		{ en = "no fault", zh = "不缺页" },
		{ en = "a fault and a copy", zh = "缺页并复制" },
		{ en = "a fault, no copy", zh = "缺页，不复制" },
	},
	answer = 3,
	why = {
		en = "Its PTE is still read-only: a fault. Nobody else has \z
			the frame: no copy.",
		zh = "它的 PTE 仍是只读：缺页。没有别人占有这个页框：不复制。",
	},
}
point(shared[0])
say {
	en = "The right to write was taken from both at the fork. The parent \z
		gets it back only when it asks, by a fault.",
	zh = "fork 时两边的写权限都被取消。父进程只有通过缺页去要，才能拿回\z
		来。",
}
faults = faults_of(parent, function() parent:write(heap[0], "A2") end)
expect_eq(faults, 1, "one fault")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(page_at(parent, heap[0]), shared[0], "the same frame")
expect_eq(shared[0].mapping, av_p, "on the same anon_vma")
expect_eq(copy.value, "A''", "the child's copy is not touched")

-- ---------------------------------------------------------------------------
scene { en = "The parent writes first", zh = "父进程先写" }

ask {
	{
		en = "Page 1, the other way round: the parent writes first. \z
			Who gets the new frame?",
		zh = "第 1 页，反过来：父进程先写。谁得到新页框？",
	},
	choices = {
		{
			en = "the child, for the page is the parent's",
			zh = "子进程，因为页是父进程的",
		},
		{ en = "the parent", zh = "父进程" },
	},
	answer = 2,
	why = {
		en = "The kernel knows no owner. Two PTEs map the frame, and \z
			the one that writes gets the copy.",
		zh = "内核不知道谁是主人。两个 PTE 映射这个页框，谁写，谁得到\z
			副本。",
	},
}
say {
	en = "Now the child is left with the frame that its parent once \z
		allocated.",
	zh = "现在，当初由父进程分配的页框留给了子进程。",
}
parent:write(heap[1], "B2")
expect_eq(costs(true).copies, 1, "one copy")
expect_eq(page_at(child, heap[1]), shared[1], "the child keeps the old frame")
expect(page_at(parent, heap[1]) ~= shared[1], "the parent has a new one")
expect_eq(shared[1].mapping, av_p,
	"the child's frame still points to the parent's anon_vma")
expect_eq(shared[1].value, "B", "and holds the old value")

point(shared[1])
say {
	en = "So a full walk from the child's frame visits the parent too, in \z
		vain.",
	zh = "所以从子进程的页框作完整遍历也会访问父进程，白跑一次。",
}
local found = shared[1]:rmap { full = true }
expect_eq(found.cost.visited, 2, "VMAs visited")
expect_eq(found.cost.wasted, 1, "one in vain")
expect_eq(found[1].task, child, "the child has it")

if has_chains then
	say {
		en = "The child writes: the frame is its alone, so it is \z
			reused. And the kernel uses the moment: mapping is \z
			moved to the child's own anon_vma.",
		zh = "子进程写：页框归它独有，所以重用。内核还利用这一刻：把 \z
			mapping 移到子进程自己的 anon_vma。",
	}
else
	say {
		en = "The child writes: the frame is its alone, so it is \z
			reused. Nothing moves in the reverse map: there is \z
			one anon_vma.",
		zh = "子进程写：页框归它独有，所以重用。反向映射没有变动：只有\z
			一个 anon_vma。",
	}
end
child:write(heap[1], "B'")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(page_at(child, heap[1]), shared[1], "the same frame")
expect_eq(shared[1].mapping, av_c, "mapping: the anon_vma of the child's VMA")
expect_eq(shared[1].index, heap[1] // 4096, "index did not change")

if has_chains then
	say {
		en = "The same walk again: the parent is not visited any more.",
		zh = "再作同样的遍历：不再访问父进程。",
	}
else
	say {
		en = "The same walk again: the parent is still visited in \z
			vain.",
		zh = "再作同样的遍历：仍要白白访问父进程。",
	}
end
found = shared[1]:rmap { full = true }
expect_eq(found.cost.visited, has_chains and 1 or 2, "VMAs visited")
expect_eq(found.cost.wasted, has_chains and 0 or 1, "in vain")

-- ---------------------------------------------------------------------------
scene { en = "A page that is new after the fork", zh = "fork 之后才有的新页" }
show { "spaces", "rmap", "path", "narration" }

say {
	en = "Page 3 was never written. The child writes it: no copy, but \z
		where does the frame point?",
	zh = "第 3 页从未写过。子进程写它：不复制，但页框指向哪里？",
}
child:write(heap[3], "D'")
local new_c = page_at(child, heap[3])
expect_eq(costs(true).copies, 0, "nothing to copy")
expect_eq(new_c.mapping, av_c, "to the anon_vma of the child's VMA")
expect_eq(page_at(parent, heap[3]), nil, "the parent has nothing there")

say {
	en = "The parent writes its own page 3. Two frames that never had \z
		anything in common.",
	zh = "父进程写自己的第 3 页。两个页框从来毫不相干。",
}
parent:write(heap[3], "D")
local new_p = page_at(parent, heap[3])
expect_eq(new_p.mapping, av_p, "to the parent's anon_vma")
expect_eq(new_p.index, new_c.index, "with the same index")

ask {
	{
		en = "How many VMAs does a walk to the end visit, from the \z
			parent's new page?",
		zh = "从父进程的新页出发，走到底的遍历访问几个 VMA？",
	},
	choices = { "1", "2" },
	answer = 2,
	why = {
		en = "The child's VMA is linked to the parent's anon_vma, \z
			because of the pages that the two share. Links are \z
			for VMAs, not for pages.",
		zh = "子进程的 VMA 连在父进程的 anon_vma 上，因为两者有共享的\z
			页。连接是为 VMA 而设，不是为页。",
	},
}
point(new_p)
say {
	en = "The child has never had this page, and is asked nevertheless.",
	zh = "子进程从未有过这一页，却还是要被问到。",
}
found = new_p:rmap { full = true }
expect_eq(found.cost.visited, 2, "VMAs visited")
expect_eq(found.cost.wasted, 1, "one in vain")
expect_eq(found[1].task, parent, "only the parent has it")

-- What each of the two sees at the end.
say { en = "Last: what both see.", zh = "最后：两者各看到什么。" }
for i, value in ipairs { "A2", "B2", "C", "D" } do
	expect_eq(parent:read(heap[i - 1]), value, "the parent reads " .. value)
end
for i, value in ipairs { "A''", "B'", "C", "D'" } do
	expect_eq(child:read(heap[i - 1]), value, "the child reads " .. value)
end
expect_eq(shared[2].mapcount, 2, "page 2 is shared to this day")
