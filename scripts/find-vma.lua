-- find_vma: from an address to its VMA, three times.
--
-- Each kernel keeps the VMAs of an address space so that the one of an address
-- is found fast: 2.6.11 on a list, in a red-black tree, and the one found last
-- beside them; 4.0 the same with four found last for each task; 6.18 in a tree
-- of ranges, whose nodes hold up to 16 each (lib/maple_tree.c).

scenario {
	title = {
		en = "find_vma: list, red-black tree, maple tree",
		zh = "find_vma：链表、红黑树、maple 树",
	},
	summary = {
		en = "The same mappings under three kernels: how many nodes a \z
			lookup passes, what was found before, and how a full \z
			node of the maple tree is split and joined again.",
		zh = "同样的映射，三个内核：一次查找经过几个节点，上次找到的是谁，\z
			以及 maple 树的满节点怎样拆开又合起来。",
	},
	eras = { "6.18", "2.6.11", "4.0" },
	panes = { "tree", "path", "narration" },
}

local era = machine().era
local maple = era == "6.18"
local BASE <const> = 0x10000000
local STEP <const> = 0x10000

local function at(i)
	return BASE + i * STEP
end

local function nodes()
	return costs(true).tree_nodes or 0
end

-- Nodes of the tree of VMAs that an access passes, found before or not.
local function read(task, i, page)
	task:read(at(i) + (page or 0) * 4096)
	return nodes()
end

-- Every second one read-only, so that none would merge.
local function map(task, i)
	return task:mmap { addr = at(i), pages = 4, fixed = true,
		prot = i % 2 == 0 and "r--" or "rw-" }
end

-- ---------------------------------------------------------------------------
scene { en = "Seven mappings", zh = "七个映射" }
show { "tree", "path", "narration" }

say {
	en = "A task maps four pages at seven places, with holes between.",
	zh = "一个任务在七个地方各映射四页，中间有空洞。",
}
local task = spawn "task"
batch({ en = "seven mmaps", zh = "七次 mmap" }, function()
	for i = 1, 7 do
		map(task, i)
	end
end)
expect_eq(task.map_count, 7, "seven VMAs")

if maple then
	say {
		en = "One node holds them all: a leaf of 16 slots. Each slot is a \z
			range that ends at its pivot; what is mapped nowhere is a \z
			range, too. Seven VMAs and eight gaps are 15.",
		zh = "一个节点装下全部：16 个槽的叶子。每个槽是一段范围，到它的 pivot \z
			为止；没有映射的地方也是一段。七个 VMA 加八个空洞是 15 个。",
	}
	expect_eq(task["mm_mt.height"], 1, "one level")
else
	say {
		en = "Each VMA stands on a list by address (the lines, from top to \z
			bottom) and in a red-black tree (from left to right). No \z
			red node has a red child, and every way down passes as many \z
			black ones.",
		zh = "每个 VMA 都在按地址排的链表上（从上到下的各行），也在一棵红黑树里\z
			（从左到右）。红节点没有红的孩子，每条向下的路经过一样多的黑\z
			节点。",
	}
end
expect_eq(read(task, 4), maple and 1 or 2, maple and "one node passed" or "two nodes passed")

ask {
	{
		en = "The task reads the fourth mapping again, at its next page. How \z
			many nodes does find_vma pass now?",
		zh = "任务再读第四个映射的下一页。find_vma 现在经过几个节点？",
	},
	choices = {
		{ en = "none", zh = "零个" },
		{ en = "one", zh = "一个" },
		{ en = "seven", zh = "七个" },
	},
	answer = maple and 2 or 1,
	why = maple and {
		en = "6.18 remembers nothing: each lookup starts at the root. But \z
			the root is the leaf here.",
		zh = "6.18 什么都不记：每次查找都从根开始。不过这里根就是叶子。",
	} or {
		en = "The VMA found last is remembered, and holds this address too.",
		zh = "上次找到的 VMA 记着，而它也包含这个地址。",
	},
}
say {
	en = "The next page of the same mapping.",
	zh = "同一映射的下一页。",
}
expect_eq(read(task, 4, 1), maple and 1 or 0,
	maple and "one node again" or "none: it was found before")

-- ---------------------------------------------------------------------------
scene { en = "What was found before", zh = "上次找到的" }

local cached = maple and {
	en = "Two mappings in turn, twice. Every lookup walks down from the root, \z
		whatever was found before: the tree is flat enough that the cache \z
		was given up with it, in 6.1.",
	zh = "轮流访问两个映射，各两次。每次查找都从根走下来，不管上次找到什么：这棵\z
		树够扁，6.1 引入它时就不要那个缓存了。",
} or era == "4.0" and {
	en = "Two mappings in turn, twice. Each task has four slots, chosen by the \z
		page's number: both are remembered.",
	zh = "轮流访问两个映射，各两次。每个任务有四个槽，按页号选：两个都记着。",
} or {
	en = "Two mappings in turn, twice. The mm remembers one VMA: each drives out \z
		the other.",
	zh = "轮流访问两个映射，各两次。mm 只记一个 VMA：它们互相挤掉。",
}
say(cached)
local first = { read(task, 2, 1), read(task, 6, 2) }
local again = { read(task, 2, 2), read(task, 6, 3) }
if maple then
	expect_eq(again[1] + again[2], 2, "one node each")
elseif era == "4.0" then
	expect_eq(again[1] + again[2], 0, "both were remembered")
else
	expect_eq(again[1], first[1], "it had been driven out")
	expect(again[2] > 0, "and so had the other")
end

if not maple then
	say {
		en = "One mapping goes. Nothing may lead to a VMA that is freed: what \z
			was remembered is forgotten.",
		zh = "解除一个映射。什么都不能再指向已释放的 VMA：记住的都忘掉。",
	}
else
	say {
		en = "One mapping goes: its slot and the gaps beside it become one \z
			gap. The leaf is not changed, a new one takes its place, so \z
			that whoever reads it now without a lock still sees a whole one.",
		zh = "解除一个映射：它的槽和两边的空洞合成一个空洞。叶子不改，由新的一个\z
			取代，这样不加锁正在读的人看到的仍是完整的叶子。",
	}
end
task:munmap(at(6), 4 * 4096)
expect_eq(task.map_count, 6, "six VMAs")
expect(read(task, 2, 3) > 0, "a way down from the root")

-- ---------------------------------------------------------------------------
scene { en = "A full node", zh = "满了的节点" }

say {
	en = "It comes back.",
	zh = "它又回来了。",
}
map(task, 6)
if maple then
	ask {
		{
			en = "15 of the leaf's 16 slots are in use. An eighth mapping, \z
				with a gap on either side, needs two more. What happens?",
			zh = "叶子的 16 个槽用了 15 个。第八个映射两边都有空洞，要多两个\z
				槽。会发生什么？",
		},
		choices = {
			{ en = "the leaf grows", zh = "叶子变大" },
			{ en = "two leaves and a root above them",
				zh = "变成两个叶子，上面一个根" },
			{ en = "the mapping goes into a leaf of its own",
				zh = "这个映射进入自己的叶子" },
		},
		answer = 2,
		why = {
			en = "A node has 256 bytes. 17 slots are shared among two new \z
				leaves, 10 and 7: half would be 9, but no leaf may end \z
				with a gap. The root keeps for each the longest gap in \z
				it.",
			zh = "一个节点 256 字节。17 个槽由两个新叶子分：10 和 7。一半是 9，\z
				但叶子不能以空洞结尾。根为每个叶子记下其中最长的空洞。",
		},
	}
	say {
		en = "The leaf is split: three nodes are allocated, one is freed.",
		zh = "叶子拆开：分配三个节点，释放一个。",
	}
	map(task, 8)
	expect_eq(task["mm_mt.height"], 2, "two levels")
	expect_eq(read(task, 8), 2, "two nodes passed: the root and a leaf")
else
	say {
		en = "An eighth mapping. A red-black tree takes it as a red leaf and \z
			mends colours on the way up: it is never full.",
		zh = "第八个映射。红黑树把它作为红的叶子收下，再一路向上修颜色：它永远\z
			不会满。",
	}
	map(task, 8)
	expect(read(task, 8) >= 3, "three nodes or more on the way")
end

-- ---------------------------------------------------------------------------
scene { en = "Forty mappings", zh = "四十个映射" }

say {
	en = "Many more. In a tree of two ways a lookup among n passes about log2 n \z
		nodes; with up to 10 ways above and 16 in a leaf, far fewer.",
	zh = "再多一些。两叉的树里，n 个之中的一次查找大约经过 log2 n 个节点；上面最多\z
		10 叉，叶子 16 个，就少得多。",
}
batch({ en = "32 more mmaps", zh = "再 32 次 mmap" }, function()
	for i = 9, 40 do
		map(task, i)
	end
end)
expect_eq(task.map_count, 40, "forty VMAs")
say {
	en = "The last of them is read.",
	zh = "读最后一个。",
}
local deep = read(task, 40)
if maple then
	expect_eq(deep, 2, "two nodes passed")
else
	expect(deep >= 4 and deep <= 10, "four to ten nodes passed")
end

say {
	en = "All but the first two go at once.",
	zh = "除前两个外一次全部解除。",
}
task:munmap(at(3), 38 * STEP)
expect_eq(task.map_count, 2, "two VMAs")
if maple then
	say {
		en = "One store of nothing across all leaves: what is left fits into \z
			one, and the tree is one level lower again.",
		zh = "一次跨越所有叶子的写空：剩下的一个叶子装得下，树又低了一层。",
	}
	expect_eq(read(task, 1), 1, "one node")
	expect_eq(task["mm_mt.height"], 1, "one level")
else
	say {
		en = "38 nodes were taken out of the tree, one by one, and the list \z
			closed over them.",
		zh = "38 个节点一个一个从树中取出，链表在它们之上合拢。",
	}
	expect_eq(read(task, 1), 2, "both nodes")
end
