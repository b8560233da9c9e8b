-- A private file mapping: the page of the cache, and the copy of one's own.
--
-- A page that is only read is the page cache's, found by the file's VMAs.  The
-- first write copies it, and the copy is an anonymous page: it is found by the
-- anon_vma, though its index still counts pages of the file.  One VMA has pages
-- of both kinds, and stands in both reverse maps.

scenario {
	title = {
		en = "A private file mapping: cache page and copy",
		zh = "私有文件映射：缓存页与副本",
	},
	summary = {
		en = "The first write copies a page of the page cache: early, \z
			if it was not mapped, or by a second fault. The copy is \z
			anonymous, the cache page stays.",
		zh = "第一次写会复制页缓存的页：若尚未映射就在缺页时直接复制，否\z
			则再缺页一次。副本是匿名页，缓存页留下。",
	},
	eras = { "2.6.11", "2.4", "2.6.0", "4.0", "6.18" },
}

local era = machine().era
local has_anon_vma = era ~= "2.4" and era ~= "2.6.0"
local faults_around = era == "4.0" or era == "6.18"

local FIRST <const> = 2 -- page of the file where the mappings begin

-- ---------------------------------------------------------------------------
scene { en = "A library in the page cache", zh = "页缓存中的库" }
show { "files", "spaces", "path", "narration" }

say {
	en = "A library of six pages; all were read once and are in the page \z
		cache. Nobody maps it.",
	zh = "一个六页的库；全部读过一次，已在页缓存中。没有谁映射它。",
}
local lib = batch("a library, all of it in the page cache", function()
	local f = file("lib", 6)

	for i = 0, 5 do
		f:read(i)
	end
	return f
end)
expect_eq(lib.nrpages, 6, "pages in the cache")

say {
	en = "A and B map four pages of it, from page 2 on: private, writable.",
	zh = "A 和 B 从第 2 页起映射四页：私有，可写。",
}
local function mapped(name)
	return batch(name .. " maps the library", function()
		local task = spawn(name)

		return task, task:mmap {
			file = lib, pgoff = FIRST, pages = 4, name = "lib",
		}
	end)
end
local A, a = mapped "A"
local B, b = mapped "B"
local vma = A:vmas()[1]
expect_eq(vma.file, lib, "the VMA belongs to the file")
expect_eq(vma.anon_vma, nil, "and to no anon_vma")

-- ---------------------------------------------------------------------------
scene { en = "A write to what is not mapped", zh = "写尚未映射的页" }
show { "files", "rmap", "path", "narration" }

ask {
	{
		en = "A writes page 3 of the file, for which it has no PTE. How \z
			many faults, and what is mapped then?",
		zh = "A 写文件的第 3 页，它还没有对应的 PTE。几次缺页？之后映射\z
			的是什么？",
	},
	choices = {
		{ en = "one fault, the cache page", zh = "一次，缓存页" },
		{ en = "one fault, a copy", zh = "一次，副本" },
		{ en = "two faults, a copy", zh = "两次，副本" },
	},
	answer = 2,
	why = {
		en = "The kernel sees that it is a write to private memory and \z
			copies at once: early copy-on-write. The cache page is \z
			never mapped.",
		zh = "内核知道这是对私有内存的写，马上复制：提前的写时复制。缓存\z
			页从未被映射。",
	},
}
say {
	en = "The fault finds the page in the cache, copies it, and maps the \z
		copy, writable.",
	zh = "缺页在缓存中找到页，复制它，并把副本映射为可写。",
}
A:write(a[1], "mine")
local copy = page_at(A, a[1])
point(copy)
expect_eq(costs(true).copies, 1, "one copy")
expect_eq(costs(true).io_reads, 0, "no read from the disk")
expect_eq(copy.kind, "anon", "the copy is an anonymous page")
expect_eq(copy.mapcount, 1)
expect_eq(copy.refcount, 1, "the page cache has no reference to it")
if has_anon_vma then
	expect(vma.anon_vma ~= nil, "the VMA has an anon_vma now")
	expect_eq(copy.mapping, vma.anon_vma, "the copy points to it")
	expect_eq(copy.index, FIRST + 1,
		"index: page 3, counted in the file as vm_pgoff is")
else
	expect_eq(copy.mapping, nil, "mapping is empty, as for all such pages")
	expect_eq(copy.index, nil, "and index undefined")
end
expect_eq(vma.file, lib, "the VMA still belongs to the file")

-- ---------------------------------------------------------------------------
scene { en = "A read first", zh = "先读" }

ask {
	{
		en = "A reads page 2. How many of its four pages are mapped \z
			afterwards?",
		zh = "A 读第 2 页。之后它的四页中有几页被映射？",
	},
	choices = { "1", "2", "4" },
	answer = faults_around and 3 or 2,
	why = faults_around and {
		en = "do_fault_around maps what is in the cache nearby: pages \z
			2, 4 and 5 in one fault. Page 3 has its copy.",
		zh = "do_fault_around 把附近在缓存里的也映射上：一次缺页映射第 2、\z
			4、5 页。第 3 页已有副本。",
	} or {
		en = "One fault maps one page: page 2. Page 3 has its copy.",
		zh = "一次缺页映射一页：第 2 页。第 3 页已有副本。",
	},
}
say {
	en = "A read maps the cache page itself, read-only.",
	zh = "读映射的是缓存页本身，只读。",
}
expect_eq(A:read(a[0]), "lib#2", "A reads the file")
local cached = page_at(A, a[0])
point(cached)
expect_eq(cached.kind, "file", "the page of the cache")
expect_eq(cached.mapping, lib)
local n = 0
for i = 0, 3 do
	n = n + (page_at(A, a[i]) and 1 or 0)
end
expect_eq(n, faults_around and 4 or 2, "pages that A maps")

say {
	en = "Now A writes page 2: a second fault for this page. do_wp_page \z
		copies; the cache page loses A's PTE.",
	zh = "现在 A 写第 2 页：这一页的第二次缺页。do_wp_page 复制；缓存页失去 A \z
		的 PTE。",
}
A:write(a[0], "mine too")
expect_eq(costs(true).copies, 1, "one copy")
expect_eq(page_at(A, a[0]).kind, "anon", "A has a copy")
expect_eq(cached.kind, "file", "the cache page stays in the cache")
expect_eq(cached.mapcount, 0, "but nobody maps it")
expect_eq(cached.refcount, 1, "the page cache's reference is left")
expect_eq(cached.value, "lib#2", "with the value of the file")

-- ---------------------------------------------------------------------------
scene { en = "One VMA, two reverse maps", zh = "一个 VMA，两种反向映射" }

say {
	en = "B reads page 3: it gets the page of the cache, not A's copy.",
	zh = "B 读第 3 页：得到缓存的页，不是 A 的副本。",
}
expect_eq(B:read(b[1]), "lib#3", "B sees the file")
local third = page_at(B, b[1])
expect_eq(third.kind, "file")
expect_eq(third.index, FIRST + 1, "index in the file")

-- Visits of a full walk: 2.4 looks at all slots, four in each VMA.
local by_file = ({ ["2.4"] = 8, ["2.6.0"] = 1 })[era] or 2
local by_anon = ({ ["2.4"] = 8 })[era] or 1

ask {
	{
		en = "A full walk from this cache page, page 3. Is A visited, \z
			which has a copy of page 3?",
		zh = "从第 3 页这个缓存页作完整遍历。已有第 3 页副本的 A 会被访问\z
			吗？",
	},
	choices = {
		{ en = "yes, in vain", zh = "会，白问" },
		{ en = "no", zh = "不会" },
	},
	answer = era == "2.6.0" and 2 or 1,
	why = ({
		["2.4"] = {
			en = "The scan visits everything.",
			zh = "扫描访问一切。",
		},
		["2.6.0"] = {
			en = "The page names its PTEs, and A's is not among \z
				them.",
			zh = "页指出自己的 PTE，A 的不在其中。",
		},
	})[era] or {
		en = "A's VMA has page 3 of the file, so the tree yields it. \z
			Its PTE holds the copy.",
		zh = "A 的 VMA 含文件的第 3 页，所以树会给出它。但它的 PTE 里是\z
			副本。",
	},
}
point(third)
say {
	en = "From the cache page: by the file.",
	zh = "从缓存页出发：经由文件。",
}
local found = third:rmap { full = true }
expect_eq(#found, 1, "one PTE maps it")
expect_eq(found[1].task, B, "B's")
expect_eq(found.cost.visited, by_file, "places looked at")

point(copy)
say(has_anon_vma and {
	en = "From A's copy: by the anon_vma, where A's VMA stands alone. The \z
		index is the same number, 3.",
	zh = "从 A 的副本出发：经由 anon_vma，那里只有 A 的 VMA。index 是同一个数 \z
		3。",
} or {
	en = "From A's copy: the same way as ever in this kernel.",
	zh = "从 A 的副本出发：这个内核里方法照旧。",
})
found = copy:rmap { full = true }
expect_eq(#found, 1, "one PTE maps it")
expect_eq(found[1].task, A, "A's")
expect_eq(found.cost.visited, by_anon, "places looked at")

-- ---------------------------------------------------------------------------
scene { en = "The file changes", zh = "文件改变" }

ask {
	{
		en = "Somebody writes page 3 of the file. Who sees it?",
		zh = "有人写文件的第 3 页。谁会看到？",
	},
	choices = {
		{ en = "A and B", zh = "A 和 B" },
		{ en = "B only", zh = "只有 B" },
		{ en = "neither", zh = "都看不到" },
	},
	answer = 2,
	why = {
		en = "write() changes the cache page. B maps it, private or \z
			not; A has left it with its copy.",
		zh = "write() 改的是缓存页。B 映射着它，不管是否私有；A 有了副本，\z
			已与它无关。",
	},
}
say { en = "A write to the file.", zh = "写文件。" }
lib:write(FIRST + 1, "v2")
expect_eq(third.value, "v2", "the cache page has changed")

say { en = "B reads the new value.", zh = "B 读到新值。" }
expect_eq(B:read(b[1]), "v2", "B sees it")
say { en = "A reads its own.", zh = "A 读到自己的值。" }
expect_eq(A:read(a[1]), "mine", "A does not")

ask {
	{
		en = "The file is cut to three pages: page 3 is gone from it. \z
			What of A's private copy of page 3?",
		zh = "文件被截成三页：第 3 页没有了。A 的第 3 页私有副本呢？",
	},
	choices = {
		{ en = "A keeps it", zh = "A 保留它" },
		{ en = "it is gone too", zh = "也没有了" },
	},
	answer = 2,
	why = {
		en = "truncate clears every PTE of the range in every VMA of \z
			the file, private copies as well.",
		zh = "truncate 清除文件每个 VMA 在该范围内的每个 PTE，私有副本也\z
			不例外。",
	},
}
say {
	en = "truncate goes by the file's VMAs, and A's VMA is one of them.",
	zh = "truncate 走文件的各 VMA，A 的 VMA 是其中之一。",
}
lib:truncate(FIRST + 1)
expect_eq(copy.kind, "free", "the copy is free")
expect_eq(third.kind, "free", "the cache page too")
expect_eq(page_at(A, a[0]).value, "mine too", "page 2 is before the end")

say { en = "A reads page 3.", zh = "A 读第 3 页。" }
expect_error("SIGBUS", function() A:read(a[1]) end)
