-- Generations: what a chain of forks does to the reverse map.
--
-- A shell forks a shell that forks a shell.  First everybody stays alive, then
-- each parent exits after its fork (as a daemon does), and last comes a case
-- that 4.0 gets wrong and 6.18 gets right.

scenario {
	title = {
		en = "A chain of forks: generations and reused anon_vmas",
		zh = "一连串 fork：世代与重用的 anon_vma",
	},
	summary = {
		en = "Does the reverse map grow with every generation? With \z
			all alive it must. With parents that exit, dead \z
			anon_vmas are used again.",
		zh = "反向映射会随每一代增长吗？全都活着时必然增长。父进程退出\z
			时，无主的 anon_vma 会再次使用。",
	},
	eras = { "4.0", "6.18", "2.6.11" },
}

local era = machine().era
local has_chains = era ~= "2.6.11"

-- The VMA of a task that has only one.
local function vma(task)
	return task:vmas()[1]
end

-- Chain entries (AVCs) of all tasks together; none in 2.6.11.
local function chain_entries()
	local n = 0
	for _, task in ipairs(machine().tasks) do
		for _, v in ipairs(task:vmas()) do
			n = n + #v.chain
		end
	end
	return n
end

-- Check the counters that decide about reuse, in the terms of each era: 4.0 has
-- one number for children and users together, 6.18 keeps them apart.
local function expect_counts(name, av, degree, num_children, num_active_vmas)
	if era == "4.0" then
		expect_eq(av.degree, degree, name .. ": degree")
	elseif era == "6.18" then
		expect_eq(av.num_children, num_children,
			name .. ": num_children")
		expect_eq(av.num_active_vmas, num_active_vmas,
			name .. ": num_active_vmas")
	end
end

-- ---------------------------------------------------------------------------
scene { en = "Everybody stays alive", zh = "全都活着" }
show { "rmap", "spaces", "narration" }

say { en = "The first generation writes four pages.", zh = "第一代写四个页。" }
local adam, heap = batch("the first generation writes four pages", function()
	local task = spawn "gen1"
	local region = task:mmap { pages = 4, name = "heap" }

	for i = 0, 3 do
		task:write(region[i], "gen1")
	end
	return task, region
end)

ask {
	{
		en = "gen1 forks gen2, gen2 forks gen3, gen3 forks gen4. Each \z
			copies one page more. To how many different anon_vmas \z
			can the pages of gen4 point?",
		zh = "gen1 fork 出 gen2，gen2 fork 出 gen3，gen3 fork 出 \z
			gen4。每代多复制一页。gen4 的页可能指向几个不同的 \z
			anon_vma？",
	},
	choices = { "1", "2", "4" },
	answer = has_chains and 3 or 1,
	why = has_chains
		and {
			en = "A page points to the anon_vma of the task that \z
				wrote it, and gen4 may still have pages of \z
				each of its ancestors.",
			zh = "页指向写它的任务的 anon_vma，而 gen4 可能还有每\z
				一位祖先的页。",
		}
		or {
			en = "2.6.11 has one anon_vma for the whole family, \z
				in any generation.",
			zh = "2.6.11 无论多少代，全家只有一个 anon_vma。",
		},
}
if has_chains then
	say {
		en = "Each generation inherits all links and gets an anon_vma \z
			of its own on top: the chain grows by one each time.",
		zh = "每一代继承所有连接，再加上自己的 anon_vma：链每次长一\z
			节。",
	}
else
	say {
		en = "Each generation joins the one list of the family, at \z
			its head.",
		zh = "每一代都加入全家唯一的链表，在头部。",
	}
end
local family = { adam }
for g = 2, 4 do
	local task = family[g - 1]:fork("gen" .. g)

	family[g] = task
	expect_eq(#vma(task).chain, has_chains and g or 0,
		"gen" .. g .. ": length of the chain")
	task:write(heap[g - 1], "gen" .. g) -- its own copy of one page more
end
expect_eq(#anon_vmas(), has_chains and 4 or 1, "anon_vmas in the machine")
expect_eq(chain_entries(), has_chains and 1 + 2 + 3 + 4 or 0,
	"chain entries in the machine")

local youngest = family[4]
for g = 1, 4 do
	local frame = page_at(youngest, heap[g - 1])
	expect_eq(frame.value, "gen" .. g,
		"gen4, page " .. g - 1 .. ": written by gen" .. g)
	expect_eq(frame.mapping, vma(family[g]).anon_vma,
		"and points to its anon_vma")
	expect_eq(frame.mapcount, 5 - g,
		"mapped by gen" .. g .. " and all after it")
end

if has_chains then
	say {
		en = "Four walks to the end, from the four pages of gen4. The \z
			nearer the writer, the fewer VMAs are visited, and \z
			none in vain.",
		zh = "从 gen4 的四个页各走到底。写者越近，访问的 VMA 越少，而\z
			且没有一次落空。",
	}
else
	say {
		en = "Four walks to the end, from the four pages of gen4. \z
			Each visits all four VMAs, whoever wrote the page.",
		zh = "从 gen4 的四个页各走到底。不论谁写的页，每次都访问全部四\z
			个 VMA。",
	}
end
for g = 1, 4 do
	local found = page_at(youngest, heap[g - 1]):rmap { full = true }
	expect_eq(found.cost.matched, 5 - g, "page " .. g - 1 .. ": PTEs found")
	expect_eq(found.cost.visited, has_chains and 5 - g or 4,
		"page " .. g - 1 .. ": visits")
end

say {
	en = "They all exit. Nothing is left.",
	zh = "全部退出。什么也没有留下。",
}
batch("all four exit", function()
	for _, task in ipairs(family) do
		task:exit()
	end
end)
expect_eq(#anon_vmas(), 0, "no anon_vma is left")

-- ---------------------------------------------------------------------------
scene {
	en = "Each parent exits: the first three generations",
	zh = "父进程都退出：前三代",
}

say {
	en = "A new family. P writes one page: an anon_vma, the root.",
	zh = "新的一家。P 写一页：一个 anon_vma，即根。",
}
local p = batch("P writes one page", function()
	local task = spawn "P"
	heap = task:mmap { pages = 1, name = "heap" }
	task:write(heap[0], "P")
	return task
end)
local root = vma(p).anon_vma
expect_counts("root", root, 2, 1, 1)

say { en = "P forks C.", zh = "P fork 出 C。" }
local c = p:fork "C"
local own_c = vma(c).anon_vma
expect_counts("root", root, 3, 2, 1)
if has_chains then
	expect_counts("C's", own_c, 1, 0, 1)
	expect_eq(#vma(c).chain, 2, "C: its own and the root")
end

say {
	en = "P exits. Its anon_vma, the root, lives on: C's page is on it.",
	zh = "P 退出。它的 anon_vma，即根，继续存在：C 的页在上面。",
}
p:exit()
expect_eq(#root.vmas, 1, "only C is linked to the root")
expect_counts("root", root, 2, 2, 0)

say { en = "C forks G, and C exits too.", zh = "C fork 出 G，C 也退出。" }
local g = c:fork "G"
local own_g = vma(g).anon_vma
if has_chains then
	expect_eq(#vma(g).chain, 3, "G: its own, C's, the root")
	expect_counts("C's", own_c, 2, 1, 1)
	expect_counts("G's", own_g, 1, 0, 1)
end
c:exit()
if has_chains then
	expect_counts("C's", own_c, 1, 1, 0)
	expect_counts("G's", own_g, 1, 0, 1)
end
expect_eq(#anon_vmas(), has_chains and 3 or 1, "anon_vmas for one living task")
expect_eq(chain_entries(), has_chains and 3 or 0,
	"chain entries for one living task")

-- ---------------------------------------------------------------------------
scene { en = "The fourth generation", zh = "第四代" }
show { "rmap", "path", "narration" }

ask {
	{
		en = "One task is alive, G. It forks H. How long is the chain \z
			of H?",
		zh = "只有一个任务活着：G。它 fork 出 H。H 的链有多长？",
	},
	choices = { "2", "3", "4" },
	answer = has_chains and 2 or 1,
	why = has_chains
		and {
			en = "C is dead: no VMA calls C's anon_vma its own. H \z
				takes that one, instead of a new one, and the \z
				chain stays at 3.",
			zh = "C 已死：没有 VMA 把 C 的 anon_vma 当作自己的。H \z
				接用它，而不用新的，链仍是 3。",
		}
		or {
			en = "No chain at all in 2.6.11. There is one list, \z
				with G and H on it: 2 VMAs.",
			zh = "2.6.11 根本没有链。只有一个链表，上面是 G 和 H：\z
				2 个 VMA。",
		},
}
if has_chains then
	point(own_c)
	say {
		en = "anon_vma_clone links H to the root, to C's, to G's, in \z
			this order. The first that nobody uses is taken as \z
			H's own: C's.",
		zh = "anon_vma_clone 依次把 H 连到根、C 的、G 的。第一个无人使\z
			用的就成为 H 自己的：C 的那个。",
	}
else
	say {
		en = "The list of the one anon_vma has two VMAs during the \z
			fork, and one after the parent's exit. Nothing grows, \z
			whatever the generation.",
		zh = "那个 anon_vma 的链表在 fork 时有两个 VMA，父进程退出后剩\z
			一个。无论哪一代，都不增长。",
	}
end
local h = g:fork "H"
expect_eq(#anon_vmas(), has_chains and 3 or 1, "no new anon_vma")
if has_chains then
	expect_eq(#vma(h).chain, 3, "H: length of the chain")
	expect_eq(vma(h).anon_vma, own_c, "H's own anon_vma was C's")
	expect_counts("C's", own_c, 2, 1, 1)
	expect_eq(chain_entries(), 6, "six chain entries while two live")
else
	expect_eq(#root.vmas, 2, "two VMAs on the list")
end

say {
	en = "G exits, H forks K, H exits.",
	zh = "G 退出，H fork 出 K，H 退出。",
}
g:exit()
if has_chains then
	expect_counts("G's", own_g, 0, 0, 0)
end
local k = h:fork "K"
if has_chains then
	expect_eq(vma(k).anon_vma, own_g,
		"now it is G's anon_vma that is used again")
	expect_counts("G's", own_g, 1, 0, 1)
end
h:exit()

if has_chains then
	say {
		en = "So it goes on: C's, G's, C's, G's, ... A page that K \z
			writes points to K's own anon_vma.",
		zh = "如此继续：C 的，G 的，C 的，G 的...K 写的页指向 K 自己\z
			的 anon_vma。",
	}
else
	say {
		en = "So it goes on. A page that K writes points to the \z
			anon_vma that P once made.",
		zh = "如此继续。K 写的页指向 P 当初建立的 anon_vma。",
	}
end
k:write(heap[0], "K")
expect_eq(page_at(k, heap[0]).mapping, vma(k).anon_vma,
	"the page is on K's anon_vma")

-- ---------------------------------------------------------------------------
scene { en = "A thousand generations", zh = "一千代" }
show { "rmap", "costs", "narration" }

ask {
	{
		en = "A thousand more generations, each parent exits. How \z
			many anon_vmas are there in the end?",
		zh = "再来一千代，父进程都退出。最后有几个 anon_vma？",
	},
	choices = {
		has_chains and "3" or "1",
		{ en = "about 1000", zh = "大约 1000" },
	},
	answer = 1,
	why = has_chains
		and {
			en = "Two are used in turn and the root stays. Before \z
				Linux 3.19 there was no reuse, and such a \z
				chain of forks made the slabs grow without \z
				bound.",
			zh = "两个轮流使用，根留着。Linux 3.19 之前没有重用，\z
				这样的一连串 fork 会使 slab 无限增长。",
		}
		or {
			en = "The one anon_vma of the family. Chains of \z
				anon_vmas came with 2.6.34.",
			zh = "全家只有一个 anon_vma。anon_vma_chain 是 2.6.34 \z
				才有的。",
		},
}
say {
	en = "One step: fork, exit of the parent, a thousand times.",
	zh = "合成一步：fork，父进程退出，重复一千次。",
}
local last = batch("a thousand generations", function()
	local task = k

	for n = 1, 1000 do
		local child = task:fork("K+" .. n)
		task:exit()
		task = child
	end
	return task
end)
expect_eq(#machine().tasks, 1, "one task is alive")
expect_eq(#anon_vmas(), has_chains and 3 or 1, "anon_vmas")
expect_eq(chain_entries(), has_chains and 3 or 0, "chain entries")
expect_eq(page_at(last, heap[0]).value, "K",
	"and it still has the page that K wrote")

say {
	en = "A walk from that page: one visit, after a thousand generations.",
	zh = "从那一页遍历：一千代之后，访问一次。",
}
local found = page_at(last, heap[0]):rmap { full = true }
expect_eq(found.cost.visited, 1, "VMAs visited")

say {
	en = "The last one exits, and with it the anon_vmas of the dead.",
	zh = "最后一个退出，死者的 anon_vma 也随之消失。",
}
last:exit()
expect_eq(#anon_vmas(), 0, "no anon_vma is left")

-- ---------------------------------------------------------------------------
scene {
	en = "Reused twice: where 4.0 and 6.18 differ",
	zh = "重用两次：4.0 与 6.18 的区别",
}
show { "rmap", "spaces", "narration" }

say {
	en = "A third family: P, C and G; then C exits, P and G stay alive. G \z
		forks H: H takes what was C's anon_vma, as before.",
	zh = "第三家：P、C、G；然后 C 退出，P 和 G 活着。G fork 出 H：H 像刚才\z
		那样接用 C 的 anon_vma。",
}
local p2, g2, h2 = batch("P, C, G; C exits; G forks H", function()
	local first = spawn "P"
	heap = first:mmap { pages = 1, name = "heap" }
	first:write(heap[0], "P")
	local second = first:fork "C"
	local third = second:fork "G"
	second:exit()
	return first, third, third:fork "H"
end)
local own_h, own_g2 = vma(h2).anon_vma, vma(g2).anon_vma
if has_chains then
	expect(own_h ~= own_g2, "H and G have different anon_vmas")
	expect_eq(#anon_vmas(), 3, "three anon_vmas: P's, C's (now H's), G's")
	expect_counts("H's", own_h, 2, 1, 1)
	expect_counts("G's", own_g2, 1, 0, 1)
end

ask {
	{
		en = "G is alive and uses its anon_vma. H forks K. May K take \z
			G's anon_vma as its own?",
		zh = "G 活着，并在用它的 anon_vma。H fork 出 K。K 可以把 G 的 \z
			anon_vma 当作自己的吗？",
	},
	choices = {
		{ en = "yes", zh = "会" },
		{ en = "no", zh = "不会" },
	},
	answer = era == "4.0" and 1 or 2,
	why = era == "4.0"
		and {
			en = "4.0 has one counter, degree, for child \z
				anon_vmas and users together. G's has no \z
				child and one user: 1, less than 2, so it \z
				passes for a dead one.",
			zh = "4.0 用一个计数 degree 合计子 anon_vma 和使用者。\z
				G 的没有子 anon_vma，有一个使用者：1 小于 2，\z
				于是被当成无主的。",
		}
		or era == "6.18"
			and {
				en = "6.18 counts users apart: \z
					num_active_vmas is 1, so G's anon_vma \z
					is in use. K gets a new one.",
				zh = "6.18 单独计使用者：num_active_vmas 为 \z
					1，所以 G 的 anon_vma 在用。K 得到新\z
					的。",
			}
		or {
			en = "There is nothing to take: 2.6.11 has one \z
				anon_vma for all of them.",
			zh = "没有可接用的：2.6.11 三者共用一个 anon_vma。",
		},
}
say { en = "H forks K.", zh = "H fork 出 K。" }
local k2 = h2:fork "K"
local own_k = vma(k2).anon_vma
if has_chains then
	expect_eq(own_k == own_g2, era == "4.0",
		"K shares G's anon_vma: only in 4.0")
	expect_eq(#vma(k2).chain, era == "4.0" and 3 or 4,
		"length of K's chain")
	expect_eq(#anon_vmas(), era == "4.0" and 3 or 4, "anon_vmas")
	expect_counts("G's", own_g2, 2, 0, 1)
else
	expect_eq(#anon_vmas(), 1, "one anon_vma")
	expect_eq(#own_k.vmas, 4, "with P, G, H and K on its list")
end

say {
	en = "K writes its page. A walk from its copy shows what the sharing \z
		costs.",
	zh = "K 写自己的页。从它的副本遍历，可以看到共用的代价。",
}
k2:write(heap[0], "K")
local visited = { ["2.6.11"] = 4, ["4.0"] = 3, ["6.18"] = 1 }
found = page_at(k2, heap[0]):rmap { full = true }
expect_eq(#found, 1, "only K maps its copy")
expect_eq(found.cost.visited, visited[era], "VMAs visited")

note {
	en = "The one counter did not only make walks longer. Merging relies \z
		on this: same anon_vma, same chain. G and K broke it, and a \z
		page could be left pointing to a freed anon_vma \z
		(CVE-2022-42703).",
	zh = "合用一个计数不只使遍历变长。合并依赖于此：anon_vma 相同，链就相\z
		同。G 和 K 破坏了它，可能使页指向已释放的 anon_vma\z
		（CVE-2022-42703）。",
}

if has_chains then
	say {
		en = "G writes too. Its copy is on G's anon_vma, where H and \z
			K are linked as well: three visits in each kernel \z
			that has chains, for both inherited from G.",
		zh = "G 也写。它的副本在 G 的 anon_vma 上，H 和 K 也连在那里：\z
			在有 anon_vma_chain 的每个内核里都访问三次，因为两者都\z
			继承自 G。",
	}
else
	say {
		en = "G writes too. Four visits, as for every page of the \z
			family.",
		zh = "G 也写。访问四次，与家中每一页相同。",
	}
end
g2:write(heap[0], "G")
found = page_at(g2, heap[0]):rmap { full = true }
expect_eq(#found, 1, "only G maps its copy")
expect_eq(found.cost.visited, has_chains and 3 or 4, "VMAs visited")
expect_eq(p2:read(heap[0]), "P", "P still reads what it wrote")
