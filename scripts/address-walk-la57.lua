-- Five levels: 57 bits of address.
--
-- address-walk shows two and four levels, address-walk-pae three.  With five, a
-- task has 64 PiB of addresses, and does not see them unless it asks.

scenario {
	title = "Five levels: addresses above 128 TiB",
	summary = "One more table in front of the other four. The same \z
		address, one more step, and a door that opens only to those \z
		who knock.",
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
scene "One table in front"
show { "walk", "spaces", "narration" }

say "A task with a page around 0x7ffff7dd5a10, where libraries live."
local task = batch("a task with a page at 0x7ffff7dd5000", function()
	local t = spawn "task"
	t:mmap { pages = 1, addr = ADDRESS & ~0xfff, fixed = true }
	return t
end)

ask {
	"On four levels the indexes of 0x7ffff7dd5a10 are 255, 511, 446, 469. \z
		And on five?",
	choices = { "255, 511, 446, 469, 0", "0, 255, 511, 446, 469", "127, \z
		255, 511, 446, 469" },
	answer = 2,
	why = "The 9 bits of the new level stand in front of the others, and \z
		in this address they are zero. What was the top table of four \z
		levels is a p4d now.",
}
say "The first write builds the path: one table more than on four levels."
task:write(ADDRESS, "lib")
expect_eq(indexes(task, ADDRESS), "0 255 511 446 469", "the indexes")
expect_eq(task:walk(ADDRESS).levels[2].name, "p4d",
	"the second level is called p4d")
expect_eq(task:walk(ADDRESS).offset, 0xa10, "the offset")
expect_eq(task.nr_ptes, 4,
	"four tables below the top one; four levels have three")

-- ---------------------------------------------------------------------------
scene "Knock, and it opens"

ask {
	"The task has 56 bits of addresses now. Where will mmap place a \z
		region, if it is not told where?",
	choices = { "near the new top, 2 to the power of \z
		56", "below 2 to the power of 47, as ever" },
	answer = 2,
	why = "Programs have hidden notes in the upper bits of their \z
		pointers, for no address ever used them. So the kernel gives \z
		high addresses only to those who ask for them.",
}
say "mmap without an address."
local low = task:mmap { pages = 1, name = "low" }
expect(low.addr < 1 << 47, "below 128 TiB")

say "mmap with a hint above: whoever gives such a hint knows about such \z
	addresses."
local high = task:mmap { pages = 1, addr = HIGH, name = "high" }
expect_eq(high.addr, HIGH, "the hint is followed")

ask {
	"The page at 2 to the power of 50 is written. How many tables does it \z
		share with the others?",
	choices = { "none", "only the top one", "all but the last" },
	answer = 2,
	why = "Bit 50 is among the 9 bits of the top table: entry 4. From \z
		there on all is new.",
}
local before = task.nr_ptes
say "Four new tables for one page: addresses far from all others are not free."
task:write(high[0], "high")
expect_eq(indexes(task, HIGH), "4 0 0 0 0", "entry 4 of the top table")
expect_eq(task.nr_ptes - before, 4, "four new tables")
expect_eq(task:walk(HIGH).levels[1].table, task:walk(ADDRESS).levels[1].table,
	"the top table is shared")

say "And above 56 bits there is nothing for a task: that half belongs to the \z
	kernel."
local function too_high()
	task:mmap { pages = 1, addr = 1 << 56, fixed = true }
end
expect_error("ENOMEM", too_high)
