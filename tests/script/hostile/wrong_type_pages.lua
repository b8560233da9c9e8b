-- FAILED wrong_type_pages.lua:3: mmap: pages must be a whole number, not 'three'
local t = spawn "t"
t:mmap { pages = "three" }
