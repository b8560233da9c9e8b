-- FAILED negative_pages.lua:3: mmap: pages is -1; allowed: 0 to 1099511627776
local t = spawn "t"
t:mmap { pages = -1 }
