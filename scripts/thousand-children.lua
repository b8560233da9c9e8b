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
		en = "1000 forks, then everybody copies every page. A walk is \z
			short or a thousand VMAs long; a million walks are \z
			a million visits or a thousand million.",
		zh = "1000 次 fork，然后每个进程复制每一页。一次遍历可以很短，也\z
			可以长达一千个 VMA；一百万次遍历是一百万次访问，还是十亿\z
			次。",
	},
	eras = { "2.6.11", "4.0", "6.18" },
	ram = "4096M",
}

local CHILDREN <const> = 1000
local PAGES <const> = 1000
local WALK_ALL <const> = false

local N <const> = CHILDREN + 1 -- processes
local AS_IN_LECTURE <const> = CHILDREN == 1000 and PAGES == 1000

-- What each generation has for a reverse map: which of a table's rows.
local era = machine().era
local kind = era == "2.6.11" and "list" or "tree"
local function by_kind(t)
	return t[kind]
end

-- What walks from one page of each process visit, when all have copied.  In
-- the list everybody's place counts, 1 + 2 + ... + N, or all N for each of N.  In
-- the trees a child's frame leads to the child alone; the parent's leads to all,
-- but to the parent first.
local early_visits = by_kind { list = N * (N + 1) // 2, tree = N }
local full_visits = by_kind { list = N * N, tree = 2 * CHILDREN + 1 }

-- ---------------------------------------------------------------------------
scene { en = "A server and a thousand children", zh = "服务器和一千个子进程" }
show { "spaces", "costs", "narration" }

say { en = "A server writes a thousand pages.", zh = "服务器写一千页。" }
local server, heap = batch("a server writes " .. PAGES .. " pages", function()
	local task = spawn "server"
	local region = task:mmap { pages = PAGES, name = "heap" }

	for i = 0, PAGES - 1 do
		task:write(region[i], i)
	end
	return task, region
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

-- What the reverse map takes: in 2.6.11 a list node and a pointer in each VMA
-- and one anon_vma, later objects of their own.
local links = 0
for _, task in ipairs(machine().tasks) do
	links = links + #task:vmas()[1].chain
end
expect_eq(#anon_vmas(), by_kind { list = 1, tree = N }, "anon_vmas")
expect_eq(#anon_vmas()[1].vmas, N, "VMAs that the first one leads to")
expect_eq(links, by_kind { list = 0, tree = 2 * CHILDREN + 1 },
	"chain entries: the server's, and two for a child")
if AS_IN_LECTURE then
	local bytes = ({
		["2.6.11"] = #anon_vmas() * 12 + #anon_vmas()[1].vmas * 12,
		["4.0"] = #anon_vmas() * 80 + links * 64,
		["6.18"] = #anon_vmas() * 104 + links * 64,
	})[era]
	local want = ({
		["2.6.11"] = 12024,
		["4.0"] = 208144,
		["6.18"] = 232168,
	})[era]

	expect_eq(bytes, want, "bytes of the reverse map")
end

point(first)
say {
	en = "Who maps this frame? While all share it all must be visited: no \z
		design can do with less.",
	zh = "谁映射了这个页框？大家共享它时，必须访问所有人：任何设计都不能更\z
		少。",
}
local found = first:rmap()
expect_eq(found.cost.visited, N, "VMAs visited")
expect_eq(found.cost.wasted, 0, "none in vain")

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
		en = "Every frame has one owner now. Reclaim wants the \z
			server's first page. How many VMAs does it visit?",
		zh = "现在每个页框只有一个拥有者。回收想要服务器的第一页。它访\z
			问几个 VMA？",
	},
	choices = { "1", "501", "1001" },
	answer = by_kind { list = 3, tree = 1 },
	why = by_kind {
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
expect_eq(found.cost.visited, by_kind { list = N, tree = 1 }, "VMAs visited")

local copy = page_at(kids[1], heap[0])
point(copy)
say {
	en = "The copy of the oldest child, walked to the end, as migration \z
		does.",
	zh = "最老的子进程的副本，像迁移那样走到底。",
}
found = copy:rmap { full = true }
expect_eq(found.cost.visited, by_kind { list = N, tree = 1 }, "VMAs visited")
expect_eq(found.cost.matched, 1, "found once")
expect_eq(found[1].task, kids[1], "in the oldest child")

-- ---------------------------------------------------------------------------
scene { en = "A million frames", zh = "一百万个页框" }

-- One page of each process, or all pages.
local rounds = WALK_ALL and PAGES or 1
local function walk_from_all(options)
	for i = 0, rounds - 1 do
		for _, task in ipairs(machine().tasks) do
			page_at(task, heap[i]):rmap(options)
		end
	end
end

ask {
	{
		en = "Reclaim looks at the first page of each of the 1001 \z
			processes. How many visits to VMAs is that?",
		zh = "回收查看 1001 个进程各自的第一页。共访问 VMA 多少次？",
	},
	choices = { "1001", "2001", "501501" },
	answer = by_kind { list = 3, tree = 1 },
	why = by_kind {
		list = {
			en = "1 + 2 + ... + 1001: the younger the owner, the \z
				nearer to the head of the list.",
			zh = "1 + 2 + ... + 1001：拥有者越年轻，越靠近链表头\z
				部。",
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
expect_eq(costs(true).visited, rounds * early_visits, "VMAs visited")
expect_eq(costs(true).matched, rounds * N, "PTEs found: one a frame")

say {
	en = "And to the end. The other pages are like this one: for all of \z
		memory there are a thousand times as many visits.",
	zh = "再走到底。其余各页和这一页一样：对全部内存，访问次数是它的一千倍。",
}
batch("a full walk from one page of each process", function()
	walk_from_all { full = true }
end)
expect_eq(costs(true).visited, rounds * full_visits, "VMAs visited")
expect_eq(costs(true).wasted, rounds * (full_visits - N), "visits in vain")
if AS_IN_LECTURE then
	expect_eq(PAGES * early_visits,
		by_kind { list = 501501000, tree = 1001000 },
		"all 1,001,000 frames, early stop")
	expect_eq(PAGES * full_visits,
		by_kind { list = 1002001000, tree = 2001000 },
		"all 1,001,000 frames, full walks")
end
print(string.format("%d frames: %d visits with the early stop, %d without",
	N * PAGES, PAGES * early_visits, PAGES * full_visits))

-- ---------------------------------------------------------------------------
scene { en = "What grows with the family", zh = "什么随家族增长" }

say {
	en = by_kind {
		list = "One more fork allocates what each one did, nothing of \z
			it for the reverse map. It is the walks that grow, \z
			with the square of the family.",
		tree = "One more fork allocates what each one did, three \z
			objects of it for the reverse map. The walks grow \z
			with the family, not with its square.",
	},
	zh = by_kind {
		list = "再 fork 一次，分配的和每次一样，没有一个是为反向映射。增\z
			长的是遍历：与家族规模的平方成正比。",
		tree = "再 fork 一次，分配的和每次一样，其中三个对象是为反向映\z
			射。遍历随家族增长，而不是随它的平方。",
	},
}
server:fork "one more"
expect_eq(CHILDREN * costs(true).slab_bytes, forks.slab_bytes,
	"bytes of objects: a thousand times those of one fork")
expect_eq(CHILDREN * costs(true).list_nodes, forks.list_nodes,
	"list nodes, too")
