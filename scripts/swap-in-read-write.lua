-- Pages come back from swap: by a read, by a write, for one or for two.
--
-- The question that do_swap_page must answer is: may this process write the
-- page in place?  Until 4.0 the counts answer: of the page's references and of
-- its slot.  6.18 asks the entry itself: its exclusive bit was set when the page
-- went out and no child shared it.  Then even a read makes the PTE writable.
--
-- swap_map: until 2.6.11 the swap cache is one more count, later the flag 0x40.

scenario {
	title = {
		en = "Back from swap: who reads, who writes",
		zh = "从交换区回来：谁读，谁写",
	},
	summary = {
		en = "Swap faults one by one: read or write, shared or not; when \z
			the page is copied, when the slot stays, and how many \z
			faults it takes. At the end swapoff.",
		zh = "逐个看交换缺页：读或写，共享或独占；什么时候复制页，什么时\z
			候保留槽位，要缺页几次。最后是 swapoff。",
	},
	eras = { "4.0", "2.4", "2.6.0", "2.6.11", "6.18" },
	swap = "64K",
	swap_cluster = 1,
	swappiness = 100,
}

local era = machine().era
local has_flag = era == "4.0" or era == "6.18" -- SWAP_HAS_CACHE
local has_index = era == "2.4" or era == "2.6.0" -- no anon_vma

-- swap_map of @slot as text; "0x0" of a free one.
local function map(slot)
	for _, s in ipairs(machine().slots) do
		if s.slot == slot then
			return ("0x%x"):format(s.swap_map)
		end
	end
	return "0x0"
end

-- The same for @ptes entries, and the cache.
local function want(ptes, cached)
	if has_flag then
		return ("0x%x"):format(ptes | (cached and 0x40 or 0))
	end
	return ("0x%x"):format(ptes + (cached and 1 or 0))
end

local function pte(task, addr)
	local levels = task:walk(addr).levels

	return levels[#levels]
end

-- Reclaim until these frames are free; a few calls for each.
local function swap_out(frames)
	for _, frame in ipairs(frames) do
		for _ = 1, 8 do
			if frame.kind == "free" then
				break
			end
			reclaim(2)
		end
		expect_eq(frame.kind, "free", "the page is in swap")
	end
end

-- Faults that @task took since @was.
local function faults(task, was)
	return task.min_flt + task.maj_flt - was
end

-- ---------------------------------------------------------------------------
scene { en = "Two pages of two processes, in swap", zh = "两个进程的两页，在交换区" }
show { "swap", "spaces", "path", "frames", "narration" }

say {
	en = "A parent writes two pages and forks; then both pages go to swap \z
		(swap-out-shared shows how).",
	zh = "父进程写两页，然后 fork；之后两页都换出（换出过程见 \z
		swap-out-shared）。",
}
local parent = spawn "parent"
local heap = parent:mmap { pages = 2, name = "heap" }
parent:write(heap[0], "A")
parent:write(heap[1], "B")
local child = parent:fork "child"
local old = { page_at(parent, heap[0]), page_at(parent, heap[1]) }
batch({ en = "reclaim until both pages are in swap", zh = "回收，直到两页都换出" },
	function() swap_out(old) end)

-- Which page got which slot depends on the order of the lists.
local slot = { [0] = parent:walk(heap[0]).swap, parent:walk(heap[1]).swap }
for i = 0, 1 do
	expect_eq(map(slot[i]), want(2), "page " .. i .. ": two PTEs need its slot")
	expect_eq(child:walk(heap[i]).swap, slot[i], "both hold the same entry")
end

-- ---------------------------------------------------------------------------
scene { en = "The child reads page 0", zh = "子进程读第 0 页" }

ask {
	{
		en = "The child reads page 0. The parent's PTE still holds the \z
			entry. What will the child's PTE be?",
		zh = "子进程读第 0 页。父进程的 PTE 仍装着交换项。子进程的 PTE 会\z
			是什么？",
	},
	choices = {
		{ en = "read-only", zh = "只读" },
		{ en = "writable", zh = "可写" },
	},
	answer = 1,
	why = {
		en = "The slot is needed by one more: the page is shared, though \z
			only one PTE maps it. A write must be noticed.",
		zh = "还有一个进程需要这个槽位：页是共享的，尽管只有一个 PTE 映射\z
			它。写操作必须能被发现。",
	},
}
say {
	en = "do_swap_page: nothing in the swap cache, so a frame is allocated \z
		and read: a major fault. The page stays in the cache, so that \z
		the parent will find it.",
	zh = "do_swap_page：交换缓存里没有，所以分配页框并读入：主缺页。页留在交\z
		换缓存里，父进程以后能找到它。",
}
local was = child.maj_flt
child:read(heap[0])
local came = page_at(child, heap[0])
point(came)
expect_eq(child.maj_flt - was, 1, "a major fault")
expect_eq(came.mapcount, 1, "PTEs that map it")
expect_eq(came.refcount, 2, "references: the PTE and the swap cache")
expect(not pte(child, heap[0]).writable, "the PTE is read-only")
expect_eq(map(slot[0]), want(1, true), "swap_map: the parent and the cache")
local read_list = { ["2.4"] = "inactive", ["2.6.0"] = "active",
	["2.6.11"] = "active" }
expect_eq(came.lru, read_list[era] or "inactive_anon", "the list it is put on")
if has_index then
	expect_eq(came.mapping, nil, "no anon_vma: mapping is the swap cache's")
	expect_eq(came.index, slot[0] * (era == "2.4" and 256 or 1),
		"index is the entry")
else
	expect_eq(came.mapping, parent:vmas()[1].anon_vma,
		"it belongs to the anon_vma that both VMAs are on (the root)")
	expect_eq(came.index, heap[0] // 4096, "index is the page's address")
end

-- ---------------------------------------------------------------------------
scene { en = "The child writes page 0", zh = "子进程写第 0 页" }

ask {
	{
		en = "Now the child writes the page that it has read. One PTE \z
			maps the frame. A copy?",
		zh = "现在子进程写它读入的页。只有一个 PTE 映射这个页框。要复制\z
			吗？",
	},
	choices = {
		{ en = "yes", zh = "要" },
		{ en = "no, it is reused", zh = "不，就地重用" },
	},
	answer = 1,
	why = {
		en = "The parent has not come for it yet. What the child writes \z
			must not be what the parent reads.",
		zh = "父进程还没来取。父进程读到的不能是子进程写的。",
	},
}
local why_copy = {
	["4.0"] = {
		en = "reuse_swap_page adds mapcount and the slot's count: 1 + 1. \z
			Not alone: a copy.",
		zh = "reuse_swap_page 把 mapcount 和槽位计数相加：1 + 1。不是独\z
			占：复制。",
	},
	["6.18"] = {
		en = "wp_can_reuse_anon_folio tries to free the slot and cannot: \z
			an entry is left. A copy.",
		zh = "wp_can_reuse_anon_folio 试图释放槽位而不能：还有一个交换\z
			项。复制。",
	},
}
say(why_copy[era] or {
	en = "can_share_swap_page: in the swap cache, but swap_map is 2, not 1. \z
		Somebody else needs it: a copy.",
	zh = "can_share_swap_page：页在交换缓存里，但 swap_map 是 2 而不是 1。\z
		还有别人需要：复制。",
})
child:write(heap[0], "A2")
point(page_at(child, heap[0]))
expect_eq(costs(true).copies, 1, "pages copied")
expect(page_at(child, heap[0]) ~= came, "the child has a frame of its own")
expect_eq(came.mapcount, 0, "nobody maps the page from swap")
expect_eq(came.refcount, 1, "the swap cache alone holds it")
expect_eq(map(slot[0]), want(1, true), "the slot is as before")

-- ---------------------------------------------------------------------------
scene { en = "The parent writes page 0", zh = "父进程写第 0 页" }

ask {
	{
		en = "The parent writes page 0: not present in its page table. \z
			Does the disk have to be read?",
		zh = "父进程写第 0 页：它的页表里没有。要读磁盘吗？",
	},
	choices = { { en = "yes", zh = "要" }, { en = "no", zh = "不要" } },
	answer = 2,
	why = {
		en = "The page that the child left is still in the swap cache: a \z
			minor fault. And the parent is the last who needs it.",
		zh = "子进程留下的页还在交换缓存里：次缺页。而且父进程是最后一个\z
			需要它的。",
	},
}
if has_flag then
	say {
		en = "The last entry is gone and nothing else has the page: it \z
			is written in place, in one fault. It leaves the swap \z
			cache, and the slot is free: the copy on disk is old.",
		zh = "最后一个交换项没了，别处都没有这一页：一次缺页内就地写。它离\z
			开交换缓存，槽位空闲：磁盘上的副本已过时。",
	}
else
	say {
		en = "The last entry is gone, only the cache counts: written in \z
			place, in one fault. The page keeps its slot, though \z
			what is there is old.",
		zh = "最后一个交换项没了，只剩缓存的计数：一次缺页内就地写。页保留\z
			它的槽位，尽管那里的内容已过时。",
	}
end
was = faults(parent, 0)
local majors = parent.maj_flt
parent:write(heap[0], "A3")
point(came)
expect_eq(faults(parent, was), 1, "one fault")
expect_eq(parent.maj_flt, majors, "a minor one")
expect_eq(costs(true).copies or 0, 0, "no copy")
expect_eq(page_at(parent, heap[0]), came, "the page from swap")
expect(pte(parent, heap[0]).writable, "the PTE is writable")
expect_eq(map(slot[0]), has_flag and "0x0" or "0x1", "swap_map")
expect_eq(came.flags.swapcache or false, not has_flag, "in the swap cache?")
expect_eq(child:read(heap[0]), "A2", "the child reads its own")

-- ---------------------------------------------------------------------------
scene { en = "Page 1: the first access is a write", zh = "第 1 页：第一次就是写" }

local two_faults = has_index
ask {
	{
		en = "The child writes page 1, which is in swap and shared. How \z
			many page faults?",
		zh = "子进程写第 1 页，它在交换区，并且共享。几次缺页？",
	},
	choices = { "1", "2" },
	answer = two_faults and 2 or 1,
	why = two_faults
		and {
			en = "do_swap_page maps it read-only and returns. The \z
				instruction is tried again and faults again: \z
				do_wp_page copies.",
			zh = "do_swap_page 以只读方式映射后返回。指令重试，再次\z
				缺页：do_wp_page 复制。",
		}
		or {
			en = "do_swap_page maps it read-only and, since it was a \z
				write, calls do_wp_page itself: it copies.",
			zh = "do_swap_page 以只读方式映射，因为是写，接着自己调\z
				用 do_wp_page：复制。",
		},
}
say {
	en = "Read from disk, mapped read-only, copied: the slot is still \z
		needed by the parent.",
	zh = "从磁盘读入，只读映射，复制：父进程还需要这个槽位。",
}
was = faults(child, 0)
child:write(heap[1], "B2")
point(page_at(child, heap[1]))
expect_eq(faults(child, was), two_faults and 2 or 1, "faults")
expect_eq(costs(true).io_reads, 1, "pages read")
expect_eq(costs(true).copies, 1, "pages copied")
expect_eq(map(slot[1]), want(1, true), "the parent and the cache")

-- ---------------------------------------------------------------------------
scene { en = "A page of one process alone", zh = "只属于一个进程的页" }

say {
	en = "A loner writes a page, and it goes to swap. Nobody ever shared it.",
	zh = "一个独立的任务写一页，这一页换出。从来没有人与它共享。",
}
local loner = spawn "loner"
local own = loner:mmap { pages = 1, name = "own" }
loner:write(own[0], "L")
local frame = page_at(loner, own[0])
batch({ en = "reclaim until it is in swap", zh = "回收，直到它换出" },
	function() swap_out { frame } end)
local lone = loner:walk(own[0]).swap
expect_eq(map(lone), want(1), "one PTE needs the slot")

ask {
	{
		en = "The loner reads its page. May it be mapped writable at once?",
		zh = "它读自己的页。可以立即以可写方式映射吗？",
	},
	choices = {
		{ en = "no, read-only: it was a read", zh = "不，只读：这是读" },
		{ en = "yes, nobody shares it", zh = "可以，没有人共享" },
	},
	answer = era == "6.18" and 2 or 1,
	why = era == "6.18"
		and {
			en = "The entry has the exclusive bit, set when the page \z
				went out. fork would have cleared it.",
			zh = "交换项有 exclusive 位，换出时设置的。fork 会清除\z
				它。",
		}
		or {
			en = "do_swap_page tests this for a write only. A later \z
				write faults once more.",
			zh = "do_swap_page 只在写时才检查。之后的写会再缺页一\z
				次。",
		},
}
if era == "6.18" then
	say {
		en = "The read maps it writable and marks it AnonExclusive. The \z
			slot is kept: what is there is still good.",
		zh = "读操作以可写方式映射它，并标记 AnonExclusive。槽位保留：那\z
			里的内容仍然有效。",
	}
else
	say {
		en = "The read maps it read-only. The slot is kept by the swap \z
			cache: what is there is still good.",
		zh = "读操作以只读方式映射它。槽位由交换缓存保留：那里的内容仍然有\z
			效。",
	}
end
loner:read(own[0])
frame = page_at(loner, own[0])
point(frame)
expect_eq(pte(loner, own[0]).writable, era == "6.18", "the PTE is writable")
expect(not pte(loner, own[0]).dirty, "and clean")
expect_eq(map(lone), want(0, true), "only the swap cache needs the slot")
if era == "6.18" then
	expect(frame.flags.anon_exclusive, "AnonExclusive")
end

if era == "6.18" then
	say {
		en = "And the write: no fault at all.",
		zh = "然后写：完全没有缺页。",
	}
else
	say {
		en = "And the write: a second fault, do_wp_page, in place.",
		zh = "然后写：第二次缺页，do_wp_page，就地写。",
	}
end
was = faults(loner, 0)
loner:write(own[0], "L2")
expect_eq(faults(loner, was), era == "6.18" and 0 or 1, "faults")
expect_eq(costs(true).copies or 0, 0, "no copy")
expect_eq(page_at(loner, own[0]), frame, "the same frame")
-- 4.0 alone gives the slot back here (reuse_swap_page)
expect_eq(map(lone), era == "4.0" and "0x0" or want(0, true), "the slot")

-- ---------------------------------------------------------------------------
scene { en = "swapoff", zh = "swapoff" }
show { "swap", "spaces", "path", "costs", "narration" }

say {
	en = "Everything idle goes out once more.",
	zh = "所有空闲不用的页再次换出。",
}
batch({ en = "reclaim the loner's page", zh = "回收独立任务的页" },
	function() swap_out { frame } end)

ask {
	{
		en = "swapoff must empty every slot. The loner's page comes \z
			back: how will its PTE look?",
		zh = "swapoff 必须清空每个槽位。独立任务的页回来：它的 PTE 是什么\z
			样？",
	},
	choices = {
		{ en = "old and read-only", zh = "未访问（old），只读" },
		{ en = "young and writable", zh = "已访问（young），可写" },
	},
	answer = 1,
	why = {
		en = "Nobody has used it: no young bit, no fault. So it is also \z
			the first to be reclaimed again.",
		zh = "没有人用过它：没有 young 位，也没有缺页。所以它又会最先被回\z
			收。",
	},
}
if era == "2.4" or era == "2.6.0" then
	say {
		en = "Slot by slot: read the page, then search every PTE of \z
			every address space for the entry.",
		zh = "逐个槽位：读入页，然后在每个地址空间的每个 PTE 里找这个交换\z
			项。",
	}
elseif era == "6.18" then
	say {
		en = "Address space by address space: whoever has entries gets \z
			its pages. One sweep over the PTEs is enough.",
		zh = "逐个地址空间：谁有交换项，就把页还给谁。PTE 扫一遍就够。",
	}
else
	say {
		en = "Slot by slot: read the page, then search the VMAs that \z
			have an anon_vma for the entry.",
		zh = "逐个槽位：读入页，然后在有 anon_vma 的 VMA 里找这个交换项。",
	}
end
expect_eq(swapoff(), true)
expect_eq(#machine().slots, 0, "slots in use")
local back = pte(loner, own[0])
expect(back.present, "the loner's page is back")
expect(not back.accessed, "old")
expect(not back.writable, "read-only")
expect_eq(page_at(loner, own[0]).value, "L2")

say {
	en = "Without swap an anonymous page has nowhere to go: reclaim frees \z
		nothing.",
	zh = "没有交换区，匿名页无处可去：回收释放不了任何页。",
}
expect_eq(reclaim(2), 0, "frames freed")
expect_eq(parent:read(heap[0]), "A3", "the parent's page 0")
expect_eq(parent:read(heap[1]), "B", "the parent's page 1")
expect_eq(child:read(heap[1]), "B2", "the child's page 1")
