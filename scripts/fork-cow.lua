-- Fork, copy on write and unmap: the reverse map in four acts.
--
-- A parent writes three pages (act 1) and forks (act 2), the child writes one
-- of them (act 3), and the reverse map is used and taken down (act 4).  Each
-- act is also a scenario of its own: act-1-first-write, act-2-fork,
-- act-3-child-writes, act-4-unmap-and-walk.
--
-- Every expect below is a check: `rmapscope test fork-cow.lua` runs them all in
-- the three kernels named here.
--
-- A text goes on in the next line after \z.  heap[1] is the address of page 1
-- of the region heap; pages are counted from 0.

scenario {
	title = {
		en = "Fork, copy on write, unmap: who maps this frame?",
		zh = "fork、写时复制、解除映射：谁映射了这个页框？",
	},
	summary = {
		en = "A parent forks, the child writes one page and unmaps. \z
			After each step: which page tables point to which \z
			frame, and how would the kernel find out?",
		zh = "父进程 fork，子进程写一页，然后解除映射。每一步之后：哪\z
			些页表指向哪个页框？内核又如何查出？",
	},
	eras = { "4.0", "2.6.11", "6.18" }, -- the first is the default
}

-- 2.6.11 has one anon_vma for the whole family: a list of VMAs.  The later
-- kernels give each forked VMA an anon_vma of its own and link it to those of
-- its ancestors by an anon_vma_chain.
local era = machine().era
local has_chains = era ~= "2.6.11"

-- ---------------------------------------------------------------------------
scene { en = "Act 1: the parent writes", zh = "第一幕：父进程写" }
show { "spaces", "rmap", "path", "narration" }

say {
	en = "A task with an empty address space. Nothing is mapped yet.",
	zh = "一个地址空间为空的任务。还什么也没有映射。",
}
local parent = spawn "parent"

say {
	en = "mmap only promises addresses: one VMA of three pages. There is \z
		no frame yet.",
	zh = "mmap 只许诺地址：一个三页的 VMA。此时还没有页框。",
}
local heap = parent:mmap { pages = 3, name = "heap" }

local vma_p = parent:vmas()[1]
expect_eq(#parent:vmas(), 1, "mmap made one VMA")
expect_eq(page_at(parent, heap[0]), nil, "mmap gave it no frame")
expect_eq(vma_p.anon_vma, nil, "and no anon_vma: there is nothing to find yet")

ask {
	{
		en = "Three pages are written now, one after the other. How \z
			many anon_vmas will there be?",
		zh = "现在依次写三个页。会有几个 anon_vma？",
	},
	choices = {
		{ en = "none", zh = "一个也没有" },
		{ en = "one for the VMA", zh = "整个 VMA 一个" },
		{ en = "one for each page", zh = "每页一个" },
	},
	answer = 2,
	why = {
		en = "A page must lead to the VMAs that may map it. All three \z
			pages lie in one VMA, so one anon_vma serves them all.",
		zh = "从一个页要能找到可能映射它的 VMA。三个页都在同一个 VMA \z
			里，所以一个 anon_vma 就够了。",
	},
}
say {
	en = "The first write faults. The VMA gets an anon_vma, the page a \z
		frame, and the frame points back: mapping says which \z
		anon_vma, index which page.",
	zh = "第一次写引起缺页异常。VMA 得到 anon_vma，页得到页框，页框再指回\z
		去：mapping 说明是哪个 anon_vma，index 说明是第几页。",
}
parent:write(heap[0], "A")

local av_p = vma_p.anon_vma
local frame_a = page_at(parent, heap[0])
expect(av_p ~= nil, "the first write gave the VMA an anon_vma")
expect_eq(frame_a.mapping, av_p, "the frame points back to this anon_vma")
expect_eq(frame_a.index, heap[0] // 4096,
	"index: the number of the virtual page")
expect_eq(frame_a.mapcount, 1, "one PTE maps the frame")
expect_eq(frame_a._mapcount, 0, "_mapcount counts from -1, so one PTE is 0")

point(frame_a)
say {
	en = "The second write faults too, but the VMA has its anon_vma \z
		already. Only a frame is needed.",
	zh = "第二次写也缺页，但 VMA 已经有 anon_vma，只需要一个页框。",
}
parent:write(heap[1], "B")

say {
	en = "And the third. Three frames, one anon_vma.",
	zh = "第三次也一样。三个页框，一个 anon_vma。",
}
parent:write(heap[2], "C")

local frame_b, frame_c = page_at(parent, heap[1]), page_at(parent, heap[2])
expect_eq(#anon_vmas(), 1, "three pages share one anon_vma")
expect_eq(frame_b.mapping, av_p, "frame B points to it")
expect_eq(frame_c.mapping, av_p, "frame C points to it")
expect_eq(frame_b.index, frame_a.index + 1,
	"neighbours have neighbouring indexes")
expect_eq(parent.min_flt, 3, "three pages, three faults")

point(frame_b)
say {
	en = "Now the question of this lesson. Somebody wants frame B back: \z
		which PTEs must go? From the frame to its anon_vma, from \z
		there to the VMA.",
	zh = "现在是本课的问题。有人要收回页框 B：哪些 PTE 必须清除？从页框到\z
		它的 anon_vma，再从那里到 VMA。",
}
local found = frame_b:rmap()
expect_eq(found.cost.visited, 1, "the walk visits one VMA")
expect_eq(found[1].addr, heap[1],
	"and computes the address of the PTE from index")

-- ---------------------------------------------------------------------------
scene { en = "Act 2: fork", zh = "第二幕：fork" }

ask {
	{
		en = "The child gets a copy of the whole address space. How \z
			many frames will hold A, B and C after the fork?",
		zh = "子进程得到整个地址空间的副本。fork 之后，A、B、C 共占几\z
			个页框？",
	},
	choices = { "3", "6" },
	answer = 1,
	why = {
		en = "fork copies page tables, not pages. Both tables point \z
			to the same three frames, read-only, so that the \z
			first write is noticed.",
		zh = "fork 复制的是页表，不是页。两份页表都以只读方式指向同样\z
			的三个页框，这样第一次写就会被发现。",
	},
}
if has_chains then
	say {
		en = "The child's VMA gets an anon_vma of its own, for pages \z
			that it will write. A chain entry also links it to \z
			the parent's, where its pages are now.",
		zh = "子进程的 VMA 得到自己的 anon_vma，留给它将要写的页。另有\z
			一个 anon_vma_chain 把它连到父进程的 anon_vma，它的页\z
			现在都在那里。",
	}
else
	say {
		en = "The child's VMA joins the list of the parent's \z
			anon_vma, at the head. Nothing is allocated for the \z
			reverse map, so fork is cheap.",
		zh = "子进程的 VMA 加入父进程 anon_vma 的链表，排在头部。反向\z
			映射不必分配任何东西，所以 fork 很便宜。",
	}
end
local child = parent:fork "child"

local vma_c = child:vmas()[1]
for i = 0, 2 do
	local frame = page_at(parent, heap[i])
	expect_eq(page_at(child, heap[i]), frame,
		"page " .. i .. ": one frame for both")
	expect_eq(frame.mapcount, 2, "page " .. i .. ": two PTEs map it")
	expect_eq(frame.refcount, 2, "page " .. i .. ": two references keep it")
	-- the last level of the walk is the PTE itself
	for _, task in ipairs { parent, child } do
		local levels = task:walk(heap[i]).levels
		expect(not levels[#levels].writable,
			task.name .. ", page " .. i .. ": the PTE is read-only")
	end
end
if has_chains then
	expect_eq(#anon_vmas(), 2, "the child has an anon_vma of its own")
	expect_eq(vma_c.chain[1], vma_c.anon_vma,
		"the child's chain: first its own ...")
	expect_eq(vma_c.chain[2], av_p, "... then the parent's")
	expect_eq(#vma_p.chain, 1, "the parent's chain did not change")
else
	expect_eq(#anon_vmas(), 1, "parent and child share one anon_vma")
	expect_eq(vma_c.anon_vma, av_p)
end

say {
	en = "The same question again. B is mapped twice now, so the walk \z
		must find two PTEs, in two address spaces.",
	zh = "同样的问题再问一次。B 现在被映射两次，遍历必须在两个地址空间里找\z
		到两个 PTE。",
}
found = frame_b:rmap()
expect_eq(#found, 2, "the walk finds both")
expect_eq(found.cost.visited, 2, "VMAs visited")
expect_eq(found.cost.wasted, 0, "no visit in vain")
-- 2.6.11 adds a child at the head of the list, the trees after its parent
expect_eq(found[1].task, has_chains and parent or child,
	"who is visited first: " .. found[1].task.name)

-- ---------------------------------------------------------------------------
scene { en = "Act 3: the child writes", zh = "第三幕：子进程写" }
show { "spaces", "rmap", "path", "walk", "frames", "narration" }

ask {
	{
		en = "The child writes page 1, which it shares with its \z
			parent. Who gets the new frame?",
		zh = "子进程写它与父进程共享的第 1 页。谁得到新页框？",
	},
	choices = {
		{ en = "the parent", zh = "父进程" },
		{ en = "the child", zh = "子进程" },
		{ en = "both", zh = "两者都得到" },
	},
	answer = 2,
	why = {
		en = "The one that writes gets a copy. The other is not even \z
			told: its page table stays as it was.",
		zh = "谁写，谁得到副本。另一方甚至不会得知：它的页表一点没变。",
	},
}
if has_chains then
	say {
		en = "The PTE is read-only, the VMA is not: copy on write. \z
			The new frame points to the child's own anon_vma. The \z
			parent can never map it, so no walk will look there.",
		zh = "PTE 只读，VMA 却可写：写时复制。新页框指向子进程自己的 \z
			anon_vma。父进程永远不可能映射它，所以遍历也不会到那里\z
			去找。",
	}
else
	say {
		en = "The PTE is read-only, the VMA is not: copy on write. \z
			The new frame points to the anon_vma that the child \z
			shares with its parent: there is only this one.",
		zh = "PTE 只读，VMA 却可写：写时复制。新页框指向父子共用的 \z
			anon_vma：只有这一个。",
	}
end
child:write(heap[1], "X")

local frame_x = page_at(child, heap[1])
expect(frame_x ~= frame_b, "the child has a frame of its own")
expect_eq(page_at(parent, heap[1]), frame_b, "the parent keeps the old one")
expect_eq(costs(true).copies, 1, "one page was copied")
expect_eq(frame_b.mapcount, 1, "the old frame lost a mapping")
expect_eq(frame_x.mapcount, 1)
expect_eq(frame_a.mapcount, 2, "its neighbours are still shared")
expect_eq(frame_c.mapcount, 2)
expect_eq(frame_x.index, frame_b.index, "old and new frame have the same index")
expect_eq(frame_b.mapping, av_p, "the old frame points where it did")
expect_eq(frame_x.mapping, vma_c.anon_vma,
	"the new one to the child VMA's anon_vma")
expect_eq(frame_x.mapping == frame_b.mapping, not has_chains,
	"is that the same anon_vma? Only in 2.6.11")

point(frame_x) -- seen as soon as it exists, and through the next step
say {
	en = "The parent reads: it sees its own value, as if there were no \z
		child.",
	zh = "父进程读：看到的是自己的值，就像没有子进程一样。",
}
expect_eq(parent:read(heap[1]), "B", "the parent sees B")

say { en = "The child reads what it wrote.", zh = "子进程读到自己写的值。" }
expect_eq(child:read(heap[1]), "X", "the child sees X")

-- ---------------------------------------------------------------------------
scene { en = "Act 4: what a walk finds", zh = "第四幕：遍历找到什么" }
show { "rmap", "spaces", "path", "narration" }

ask {
	{
		en = "A full walk starts from the child's new frame X. How \z
			many VMAs will it visit?",
		zh = "从子进程的新页框 X 开始一次完整的遍历。会访问几个 VMA？",
	},
	choices = { "1", "2" },
	answer = has_chains and 1 or 2,
	why = has_chains
		and {
			en = "X points to the child's own anon_vma, and only \z
				the child's VMA is in that tree.",
			zh = "X 指向子进程自己的 anon_vma，那棵树里只有子进程\z
				的 VMA。",
		}
		or {
			en = "X points to the common anon_vma, and both VMAs \z
				are on its list. The parent's PTE holds \z
				another frame: a wasted visit.",
			zh = "X 指向共同的 anon_vma，链表上有两个 VMA。父进程\z
				的 PTE 里是另一个页框：这次访问落空。",
		},
}
point(frame_x)
say {
	en = "full = true: the walk goes to the end of the tree or list. It \z
		does not stop when it has found as many PTEs as mapcount says.",
	zh = "full = true：遍历一直走到树或链表的末尾，即使找到的 PTE 已经够 \z
		mapcount 所说的数目，也不停下。",
}
found = frame_x:rmap { full = true }
expect_eq(#found, 1, "one PTE maps X")
expect_eq(found[1].task, child)
expect_eq(found.cost.visited, has_chains and 1 or 2, "VMAs visited")
expect_eq(found.cost.wasted, has_chains and 0 or 1, "visits in vain")

point(frame_b)
say {
	en = "From the old frame B every kernel visits both. The child may \z
		still have pages of this anon_vma (it does: A and C), so it \z
		must be asked, in vain for B.",
	zh = "从旧页框 B 出发，每个内核都要访问两者。子进程可能还有这个 \z
		anon_vma 的页（的确有：A 和 C），所以必须问它；对 B 来说是白\z
		问。",
}
found = frame_b:rmap { full = true }
expect_eq(#found, 1, "one PTE maps B")
expect_eq(found[1].task, parent)
expect_eq(found.cost.visited, 2, "VMAs visited")
expect_eq(found.cost.wasted, 1, "one visit in vain, at the child")

if has_chains then
	say {
		en = "Reclaim may stop early: mapcount says that there is one \z
			mapping, and the parent's VMA comes first in the \z
			tree. One visit is enough.",
		zh = "回收可以提前停止：mapcount 说明只有一个映射，而父进程的 \z
			VMA 在树中排在最前。访问一次就够了。",
	}
else
	say {
		en = "Reclaim may stop early: mapcount says that there is one \z
			mapping. But the child stands first in the list, so \z
			the visit in vain comes before the right one.",
		zh = "回收可以提前停止：mapcount 说明只有一个映射。但子进程排\z
			在链表最前，所以先有一次落空，然后才是对的那次。",
	}
end
found = frame_b:rmap()
expect_eq(#found, 1, "the same PTE")
expect_eq(found.cost.visited, has_chains and 1 or 2, "VMAs visited")

-- ---------------------------------------------------------------------------
scene { en = "The parent writes too", zh = "父进程也写" }
show { "spaces", "frames", "path", "narration" }

ask {
	{
		en = "The parent's PTE for B is still read-only, from the \z
			fork. What happens when the parent writes it?",
		zh = "fork 之后，父进程对 B 的 PTE 仍是只读。父进程写它时会怎\z
			样？",
	},
	choices = {
		{ en = "no fault, it just writes", zh = "没有缺页，直接写" },
		{ en = "a fault, and a copy", zh = "缺页，并且复制" },
		{ en = "a fault, but no copy", zh = "缺页，但不复制" },
	},
	answer = 3,
	why = {
		en = "The processor sees only a read-only PTE: a fault. The \z
			kernel sees that nobody else has the frame: it makes \z
			the PTE writable again.",
		zh = "处理器只看到只读的 PTE：缺页异常。内核看到没有别人占有这\z
			个页框：于是把 PTE 改回可写。",
	},
}
if era == "2.6.11" then
	say {
		en = "can_share_swap_page: page_count is 1, nobody else holds \z
			the frame. It is reused in place.",
		zh = "can_share_swap_page：page_count 为 1，没有别人持有这个页\z
			框。就地重用。",
	}
elseif era == "4.0" then
	say {
		en = "reuse_swap_page: mapcount is 1, nobody else maps the \z
			frame. It is reused in place.",
		zh = "reuse_swap_page：mapcount 为 1，没有别人映射这个页框。就\z
			地重用。",
	}
else
	say {
		en = "The fork took the AnonExclusive mark from the frame, \z
			but its refcount is 1: nobody else holds it. It is \z
			reused in place and marked again.",
		zh = "fork 取消了页框的 AnonExclusive 标记，但它的 refcount \z
			为 1：没有别人持有它。就地重用，并重新打上标记。",
	}
end
local faults = parent.min_flt
parent:write(heap[1], "Y")
expect_eq(parent.min_flt - faults, 1, "one fault")
expect_eq(costs(true).copies, 0, "no copy")
expect_eq(page_at(parent, heap[1]), frame_b, "the same frame")
expect_eq(frame_b.value, "Y")
if era == "6.18" then
	expect(frame_b.flags.anon_exclusive, "marked AnonExclusive again")
	expect(not frame_a.flags.anon_exclusive, "A is shared: not exclusive")
end

say {
	en = "A second write takes no fault at all: the PTE is writable now.",
	zh = "第二次写完全不缺页：PTE 现在可写。",
}
parent:write(heap[1], "Z")
expect_eq(parent.min_flt - faults, 1, "no fault any more")
expect_eq(frame_x.value, "X", "the child's copy is not touched")

-- ---------------------------------------------------------------------------
scene { en = "The child unmaps", zh = "子进程解除映射" }
show { "spaces", "rmap", "path", "frames", "narration" }

ask {
	{
		en = "The child unmaps all three pages. Which frames become \z
			free?",
		zh = "子进程解除全部三页的映射。哪些页框会变成空闲？",
	},
	choices = {
		{ en = "A, X and C", zh = "A、X 和 C" },
		{ en = "only X", zh = "只有 X" },
		{ en = "none of them", zh = "一个也没有" },
	},
	answer = 2,
	why = {
		en = "X had one mapping, which goes. A and C are still mapped \z
			by the parent: their mapcount falls from 2 to 1.",
		zh = "X 只有一个映射，现在没了。A 和 C 仍被父进程映射：\z
			mapcount 从 2 降到 1。",
	},
}
point(frame_x)
if has_chains then
	say {
		en = "First the PTEs go, then the links: both chain entries \z
			are freed, and the child's anon_vma with them, for no \z
			VMA needs it any more.",
		zh = "先清 PTE，再拆连接：两个 anon_vma_chain 都被释放，子进程\z
			的 anon_vma 也随之释放，因为再没有 VMA 需要它。",
	}
else
	say {
		en = "First the PTEs go, then the VMA leaves the anon_vma's \z
			list. The anon_vma itself stays: the parent is still \z
			on it.",
		zh = "先清 PTE，然后 VMA 离开 anon_vma 的链表。anon_vma 本身留\z
			下：父进程还在上面。",
	}
end
child:munmap(heap)

expect_eq(#child:vmas(), 0, "the child has no VMA left")
expect_eq(frame_x.kind, "free", "the frame of X is free")
expect_eq(frame_a.mapcount, 1, "A is the parent's alone")
expect_eq(frame_c.mapcount, 1, "C is the parent's alone")
expect_eq(#anon_vmas(), 1, "one anon_vma is left")
expect_eq(#av_p.vmas, 1, "with one VMA on it")

point(frame_a)
say {
	en = "A walk from A visits the parent alone, in every kernel. The \z
		links were taken down together with the mapping.",
	zh = "从 A 遍历，在每个内核里都只访问父进程。连接已经和映射一起拆掉\z
		了。",
}
found = frame_a:rmap { full = true }
expect_eq(found.cost.visited, 1, "VMAs visited")
expect_eq(found.cost.wasted, 0, "no visit in vain")

say {
	en = "The child touches the address once more: there is no VMA, so \z
		this is a bad access and not a page to be filled.",
	zh = "子进程再碰一次那个地址：没有 VMA，所以这是非法访问，不是要填充的\z
		页。",
}
expect_error("SIGSEGV", function() child:read(heap[0]) end)

say {
	en = "The parent never noticed: it reads A, Z and C.",
	zh = "父进程毫无察觉：它读到 A、Z 和 C。",
}
for i, value in ipairs { "A", "Z", "C" } do
	expect_eq(parent:read(heap[i - 1]), value, "the parent reads " .. value)
end

say {
	en = "The parent exits. With the last VMA the anon_vma goes too: a \z
		frame, an anon_vma, a VMA, and no trace is left.",
	zh = "父进程退出。最后一个 VMA 消失时 anon_vma 也消失：页框、\z
		anon_vma、VMA，全都不留痕迹。",
}
parent:exit()
expect_eq(#anon_vmas(), 0, "no anon_vma is left")
for _, frame in ipairs { frame_a, frame_b, frame_c } do
	expect_eq(frame.kind, "free", "all frames are free")
end
