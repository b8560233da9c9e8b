-- FAILED wrong_type_region.lua:4: read: addr must be an address, not a region
local t = spawn "t"
local r = t:mmap { pages = 1 }
t:read(r)
