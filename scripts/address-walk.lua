-- From an address to a frame: the page-table walk.
--
-- The example of the lecture, 0x080495b0, on two levels (2.6.11, i386) and on
-- four (4.0 and 6.18, x86_64): press `e` to change the kernel, or say
--
--     rmapscope address-walk -e 4.0
--     rmapscope address-walk --arch pae
--
-- The scenario asks the machine how many levels it has and splits the addresses
-- itself, so that it also runs with PAE and with five levels.

scenario {
	title = {
		en = "From an address to a frame: 0x080495b0",
		zh = "从地址到页框：0x080495b0",
	},
	summary = {
		en = "The bits of an address are indexes into tables. Who \z
			makes the tables, which are shared, and what does a \z
			walk cost on two, three, four, five levels?",
		zh = "地址的各位是各级表的索引。谁建立这些表，哪些共用，走二、\z
			三、四、五级各花多少？",
	},
	eras = { "2.6.11", "4.0", "6.18" },
}

local arch = machine().arch
local ADDRESS = 0x080495b0

-- Bits of the address that each level takes, from the top.  The last 12 bits
-- are the offset in the page.
local bits = ({
	["i386"] = { 10, 10 },
	["pae"] = { 2, 9, 9 },
	["x86_64"] = { 9, 9, 9, 9 },
	["x86_64-la57"] = { 9, 9, 9, 9, 9 },
})[arch]
local LEVELS = #bits

-- Cut an address as the processor does: a list of indexes, and the offset.
local function split(address)
	local list, shift = {}, 12

	for level = LEVELS, 1, -1 do
		list[level] = address >> shift & (1 << bits[level]) - 1
		shift = shift + bits[level]
	end
	return list, address & 0xfff
end

-- "32 73": the indexes of a walk, as far as it came.
local function indexes(walk)
	local list = {}
	for i, level in ipairs(walk.levels) do
		list[i] = level.index
	end
	return table.concat(list, " ")
end

-- A walk that reaches a frame must use the indexes that split() gives, and each
-- entry must hold the number of the table, or the frame, that comes next.
local function expect_walk(task, address)
	local walk = task:walk(address)
	local name = string.format("%#x: ", address)
	local want, offset = split(address)

	expect_eq(walk.fault, nil, name .. "the walk reaches a frame")
	expect_eq(#walk.levels, LEVELS, name .. LEVELS .. " tables are read")
	expect_eq(indexes(walk), table.concat(want, " "), name .. "the indexes")
	expect_eq(walk.offset, offset, name .. "the offset in the page")
	for i, level in ipairs(walk.levels) do
		local below = walk.levels[i + 1]
		expect_eq(level.entry >> 12 & 0xffffffffff,
			below and below.table or walk.pfn,
			name .. level.name .. ": the entry holds the next \z
				frame")
	end
	return walk
end

-- ---------------------------------------------------------------------------
scene { en = "An address is a list of numbers", zh = "地址是一串数" }
show { "walk", "spaces", "frames", "narration" }

say {
	en = "A new task has one table, the top one. CR3 points to it. All \z
		its entries are empty.",
	zh = "新任务只有一张表，即顶级表。CR3 指向它。所有表项都是空的。",
}
local task = spawn "task"
local walk = task:walk(ADDRESS)
expect_eq(#walk.levels, 1, "a walk reads one entry of the top table")
expect_eq(walk.fault, "pgd", "and ends there: not present")
expect_eq(task.nr_ptes, 0, "there are no other tables")

local list = split(ADDRESS)
if arch == "i386" then
	ask {
		{
			en = "0x080495b0 in binary is 0000100000 0001001001 \z
				010110110000. Which index has the top table, \z
				which the next?",
			zh = "0x080495b0 的二进制是 0000100000 0001001001 \z
				010110110000。顶级表的索引是多少，下一级呢？",
		},
		choices = {
			{ en = "32 and 73", zh = "32 和 73" },
			{ en = "8 and 49", zh = "8 和 49" },
			{ en = "73 and 32", zh = "73 和 32" },
		},
		answer = 1,
		why = {
			en = "The first 10 bits are 32, the next 10 are 73, \z
				and the last 12 are the offset 0x5b0 inside \z
				the page.",
			zh = "前 10 位是 32，其后 10 位是 73，最后 12 位是页内\z
				偏移 0x5b0。",
		},
	}
else
	ask {
		{
			en = "0x080495b0 was index 32 and 73 on two levels of \z
				10 bits. How is it cut here, on "
				.. LEVELS
				.. " levels?",
			zh = "0x080495b0 在两级、每级 10 位时索引是 32 和 73。\z
				这里有 "
				.. LEVELS
				.. " 级，怎么切？",
		},
		choices = { "32, 73", table.concat(list, ", "), "8, 4, 9, 5" },
		answer = 2,
		why = {
			en = "Entries have 8 bytes here, so a table of 4096 \z
				bytes has 512 of them: 9 bits a level. The \z
				offset is 0x5b0, as on two levels.",
			zh = "这里的表项是 8 字节，所以 4096 字节的表有 512 \z
				项：每级 9 位。偏移是 0x5b0，与两级时一样。",
		},
	}
end
say {
	en = "mmap makes a VMA around our address. It builds no table: the \z
		walk still ends at the top.",
	zh = "mmap 在我们的地址周围建立 VMA。它不建表：页表遍历仍止于顶级。",
}
task:mmap { pages = 2, addr = 0x08049000, fixed = true, name = "data" }
expect_eq(task:walk(ADDRESS).fault, "pgd", "the entry is still not present")

-- ---------------------------------------------------------------------------
scene { en = "The first touch builds the path", zh = "第一次访问建成通路" }

ask {
	{
		en = "The task writes to 0x080495b0. How many tables must be \z
			made for that?",
		zh = "任务写 0x080495b0。为此必须建几张表？",
	},
	choices = { "1", "2", "3", "4" },
	answer = LEVELS - 1,
	why = {
		en = "Each level but the top one needs a table on this path: "
			.. LEVELS - 1
			.. " here, and then the page itself.",
		zh = "除顶级外，这条通路上每级需要一张表：这里是 "
			.. LEVELS - 1
			.. " 张，再加上页本身。",
	},
}
if arch == "pae" then
	note {
		en = "A real PAE kernel makes its pmds together with the task \z
			(pgd_alloc). This machine makes them when they are \z
			first needed.",
		zh = "真正的 PAE 内核随任务一起建立 pmd（pgd_alloc）。本机器在\z
			第一次需要时才建立。",
	}
end
say {
	en = "The fault makes what is missing, from the top down, and writes \z
		the PTE last.",
	zh = "缺页处理从上到下补齐所缺，最后才写 PTE。",
}
task:write(ADDRESS, "hello")
expect_eq(task.nr_ptes, LEVELS - 1, "tables were made")
walk = expect_walk(task, ADDRESS)
if arch == "i386" then
	expect_eq(indexes(walk), "32 73", "32 and 73, as in the lecture")
elseif arch == "x86_64" then
	expect_eq(indexes(walk), "0 0 64 73", "0, 0, 64 and 73 on four levels")
end
expect_eq(walk.offset, 0x5b0, "and the offset 0x5b0")
expect_eq(walk.pfn, page_at(task, ADDRESS).pfn, "page_at gives the same frame")
print(string.format("physical address: frame %x and offset %x make %x",
	walk.pfn, walk.offset, walk.pfn << 12 | walk.offset))

-- ---------------------------------------------------------------------------
scene { en = "Neighbours share tables", zh = "邻居共用页表" }

-- Map the page around an address and write to it, in one step.
local function write_new(address, name)
	batch(string.format("a new page at %#x, written", address), function()
		task:mmap {
			pages = 1,
			addr = address & ~0xfff,
			fixed = true,
			name = name,
		}
		task:write(address, name)
	end)
end

ask {
	{
		en = "The next page, 0x0804a000, is written. How many new \z
			tables?",
		zh = "写下一页 0x0804a000。要几张新表？",
	},
	choices = {
		{ en = "none", zh = "一个也没有" },
		{ en = "one", zh = "一张" },
		{ en = "as many as before", zh = "和刚才一样多" },
	},
	answer = 1,
	why = {
		en = "Only the last index is another one: 74 after 73. All \z
			tables above are shared.",
		zh = "只有最后一个索引不同：73 之后是 74。上面的表全部共用。",
	},
}
say {
	en = "One entry more in a table that is there.",
	zh = "在已有的表里多一项。",
}
task:write(0x0804a000, "next")
expect_eq(task.nr_ptes, LEVELS - 1, "no new table")
local neighbour = expect_walk(task, 0x0804a000)
expect_eq(neighbour.levels[LEVELS].index, 74, "the last index: 74")
expect_eq(neighbour.levels[LEVELS].table, walk.levels[LEVELS].table,
	"in the same table")

say {
	en = "A page at 0x40000000, a gigabyte up. The walk leaves the known \z
		path early, and from there down all tables are new.",
	zh = "0x40000000 处的一页，高出一个 G。遍历很早就离开已知的通路，从那\z
		里往下全是新表。",
}
local before = task.nr_ptes
write_new(0x40000000, "far")
local far = expect_walk(task, 0x40000000)
local shared = 0
for i, level in ipairs(far.levels) do
	if level.table == walk.levels[i].table then
		shared = shared + 1
	end
end
expect_eq(task.nr_ptes - before, LEVELS - shared,
	"a new table for each level not shared")
print(shared .. " of " .. LEVELS .. " tables are shared with 0x080495b0")

if LEVELS >= 4 then
	say {
		en = "And an address that i386 never had: 0x7ffff7dd5a10 is \z
			255, 511, 446, 469 on four levels.",
		zh = "一个 i386 从来没有的地址：0x7ffff7dd5a10，在四级上是 \z
			255、511、446、469。",
	}
	write_new(0x7ffff7dd5a10, "lib")
	local high = expect_walk(task, 0x7ffff7dd5a10)
	expect_eq(high.offset, 0xa10, "the offset")
	expect_eq(high.levels[LEVELS].index, 469, "the last index")
else
	say {
		en = "Nearly at the top of what a task has, below 3 GB: \z
			0xbffeb000.",
		zh = "几乎在任务地址的顶端，3 GB 之下：0xbffeb000。",
	}
	write_new(0xbffeb000, "stack")
	local high = expect_walk(task, 0xbffeb000)
	expect_eq(high.levels[1].index, arch == "i386" and 767 or 2,
		"the first index")
end

-- ---------------------------------------------------------------------------
scene { en = "Rights", zh = "权限" }

say {
	en = "mprotect takes the right to write from our page. Only the PTE \z
		changes; the tables above serve its neighbours too.",
	zh = "mprotect 取消我们那一页的写权限。只有 PTE 改变；上面的表也为邻居\z
		服务。",
}
task:mprotect(0x08049000, 4096, "r--")
walk = expect_walk(task, ADDRESS)
for i, level in ipairs(walk.levels) do
	expect_eq(level.writable, i < LEVELS,
		level.name .. (i < LEVELS and ": writable" or ": read-only"))
end

ask {
	{
		en = "The entries above still say writable. May the task \z
			write?",
		zh = "上面各级的表项仍说可写。任务可以写吗？",
	},
	choices = {
		{ en = "yes", zh = "会" },
		{ en = "no", zh = "不会" },
	},
	answer = 2,
	why = {
		en = "The processor allows only what every level allows.",
		zh = "处理器只允许每一级都允许的事。",
	},
}
say { en = "It tries.", zh = "它试一试。" }
expect_error("SIGSEGV", function() task:write(ADDRESS, "no") end)
expect_eq(page_at(task, ADDRESS).value, "hello", "the page did not change")

-- ---------------------------------------------------------------------------
scene { en = "Unmap", zh = "解除映射" }

ask {
	{
		en = "The page at 0x08049000 is unmapped, its neighbour is \z
			not. Where does a walk for 0x080495b0 end now?",
		zh = "0x08049000 处的页解除映射，它的邻居没有。现在对 \z
			0x080495b0 的遍历止于何处？",
	},
	choices = {
		{ en = "at the top table", zh = "顶级表" },
		{ en = "at the last table", zh = "最后一级表" },
	},
	answer = 2,
	why = {
		en = "The neighbour needs the same tables, so they stay. Only \z
			the PTE is empty.",
		zh = "邻居需要同样的表，所以表都留下。只有 PTE 是空的。",
	},
}
say { en = "Unmap the first page.", zh = "解除第一页的映射。" }
task:munmap(0x08049000, 4096)
walk = task:walk(ADDRESS)
expect_eq(walk.fault, "pte", "not present, in the last table")
expect_eq(#walk.levels, LEVELS, "all tables are there")
expect_walk(task, 0x0804a000)

say {
	en = "The task exits. All its tables go, the top one too.",
	zh = "任务退出。它的表全部消失，包括顶级表。",
}
task:exit()
expect_eq(#machine().tasks, 0, "no task is left")
