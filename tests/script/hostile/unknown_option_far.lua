-- FAILED unknown_option_far.lua:3: mmap: unknown option 'colour' (allowed: len addr fixed prot name shared file pgoff populate noreserve locked grows_down droppable pages)
local t = spawn "t"
t:mmap { pages = 3, colour = "red" }
