-- Out of memory: who is killed, and why?
--
-- A machine of 256 frames without swap, so memory is used up quickly and what
-- happens then is in the one operation that finds no frame.  (With swap 2.4
-- waits until it is full, too: out_of_memory returns while a slot is free.)
--
-- badness, the points of a task:
--   2.4, 2.6.0  total_vm: the pages of its address space, used or not
--   2.6.11      and those of its children; a child dies in its parent's place
--   4.0         rss + swap + page tables; the child with most points dies
--   6.18        rss + swap + page tables; it dies itself, the last of equals
-- In 2.x the points are divided by processor time and age; here both are 0.

scenario {
	title = {
		en = "Out of memory: who is killed?",
		zh = "内存耗尽：杀谁？",
	},
	summary = {
		en = "One that reserves much and uses little, one that uses much, \z
			a family, twins: whom each kernel's OOM killer chooses, \z
			and how much memory that frees.",
		zh = "有的保留很多却用得很少，有的用得很多，一个家族，一对双胞\z
			胎：各内核的 OOM killer 选谁，又释放多少内存。",
	},
	eras = { "4.0", "2.4", "2.6.0", "2.6.11", "6.18" },
	ram = "1M",
	swap_cluster = 4,
}

local era = machine().era
local by_size = era == "2.4" or era == "2.6.0" or era == "2.6.11"

local function free()
	return machine().free
end

-- @task with a region of @pages, of which it writes the first @used.
local function uses(task, pages, used, name)
	local region = task:mmap { pages = pages, name = name, noreserve = true }

	for i = 0, used - 1 do
		task:write(region[i], i)
	end
	return region
end

-- @task writes from page @from on until no frame is free; the next page.
local function write_all(task, region, from)
	local i = from

	while free() > 0 do
		task:write(region[i], i)
		i = i + 1
	end
	return i
end

-- The names of those of @tasks who have ended.
local function dead(tasks)
	local names = {}

	for _, task in ipairs(tasks) do
		if task.exited then
			names[#names + 1] = task.name
		end
	end
	return table.concat(names, " ")
end

local function everybody_exits(tasks)
	batch({ en = "the others exit", zh = "其余的退出" }, function()
		for _, task in ipairs(tasks) do
			if not task.exited then
				task:exit()
			end
		end
	end)
end

-- ---------------------------------------------------------------------------
scene { en = "One reserves, one works", zh = "一个保留，一个干活" }
show { "frames", "path", "spaces", "mms", "narration" }

say {
	en = "The reserver maps 180 pages and uses one. Address space costs \z
		nothing until it is touched.",
	zh = "reserver 映射 180 页，只用一页。地址空间不碰就不花什么。",
}
local reserver = spawn "reserver"
uses(reserver, 180, 1, "reserve")

say {
	en = "The worker maps 135 pages and uses all of them.",
	zh = "worker 映射 135 页，全部都用。",
}
local worker = spawn "worker"
batch({ en = "the worker writes 135 pages", zh = "worker 写 135 页" },
	function() uses(worker, 135, 135, "work") end)

say {
	en = "A newcomer maps 125 pages and writes until no frame is free.",
	zh = "newcomer 映射 125 页，一直写到没有空闲页框。",
}
local newcomer = spawn "newcomer"
local new = newcomer:mmap { pages = 125, name = "new", noreserve = true }
local at = batch({ en = "the newcomer writes until memory is full",
	zh = "newcomer 写到内存用满" },
	function() return write_all(newcomer, new, 0) end)
expect_eq(free(), 0, "free frames")
expect(at < 125, "the newcomer has used fewer pages than the worker: " .. at)

ask {
	{
		en = "The newcomer writes one more page. Nothing can be \z
			reclaimed. Who dies?",
		zh = "newcomer 再写一页。什么也回收不了。谁死？",
	},
	choices = { "reserver", "worker", "newcomer" },
	answer = by_size and 1 or 2,
	why = by_size
		and {
			en = "The points are the size of the address space: 180, \z
				135, 125. The reserver has nothing to give back, \z
				but that is not asked.",
			zh = "点数是地址空间的大小：180、135、125。reserver 没有\z
				什么可归还，但这里不问。",
		}
		or {
			en = "The points are frames: of pages and page tables. \z
				The worker holds most of them.",
			zh = "点数是页框：页和页表的页框。worker 占得最多。",
		},
}
say {
	en = "Reclaim fails at the last priority. select_bad_process gives points \z
		to every task; who has most is killed, and the write goes on.",
	zh = "回收到最后的优先级仍失败。select_bad_process 给每个任务打分；点数\z
		最多的被杀，写操作继续。",
}
local first = { reserver, worker, newcomer }
expect_eq(newcomer:write(new[at], at), true, "the write succeeds")
expect_eq(dead(first), by_size and "reserver" or "worker", "who was killed")
at = at + 1

if by_size then
	expect(free() < 8, "frames that it gave back: hardly any")
	say {
		en = "So it goes on: the few frames are used up at once.",
		zh = "于是继续：那几个页框立即用完。",
	}
	at = batch({ en = "the newcomer writes on", zh = "newcomer 继续写" },
		function() return write_all(newcomer, new, at) end)
	say {
		en = "Now the worker, by its 135 pages. A second one has died for \z
			the same memory.",
		zh = "现在轮到 worker，凭它的 135 页。为了同样的内存，死了第二个。",
	}
	expect_eq(newcomer:write(new[at], at), true, "the write succeeds")
	expect_eq(dead(first), "reserver worker", "who was killed by now")
end
expect(free() > 100, "enough is free at last: " .. free())
if not by_size then
	expect(not reserver.exited, "the reserver was left alone")
end

-- ---------------------------------------------------------------------------
scene { en = "A family", zh = "一个家族" }

say { en = "A fresh start.", zh = "重新开始。" }
everybody_exits(first)

say {
	en = "The boss maps 110 pages, writes 5 and forks twice: first, second.",
	zh = "boss 映射 110 页，写 5 页，fork 两次：first、second。",
}
local boss = spawn "boss"
local shared = batch({ en = "5 pages", zh = "5 页" },
	function() return uses(boss, 110, 5, "shared") end)
local one = boss:fork "first"
local two = boss:fork "second"

say {
	en = "The first child writes 5 pages, the second 30, the boss all 110.",
	zh = "第一个子进程写 5 页，第二个写 30 页，boss 写全部 110 页。",
}
batch({ en = "each writes its pages", zh = "各写各的页" }, function()
	for i = 0, 4 do
		one:write(shared[i], i)
	end
	for i = 0, 29 do
		two:write(shared[i], i)
	end
	for i = 0, 109 do
		boss:write(shared[i], i)
	end
end)

say { en = "And somebody fills the rest of memory.", zh = "另有一个把内存写满。" }
local filler = spawn "filler"
local fill = filler:mmap { pages = 105, name = "fill", noreserve = true }
at = batch({ en = "the filler writes until memory is full",
	zh = "filler 写到内存用满" },
	function() return write_all(filler, fill, 0) end)
expect_eq(free(), 0, "free frames")

local victim = { ["2.4"] = 1, ["2.6.0"] = 1, ["2.6.11"] = 2, ["4.0"] = 3,
	["6.18"] = 1 }
local why = {
	["2.4"] = {
		en = "All three have an address space of 110 pages. Of equals \z
			the first counts: the boss.",
		zh = "三者的地址空间都是 110 页。点数相同时取第一个：boss。",
	},
	["2.6.11"] = {
		en = "The boss has its 110 points and its children's 220. But its \z
			first child with an mm of its own dies for it.",
		zh = "boss 有自己的 110 点，加上子进程的 220 点。但它的第一个有自\z
			己 mm 的子进程替它死。",
	},
	["4.0"] = {
		en = "The boss has most points. But the child with the most dies \z
			for it, to save the parent's work.",
		zh = "boss 点数最多。但点数最多的子进程替它死，以保住父进程的工\z
			作。",
	},
	["6.18"] = {
		en = "The boss has most points, and dies itself: children are no \z
			longer sacrificed.",
		zh = "boss 点数最多，自己死：不再牺牲子进程。",
	},
}
ask {
	{
		en = "The filler writes one more page. The boss holds most. Who \z
			dies?",
		zh = "filler 再写一页。boss 占得最多。谁死？",
	},
	choices = { "boss", "first", "second" },
	answer = victim[era],
	why = why[era] or why["2.4"],
}
say {
	en = "The path shows the points of each task, and whom the choice falls \z
		on.",
	zh = "内核路径显示每个任务的点数，以及选中了谁。",
}
local family = { boss, one, two, filler }
expect_eq(filler:write(fill[at], at), true, "the write succeeds")
expect_eq(dead(family), ({ "boss", "first", "second" })[victim[era]],
	"who was killed")

-- ---------------------------------------------------------------------------
scene { en = "Twins", zh = "双胞胎" }

say { en = "A fresh start.", zh = "重新开始。" }
everybody_exits(family)

say {
	en = "Two tasks of the same size: 85 pages each, all used.",
	zh = "两个同样大的任务：各 85 页，全都用。",
}
local twins = batch({ en = "the twins write 85 pages each",
	zh = "双胞胎各写 85 页" }, function()
	local list = { spawn "twin1", spawn "twin2" }

	for _, twin in ipairs(list) do
		uses(twin, 85, 85, "same")
	end
	return list
end)
local third = spawn "third"
local rest = third:mmap { pages = 80, name = "rest", noreserve = true }
at = batch({ en = "a third writes until memory is full",
	zh = "第三个写到内存用满" },
	function() return write_all(third, rest, 0) end)

ask {
	{
		en = "The twins have the same points, more than the third. Which \z
			one dies?",
		zh = "双胞胎点数相同，都比第三个多。哪一个死？",
	},
	choices = { "twin1", "twin2" },
	answer = era == "6.18" and 2 or 1,
	why = {
		en = "Until 4.0 only more points replace the first choice. 6.18 \z
			lets the same number replace it, too: the last one dies.",
		zh = "到 4.0 为止，点数更多才替换先选的。6.18 点数相同也替换：最后\z
			一个死。",
	},
}
say {
	en = "A detail of one comparison, and a different process is gone.",
	zh = "一个比较的细节，消失的进程就不同。",
}
expect_eq(third:write(rest[at], at), true, "the write succeeds")
expect_eq(dead(twins), era == "6.18" and "twin2" or "twin1", "who was killed")

-- ---------------------------------------------------------------------------
scene { en = "The one who asks", zh = "要内存的那个" }

say { en = "A fresh start.", zh = "重新开始。" }
everybody_exits { twins[1], twins[2], third }

local greedy = spawn "greedy"
local all = greedy:mmap { pages = 250, name = "all", noreserve = true }
at = batch({ en = "greedy writes until memory is full",
	zh = "greedy 写到内存用满" },
	function() return write_all(greedy, all, 0) end)

ask {
	{
		en = "A greedy task is alone on the machine, and memory is full. \z
			It writes one more page. What happens?",
		zh = "机器上只有一个贪心的任务，内存已满。它再写一页。会发生什么？",
	},
	choices = {
		{ en = "the write fails, the task lives", zh = "写失败，任务活着" },
		{ en = "the task is killed", zh = "任务被杀" },
	},
	answer = 2,
	why = {
		en = "There is nobody else to choose, and a page fault cannot \z
			return an error.",
		zh = "没有别人可选，而且缺页异常不能返回错误。",
	},
}
say {
	en = "It is chosen itself: the write ends with it.",
	zh = "选中的是它自己：写操作随它结束。",
}
expect_error("OOM", function() greedy:write(all[at], at) end)
expect(greedy.exited, "greedy is gone")
expect(free() > 200, "and memory is free: " .. free())
