-- mlock: pages that may not leave memory.
--
-- VM_LOCKED is a flag of the VMA, so a part of one must be split off.  Until
-- 2.6.27 that is all: a locked page stands on the LRU lists like any other, and
-- each scan finds out anew, at its PTE, that it cannot have it.  Later kernels
-- mark the page, too (PG_mlocked), and put it on a list that is never scanned.

scenario {
	title = {
		en = "mlock and the unevictable list",
		zh = "mlock 与 unevictable 链表",
	},
	summary = {
		en = "One page of three is locked: the VMA is split, the page is \z
			faulted in, reclaim takes its neighbours. What a scan \z
			spends on it, what a child inherits, and munlock.",
		zh = "三页中锁定一页：VMA 被拆分，页被调入，回收拿走它的邻居。扫描\z
			在它身上花多少，子进程继承什么，以及 munlock。",
	},
	eras = { "4.0", "2.4", "2.6.0", "2.6.11", "6.18" },
	swap = "64K",
	swap_cluster = 1,
	swappiness = 100, -- 2.6: mapped pages may go from the first round on
}

local era = machine().era
local five = era == "4.0" or era == "6.18"

-- "1 1L 1": the sizes of the VMAs in pages, L for a locked one.
local function layout(task)
	local words = {}

	for i, vma in ipairs(task:vmas()) do
		words[i] = (vma.stop - vma.start) // 4096 ..
			(vma.flags.lo and "L" or "")
	end
	return table.concat(words, " ")
end

-- Calls of reclaim until these addresses of @task are in swap.
local function reclaim_until_gone(task, addrs)
	for _, addr in ipairs(addrs) do
		for _ = 1, 8 do
			if not page_at(task, addr) then
				break
			end
			reclaim(2)
		end
	end
end

-- ---------------------------------------------------------------------------
scene { en = "One page of three", zh = "三页中的一页" }
show { "spaces", "lru", "path", "narration" }

say {
	en = "A task maps three pages and writes the first and the last.",
	zh = "一个任务映射三页，写第一页和最后一页。",
}
local task = spawn "task"
local heap = task:mmap { pages = 3, name = "heap" }
batch({ en = "pages 0 and 2 are written", zh = "写第 0 页和第 2 页" }, function()
	task:write(heap[0], "A")
	task:write(heap[2], "C")
end)
expect_eq(layout(task), "3", "one VMA")

ask {
	{
		en = "Page 1 has never been touched. It is locked now. What \z
			happens?",
		zh = "第 1 页从未碰过。现在锁定它。会发生什么？",
	},
	choices = {
		{ en = "a flag is set in the VMA", zh = "在 VMA 里设一个标志" },
		{ en = "three VMAs, and no frame yet", zh = "变成三个 VMA，还没有页\z
			框" },
		{ en = "three VMAs, and a frame", zh = "变成三个 VMA，并且有页框" },
	},
	answer = 3,
	why = {
		en = "A flag holds for a whole VMA: it is split twice. And mlock \z
			promises that the pages are in memory when it returns.",
		zh = "标志对整个 VMA 有效：拆分两次。而且 mlock 保证返回时页已在内\z
			存里。",
	},
}
say {
	en = "Split, set VM_LOCKED, and then, before the call returns, fault the \z
		page in.",
	zh = "拆分，设 VM_LOCKED，然后在调用返回之前把页调入。",
}
local faults = task.min_flt
expect_eq(task:mlock(heap[1], 4096), true)
local frame = page_at(task, heap[1])
point(frame)
expect_eq(layout(task), "1 1L 1", "three VMAs, the middle one locked")
expect_eq(task.min_flt - faults, 1, "the page was faulted in")
if five then
	expect_eq(frame.lru, "unevictable", "its list")
	expect(frame.flags.mlocked, "PG_mlocked")
else
	expect(frame.lru == "active" or frame.lru == "inactive",
		"it stands on " .. frame.lru .. " as if nothing were")
end

say {
	en = "The task writes it: no fault.",
	zh = "任务写它：没有缺页。",
}
faults = task.min_flt
task:write(heap[1], "B")
expect_eq(task.min_flt, faults, "no fault")

-- ---------------------------------------------------------------------------
scene { en = "Memory is short", zh = "内存不足" }
show { "lru", "path", "spaces", "swap", "narration" }

say {
	en = "Reclaim, until both neighbours are in swap.",
	zh = "回收，直到两个邻居都换出。",
}
batch({ en = "reclaim until pages 0 and 2 are gone",
	zh = "回收，直到第 0 页和第 2 页都走了" },
	function() reclaim_until_gone(task, { heap[0], heap[2] }) end)
expect_eq(page_at(task, heap[0]), nil, "page 0 is in swap")
expect_eq(page_at(task, heap[2]), nil, "page 2 is in swap")
expect_eq(page_at(task, heap[1]), frame, "page 1 stays where it was")

-- What is left of the neighbours' frames, so that the next call has one page.
batch({ en = "until the lists hold nothing else", zh = "直到链表上没有别的页" },
	function()
		for _ = 1, 3 do
			reclaim(2)
		end
	end)
ask {
	{
		en = "The locked page is the last one on the lists. A scan needs \z
			memory badly. How often will it look at this page?",
		zh = "链表上只剩这个锁定的页。扫描急需内存。它会看这页几次？",
	},
	choices = {
		{ en = "not at all", zh = "一次也不看" },
		{ en = "again and again", zh = "一次又一次" },
	},
	answer = five and 1 or 2,
	why = five
		and {
			en = "The unevictable list is never scanned.",
			zh = "unevictable 链表从不扫描。",
		}
		or {
			en = "It goes down, is found to be locked at its PTE, \z
				and goes up again, at every priority.",
			zh = "它移下，在 PTE 处发现是锁定的，再移上，每个优先级\z
				都如此。",
		},
}
local spends = {
	["2.4"] = {
		en = "swap_out meets the PTE: VM_LOCKED, so the page is marked as \z
			used, whatever its young bit says.",
		zh = "swap_out 遇到这个 PTE：VM_LOCKED，于是不管 young 位，把页标\z
			记为用过。",
	},
	["2.6.0"] = {
		en = "It even gets a slot; then try_to_unmap fails at the locked \z
			VMA, and the page is activated. And again.",
		zh = "它甚至得到一个槽位；然后 try_to_unmap 在锁定的 VMA 处失败，\z
			页被激活。如此反复。",
	},
}
spends["2.6.11"] = spends["2.6.0"]
say(spends[era] or {
	en = "The scan finds empty lists.",
	zh = "扫描看到的是空链表。",
})
point(frame)
expect_eq(reclaim(2), 0, "frames freed")
if five then
	expect_eq(costs(true).visited or 0, 0, "VMAs visited for it")
else
	expect(costs(true).visited > 0, "visits in vain: " .. costs(true).visited)
end
expect_eq(page_at(task, heap[1]), frame, "page 1 is still there")

-- ---------------------------------------------------------------------------
scene { en = "A child", zh = "子进程" }
show { "spaces", "lru", "path", "rmap", "narration" }

ask {
	{
		en = "The task forks. Is the page locked for the child, too?",
		zh = "任务 fork。对子进程，这页也是锁定的吗？",
	},
	choices = { { en = "yes", zh = "是" }, { en = "no", zh = "不是" } },
	answer = 2,
	why = {
		en = "dup_mmap clears VM_LOCKED in the copy: a lock is a \z
			privilege and is not inherited.",
		zh = "dup_mmap 在副本里清除 VM_LOCKED：锁定是一种特权，不能继承。",
	},
}
say {
	en = "Both map the frame; only the parent's VMA is locked.",
	zh = "两者都映射这个页框；只有父进程的 VMA 是锁定的。",
}
local child = task:fork "child"
point(frame)
expect_eq(layout(task), "1 1L 1", "the parent's VMAs")
expect_eq(layout(child), "1 1 1", "the child's")
expect_eq(frame.mapcount, 2, "PTEs that map the frame")

if five then
	say {
		en = "Reclaim: the page is unevictable for everybody, as long as \z
			one VMA locks it.",
		zh = "回收：只要有一个 VMA 锁定它，它对谁都是 unevictable。",
	}
else
	say {
		en = "Reclaim: the child's PTE goes, the parent's cannot. The page \z
			stays, but the child will fault.",
		zh = "回收：子进程的 PTE 被去掉，父进程的不能。页留下，但子进程会\z
			缺页。",
	}
end
point(frame)
expect_eq(reclaim(2), 0, "frames freed")
expect_eq(page_at(task, heap[1]), frame, "the parent's page")
expect_eq(page_at(child, heap[1]), five and frame or nil, "the child's page")
expect_eq(frame.mapcount, five and 2 or 1, "PTEs that map it")

say {
	en = "The child reads its page: it is in memory in any case.",
	zh = "子进程读它的页：反正它在内存里。",
}
faults = child.min_flt
expect_eq(child:read(heap[1]), "B")
expect_eq(child.min_flt - faults, five and 0 or 1, "minor faults")
expect_eq(child.maj_flt, 0, "major faults")

-- ---------------------------------------------------------------------------
scene { en = "munlock", zh = "munlock" }

ask {
	{
		en = "The lock is taken away. The page is mapped by two. How does \z
			" .. era .. " find out if another VMA locks it, too?",
		zh = "解除锁定。页被两者映射。" .. era .. " 怎样知道是否还有别的 \z
			VMA 锁定它？",
	},
	choices = {
		{ en = "it walks the reverse map", zh = "遍历反向映射" },
		{ en = "it keeps a count in the page", zh = "在页里计数" },
		{ en = "it need not know", zh = "不需要知道" },
	},
	answer = ({ ["4.0"] = 1, ["6.18"] = 2 })[era] or 3,
	why = ({
		["4.0"] = {
			en = "PG_mlocked is one bit. try_to_munlock asks every \z
				VMA that maps the page.",
			zh = "PG_mlocked 只有一位。try_to_munlock 问每个映射该页\z
				的 VMA。",
		},
		["6.18"] = {
			en = "A page on the unevictable list is not linked into \z
				an LRU list, so the place holds mlock_count.",
			zh = "unevictable 的页不链入 LRU 链表，那个位置用来放 \z
				mlock_count。",
		},
	})[era] or {
		en = "The page carries no mark. The next scan will see the VMAs \z
			as they are.",
		zh = "页上没有标记。下次扫描看到的就是 VMA 当时的样子。",
	},
}
if five then
	say {
		en = "The page goes back to an evictable list, and the three VMAs \z
			are one again.",
		zh = "页回到可回收的链表，三个 VMA 又合为一个。",
	}
else
	say {
		en = "Only VM_LOCKED goes. The three VMAs stay three: this kernel \z
			does not merge them here.",
		zh = "只去掉 VM_LOCKED。三个 VMA 仍是三个：这个内核在这里不合并。",
	}
end
point(frame)
expect_eq(task:munlock(heap[1], 4096), true)
expect_eq(layout(task), five and "3" or "1 1 1", "the VMAs")
expect_eq(costs(true).visited or 0, era == "4.0" and 2 or 0,
	"VMAs visited by the walk")
expect(not frame.flags.mlocked, "not marked")
if five then
	expect_eq(frame.lru, "inactive_anon", "its list")
end

say {
	en = "Now it can go like any other page.",
	zh = "现在它可以像别的页一样离开。",
}
batch({ en = "reclaim until page 1 is gone", zh = "回收，直到第 1 页走了" },
	function() reclaim_until_gone(task, { heap[1] }) end)
expect_eq(page_at(task, heap[1]), nil, "page 1 is in swap")
expect_eq(page_at(child, heap[1]), nil, "for the child, too")
