-- The theme that needs nothing: the terminal's own 16 colours, on a background
-- that may be dark or light.  So it paints no background but for marks, which
-- bring both colours; and no yellow or dark blue text.  Yellow is what happens
-- now, cyan is the selection; the rest is quiet.
return {
	name = "default",
	presenter = false,
	styles = {
		["text"] = "",                              -- ordinary text
		["dim"] = "dim",                            -- what matters less; what has not happened yet
		["strong"] = "bold",                        -- what matters more
		["title"] = "",                             -- title of a pane
		["title.focus"] = "bold,reverse",           -- title of the focused pane
		["border"] = "dim",                         -- borders
		["bar"] = "",                               -- title bar and key bar
		["bar.key"] = "bold",                       -- a key in the key bar
		["scene"] = "bold",                         -- scene titles
		["narration"] = "",                         -- what the script says
		["question"] = "fg=magenta,bold",           -- a question
		["good"] = "fg=green,bold",                 -- a check that held, a right answer
		["bad"] = "fg=red,bold",                    -- a check that failed, an error
		["warn"] = "fg=magenta",                    -- a warning, a refused operation
		["task"] = "bold",                          -- names of tasks
		["addr"] = "",                              -- virtual addresses
		["pfn"] = "",                               -- page frame numbers
		["number"] = "",                            -- other numbers
		["value"] = "",                             -- the content of a page
		["vma.anon"] = "fg=green",                  -- anonymous VMAs
		["vma.file"] = "fg=bright-blue",            -- file VMAs
		["vma.shared"] = "fg=magenta",              -- shared VMAs
		["anon_vma"] = "fg=green",                  -- anon_vmas
		["anon_vma.own"] = "fg=green,bold",         -- the own anon_vma of a VMA
		["chain"] = "",                             -- anon_vma_chains: a VMA's list
		["tree"] = "dim",                           -- an anon_vma's tree
		["pointer"] = "",                           -- plain pointers
		["page.free"] = "dim",                      -- free frames
		["page.reserved"] = "dim",                  -- reserved frames
		["page.zero"] = "",                         -- the zero page
		["page.table"] = "fg=bright-blue",          -- page tables
		["page.slab"] = "",                         -- slab frames
		["page.anon"] = "fg=green",                 -- anonymous frames, mapped once
		["page.shared"] = "fg=magenta,bold",        -- frames mapped more than once
		["page.file"] = "fg=bright-blue",           -- page cache
		["pte.present"] = "",                       -- present entries
		["pte.writable"] = "fg=green,bold",         -- writable entries
		["pte.none"] = "dim",                       -- empty entries
		["call"] = "",                              -- names of kernel functions
		["event"] = "",                             -- an event that has happened
		["event.now"] = "fg=black,bg=bright-yellow", -- the current event
		["lock"] = "italic",                        -- locks
		["cost"] = "",                              -- costs
		["cost.bar"] = "fg=bright-blue",            -- bars of costs
		["era.1"] = "fg=red",                       -- in a comparison: the oldest of the kernels compared
		["era.2"] = "fg=magenta",                   -- in a comparison: the second
		["era.3"] = "fg=green",                     -- in a comparison: the third
		["era.4"] = "fg=bright-blue",               -- in a comparison: the fourth
		["era.5"] = "bold",                         -- in a comparison: the fifth
		["timeline"] = "dim",                       -- the timeline
		["timeline.now"] = "fg=black,bg=bright-yellow", -- the position on it
		["source"] = "",                            -- script source
		["source.now"] = "fg=black,bg=yellow",      -- the current line of it
		["menu"] = "",                              -- menus and prompts
		["menu.now"] = "reverse",                   -- the chosen entry

		-- laid over the others
		["changed"] = "bold,underline",             -- changed by the last step
		["touched"] = "fg=black,bg=yellow",         -- touched by the current event
		["selected"] = "fg=black,bg=bright-cyan",   -- the selected object
		["related"] = "fg=black,bg=cyan",           -- what is tied to the selected object
		["cursor"] = "reverse",                     -- the cell under the pane's cursor
		["match"] = "fg=black,bg=bright-magenta",   -- what a search found
	},
}
