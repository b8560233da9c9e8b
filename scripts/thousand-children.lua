-- The lecture's own question: one parent, a thousand children, a thousand pages
-- each, and everybody has written all of them: 1,001,000 frames.  What does it
-- cost to find who maps a frame?
--
-- Change CHILDREN and PAGES and run it again: the checks know the formulas.  To
-- walk from all frames takes seconds in 2.6.11; WALK_ALL does it.

scenario {
	title = {
		en = "A thousand children, a million frames",
		zh = "一千个子进程，一百万个页框",
	},
	summary = {
		en = "1000 forks, then everybody copies every page. What does \z
			it cost to find who maps a frame? A million visits for \z
			a million frames, or a thousand million.",
		zh = "1000 次 fork，然后每个进程复制每一页。找出谁映射一个页框要\z
			多少代价？一百万个页框，一百万次访问，或者十亿次。",
	},
	eras = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" },
	ram = "4096M",
}

local CHILDREN <const> = 1000
local PAGES <const> = 1000
local WALK_ALL <const> = false

local N <const> = CHILDREN + 1 -- processes
local AS_IN_LECTURE <const> = CHILDREN == 1000 and PAGES == 1000

-- What each generation has for a reverse map: the row of a table.
local era = machine().era
local kind = ({
	["2.4"] = "none",
	["2.6.0"] = "chain",
	["2.6.11"] = "list",
	["4.0"] = "tree",
	["6.18"] = "tree",
})[era]
local function by_kind(t)
	return t[kind]
end

-- What a walk looks at, one by one.
local what = by_kind {
	none = { en = "page-table slots", zh = "页表项" },
	chain = { en = "PTEs", zh = "PTE" },
	list = { en = "VMAs", zh = "VMA" },
	tree = { en = "VMAs", zh = "VMA" },
}

-- What walks from one page of each process visit, when all have copied.  In
-- the list everybody's place counts, 1 + 2 + ... + N, or all N for each of N.  In
-- the trees a child's frame leads to the child alone; the parent's leads to all,
-- but to the parent first.  2.4 has no walks: its share of one circle.
local early_visits = by_kind {
	none = N, chain = N, list = N * (N + 1) // 2, tree = N,
}
local full_visits = by_kind {
	none = N, chain = N, list = N * N, tree = 2 * CHILDREN + 1,
}
-- A walk from a frame that only one maps: the server, or the oldest child.
local lone_visits = by_kind { none = N * PAGES, chain = 1, list = N, tree = 1 }

-- ---------------------------------------------------------------------------
scene { en = "A server and a thousand children", zh = "服务器和一千个子进程" }
show { "spaces", "costs", "narration" }

say { en = "A server writes a thousand pages.", zh = "服务器写一千页。" }
local server = spawn "server"
local mm_bytes = costs(true).slab_bytes
local heap = server:mmap { pages = PAGES, name = "heap" }
local vma_bytes = costs(true).slab_bytes
batch("the server writes " .. PAGES .. " pages", function()
	for i = 0, PAGES - 1 do
		server:write(heap[i], i)
	end
end)
local first = page_at(server, heap[0])

say {
	en = "It forks a thousand times. No page is copied: what the children \z
		get are page tables, a million entries.",
	zh = "它 fork 一千次。没有复制任何页：子进程得到的是页表，一百万个表项。",
}
local kids = batch(CHILDREN .. " forks", function()
	local list = {}

	for i = 1, CHILDREN do
		list[i] = server:fork("kid" .. i)
	end
	return list
end)
local forks = costs(true)
expect_eq(forks.copies, 0, "no page was copied")
expect_eq(first.mapcount, N, "everybody maps the first page")

-- What the forks took for the reverse map beside the children's own mm and VMA:
-- nodes for the PTEs of every page; nothing; or three objects a child.
expect_eq(forks.slab_bytes - CHILDREN * (mm_bytes + vma_bytes),
	by_kind {
		none = 0,
		chain = PAGES * ((N + 6) // 7) * 32,
		list = 0,
		tree = CHILDREN * (2 * 64 + (era == "4.0" and 80 or 104)),
	}, "bytes that the forks took for the reverse map")
if kind == "chain" and AS_IN_LECTURE then
	expect_eq(forks.slab_bytes - CHILDREN * (mm_bytes + vma_bytes),
		4576000, "as in the lecture")
elseif kind == "list" then
	-- The list runs through the VMAs: two pointers there, and one to it.
	expect_eq(#anon_vmas(), 1, "anon_vmas")
	expect_eq(#anon_vmas()[1].vmas, N, "VMAs on its list")
	if AS_IN_LECTURE then
		expect_eq(12 * #anon_vmas() + 12 * #anon_vmas()[1].vmas,
			12024, "bytes of the reverse map")
	end
elseif kind == "tree" then
	local links = 0

	for _, task in ipairs(machine().tasks) do
		links = links + #task:vmas()[1].chain
	end
	expect_eq(#anon_vmas(), N, "anon_vmas")
	expect_eq(links, 2 * CHILDREN + 1,
		"chain entries: the server's, and two for a child")
	if AS_IN_LECTURE then
		expect_eq((era == "4.0" and 80 or 104) * #anon_vmas() +
			64 * links, era == "4.0" and 208144 or 232168,
			"bytes of the reverse map")
	end
end

point(first)
say(by_kind {
	none = {
		en = "Who maps this frame? 2.4 cannot say. To know it all page \z
			tables must be read: a million slots. So the kernel \z
			does not ask; swap_out goes round and takes what it \z
			meets.",
		zh = "谁映射了这个页框？2.4 说不出。要知道就得读所有页表：一百\z
			万个表项。所以内核不问；swap_out 转着圈，遇到什么就拿\z
			什么。",
	},
	chain = {
		en = "Who maps this frame? Its chain names 1001 PTEs, seven in \z
			a node: 143 nodes for one page.",
		zh = "谁映射了这个页框？它的链列出 1001 个 PTE，每个节点七个：一\z
			页就要 143 个节点。",
	},
	list = {
		en = "Who maps this frame? While all share it all must be \z
			visited: no design can do with less.",
		zh = "谁映射了这个页框？大家共享它时，必须访问所有人：任何设计\z
			都不能更少。",
	},
	tree = {
		en = "Who maps this frame? While all share it all must be \z
			visited: no design can do with less.",
		zh = "谁映射了这个页框？大家共享它时，必须访问所有人：任何设计\z
			都不能更少。",
	},
})
local found = first:rmap()
expect_eq(found.cost.visited, kind == "none" and N * PAGES or N,
	what.en .. " visited")
expect_eq(found.cost.matched, N, "all who map it were found")

-- ---------------------------------------------------------------------------
scene { en = "Everybody copies everything", zh = "每个都复制一切" }

say {
	en = "Each child writes each of its pages: a million faults and a \z
		million copies in one step.",
	zh = "每个子进程写自己的每一页：一步之内一百万次缺页，一百万次复制。",
}
batch("each child writes every page", function()
	for _, kid in ipairs(kids) do
		local pid = kid.pid

		for i = 0, PAGES - 1 do
			kid:write(heap[i], pid)
		end
	end
end)
expect_eq(costs(true).copies, CHILDREN * PAGES, "copies")
expect_eq(first.mapcount, 1, "the server is alone with its first page")
expect_eq(page_at(kids[CHILDREN], heap[PAGES - 1]).mapcount, 1,
	"and the last child with its last")

ask {
	{
		en = "Every frame has one owner now. Who maps the server's \z
			first page? How many " .. what.en .. " are looked at?",
		zh = "现在每个页框只有一个拥有者。谁映射了服务器的第一页？要看\z
			多少个 " .. what.zh .. "？",
	},
	choices = { "1", "1001", "1001000" },
	answer = by_kind { none = 3, chain = 1, list = 2, tree = 1 },
	why = by_kind {
		none = {
			en = "All of them, again: nothing leads from a frame to \z
				its PTE.",
			zh = "还是全部：没有任何东西从页框通向它的 PTE。",
		},
		chain = {
			en = "The page names its only PTE.",
			zh = "页直接说出它唯一的 PTE。",
		},
		list = {
			en = "One list for the family, the newest first. The \z
				server was the first on it and is the last \z
				now.",
			zh = "全家一个链表，最新的在前。服务器最先加入，现在\z
				排在最后。",
		},
		tree = {
			en = "All 1001 are in the server's tree, but the \z
				server comes first in it, and one mapping is \z
				all there is: stop.",
			zh = "1001 个都在服务器的树里，但服务器排在最前，而映\z
				射只有一个：停止。",
		},
	},
}
say { en = "The server's page.", zh = "服务器的页。" }
found = first:rmap()
expect_eq(found.cost.visited, lone_visits, what.en .. " visited")

local copy = page_at(kids[1], heap[0])
point(copy)
say {
	en = "The copy of the oldest child, walked to the end, as migration \z
		does.",
	zh = "最老的子进程的副本，像迁移那样走到底。",
}
found = copy:rmap { full = true }
expect_eq(found.cost.visited, lone_visits, what.en .. " visited")
expect_eq(found.cost.matched, 1, "found once")
expect_eq(found[1].task, kids[1], "in the oldest child")

-- ---------------------------------------------------------------------------
scene { en = "A million frames", zh = "一百万个页框" }

-- One page of each process, or all pages.  In 2.4 one walk sees all there is.
local rounds = WALK_ALL and PAGES or 1
local function walk_from_all(options)
	for i = 0, rounds - 1 do
		for _, task in ipairs(machine().tasks) do
			page_at(task, heap[i]):rmap(options)
		end
	end
end

if kind == "none" then
	say {
		en = "One circle over all page tables sees every frame once: \z
			1,001,000 slots. A real call of swap_out stops as soon \z
			as it has taken 32.",
		zh = "绕所有页表一圈，每个页框看到一次：1,001,000 个表项。真正的 \z
			swap_out 一次拿够 32 个就停。",
	}
	found = first:rmap()
	expect_eq(found.cost.visited, PAGES * early_visits, "slots visited")
	expect_eq(found.cost.mms, N, "in all address spaces")
else
	ask {
		{
			en = "Reclaim looks at the first page of each of the \z
				1001 processes. How many " .. what.en .. " does \z
				it visit?",
			zh = "回收查看 1001 个进程各自的第一页。共访问多少个 "
				.. what.zh .. "？",
		},
		choices = { "1001", "2001", "501501" },
		answer = by_kind { chain = 1, list = 3, tree = 1 },
		why = by_kind {
			chain = {
				en = "One PTE for each frame, and no other \z
					generation does better.",
				zh = "每个页框一个 PTE，没有哪一代做得更好。",
			},
			list = {
				en = "1 + 2 + ... + 1001: the younger the \z
					owner, the nearer to the head of the \z
					list.",
				zh = "1 + 2 + ... + 1001：拥有者越年轻，越靠\z
					近链表头部。",
			},
			tree = {
				en = "Each walk meets the owner at once.",
				zh = "每次遍历都立刻遇到拥有者。",
			},
		},
	}
	say {
		en = "A walk for each process, with the early stop.",
		zh = "每个进程遍历一次，提前停止。",
	}
	batch("a walk from one page of each process", function()
		walk_from_all { full = false }
	end)
	expect_eq(costs(true).visited, rounds * early_visits,
		what.en .. " visited")
	expect_eq(costs(true).matched, rounds * N, "PTEs found: one a frame")

	say {
		en = "And to the end. The other pages are like this one: for \z
			all of memory there are a thousand times as many \z
			visits.",
		zh = "再走到底。其余各页和这一页一样：对全部内存，访问次数是它\z
			的一千倍。",
	}
	batch("a full walk from one page of each process", function()
		walk_from_all { full = true }
	end)
	expect_eq(costs(true).visited, rounds * full_visits,
		what.en .. " visited")
	expect_eq(costs(true).wasted, rounds * (full_visits - N),
		"visits in vain")
end
if AS_IN_LECTURE then
	expect_eq(PAGES * early_visits,
		by_kind {
			none = 1001000,
			chain = 1001000,
			list = 501501000,
			tree = 1001000,
		},
		"all 1,001,000 frames, early stop")
	expect_eq(PAGES * full_visits,
		by_kind {
			none = 1001000,
			chain = 1001000,
			list = 1002001000,
			tree = 2001000,
		},
		"all 1,001,000 frames, full walks")
end
print(string.format("%d frames: %d visits with the early stop, %d without",
	N * PAGES, PAGES * early_visits, PAGES * full_visits))

-- ---------------------------------------------------------------------------
scene { en = "What grows with the family", zh = "什么随家族增长" }

say(by_kind {
	none = {
		en = "One more fork allocates what each one did. 2.4 pays \z
			nothing for a reverse map, and has none.",
		zh = "再 fork 一次，分配的和每次一样。2.4 不为反向映射付任何代\z
			价，也没有反向映射。",
	},
	chain = {
		en = "One more fork: each page's chain gets one PTE more. The \z
			chains' memory grows with pages times processes that \z
			share them; the walks are as short as can be.",
		zh = "再 fork 一次：每页的链多一个 PTE。链的内存随页数乘以共享的\z
			进程数增长；遍历则短得不能再短。",
	},
	list = {
		en = "One more fork allocates what each one did, nothing of it \z
			for the reverse map. It is the walks that grow, with \z
			the square of the family.",
		zh = "再 fork 一次，分配的和每次一样，没有一个是为反向映射。增\z
			长的是遍历：与家族规模的平方成正比。",
	},
	tree = {
		en = "One more fork allocates what each one did, three objects \z
			of it for the reverse map. The walks grow with the \z
			family, not with its square.",
		zh = "再 fork 一次，分配的和每次一样，其中三个对象是为反向映射。\z
			遍历随家族增长，而不是随它的平方。",
	},
})
server:fork "one more"
if kind == "chain" then
	expect_eq(first.mapcount, 2, "PTEs in the first page's chain")
else
	expect_eq(CHILDREN * costs(true).slab_bytes, forks.slab_bytes,
		"bytes of objects: a thousand times those of one fork")
	expect_eq(CHILDREN * costs(true).list_nodes, forks.list_nodes,
		"list nodes, too")
end
