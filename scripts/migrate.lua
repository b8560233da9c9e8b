-- Migration: a page gets another frame, and nobody notices.
--
-- The reverse map is used twice.  First every PTE is replaced by a migration
-- entry, which names the old frame; whoever touches the page now would wait for
-- its lock.  Then the content is copied, the new frame takes the old one's place
-- (mapping, index, flags), and a second walk puts PTEs back where the entries
-- are.  To see the entries, go through the step with the key for one event.

scenario {
	title = {
		en = "Migration: the same page in another frame",
		zh = "迁移：同一页换一个页框",
	},
	summary = {
		en = "Migration entries instead of PTEs, the copy, and \z
			remove_migration_ptes: what the page keeps and what gets \z
			lost, for a private, a shared and a file's page.",
		zh = "用迁移项代替 PTE，复制，再 remove_migration_ptes：私有页、\z
			共享页和文件页各保留什么，丢失什么。",
	},
	eras = { "4.0", "6.18" },
}

local era = machine().era
local new = era == "6.18"

local function pte(task, addr)
	local levels = task:walk(addr).levels

	return levels[#levels]
end

-- ---------------------------------------------------------------------------
scene { en = "A page that stands in the way", zh = "一个挡路的页" }
show { "spaces", "rmap", "path", "frames", "narration" }

say {
	en = "A task writes a page.",
	zh = "一个任务写一页。",
}
local parent = spawn "parent"
local heap = parent:mmap { pages = 1, name = "heap" }
parent:write(heap[0], "A")
local old = page_at(parent, heap[0])
local mapping, index = old.mapping, old.index
point(old)
expect(pte(parent, heap[0]).dirty, "its PTE is dirty")
expect(pte(parent, heap[0]).accessed, "and young")
if new then
	expect(old.flags.anon_exclusive, "the page is AnonExclusive")
end

ask {
	{
		en = "Somebody needs a large block of frames, and this one lies in \z
			the middle. The page shall move. What must not change?",
		zh = "有人需要一大块连续页框，而这个页框在中间。页要搬走。什么不能\z
			变？",
	},
	choices = {
		{ en = "its frame number", zh = "它的页框号" },
		{ en = "its address and content", zh = "它的地址和内容" },
		{ en = "its PTE", zh = "它的 PTE" },
	},
	answer = 2,
	why = {
		en = "A process sees addresses and values. Which frame holds them \z
			is the kernel's business, if it finds every PTE.",
		zh = "进程看到的是地址和值。它们在哪个页框是内核的事，只要内核能\z
			找到每个 PTE。",
	},
}
say {
	en = "Walk, entry, copy, walk, PTE. Press . to go through it: in the \z
		middle the PTE is a migration entry.",
	zh = "遍历，迁移项，复制，遍历，PTE。按 . 逐步看：中间时 PTE 是一个迁移\z
		项。",
}
expect_eq(migrate(old), true)
local page = page_at(parent, heap[0])
point(page)
expect(page ~= old, "another frame")
expect_eq(old.kind, "free", "the old one is free")
expect_eq(page.value, "A", "the content is the same")
expect_eq(page.mapping, mapping, "it belongs to the same anon_vma")
expect_eq(page.index, index, "at the same index")
expect_eq(page.mapcount, 1, "PTEs that map it")
expect_eq(costs(true).copies, 1, "pages copied")
expect_eq(costs(true).visited, 2, "VMAs visited: one in each walk")
expect(pte(parent, heap[0]).writable, "the entry was a write entry: writable")
if new then
	expect(page.flags.anon_exclusive, "AnonExclusive went through the entry")
end
-- 4.0 makes the PTE anew; 6.18 carries both bits in the entry
expect_eq(pte(parent, heap[0]).accessed, new, "is the PTE still young?")
expect_eq(pte(parent, heap[0]).dirty, new, "is it still dirty?")
expect(page.flags.dirty, "the page is dirty: the first walk noted it there")

say {
	en = "The task writes on. No fault: it has not noticed anything.",
	zh = "任务继续写。没有缺页：它什么也没察觉。",
}
local faults = parent.min_flt
parent:write(heap[0], "A2")
expect_eq(parent.min_flt, faults, "no fault")

-- ---------------------------------------------------------------------------
scene { en = "A shared page", zh = "共享页" }

say {
	en = "Two children share the page.",
	zh = "两个子进程共享这一页。",
}
local child = parent:fork "child"
local other = parent:fork "other"

say {
	en = "One of them writes and has its copy. Its VMA stays on the \z
		anon_vma: it could have more pages there.",
	zh = "其中一个写，得到副本。它的 VMA 仍在 anon_vma 上：那里可能还有它的\z
		页。",
}
other:write(heap[0], "O")
expect_eq(page.mapcount, 2, "PTEs that map the page: parent and child")
expect_eq(#mapping.vmas, 3, "VMAs that its anon_vma leads to")

ask {
	{
		en = "The page moves again. How many VMAs will the second walk \z
			visit, the one that puts the PTEs back?",
		zh = "页再次迁移。第二次遍历，即放回 PTE 的那次，会访问几个 VMA？",
	},
	choices = { "2", "3" },
	answer = 2,
	why = {
		en = "The new frame has no mapcount yet, so nothing tells when all \z
			are found. The walk goes to the end of the tree.",
		zh = "新页框还没有 mapcount，所以没有什么能说明已经找全。遍历一直\z
			走到树的末尾。",
	},
}
say {
	en = "The first walk stops after two PTEs, for mapcount is 0 then. The \z
		second one looks at all three.",
	zh = "第一次遍历找到两个 PTE 就停，因为 mapcount 已为 0。第二次看全部三\z
		个。",
}
old = page
point(old)
expect_eq(migrate(old), true)
page = page_at(parent, heap[0])
point(page)
expect_eq(page_at(child, heap[0]), page, "both have the new frame")
expect_eq(page.mapcount, 2, "PTEs that map it")
expect_eq(page.value, "A2")
expect_eq(costs(true).visited, 2 + 3, "VMAs visited by both walks")
expect_eq(costs(true).wasted, 1, "in vain: the one that has its copy")
for _, task in ipairs { parent, child } do
	expect(not pte(task, heap[0]).writable, task.name .. ": read-only as before")
end
expect_eq(other:read(heap[0]), "O", "the third has its own")
if new then
	expect(not page.flags.anon_exclusive, "shared: not exclusive")
end

say {
	en = "The child writes: a copy, as if nothing had happened.",
	zh = "子进程写：复制，就像什么也没发生。",
}
child:write(heap[0], "C")
expect_eq(costs(true).copies, 1, "pages copied")
expect_eq(parent:read(heap[0]), "A2", "the parent's value")

-- ---------------------------------------------------------------------------
scene { en = "A page of a file", zh = "文件的页" }
show { "files", "spaces", "path", "frames", "narration" }

say {
	en = "A file's page, mapped and written by the parent.",
	zh = "文件的一页，由父进程映射并写。",
}
local data = file("data", 2)
local view = parent:mmap { pages = 2, file = data, shared = true, name = "view" }
parent:write(view[0], "F")
old = page_at(parent, view[0])
point(old)
expect_eq(old, data:page(0), "the page of the page cache")

ask {
	{
		en = "This page moves, too. What besides the PTE points to its \z
			frame and must be changed?",
		zh = "这一页也迁移。除了 PTE，还有什么指向它的页框，必须修改？",
	},
	choices = {
		{ en = "the page cache of the file", zh = "文件的页缓存" },
		{ en = "the VMA", zh = "VMA" },
		{ en = "nothing", zh = "没有" },
	},
	answer = 1,
	why = {
		en = "The file's tree leads from an index to the frame. Its slot \z
			is switched while the page is locked and unmapped.",
		zh = "文件的树从索引找到页框。在页加锁且没有映射时，切换它的那一\z
			项。",
	},
}
say {
	en = "The slot of the page cache is switched to the new frame; then the \z
		walk over the file's VMAs restores the PTE.",
	zh = "页缓存的那一项切换到新页框；然后遍历文件的 VMA，恢复 PTE。",
}
expect_eq(migrate(old), true)
page = data:page(0)
point(page)
expect(page ~= old, "another frame in the page cache")
expect_eq(page_at(parent, view[0]), page, "the PTE points to it")
expect_eq(page.refcount, 2, "references: the page cache and the PTE")
expect(page.flags.dirty, "still dirty: it must be written some time")
expect_eq(data:read(0), "F", "the file reads the same")

say {
	en = "And it is written to the disk from its new frame.",
	zh = "从新页框写到磁盘。",
}
data:sync()
expect(not page.flags.dirty, "clean")
note {
	en = "The other users of the same walks: compaction and memory hotplug \z
		move pages with them, KSM and reclaim share the first one.",
	zh = "同样的遍历还有别的用者：内存规整和内存热插拔用它们移动页，KSM 和回\z
		收共用第一次遍历。",
}
