-- Five levels: 57 bits of address.
--
-- address-walk shows two and four levels, address-walk-pae three.  With five, a
-- task has 64 PiB of addresses, and does not see them unless it asks.

scenario {
	title = {
		en = "Five levels: addresses above 128 TiB",
		zh = "五级：128 TiB 以上的地址",
	},
	summary = {
		en = "One more table in front of the other four. The same \z
			address, one more step, and a door that opens only to \z
			those who knock.",
		zh = "在四级之前再加一张表。同样的地址，多走一步，还有一扇只为\z
			敲门者打开的门。",
	},
	eras = { "6.18" },
	arch = "x86_64-la57",
}

local ADDRESS <const> = 0x7ffff7dd5a10
local HIGH <const> = 1 << 50 -- far above what four levels give a task

-- The indexes of the walk of an address, from the top: "0 255 511 446 469".
local function indexes(task, address)
	local list = {}
	for i, level in ipairs(task:walk(address).levels) do
		list[i] = level.index
	end
	return table.concat(list, " ")
end

-- ---------------------------------------------------------------------------
scene { en = "One table in front", zh = "前面加一张表" }
show { "walk", "spaces", "narration" }

say {
	en = "A task with a page around 0x7ffff7dd5a10, where libraries live.",
	zh = "一个任务，在 0x7ffff7dd5a10 附近有一页，那里是放库的地方。",
}
local task = batch("a task with a page at 0x7ffff7dd5000", function()
	local t = spawn "task"
	t:mmap { pages = 1, addr = ADDRESS & ~0xfff, fixed = true }
	return t
end)

ask {
	{
		en = "On four levels the indexes of 0x7ffff7dd5a10 are 255, \z
			511, 446, 469. And on five?",
		zh = "在四级上 0x7ffff7dd5a10 的索引是 255、511、446、469。五\z
			级呢？",
	},
	choices = { "255, 511, 446, 469, 0", "0, 255, 511, 446, 469", "127, \z
		255, 511, 446, 469" },
	answer = 2,
	why = {
		en = "The 9 bits of the new level stand in front of the \z
			others, and in this address they are zero. What was \z
			the top table of four levels is a p4d now.",
		zh = "新一级的 9 位在其他各位之前，在这个地址里是零。四级时的\z
			顶级表现在成了 p4d。",
	},
}
say {
	en = "The first write builds the path: one table more than on four \z
		levels.",
	zh = "第一次写建成通路：比四级多一张表。",
}
task:write(ADDRESS, "lib")
expect_eq(indexes(task, ADDRESS), "0 255 511 446 469", "the indexes")
expect_eq(task:walk(ADDRESS).levels[2].name, "p4d",
	"the second level is called p4d")
expect_eq(task:walk(ADDRESS).offset, 0xa10, "the offset")
expect_eq(task.nr_ptes, 4,
	"four tables below the top one; four levels have three")

-- ---------------------------------------------------------------------------
scene { en = "Knock, and it opens", zh = "敲门，门就开" }

ask {
	{
		en = "The task has 56 bits of addresses now. Where will mmap \z
			place a region, if it is not told where?",
		zh = "任务现在有 56 位地址。如果不指定位置，mmap 会把区域放在\z
			哪里？",
	},
	choices = {
		{
			en = "near the new top, 2 to the power of 56",
			zh = "新的顶端附近，2 的 56 次方",
		},
		{
			en = "below 2 to the power of 47, as ever",
			zh = "仍在 2 的 47 次方之下",
		},
	},
	answer = 2,
	why = {
		en = "Programs have hidden notes in the upper bits of their \z
			pointers, for no address ever used them. So the \z
			kernel gives high addresses only to those who ask for \z
			them.",
		zh = "有的程序把记号藏在指针的高位，因为从来没有地址用到那些\z
			位。所以内核只把高地址给主动要求的人。",
	},
}
say { en = "mmap without an address.", zh = "不给地址的 mmap。" }
local low = task:mmap { pages = 1, name = "low" }
expect(low.addr < 1 << 47, "below 128 TiB")

say {
	en = "mmap with a hint above: whoever gives such a hint knows about \z
		such addresses.",
	zh = "带高地址提示的 mmap：给出这种提示的人知道有这样的地址。",
}
local high = task:mmap { pages = 1, addr = HIGH, name = "high" }
expect_eq(high.addr, HIGH, "the hint is followed")

ask {
	{
		en = "The page at 2 to the power of 50 is written. How many \z
			tables does it share with the others?",
		zh = "写 2 的 50 次方处的页。它与其他页共用几张表？",
	},
	choices = {
		{ en = "none", zh = "一个也没有" },
		{ en = "only the top one", zh = "只有顶级表" },
		{ en = "all but the last", zh = "除最后一级外全部" },
	},
	answer = 2,
	why = {
		en = "Bit 50 is among the 9 bits of the top table: entry 4. \z
			From there on all is new.",
		zh = "第 50 位属于顶级表的 9 位：第 4 项。从那里往下全是新的。",
	},
}
local before = task.nr_ptes
say {
	en = "Four new tables for one page: addresses far from all others are \z
		not free.",
	zh = "为一页建四张新表：远离其他地址是要付代价的。",
}
task:write(high[0], "high")
expect_eq(indexes(task, HIGH), "4 0 0 0 0", "entry 4 of the top table")
expect_eq(task.nr_ptes - before, 4, "four new tables")
expect_eq(task:walk(HIGH).levels[1].table, task:walk(ADDRESS).levels[1].table,
	"the top table is shared")

say {
	en = "And above 56 bits there is nothing for a task: that half \z
		belongs to the kernel.",
	zh = "56 位以上没有任务的份：那一半属于内核。",
}
local function too_high()
	task:mmap { pages = 1, addr = 1 << 56, fixed = true }
end
expect_error("ENOMEM", too_high)
