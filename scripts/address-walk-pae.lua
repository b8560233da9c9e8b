-- PAE: the same address on three levels.
--
-- address-walk shows the walk on two levels (i386) and four (x86_64).  Between
-- them stands PAE, with 32-bit addresses and entries of 64 bits: why does twice
-- the entry give one level more?

scenario {
	title = {
		en = "PAE: 0x080495b0 on three levels",
		zh = "PAE：三级的 0x080495b0",
	},
	summary = {
		en = "Entries of 8 bytes instead of 4: half as many in a \z
			table, one level more, and room for frames above 4 GB \z
			and for a bit that forbids execution.",
		zh = "表项从 4 字节变为 8 字节：每张表的项数减半，多一级，可以\z
			用 4 GB 以上的页框，还有禁止执行的一位。",
	},
	eras = { "2.6.11", "4.0" },
	arch = "pae",
}

local ADDRESS = 0x080495b0

-- ---------------------------------------------------------------------------
scene "2 + 9 + 9 + 12"
show { "walk", "spaces", "narration" }

say {
	en = "A task with two pages around 0x080495b0: one with data, one \z
		with code.",
	zh = "一个任务，在 0x080495b0 附近有两页：一页数据，一页代码。",
}
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
	{
		en = "A frame number above 4 GB does not fit in 4 bytes, so \z
			entries have 8 bytes. How many of them are in a table \z
			of 4096 bytes, and how many bits of the address does \z
			a level take?",
		zh = "4 GB 以上的页框号放不进 4 字节，所以表项是 8 字节。4096 \z
			字节的表有几项，每级占地址的几位？",
	},
	choices = {
		{ en = "1024 and 10", zh = "1024 和 10" },
		{ en = "512 and 9", zh = "512 和 9" },
		{ en = "512 and 10", zh = "512 和 10" },
	},
	answer = 2,
	why = {
		en = "4096 / 8 = 512 = 2 to the power of 9. Two levels take \z
			18 bits, the offset 12: two bits are left over, for a \z
			top table with only 4 entries.",
		zh = "4096 / 8 = 512 = 2 的 9 次方。两级占 18 位，偏移 12 位：\z
			还剩两位，给只有 4 项的顶级表。",
	},
}
say {
	en = "0x080495b0 in binary is 00 001000000 001001001 010110110000: \z
		indexes 0, 64 and 73, offset 0x5b0. On two levels it was 32 \z
		and 73.",
	zh = "0x080495b0 的二进制是 00 001000000 001001001 010110110000：索引 \z
		0、64、73，偏移 0x5b0。两级时是 32 和 73。",
}
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
scene { en = "A bit that i386 does not have", zh = "i386 没有的一位" }

ask {
	{
		en = "The region has rights rw-, without x. What stops the \z
			task from executing what it wrote there?",
		zh = "区域的权限是 rw-，没有 x。是什么阻止任务执行它写在那里的\z
			内容？",
	},
	choices = {
		{ en = "nothing", zh = "没有什么阻止" },
		{ en = "a bit in the PTE", zh = "PTE 里的一位" },
		{
			en = "the VMA, at each instruction",
			zh = "VMA，在每条指令时",
		},
	},
	answer = 2,
	why = {
		en = "Bit 63 of an entry of 8 bytes: no execute. The \z
			processor tests it; the VMA is only looked at when \z
			there is a fault. On two levels there is no such bit, \z
			and x means the same as r.",
		zh = "8 字节表项的第 63 位：不可执行。由处理器检查；只有缺页时\z
			才看 VMA。两级页表没有这一位，x 与 r 是一回事。",
	},
}
say {
	en = "Now the page with code is written too: a neighbour, but with x.",
	zh = "现在也写代码页：邻居，但带 x。",
}
task:write(code[0], "code")

local data_pte = task:walk(data[0]).levels[3]
local code_pte = task:walk(code[0]).levels[3]
expect(data_pte.no_execute, "the page of data: no execute")
expect(not code_pte.no_execute, "the page of code may be executed")
expect_eq(data_pte.entry >> 63, 1, "it is bit 63 of the entry")
expect_eq(code_pte.table, data_pte.table, "both are in one table")
expect_eq(code_pte.index, data_pte.index + 1, "side by side")

-- ---------------------------------------------------------------------------
scene { en = "Four entries, a gigabyte each", zh = "四项，每项一个 G" }

ask {
	{
		en = "One page in each of three gigabytes. How many tables do \z
			the three walks read, below the top one?",
		zh = "三个 G 里各一页。三次遍历在顶级表之下共读几张表？",
	},
	choices = { "2", "3", "6" },
	answer = 3,
	why = {
		en = "Each gigabyte has its own entry in the top table: \z
			nothing is shared below it. A pmd and a table of PTEs \z
			for each.",
		zh = "每个 G 在顶级表里有自己的一项：其下没有共用。各有一张 \z
			pmd 和一张 PTE 表。",
	},
}
note {
	en = "A real PAE kernel makes the three pmds together with the task \z
		(pgd_alloc). This machine makes them when they are first \z
		needed.",
	zh = "真正的 PAE 内核随任务一起建立三张 pmd（pgd_alloc）。本机器在第一\z
		次需要时才建立。",
}

say {
	en = "The first one is there already. Two more, at 0x40000000 and \z
		0x80000000.",
	zh = "第一个已经有了。再来两个，在 0x40000000 和 0x80000000。",
}
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

say {
	en = "And back down: what was written at 2 GB is read through the \z
		third entry.",
	zh = "再回来：写在 2 GB 处的内容经第三项读出。",
}
expect_eq(task:read(0x80000000), 2, "the value written there")
