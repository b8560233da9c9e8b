-- One page of the page cache in two address spaces.
--
-- Two processes share a mapping of a file, at different addresses.  What one
-- writes the other sees at once: there is one frame.  But who knows that it is
-- dirty?  The PTE through which it was written, and in 2.4 to 2.6.11 nobody else:
-- so fsync finds nothing to write.  4.0 and 6.18 leave the PTE read-only until
-- the first write, mark the page in that fault, and by the reverse map take the
-- right to write away again when the page is written back.

scenario {
	title = {
		en = "A shared file mapping: one page, two address spaces",
		zh = "共享文件映射：一个页，两个地址空间",
	},
	summary = {
		en = "Read, write, fsync, truncate: one frame of the page cache, \z
			two PTEs with a dirty bit each, and a reverse map that \z
			goes by the file.",
		zh = "读、写、fsync、truncate：页缓存里一个页框，两个 PTE 各有自\z
			己的脏位，反向映射从文件出发。",
	},
	eras = { "2.6.11", "2.4", "2.6.0", "4.0", "6.18" },
	fault_around = 1, -- a read maps its page and no other
}

local era = machine().era
-- A write fault tells: the PTE of a clean shared page is read-only.
local tells_writes = era == "4.0" or era == "6.18"
-- How the kernel gets from a page of a file to its PTEs.
local way = ({
	["2.4"] = "none",
	["2.6.0"] = "chain",
	["2.6.11"] = "tree",
	["4.0"] = "tree",
	["6.18"] = "tree",
})[era]

-- The PTE itself: the last level of the walk.
local function pte(task, addr)
	local levels = task:walk(addr).levels

	return levels[#levels]
end

-- ---------------------------------------------------------------------------
scene { en = "Two mappings of one file", zh = "同一文件的两个映射" }
show { "files", "spaces", "path", "narration" }

say { en = "A file of four pages, on the disk.", zh = "磁盘上一个四页的文件。" }
local db = file("db", 4)

say {
	en = "A maps all of it, shared.",
	zh = "A 共享映射整个文件。",
}
local A = spawn "A"
local a = A:mmap { file = db, pages = 4, shared = true, name = "db" }

say {
	en = "B maps two pages of it, from page 1 on, elsewhere.",
	zh = "B 在别处映射其中两页，从第 1 页起。",
}
local B = spawn "B"
local b = B:mmap {
	file = db, pages = 2, pgoff = 1, shared = true, addr = 0x10000000,
	name = "db",
}
expect(a[1] ~= b[0], "page 1 of the file: two different addresses")
expect_eq(A:vmas()[1].file, db, "both VMAs know the file")
expect_eq(B:vmas()[1].file, db)

say {
	en = "A reads page 1. It is not in memory: the page cache takes a frame, \z
		the disk fills it, A's PTE points to it.",
	zh = "A 读第 1 页。它不在内存：页缓存取一个页框，磁盘填好，A 的 PTE 指向\z
		它。",
}
expect_eq(A:read(a[1]), "db#1", "A reads what the disk holds")
expect_eq(costs(true).io_reads, 1, "one read from the disk")
local frame = page_at(A, a[1])
expect_eq(frame.kind, "file")
expect_eq(frame.mapping, db, "mapping: the file")
expect_eq(frame.index, 1, "index: the page of the file")
expect_eq(frame.refcount, 2, "references: the page cache's and A's")

ask {
	{
		en = "B reads the same page. What happens?",
		zh = "B 读同一页。会怎样？",
	},
	choices = {
		{ en = "it is read from the disk again", zh = "再从磁盘读一次" },
		{ en = "it is copied in memory", zh = "在内存里复制一份" },
		{ en = "B's PTE points to the same frame", zh = "B 的 PTE 指向同一页框" },
	},
	answer = 3,
	why = {
		en = "The page cache has it, by file and index. A fault is \z
			needed, but no I/O and no copy.",
		zh = "页缓存按文件和 index 找到它。需要一次缺页，但不需要 I/O，也\z
			不需要复制。",
	},
}
say {
	en = "The fault of B finds the page in the cache.",
	zh = "B 的缺页在缓存中找到这一页。",
}
expect_eq(B:read(b[0]), "db#1", "B reads the same")
expect_eq(costs(true).io_reads, 0, "no read")
expect_eq(page_at(B, b[0]), frame, "the same frame")
expect_eq(frame.mapcount, 2, "two PTEs map it")
expect_eq(pte(A, a[1]).writable, not tells_writes,
	"may A write without a fault?")

-- ---------------------------------------------------------------------------
scene { en = "Who knows that it is dirty?", zh = "谁知道它脏了？" }

say(tells_writes and {
	en = "A writes. The PTE is read-only, so there is a fault: it marks the \z
		page dirty and lets A write. Nothing is copied.",
	zh = "A 写。PTE 只读，所以有一次缺页：它把页标为脏，并让 A 可写。什么也不\z
		复制。",
} or {
	en = "A writes. The PTE allows it, so no kernel code runs at all: the \z
		processor sets the dirty bit of A's PTE.",
	zh = "A 写。PTE 允许，所以根本没有内核代码运行：处理器设置 A 的 PTE 的脏\z
		位。",
})
A:write(a[1], "new")
point(frame)
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(pte(A, a[1]).dirty, true, "A's PTE is dirty")
expect_eq(pte(B, b[0]).dirty, false, "B's is not")
expect_eq(frame.flags.dirty, tells_writes, "does the page know it?")

say {
	en = "B reads: it sees the new value, for there is one frame.",
	zh = "B 读：它看到新值，因为只有一个页框。",
}
expect_eq(B:read(b[0]), "new", "B sees what A wrote")

ask {
	{
		en = "Now fsync. How many pages does it write to the disk?",
		zh = "现在 fsync。它向磁盘写几页？",
	},
	choices = { "0", "1", "2" },
	answer = tells_writes and 2 or 1,
	why = tells_writes and {
		en = "The page is marked dirty. Before it is written, \z
			page_mkclean finds both PTEs and makes them clean and \z
			read-only: the next write will be noticed.",
		zh = "页已标为脏。写之前 page_mkclean 找到两个 PTE，把它们变成干\z
			净、只读：下一次写会被发现。",
	} or {
		en = "fsync looks for pages marked dirty. That A's PTE is dirty \z
			nobody has told the page yet. (msync would look.)",
		zh = "fsync 找标为脏的页。A 的 PTE 脏了，但还没有谁告诉页。（msync \z
			会去看。）",
	},
}
point(frame)
say(tells_writes and {
	en = "Writeback: a walk of the reverse map, then one write.",
	zh = "回写：先走一遍反向映射，再写一次。",
} or {
	en = "Writeback finds no dirty page.",
	zh = "回写没有找到脏页。",
})
db:sync()
expect_eq(costs(true).io_writes, tells_writes and 1 or 0, "pages written")
expect_eq(pte(A, a[1]).dirty, not tells_writes, "is A's PTE still dirty?")
expect_eq(frame.flags.dirty, false)

say {
	en = "B writes too.",
	zh = "B 也写。",
}
B:write(b[0], "newer")
expect_eq(pte(B, b[0]).dirty, true, "B's PTE is dirty")
expect_eq(A:read(a[1]), "newer", "A sees it")

ask {
	{
		en = "B unmaps its region. Where does the dirty bit of its PTE \z
			go?",
		zh = "B 解除映射。它的 PTE 的脏位到哪里去？",
	},
	choices = {
		{ en = "it is lost", zh = "丢失" },
		{ en = "to the page: PG_dirty", zh = "到页上：PG_dirty" },
		{ en = "to A's PTE", zh = "到 A 的 PTE" },
	},
	answer = 2,
	why = {
		en = "Whoever takes a PTE away must save its dirty bit: \z
			zap_pte_range calls set_page_dirty.",
		zh = "谁拿走 PTE，谁就得保存它的脏位：zap_pte_range 调用 \z
			set_page_dirty。",
	},
}
say {
	en = "munmap clears B's PTE and marks the page.",
	zh = "munmap 清除 B 的 PTE 并标记页。",
}
B:munmap(b)
point(frame)
expect_eq(frame.flags.dirty, true, "the page is dirty, in every kernel")
expect_eq(frame.mapcount, 1, "A still maps it")

say {
	en = "fsync again: now there is a page to write, in every kernel.",
	zh = "再次 fsync：现在每个内核都有一页要写。",
}
db:sync()
expect_eq(costs(true).io_writes, 1, "pages written")
expect_eq(frame.flags.dirty, false, "the page is clean")
expect_eq(frame.kind, "file", "and stays in the page cache")

-- ---------------------------------------------------------------------------
scene { en = "Who maps this page of the file?", zh = "谁映射文件的这一页？" }

say {
	en = "B maps the file again and reads the page.",
	zh = "B 再次映射文件并读这一页。",
}
b = batch("B maps and reads again", function()
	local region = B:mmap {
		file = db, pages = 2, pgoff = 1, shared = true,
		addr = 0x10000000, name = "db",
	}

	B:read(region[0])
	return region
end)

point(frame)
say(({
	none = {
		en = "2.4 has the VMAs of a file on a list, but reclaim does not \z
			use it. It scans, for files as for the rest.",
		zh = "2.4 有文件的 VMA 链表，但回收不用它。对文件也和别的一样\z
			扫描。",
	},
	chain = {
		en = "2.6.0 keeps chains for file pages as for all others: the \z
			page names its PTEs.",
		zh = "2.6.0 对文件页和别的页一样用链：页指出自己的 PTE。",
	},
	tree = {
		en = "From mapping to the file, in its tree to the VMAs that have \z
			page 1, and in each from index and vm_pgoff to the \z
			address.",
		zh = "由 mapping 到文件，在它的树里找到含第 1 页的 VMA，在每个里面\z
			由 index 和 vm_pgoff 算出地址。",
	},
})[way])
local found = frame:rmap { full = true }
expect_eq(#found, 2, "two PTEs, in two address spaces")
expect_eq(found.cost.visited, way == "none" and 6 or 2,
	"places looked at")
local addrs = { [A.pid] = a[1], [B.pid] = b[0] }
for _, mapping in ipairs(found) do
	expect_eq(mapping.addr, addrs[mapping.task.pid],
		mapping.task.name .. ": the address follows from index")
end

ask {
	{
		en = "The file is cut to one page. A and B still map page 1. \z
			What will they find there?",
		zh = "文件被截成一页。A 和 B 还映射第 1 页。它们会在那里看到什\z
			么？",
	},
	choices = {
		{ en = "the old page", zh = "旧的页" },
		{ en = "zeros", zh = "零" },
		{ en = "SIGBUS", zh = "SIGBUS" },
	},
	answer = 3,
	why = {
		en = "truncate takes the PTEs out of all mappings first, then \z
			the page out of the cache. Behind the end of a file \z
			there is nothing to fault in.",
		zh = "truncate 先从所有映射中取走 PTE，再把页移出缓存。文件末尾\z
			之后没有什么可以调入。",
	},
}
say {
	en = "truncate: every kernel goes from the file to the VMAs here, even \z
		2.4, for this its list exists.",
	zh = "truncate：这里每个内核都从文件走到 VMA，连 2.4 也是，它的链表正是为\z
		此而有。",
}
db:truncate(1)
expect_eq(page_at(A, a[1]), nil, "A's PTE is gone")
expect_eq(page_at(B, b[0]), nil, "B's too")
expect_eq(frame.kind, "free", "the frame is free")

say {
	en = "A reads where page 1 was.",
	zh = "A 读第 1 页原来的位置。",
}
expect_error("SIGBUS", function() A:read(a[1]) end)

say { en = "Page 0 is still there.", zh = "第 0 页还在。" }
expect_eq(A:read(a[0]), "db#0", "A reads page 0")
