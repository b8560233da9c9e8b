-- Linux 2.6.0: every page lists the PTEs that map it.
--
-- A page that one process maps points straight to its PTE.  fork makes a chain
-- of it: nodes of one cache line each, filled from the highest slot down.  The
-- lesson follows one page through forks, an exit, a copy and many exits, and
-- then counts what a hundred pages cost.  A walk (frame:rmap) visits the slots
-- in the order of page_referenced: the first node first, its highest slot
-- first.  So the order of a walk shows where each PTE is.
--
-- NRPTE follows from the cache line: 16, 32, 64 or 128 bytes hold 3, 7, 15 or
-- 31 PTEs.  Change it and run again: the checks know the formulas.

local NRPTE <const> = 7
local NODE_BYTES <const> = (NRPTE + 1) * 4 -- a word more: next, and the index

scenario {
	title = {
		en = "pte_chain: each page lists its PTEs",
		zh = "pte_chain：每个页列出自己的 PTE",
	},
	summary = {
		en = "2.6.0, the first stable kernel with a reverse map: a \z
			direct pointer, chains that grow by fork, what an \z
			exit moves, and what it all costs in bytes.",
		zh = "2.6.0，第一个有反向映射的稳定版内核：直接指针，随 fork \z
			增长的链，退出时移动了什么，以及总共花多少字节。",
	},
	eras = { "2.6.0" },
	nrpte = NRPTE,
}

-- The walk as an operation; the visited tasks in order, as text.
local function walk(frame)
	local names = {}
	local found = frame:rmap()

	for i, mapping in ipairs(found) do
		names[i] = mapping.task.name
	end
	expect_eq(found.cost.wasted, 0, "no visit in vain")
	return table.concat(names, " ")
end

-- ---------------------------------------------------------------------------
scene { en = "One PTE: a direct pointer", zh = "一个 PTE：直接指针" }
show { "rmap", "spaces", "path", "narration" }

say { en = "A task, and a region of one page.", zh = "一个任务，一页的区域。" }
local parent = spawn "parent"
local mm_bytes = costs(true).slab_bytes
local heap = parent:mmap { pages = 1, name = "heap" }
local vma_bytes = costs(true).slab_bytes

-- Where a task's PTE for the page lies in memory.
local function pte_address(task)
	local levels = task:walk(heap[0]).levels
	local last = levels[#levels]

	return last.table * 4096 + last.index * 4
end

ask {
	{
		en = "The page is written. What will its struct page hold for \z
			the reverse map?",
		zh = "写这一页。它的 struct page 将为反向映射保存什么？",
	},
	choices = {
		{ en = "nothing", zh = "什么也没有" },
		{ en = "the address of its PTE", zh = "它的 PTE 的地址" },
		{ en = "its VMA", zh = "它的 VMA" },
	},
	answer = 2,
	why = {
		en = "2.6.0 does not go by VMAs. page_add_rmap notes where the \z
			PTE itself lies. With one PTE no list is needed: \z
			PG_direct says so.",
		zh = "2.6.0 不经过 VMA。page_add_rmap 记下 PTE 本身在哪里。只有\z
			一个 PTE 时不需要链表：PG_direct 说明这一点。",
	},
}
say {
	en = "do_anonymous_page takes a node beforehand, for it may not sleep \z
		later. One PTE needs none: the node goes to the CPU's stash.",
	zh = "do_anonymous_page 事先取一个节点，因为之后不能睡眠。一个 PTE 用不\z
		着它：节点留在 CPU 的备用处。",
}
parent:write(heap[0], "A")
local frame = page_at(parent, heap[0])
point(frame)
expect_eq(frame["pte.direct"], pte_address(parent),
	"pte.direct is the address of the PTE")
expect_eq(frame["pte.chain"], nil, "there is no chain")
expect_eq(frame.mapping, nil, "mapping says nothing about an anonymous page")
expect_eq(frame.mapcount, 1)

say {
	en = "Who maps this frame? One step: the page names its PTE. The table \z
		that holds the PTE names the address space and the address.",
	zh = "谁映射了这个页框？一步就到：页指出它的 PTE。PTE 所在的页表又指出\z
		是哪个地址空间、哪个地址。",
}
expect_eq(walk(frame), "parent", "found at once")
expect_eq(costs(true).visited, 1, "PTEs visited")
expect_eq(costs(true).chain_nodes, 0, "nodes visited")

-- ---------------------------------------------------------------------------
scene { en = "fork makes a chain", zh = "fork 造出链" }
show { "rmap", "path", "narration" }

say {
	en = "copy_page_range enters the child's PTE. Two PTEs do not fit into \z
		one pointer: a node is put there. The old one goes into the \z
		highest slot, the new one below it.",
	zh = "copy_page_range 登记子进程的 PTE。一个指针放不下两个 PTE：换成一个\z
		节点。旧的放进最高的槽，新的放在它下面。",
}
local kids = { parent:fork "kid1" }
point(frame)
expect_eq(frame["pte.direct"], 0, "no direct pointer any more")
local first_node = frame["pte.chain"]
expect(first_node ~= nil, "but a chain")
expect_eq(frame.mapcount, 2)
expect_eq(frame.index, nil, "index is as undefined as before")

say {
	en = "The walk reads the slots from the highest down: the parent, then \z
		the child.",
	zh = "遍历从最高的槽往下读：先父进程，后子进程。",
}
expect_eq(walk(frame), "parent kid1", "the order of the slots")
expect_eq(costs(true).chain_nodes, 1, "nodes visited")

ask {
	{
		en = "A node has " .. NRPTE .. " slots. How many more forks \z
			until it is full?",
		zh = "一个节点有 " .. NRPTE .. " 个槽。再 fork 几次就满？",
	},
	choices = { tostring(NRPTE - 2), tostring(NRPTE - 1), tostring(NRPTE) },
	answer = 1,
	why = {
		en = "Two slots are taken. Each fork takes one.",
		zh = "两个槽已占用。每次 fork 占一个。",
	},
}
say {
	en = "Forks until the node is full. Each one fills the next lower slot \z
		and needs no memory for it.",
	zh = "一直 fork 到节点满。每次填下一个更低的槽，不为此花内存。",
}
batch("forks until the node is full", function()
	for i = 2, NRPTE - 1 do
		kids[i] = parent:fork("kid" .. i)
	end
end)
expect_eq(frame.mapcount, NRPTE, "PTEs in the node")
expect_eq(frame["pte.chain"], first_node, "it is the same node")
expect_eq(costs(true).slab_bytes, (NRPTE - 2) * (mm_bytes + vma_bytes),
	"bytes: the children's own mm and VMA, none for the chain")

ask {
	{
		en = "The node is full, and another child comes. Where does its \z
			PTE go?",
		zh = "节点已满，又来一个子进程。它的 PTE 放在哪里？",
	},
	choices = {
		{
			en = "into a new node behind the full one",
			zh = "放进满节点之后的新节点",
		},
		{
			en = "into a new node before the full one",
			zh = "放进满节点之前的新节点",
		},
	},
	answer = 2,
	why = {
		en = "Only the first node may have free slots. So nobody ever \z
			searches the chain for room.",
		zh = "只有第一个节点可以有空槽。这样就不必沿着链找空位。",
	},
}
say {
	en = "A second node, pushed in front. Its highest slot holds the new \z
		PTE; it points to the full node.",
	zh = "第二个节点插到前面。它最高的槽放新的 PTE；它再指向那个满节点。",
}
kids[NRPTE] = parent:fork("kid" .. NRPTE)
point(frame)
expect(frame["pte.chain"] ~= first_node, "the page points to the new node")
expect_eq(costs(true).slab_bytes - mm_bytes - vma_bytes, NODE_BYTES,
	"bytes of the new node")

-- "parent kid1 kid2 ...", with @last in front
local function family(last)
	local names = { last, "parent" }

	for i = 1, NRPTE - 1 do
		names[#names + 1] = "kid" .. i
	end
	return table.concat(names, " ")
end
say {
	en = "The walk: first the new node with the youngest child, then the \z
		full one. Every PTE that it visits maps the page.",
	zh = "遍历：先是装着最年轻子进程的新节点，然后是满的那个。访问的每个 PTE \z
		都映射这一页。",
}
expect_eq(walk(frame), family("kid" .. NRPTE), "the new node comes first")
expect_eq(costs(true).visited, NRPTE + 1, "PTEs visited")
expect_eq(costs(true).chain_nodes, 2, "nodes visited")

-- ---------------------------------------------------------------------------
scene { en = "A PTE leaves: who fills the gap?", zh = "一个 PTE 离开：谁来填？" }

ask {
	{
		en = "kid2 exits. Its slot is in the middle of the full node, \z
			which must stay full. Which PTE moves there?",
		zh = "kid2 退出。它的槽在满节点的中间，而满节点必须保持满。哪个 \z
			PTE 移过去？",
	},
	choices = {
		{
			en = "the lowest of the first node",
			zh = "第一个节点最低的那个",
		},
		{
			en = "the next lower of the same node",
			zh = "同一节点中低一位的那个",
		},
		{ en = "none: the slot stays empty", zh = "没有：槽空着" },
	},
	answer = 1,
	why = {
		en = "The youngest PTE of the first node is the victim. It was \z
			the only one there, so the node is freed.",
		zh = "第一个节点里最新的 PTE 被选中去填。它是那里唯一的一个，所\z
			以这个节点被释放。",
	},
}
point(frame)
say {
	en = "page_remove_rmap must search: it knows the PTE, not the slot. \z
		The first node has lost its last PTE and is freed.",
	zh = "page_remove_rmap 必须查找：它知道 PTE，不知道槽。第一个节点失去最\z
		后的 PTE，被释放。",
}
kids[2]:exit()
expect_eq(costs(true).chain_nodes, 2, "nodes searched")
expect_eq(frame["pte.chain"], first_node, "the first node is the old one again")
expect_eq(frame.mapcount, NRPTE, "and it is full")

-- The full node after kid2's place was taken by @mover.
local order = {}
for name in family("kid" .. NRPTE):gmatch "%S+" do
	if name ~= "kid" .. NRPTE then
		order[#order + 1] = name == "kid2" and "kid" .. NRPTE or name
	end
end
say {
	en = "The walk shows it: the youngest child stands where kid2 was.",
	zh = "遍历可以看出：最年轻的子进程站在 kid2 原来的位置。",
}
expect_eq(walk(frame), table.concat(order, " "),
	"kid" .. NRPTE .. " has kid2's slot")

ask {
	{
		en = "kid1 writes the page and gets a copy. What happens in the \z
			chain of the old page?",
		zh = "kid1 写这一页，得到副本。旧页的链会怎样？",
	},
	choices = {
		{ en = "nothing", zh = "不变" },
		{
			en = "kid1's slot is filled from the lowest one",
			zh = "kid1 的槽由最低的槽填补",
		},
	},
	answer = 2,
	why = {
		en = "The PTE no longer maps the old page, so do_wp_page \z
			takes it out of the chain, by the same rule.",
		zh = "这个 PTE 不再映射旧页，所以 do_wp_page 把它从链中取出，规\z
			则相同。",
	},
}
say {
	en = "Copy on write: the new frame has one PTE and so a direct pointer. \z
		In the old chain the lowest PTE moves into kid1's slot.",
	zh = "写时复制：新页框只有一个 PTE，所以是直接指针。旧链中最低的 PTE 移\z
		进 kid1 的槽。",
}
kids[1]:write(heap[0], "B")
local copy = page_at(kids[1], heap[0])
point(copy)
expect_eq(copy["pte.direct"], pte_address(kids[1]),
	"the copy has a direct pointer")
expect_eq(copy["pte.chain"], nil, "and no chain")
expect_eq(frame["pte.chain"], first_node, "the old page keeps its node")

order[2] = table.remove(order) -- the last one takes kid1's place
point(frame)
say {
	en = "One slot is free now, at the lower end.",
	zh = "现在有一个空槽，在低端。",
}
expect_eq(walk(frame), table.concat(order, " "), "the order of the slots")
expect_eq(costs(true).visited, NRPTE - 1, "PTEs visited")

-- ---------------------------------------------------------------------------
scene { en = "Back to one", zh = "又只剩一个" }

say {
	en = "All children exit. The parent alone maps the page.",
	zh = "所有子进程退出。只有父进程映射这一页。",
}
batch("all children exit", function()
	for i, kid in ipairs(kids) do
		if i ~= 2 then
			kid:exit()
		end
	end
end)
point(frame)
expect_eq(frame.mapcount, 1, "one PTE is left")
expect_eq(frame["pte.chain"], first_node, "but the node is still there")
expect_eq(frame["pte.direct"], 0, "with it no direct pointer")

ask {
	{
		en = "A whole node for one PTE. Who turns it into a direct \z
			pointer again?",
		zh = "一整个节点只装一个 PTE。谁把它变回直接指针？",
	},
	choices = {
		{ en = "the next fault", zh = "下一次缺页" },
		{ en = "page_referenced, in reclaim", zh = "回收中的 page_referenced" },
		{ en = "nobody", zh = "没有谁" },
	},
	answer = 2,
	why = {
		en = "page_remove_rmap never does it: it would cost time in \z
			every exit. Only page_referenced, which looks at the \z
			whole chain anyway, collapses it.",
		zh = "page_remove_rmap 从不这样做：那会让每次退出都花时间。只有 \z
			page_referenced 才收缩它，因为它反正要看整条链。",
	},
}
say {
	en = "The walk of page_referenced: it finds one PTE, makes it direct \z
		and frees the node.",
	zh = "page_referenced 的遍历：它找到一个 PTE，改成直接指针，释放节点。",
}
expect_eq(walk(frame), "parent", "one PTE")
point(frame)
expect_eq(frame["pte.direct"], pte_address(parent),
	"the pointer is direct again")
expect_eq(frame["pte.chain"], nil, "the node is gone")

-- ---------------------------------------------------------------------------
scene { en = "What a hundred pages cost", zh = "一百页要花多少" }
show { "slab", "costs", "narration" }

local PAGES <const> = 100
say {
	en = "A server writes a hundred pages: a hundred direct pointers, no \z
		node.",
	zh = "一个服务器写一百页：一百个直接指针，没有节点。",
}
local server, area = batch("a server with a hundred pages", function()
	local task = spawn "server"
	local region = task:mmap { pages = PAGES, name = "area" }

	for i = 0, PAGES - 1 do
		task:write(region[i], i)
	end
	return task, region
end)
local function with_chain()
	local n = 0

	for i = 0, PAGES - 1 do
		if page_at(server, area[i])["pte.chain"] then
			n = n + 1
		end
	end
	return n
end
expect_eq(with_chain(), 0, "pages with a chain")

ask {
	{
		en = "It forks " .. NRPTE .. " times, so that " .. NRPTE + 1 ..
			" PTEs map each page. How many bytes of nodes?",
		zh = "它 fork " .. NRPTE .. " 次，于是每页有 " .. NRPTE + 1 ..
			" 个 PTE。节点共多少字节？",
	},
	choices = {
		"0",
		tostring(PAGES * NODE_BYTES),
		tostring(PAGES * 2 * NODE_BYTES),
	},
	answer = 3,
	why = {
		en = "Two nodes of " .. NODE_BYTES .. " bytes for each page, \z
			the first one nearly empty.",
		zh = "每页两个 " .. NODE_BYTES .. " 字节的节点，第一个几乎是\z
			空的。",
	},
}
say {
	en = "Every fork now enters a hundred PTEs. Look at the slab pane: the \z
		cache pte_chain.",
	zh = "现在每次 fork 都要登记一百个 PTE。看 slab 窗格里的 pte_chain。",
}
local workers = batch(NRPTE .. " forks of the server", function()
	local list = {}

	for i = 1, NRPTE do
		list[i] = server:fork("worker" .. i)
	end
	return list
end)
expect_eq(costs(true).slab_bytes - NRPTE * (mm_bytes + vma_bytes),
	PAGES * 2 * NODE_BYTES, "bytes of nodes")
expect_eq(with_chain(), PAGES, "pages with a chain")

ask {
	{
		en = "The workers write all their pages. No page is shared any \z
			more. How many nodes stay?",
		zh = "各 worker 写遍自己的页。不再有共享的页。还剩几个节点？",
	},
	choices = { "0", tostring(PAGES), tostring(2 * PAGES) },
	answer = 2,
	why = {
		en = "The server's pages have one PTE each, but each keeps a \z
			node: nothing has collapsed it. The copies never had \z
			one.",
		zh = "服务器的页各只有一个 PTE，但各保留一个节点：没有谁收缩它。\z
			副本从来没有节点。",
	},
}
say {
	en = "Every worker copies everything. The copies point to their PTE \z
		directly.",
	zh = "每个 worker 复制一切。副本都直接指向自己的 PTE。",
}
batch("every worker writes every page", function()
	for _, worker in ipairs(workers) do
		for i = 0, PAGES - 1 do
			worker:write(area[i], worker.pid)
		end
	end
end)
expect_eq(costs(true).copies, NRPTE * PAGES, "copies")
expect_eq(with_chain(), PAGES, "the server's pages keep one node each")
expect_eq(page_at(workers[1], area[0])["pte.chain"], nil, "a copy has none")

say {
	en = "Reclaim looks at each of the server's pages once: now the nodes \z
		are free.",
	zh = "回收把服务器的每页看一遍：这时节点才释放。",
}
batch("page_referenced on every page of the server", function()
	for i = 0, PAGES - 1 do
		page_at(server, area[i]):rmap()
	end
end)
expect_eq(costs(true).visited, PAGES, "PTEs visited")
expect_eq(with_chain(), 0, "pages with a chain")

note {
	en = "The exchange of 2.6.0: no walk visits a PTE in vain, but fork, \z
		exit and copy pay for each page, and 1000 pages shared by 1001 \z
		processes need 4,576,000 bytes of nodes (NRPTE 7): more than \z
		the pages themselves. 2.6.7 gave it up.",
	zh = "2.6.0 的交换：遍历从不白访问一个 PTE，但 fork、退出和复制都要为每\z
		页付出代价；1000 页由 1001 个进程共享时，节点要占 4,576,000 字\z
		节（NRPTE 为 7）：比这些页本身还多。2.6.7 放弃了它。",
}
