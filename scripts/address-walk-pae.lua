-- PAE: the same address on three levels.
--
-- address-walk shows the walk on two levels (i386) and four (x86_64).  Between
-- them stands PAE, with 32-bit addresses and entries of 64 bits: why does twice
-- the entry give one level more?

scenario {
	title = "PAE: 0x080495b0 on three levels",
	summary = "Entries of 8 bytes instead of 4: half as many in a table, \z
		one level more, and room for frames above 4 GB and for a bit \z
		that forbids execution.",
	eras = { "2.6.11", "4.0" },
	arch = "pae",
}

local ADDRESS = 0x080495b0

-- ---------------------------------------------------------------------------
scene "2 + 9 + 9 + 12"
show { "walk", "spaces", "narration" }

say "A task with two pages around 0x080495b0: one with data, one with code."
local task, data, code
batch("a task with a page of data and a page of code", function()
	task = spawn "task"
	data = task:mmap {
		pages = 1,
		addr = 0x08049000,
		fixed = true,
		name = "data",
	}
	code = task:mmap {
		pages = 1,
		addr = 0x0804a000,
		fixed = true,
		prot = "rwx",
		name = "code",
	}
end)

ask {
	"A frame number above 4 GB does not fit in 4 bytes, so entries have 8 \z
		bytes. How many of them are in a table of 4096 bytes, and how \z
		many bits of the address does a level take?",
	choices = { "1024 and 10", "512 and 9", "512 and 10" },
	answer = 2,
	why = "4096 / 8 = 512 = 2 to the power of 9. Two levels take 18 bits, \z
		the offset 12: two bits are left over, for a top table with \z
		only 4 entries.",
}
say "0x080495b0 in binary is 00 001000000 001001001 010110110000: indexes 0, \z
	64 and 73, offset 0x5b0. On two levels it was 32 and 73."
task:write(ADDRESS, "hello")

local walk = task:walk(ADDRESS)
for i, want in ipairs {
	{ name = "pgd", index = 0 },
	{ name = "pmd", index = 64 },
	{ name = "pte", index = 73 },
} do
	expect_eq(walk.levels[i].name, want.name,
		"level " .. i .. ": " .. want.name)
	expect_eq(walk.levels[i].index, want.index,
		"its index is " .. want.index)
end
expect_eq(#walk.levels, 3, "three levels")
expect_eq(walk.offset, 0x5b0, "the offset")
expect_eq(walk.pfn, page_at(task, ADDRESS).pfn, "and the frame")

-- ---------------------------------------------------------------------------
scene "A bit that i386 does not have"

ask {
	"The region has rights rw-, without x. What stops the task from \z
		executing what it wrote there?",
	choices = {
		"nothing",
		"a bit in the PTE",
		"the VMA, at each instruction",
	},
	answer = 2,
	why = "Bit 63 of an entry of 8 bytes: no execute. The processor tests \z
		it; the VMA is only looked at when there is a fault. On two \z
		levels there is no such bit, and x means the same as r.",
}
say "Now the page with code is written too: a neighbour, but with x."
task:write(code[0], "code")

local data_pte = task:walk(data[0]).levels[3]
local code_pte = task:walk(code[0]).levels[3]
expect(data_pte["no execute"], "the page of data: no execute")
expect(not code_pte["no execute"], "the page of code may be executed")
expect_eq(data_pte.entry >> 63, 1, "it is bit 63 of the entry")
expect_eq(code_pte.table, data_pte.table, "both are in one table")
expect_eq(code_pte.index, data_pte.index + 1, "side by side")

-- ---------------------------------------------------------------------------
scene "Four entries, a gigabyte each"

ask {
	"One page in each of three gigabytes. How many tables do the three \z
		walks read, below the top one?",
	choices = { "2", "3", "6" },
	answer = 3,
	why = "Each gigabyte has its own entry in the top table: nothing is \z
		shared below it. A pmd and a table of PTEs for each.",
}
note "A real PAE kernel makes the three pmds together with the task \z
	(pgd_alloc). This machine makes them when they are first needed."

say "The first one is there already. Two more, at 0x40000000 and 0x80000000."
batch("a page in each of two more gigabytes", function()
	for gigabyte = 1, 2 do
		local address = gigabyte << 30

		task:mmap { pages = 1, addr = address, fixed = true }
		task:write(address, gigabyte)
	end
end)
local tables, count = {}, 0
for gigabyte = 0, 2 do
	local address = gigabyte == 0 and ADDRESS or gigabyte << 30
	local levels = task:walk(address).levels
	expect_eq(levels[1].index, gigabyte,
		"gigabyte " .. gigabyte .. ": entry of the top table")
	for level = 2, 3 do
		if not tables[levels[level].table] then
			tables[levels[level].table] = true
			count = count + 1
		end
	end
end
expect_eq(count, 6, "six tables, none of them shared")

say "And back down: what was written at 2 GB is read through the third entry."
expect_eq(task:read(0x80000000), 2, "the value written there")
