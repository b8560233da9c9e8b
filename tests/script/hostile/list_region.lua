-- FAILED list_region.lua:4: region[1]: outside; it has pages 0 to 0
local t = spawn "t"
local r = t:mmap { pages = 1 }
for i = 0, #r do print(r[i]) end
