-- One parent, many children, and everybody has copied everything: the question
-- that decided between two designs of the reverse map.
--
-- Change CHILDREN and PAGES and run it again: the checks know the formulas.

scenario {
	title = "Many children: what a walk costs, and what pays for it",
	summary = "A server forks 40 children and each copies 10 pages. One \z
		list for all makes every walk long; an anon_vma for each \z
		makes it short, and fork dearer.",
	eras = { "2.6.11", "4.0", "6.18" },
}

local CHILDREN <const> = 40
local PAGES <const> = 10

local era = machine().era
local has_chains = era ~= "2.6.11"

-- VMAs visited by full walks from every frame of a family of n children, p
-- pages each, all copied.  With one list: each frame costs the whole
-- family.  With an anon_vma for each: the parent's frames cost the family,
-- a child's frame one visit.
local function full_visits(n, p)
	if has_chains then
		return p * (n + 1) + n * p
	end
	return (n + 1) * p * (n + 1)
end

-- The same with the early stop: in a list the place of the owner counts, 1 + 2
-- + ... ; in the trees the owner is always the first.
local function early_visits(n, p)
	if has_chains then
		return (n + 1) * p
	end
	return p * (n + 1) * (n + 2) // 2
end

-- ---------------------------------------------------------------------------
scene "A server and its children"
show { "rmap", "costs", "narration" }

say "A server with ten written pages."
local server, heap = batch("a server with \z
	" .. PAGES .. " written pages", function()
	local task = spawn "server"
	local region = task:mmap { pages = PAGES, name = "heap" }

	for i = 0, PAGES - 1 do
		task:write(region[i], i)
	end
	return task, region
end)
local first = page_at(server, heap[0])

ask {
	"It forks 40 children. How many anon_vmas are there then?",
	choices = { "1", "40", "41" },
	answer = has_chains and 3 or 1,
	why = has_chains
		and "One for each child, and the server's."
		or "One for the family. A child's VMA joins its list: two \z
			pointers are written, nothing is allocated.",
}
say "Forty forks in one step. Watch the costs: this is what the forks pay for \z
	the walks to come."
local kids = batch(CHILDREN .. " forks", function()
	local list = {}

	for i = 1, CHILDREN do
		list[i] = server:fork("kid" .. i)
	end
	return list
end)
local links = 0
for _, task in ipairs(machine().tasks) do
	links = links + #task:vmas()[1].chain
end
expect_eq(#anon_vmas(), has_chains and CHILDREN + 1 or 1, "anon_vmas")
expect_eq(links, has_chains and 2 * CHILDREN + 1 or 0,
	"chain entries: two for a child")
expect_eq(first.mapcount, CHILDREN + 1, "everybody maps the first page")
expect_eq(costs(true).copies, 0, "no page was copied")

point(first)
say "While all share a page, a walk from it must visit all. No design can \z
	help there: 41 PTEs are 41 visits."
local found = first:rmap()
expect_eq(found.cost.visited, CHILDREN + 1, "VMAs visited")
expect_eq(found.cost.wasted, 0, "none in vain")

-- ---------------------------------------------------------------------------
scene "Everybody copies everything"

say "Each child writes all ten pages: 400 faults, 400 copies."
batch("each child writes every page", function()
	for _, kid in ipairs(kids) do
		for i = 0, PAGES - 1 do
			kid:write(heap[i], kid.pid)
		end
	end
end)
expect_eq(costs(true).copies, CHILDREN * PAGES, "copies")
expect_eq(first.mapcount, 1, "the server is alone with its first page")

local copy = page_at(kids[1], heap[0])
expect_eq(copy.mapcount, 1, "and the first child with its copy")

ask {
	"Reclaim wants the server's first page. How many VMAs does it visit?",
	choices = { "1", "41" },
	answer = has_chains and 1 or 2,
	why = has_chains
		and "All 41 are in the tree, but the server stands first and \z
			mapcount is 1: stop."
		or "The server was the first on the list and is the last now: \z
			40 visits in vain.",
}
say "The server's page."
found = first:rmap()
expect_eq(found.cost.visited, has_chains and 1 or CHILDREN + 1, "VMAs visited")

point(copy)
say "The copy of the oldest child."
found = copy:rmap()
expect_eq(found.cost.visited, has_chains and 1 or CHILDREN, "VMAs visited")
expect_eq(found[1].task, kids[1], "found in the first child")

-- ---------------------------------------------------------------------------
scene "All of memory"

-- Every frame of the family, the server's first.
local frames = {}
for _, task in ipairs(machine().tasks) do
	for i = 0, PAGES - 1 do
		frames[#frames + 1] = page_at(task, heap[i])
	end
end

ask {
	"Reclaim goes through all 410 frames. How many visits to VMAs is that?",
	choices = { "410", "8610", "16810" },
	answer = has_chains and 1 or 2,
	why = has_chains
		and "One for each frame."
		or "1 + 2 + ... + 41 = 861 for each of the ten pages: the \z
			younger the owner, the nearer to the head.",
}
say "A walk from each frame, with the early stop."
batch("a walk from each of " .. #frames .. " frames", function()
	for _, frame in ipairs(frames) do
		frame:rmap()
	end
end)
expect_eq(costs(true).visited, early_visits(CHILDREN, PAGES), "VMAs visited")
expect_eq(costs(true).matched, #frames, "PTEs found: one for each frame")

say "And to the end, without the early stop."
batch("a full walk from each of " .. #frames .. " frames", function()
	for _, frame in ipairs(frames) do
		frame:rmap { full = true }
	end
end)
expect_eq(costs(true).visited, full_visits(CHILDREN, PAGES), "VMAs visited")
expect_eq(costs(true).matched, #frames, "PTEs found")
expect_eq(costs(true).wasted, full_visits(CHILDREN, PAGES) - #frames,
	"visits in vain")

-- The numbers of the lecture: 1000 children with 1000 pages each.
expect_eq(full_visits(1000, 1000), has_chains and 2001000 or 1002001000,
	"1000 children, 1000 pages: full walks")
expect_eq(early_visits(1000, 1000), has_chains and 1001000 or 501501000,
	"1000 children, 1000 pages: early stop")
print(string.format("1000 children, 1000 pages: %d visits, or %d with the \z
	early stop",
	full_visits(1000, 1000), early_visits(1000, 1000)))

-- ---------------------------------------------------------------------------
scene "The price"
show { "costs", "rmap", "narration" }

ask {
	"One more fork. How many objects does it allocate for the reverse map?",
	choices = { "none", "one", "three" },
	answer = has_chains and 3 or 1,
	why = has_chains
		and "Two chain entries and an anon_vma, for each written VMA \z
			of the parent. Reclaim got cheap, and fork pays."
		or "The child's VMA is put on the list, and the list runs \z
			through the VMAs themselves. That was the charm of \z
			this design.",
}
local before = #anon_vmas()
say "Compare the bytes of slab memory in the three kernels."
local one_more = server:fork "one more"
expect_eq(#anon_vmas() - before, has_chains and 1 or 0, "anon_vmas made")
expect_eq(#one_more:vmas()[1].chain, has_chains and 2 or 0,
	"chain entries made")
