-- Generations: what a chain of forks does to the reverse map.
--
-- A shell forks a shell that forks a shell.  First everybody stays alive, then
-- each parent exits after its fork (as a daemon does), and last comes a case
-- that 4.0 gets wrong and 6.18 gets right.

scenario {
	title = "A chain of forks: generations and reused anon_vmas",
	summary = "Does the reverse map grow with every generation? With all \z
		alive it must. With parents that exit, dead anon_vmas are \z
		used again.",
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
scene "Everybody stays alive"
show { "rmap", "spaces", "narration" }

say "The first generation writes four pages."
local adam, heap = batch("the first generation writes four pages", function()
	local task = spawn "gen1"
	local region = task:mmap { pages = 4, name = "heap" }

	for i = 0, 3 do
		task:write(region[i], "gen1")
	end
	return task, region
end)

ask {
	"gen1 forks gen2, gen2 forks gen3, gen3 forks gen4. Each copies one \z
		page more. To how many different anon_vmas can the pages of \z
		gen4 point?",
	choices = { "1", "2", "4" },
	answer = has_chains and 3 or 1,
	why = has_chains
		and "A page points to the anon_vma of the task that wrote it, \z
			and gen4 may still have pages of each of its ancestors."
		or "2.6.11 has one anon_vma for the whole family, in any \z
			generation.",
}
if has_chains then
	say "Each generation inherits all links and gets an anon_vma of its \z
		own on top: the chain grows by one each time."
else
	say "Each generation joins the one list of the family, at its head."
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
	say "Four walks to the end, from the four pages of gen4. The nearer \z
		the writer, the fewer VMAs are visited, and none in vain."
else
	say "Four walks to the end, from the four pages of gen4. Each visits \z
		all four VMAs, whoever wrote the page."
end
for g = 1, 4 do
	local found = page_at(youngest, heap[g - 1]):rmap { full = true }
	expect_eq(found.cost.matched, 5 - g, "page " .. g - 1 .. ": PTEs found")
	expect_eq(found.cost.visited, has_chains and 5 - g or 4,
		"page " .. g - 1 .. ": visits")
end

say "They all exit. Nothing is left."
batch("all four exit", function()
	for _, task in ipairs(family) do
		task:exit()
	end
end)
expect_eq(#anon_vmas(), 0, "no anon_vma is left")

-- ---------------------------------------------------------------------------
scene "Each parent exits: the first three generations"

say "A new family. P writes one page: an anon_vma, the root."
local p = batch("P writes one page", function()
	local task = spawn "P"
	heap = task:mmap { pages = 1, name = "heap" }
	task:write(heap[0], "P")
	return task
end)
local root = vma(p).anon_vma
expect_counts("root", root, 2, 1, 1)

say "P forks C."
local c = p:fork "C"
local own_c = vma(c).anon_vma
expect_counts("root", root, 3, 2, 1)
if has_chains then
	expect_counts("C's", own_c, 1, 0, 1)
	expect_eq(#vma(c).chain, 2, "C: its own and the root")
end

say "P exits. Its anon_vma, the root, lives on: C's page is on it."
p:exit()
expect_eq(#root.vmas, 1, "only C is linked to the root")
expect_counts("root", root, 2, 2, 0)

say "C forks G, and C exits too."
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
scene "The fourth generation"
show { "rmap", "path", "narration" }

ask {
	"One task is alive, G. It forks H. How long is the chain of H?",
	choices = { "2", "3", "4" },
	answer = has_chains and 2 or 1,
	why = has_chains
		and "C is dead: no VMA calls C's anon_vma its own. H takes \z
			that one, instead of a new one, and the chain stays \z
			at 3."
		or "No chain at all in 2.6.11. There is one list, with G and \z
			H on it: 2 VMAs.",
}
if has_chains then
	point(own_c)
	say "anon_vma_clone links H to the root, to C's, to G's, in this \z
		order. The first that nobody uses is taken as H's own: C's."
else
	say "The list of the one anon_vma has two VMAs during the fork, and \z
		one after the parent's exit. Nothing grows, whatever the \z
		generation."
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

say "G exits, H forks K, H exits."
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
	say "So it goes on: C's, G's, C's, G's, ... A page that K writes \z
		points to K's own anon_vma."
else
	say "So it goes on. A page that K writes points to the anon_vma that \z
		P once made."
end
k:write(heap[0], "K")
expect_eq(page_at(k, heap[0]).mapping, vma(k).anon_vma,
	"the page is on K's anon_vma")

-- ---------------------------------------------------------------------------
scene "A thousand generations"
show { "rmap", "costs", "narration" }

ask {
	"A thousand more generations, each parent exits. How many anon_vmas \z
		are there in the end?",
	choices = { has_chains and "3" or "1", "about 1000" },
	answer = 1,
	why = has_chains
		and "Two are used in turn and the root stays. Before Linux \z
			3.19 there was no reuse, and such a chain of forks \z
			made the slabs grow without bound."
		or "The one anon_vma of the family. Chains of anon_vmas came \z
			with 2.6.34.",
}
say "One step: fork, exit of the parent, a thousand times."
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

say "A walk from that page: one visit, after a thousand generations."
local found = page_at(last, heap[0]):rmap { full = true }
expect_eq(found.cost.visited, 1, "VMAs visited")

say "The last one exits, and with it the anon_vmas of the dead."
last:exit()
expect_eq(#anon_vmas(), 0, "no anon_vma is left")

-- ---------------------------------------------------------------------------
scene "Reused twice: where 4.0 and 6.18 differ"
show { "rmap", "spaces", "narration" }

say "A third family: P, C and G; then C exits, P and G stay alive. G forks H: \z
	H takes what was C's anon_vma, as before."
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
	"G is alive and uses its anon_vma. H forks K. May K take G's anon_vma \z
		as its own?",
	choices = { "yes", "no" },
	answer = era == "4.0" and 1 or 2,
	why = era == "4.0"
		and "4.0 has one counter, degree, for child anon_vmas and \z
			users together. G's has no child and one user: 1, \z
			less than 2, so it passes for a dead one."
		or era == "6.18"
			and "6.18 counts users apart: num_active_vmas is 1, \z
				so G's anon_vma is in use. K gets a new one."
		or "There is nothing to take: 2.6.11 has one anon_vma for all \z
			of them.",
}
say "H forks K."
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

say "K writes its page. A walk from its copy shows what the sharing costs."
k2:write(heap[0], "K")
local visited = { ["2.6.11"] = 4, ["4.0"] = 3, ["6.18"] = 1 }
found = page_at(k2, heap[0]):rmap { full = true }
expect_eq(#found, 1, "only K maps its copy")
expect_eq(found.cost.visited, visited[era], "VMAs visited")

note "The one counter did not only make walks longer. Merging relies on this: \z
	same anon_vma, same chain. G and K broke it, and a page could be left \z
	pointing to a freed anon_vma (CVE-2022-42703)."

if has_chains then
	say "G writes too. Its copy is on G's anon_vma, where H and K are \z
		linked as well: three visits in each kernel that has chains, \z
		for both inherited from G."
else
	say "G writes too. Four visits, as for every page of the family."
end
g2:write(heap[0], "G")
found = page_at(g2, heap[0]):rmap { full = true }
expect_eq(#found, 1, "only G maps its copy")
expect_eq(found.cost.visited, has_chains and 3 or 4, "VMAs visited")
expect_eq(p2:read(heap[0]), "P", "P still reads what it wrote")
