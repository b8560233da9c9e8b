-- FAILED region_outside.lua:4: region[3]: outside; it has pages 0 to 2
local t = spawn "t"
local r = t:mmap { pages = 3 }
t:read(r[3])
