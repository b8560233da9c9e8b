-- FAILED unknown_option_far.lua:3: mmap: unknown option 'colour' (allowed: len addr fixed prot name pages shared file pgoff grows_down locked populate noreserve droppable)
local t = spawn "t"
t:mmap { pages = 3, colour = "red" }
