-- FAILED wrong_fixed.lua:3: mmap: fixed must be true, false or "noreplace", not 'yes'
local t = spawn "t"
t:mmap { pages = 1, fixed = "yes" }
