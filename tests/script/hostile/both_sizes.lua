-- FAILED both_sizes.lua:3: mmap: pages= and len= cannot both be given
local t = spawn "t"
t:mmap { pages = 1, len = 4096 }
