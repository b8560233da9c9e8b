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
	title = "From an address to a frame: 0x080495b0",
	summary = "The bits of an address are indexes into tables. Who makes \z
		the tables, which are shared, and what does a walk cost on \z
		two, three, four, five levels?",
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
scene "An address is a list of numbers"
show { "walk", "spaces", "frames", "narration" }

say "A new task has one table, the top one. CR3 points to it. All its entries \z
	are empty."
local task = spawn "task"
local walk = task:walk(ADDRESS)
expect_eq(#walk.levels, 1, "a walk reads one entry of the top table")
expect_eq(walk.fault, "pgd", "and ends there: not present")
expect_eq(task.nr_ptes, 0, "there are no other tables")

local list = split(ADDRESS)
if arch == "i386" then
	ask {
		"0x080495b0 in binary is 0000100000 0001001001 010110110000. \z
			Which index has the top table, which the next?",
		choices = { "32 and 73", "8 and 49", "73 and 32" },
		answer = 1,
		why = "The first 10 bits are 32, the next 10 are 73, and the \z
			last 12 are the offset 0x5b0 inside the page.",
	}
else
	ask {
		"0x080495b0 was index 32 and 73 on two levels of 10 bits. How \z
			is it cut here, on " .. LEVELS .. " levels?",
		choices = { "32, 73", table.concat(list, ", "), "8, 4, 9, 5" },
		answer = 2,
		why = "Entries have 8 bytes here, so a table of 4096 bytes \z
			has 512 of them: 9 bits a level. The offset is 0x5b0, \z
			as on two levels.",
	}
end
say "mmap makes a VMA around our address. It builds no table: the walk still \z
	ends at the top."
task:mmap { pages = 2, addr = 0x08049000, fixed = true, name = "data" }
expect_eq(task:walk(ADDRESS).fault, "pgd", "the entry is still not present")

-- ---------------------------------------------------------------------------
scene "The first touch builds the path"

ask {
	"The task writes to 0x080495b0. How many tables must be made for that?",
	choices = { "1", "2", "3", "4" },
	answer = LEVELS - 1,
	why = "Each level but the top one needs a table on this path: \z
		" .. LEVELS - 1
		.. " here, and then the page itself.",
}
if arch == "pae" then
	note "A real PAE kernel makes its pmds together with the task \z
		(pgd_alloc). This machine makes them when they are first \z
		needed."
end
say "The fault makes what is missing, from the top down, and writes the PTE \z
	last."
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
scene "Neighbours share tables"

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
	"The next page, 0x0804a000, is written. How many new tables?",
	choices = { "none", "one", "as many as before" },
	answer = 1,
	why = "Only the last index is another one: 74 after 73. All tables \z
		above are shared.",
}
say "One entry more in a table that is there."
task:write(0x0804a000, "next")
expect_eq(task.nr_ptes, LEVELS - 1, "no new table")
local neighbour = expect_walk(task, 0x0804a000)
expect_eq(neighbour.levels[LEVELS].index, 74, "the last index: 74")
expect_eq(neighbour.levels[LEVELS].table, walk.levels[LEVELS].table,
	"in the same table")

say "A page at 0x40000000, a gigabyte up. The walk leaves the known path \z
	early, and from there down all tables are new."
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
	say "And an address that i386 never had: 0x7ffff7dd5a10 is 255, 511, \z
		446, 469 on four levels."
	write_new(0x7ffff7dd5a10, "lib")
	local high = expect_walk(task, 0x7ffff7dd5a10)
	expect_eq(high.offset, 0xa10, "the offset")
	expect_eq(high.levels[LEVELS].index, 469, "the last index")
else
	say "Nearly at the top of what a task has, below 3 GB: 0xbffeb000."
	write_new(0xbffeb000, "stack")
	local high = expect_walk(task, 0xbffeb000)
	expect_eq(high.levels[1].index, arch == "i386" and 767 or 2,
		"the first index")
end

-- ---------------------------------------------------------------------------
scene "Rights"

say "mprotect takes the right to write from our page. Only the PTE changes; \z
	the tables above serve its neighbours too."
task:mprotect(0x08049000, 4096, "r--")
walk = expect_walk(task, ADDRESS)
for i, level in ipairs(walk.levels) do
	expect_eq(level.writable, i < LEVELS,
		level.name .. (i < LEVELS and ": writable" or ": read-only"))
end

ask {
	"The entries above still say writable. May the task write?",
	choices = { "yes", "no" },
	answer = 2,
	why = "The processor allows only what every level allows.",
}
say "It tries."
expect_error("SIGSEGV", function() task:write(ADDRESS, "no") end)
expect_eq(page_at(task, ADDRESS).value, "hello", "the page did not change")

-- ---------------------------------------------------------------------------
scene "Unmap"

ask {
	"The page at 0x08049000 is unmapped, its neighbour is not. Where does \z
		a walk for 0x080495b0 end now?",
	choices = { "at the top table", "at the last table" },
	answer = 2,
	why = "The neighbour needs the same tables, so they stay. Only the \z
		PTE is empty.",
}
say "Unmap the first page."
task:munmap(0x08049000, 4096)
walk = task:walk(ADDRESS)
expect_eq(walk.fault, "pte", "not present, in the last table")
expect_eq(#walk.levels, LEVELS, "all tables are there")
expect_walk(task, 0x0804a000)

say "The task exits. All its tables go, the top one too."
task:exit()
expect_eq(#machine().tasks, 0, "no task is left")
