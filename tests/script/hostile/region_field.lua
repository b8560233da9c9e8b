-- FAILED region_field.lua:4: a region has no 'size' (allowed: .addr, .len, #region, region[page])
local t = spawn "t"
local r = t:mmap { pages = 3 }
print(r.size)
