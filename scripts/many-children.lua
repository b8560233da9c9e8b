-- One parent, many children, and everybody has copied everything: the question
-- that decided between two designs of the reverse map.
--
-- Change CHILDREN and PAGES and run it again: the checks know the formulas.

scenario {
	title = {
		en = "Many children: what a walk costs, and what pays for it",
		zh = "许多子进程：遍历花多少，又由谁来付",
	},
	summary = {
		en = "A server forks 40 children and each copies 10 pages. \z
			One list for all makes every walk long; an anon_vma \z
			for each makes it short, and fork dearer.",
		zh = "服务器 fork 出 40 个子进程，每个复制 10 页。共用一个链表\z
			使每次遍历都长；各有 anon_vma 使遍历变短，而 fork 变\z
			贵。",
	},
	eras = { "2.6.11", "4.0", "6.18" },
}

local CHILDREN <const> = 40
local PAGES <const> = 10

local era = machine().era
local has_chains = era ~= "2.6.11"

-- VMAs visited by full walks from every frame of a family of n children, p
-- pages each, all copied.  With one list: each frame costs the whole
-- family.  With an anon_vma for each: the parent's frames cost the family,
-- a child's frame one visit.
local function full_visits(n, p)
	if has_chains then
		return p * (n + 1) + n * p
	end
	return (n + 1) * p * (n + 1)
end

-- The same with the early stop: in a list the place of the owner counts, 1 + 2
-- + ... ; in the trees the owner is always the first.
local function early_visits(n, p)
	if has_chains then
		return (n + 1) * p
	end
	return p * (n + 1) * (n + 2) // 2
end

-- ---------------------------------------------------------------------------
scene { en = "A server and its children", zh = "服务器和它的子进程" }
show { "rmap", "costs", "narration" }

say { en = "A server with ten written pages.", zh = "服务器有十个写过的页。" }
local server, heap = batch("a server with \z
	" .. PAGES .. " written pages", function()
	local task = spawn "server"
	local region = task:mmap { pages = PAGES, name = "heap" }

	for i = 0, PAGES - 1 do
		task:write(region[i], i)
	end
	return task, region
end)
local first = page_at(server, heap[0])

ask {
	{
		en = "It forks 40 children. How many anon_vmas are there then?",
		zh = "它 fork 出 40 个子进程。那时有几个 anon_vma？",
	},
	choices = { "1", "40", "41" },
	answer = has_chains and 3 or 1,
	why = has_chains
		and {
			en = "One for each child, and the server's.",
			zh = "每个子进程一个，加上服务器的。",
		}
		or {
			en = "One for the family. A child's VMA joins its \z
				list: two pointers are written, nothing is \z
				allocated.",
			zh = "全家一个。子进程的 VMA 加入它的链表：写两个指\z
				针，不分配任何东西。",
		},
}
say {
	en = "Forty forks in one step. Watch the costs: this is what the \z
		forks pay for the walks to come.",
	zh = "一步之内四十次 fork。注意开销：这是 fork 为将来的遍历付的钱。",
}
local kids = batch(CHILDREN .. " forks", function()
	local list = {}

	for i = 1, CHILDREN do
		list[i] = server:fork("kid" .. i)
	end
	return list
end)
local links = 0
for _, task in ipairs(machine().tasks) do
	links = links + #task:vmas()[1].chain
end
expect_eq(#anon_vmas(), has_chains and CHILDREN + 1 or 1, "anon_vmas")
expect_eq(links, has_chains and 2 * CHILDREN + 1 or 0,
	"chain entries: two for a child")
expect_eq(first.mapcount, CHILDREN + 1, "everybody maps the first page")
expect_eq(costs(true).copies, 0, "no page was copied")

point(first)
say {
	en = "While all share a page, a walk from it must visit all. No \z
		design can help there: 41 PTEs are 41 visits.",
	zh = "只要大家共享一页，从它遍历就必须访问所有人。任何设计都帮不上：\z
		41 个 PTE 就是 41 次访问。",
}
local found = first:rmap()
expect_eq(found.cost.visited, CHILDREN + 1, "VMAs visited")
expect_eq(found.cost.wasted, 0, "none in vain")

-- ---------------------------------------------------------------------------
scene { en = "Everybody copies everything", zh = "每个都复制一切" }

say {
	en = "Each child writes all ten pages: 400 faults, 400 copies.",
	zh = "每个子进程写全部十页：400 次缺页，400 次复制。",
}
batch("each child writes every page", function()
	for _, kid in ipairs(kids) do
		for i = 0, PAGES - 1 do
			kid:write(heap[i], kid.pid)
		end
	end
end)
expect_eq(costs(true).copies, CHILDREN * PAGES, "copies")
expect_eq(first.mapcount, 1, "the server is alone with its first page")

local copy = page_at(kids[1], heap[0])
expect_eq(copy.mapcount, 1, "and the first child with its copy")

ask {
	{
		en = "Reclaim wants the server's first page. How many VMAs \z
			does it visit?",
		zh = "回收想要服务器的第一页。它访问几个 VMA？",
	},
	choices = { "1", "41" },
	answer = has_chains and 1 or 2,
	why = has_chains
		and {
			en = "All 41 are in the tree, but the server stands \z
				first and mapcount is 1: stop.",
			zh = "41 个都在树里，但服务器排在最前，而 mapcount 为 \z
				1：停止。",
		}
		or {
			en = "The server was the first on the list and is the \z
				last now: 40 visits in vain.",
			zh = "服务器最先上链表，现在排在最后：40 次落空。",
		},
}
say { en = "The server's page.", zh = "服务器的页。" }
found = first:rmap()
expect_eq(found.cost.visited, has_chains and 1 or CHILDREN + 1, "VMAs visited")

point(copy)
say { en = "The copy of the oldest child.", zh = "最老的子进程的副本。" }
found = copy:rmap()
expect_eq(found.cost.visited, has_chains and 1 or CHILDREN, "VMAs visited")
expect_eq(found[1].task, kids[1], "found in the first child")

-- ---------------------------------------------------------------------------
scene { en = "All of memory", zh = "全部内存" }

-- Every frame of the family, the server's first.
local frames = {}
for _, task in ipairs(machine().tasks) do
	for i = 0, PAGES - 1 do
		frames[#frames + 1] = page_at(task, heap[i])
	end
end

ask {
	{
		en = "Reclaim goes through all 410 frames. How many visits to \z
			VMAs is that?",
		zh = "回收走遍全部 410 个页框。共访问 VMA 多少次？",
	},
	choices = { "410", "8610", "16810" },
	answer = has_chains and 1 or 2,
	why = has_chains
		and { en = "One for each frame.", zh = "每个页框一次。" }
		or {
			en = "1 + 2 + ... + 41 = 861 for each of the ten \z
				pages: the younger the owner, the nearer to \z
				the head.",
			zh = "十页中每一页是 1 + 2 + ... + 41 = 861 次：拥有者\z
				越年轻，越靠近头部。",
		},
}
say {
	en = "A walk from each frame, with the early stop.",
	zh = "从每个页框遍历，提前停止。",
}
batch("a walk from each of " .. #frames .. " frames", function()
	for _, frame in ipairs(frames) do
		frame:rmap()
	end
end)
expect_eq(costs(true).visited, early_visits(CHILDREN, PAGES), "VMAs visited")
expect_eq(costs(true).matched, #frames, "PTEs found: one for each frame")

say {
	en = "And to the end, without the early stop.",
	zh = "再走到底，不提前停止。",
}
batch("a full walk from each of " .. #frames .. " frames", function()
	for _, frame in ipairs(frames) do
		frame:rmap { full = true }
	end
end)
expect_eq(costs(true).visited, full_visits(CHILDREN, PAGES), "VMAs visited")
expect_eq(costs(true).matched, #frames, "PTEs found")
expect_eq(costs(true).wasted, full_visits(CHILDREN, PAGES) - #frames,
	"visits in vain")

-- The numbers of the lecture: 1000 children with 1000 pages each.
expect_eq(full_visits(1000, 1000), has_chains and 2001000 or 1002001000,
	"1000 children, 1000 pages: full walks")
expect_eq(early_visits(1000, 1000), has_chains and 1001000 or 501501000,
	"1000 children, 1000 pages: early stop")
print(string.format("1000 children, 1000 pages: %d visits, or %d with the \z
	early stop",
	full_visits(1000, 1000), early_visits(1000, 1000)))

-- ---------------------------------------------------------------------------
scene { en = "The price", zh = "代价" }
show { "costs", "rmap", "narration" }

ask {
	{
		en = "One more fork. How many objects does it allocate for \z
			the reverse map?",
		zh = "再 fork 一次。它为反向映射分配几个对象？",
	},
	choices = {
		{ en = "none", zh = "一个也没有" },
		{ en = "one", zh = "一张" },
		{ en = "three", zh = "三个" },
	},
	answer = has_chains and 3 or 1,
	why = has_chains
		and {
			en = "Two chain entries and an anon_vma, for each \z
				written VMA of the parent. Reclaim got cheap, \z
				and fork pays.",
			zh = "父进程每个写过的 VMA：两个 anon_vma_chain 和一\z
				个 anon_vma。回收变便宜了，由 fork 付账。",
		}
		or {
			en = "The child's VMA is put on the list, and the \z
				list runs through the VMAs themselves. That \z
				was the charm of this design.",
			zh = "子进程的 VMA 放上链表，而链表就穿过 VMA 本身。这\z
				正是这个设计的妙处。",
		},
}
local before = #anon_vmas()
say {
	en = "Compare the bytes of slab memory in the three kernels.",
	zh = "比较三个内核中 slab 内存的字节数。",
}
local one_more = server:fork "one more"
expect_eq(#anon_vmas() - before, has_chains and 1 or 0, "anon_vmas made")
expect_eq(#one_more:vmas()[1].chain, has_chains and 2 or 0,
	"chain entries made")
