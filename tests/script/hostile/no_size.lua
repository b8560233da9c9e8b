-- FAILED no_size.lua:3: mmap: pages= or len= is missing
local t = spawn "t"
t:mmap {}
