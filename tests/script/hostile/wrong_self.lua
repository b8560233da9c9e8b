-- FAILED wrong_self.lua:6: read is called with a colon: task:read(...)
local t = spawn "t"
local r = t:mmap { pages = 1 }
t:write(r[0], 1)
local p = page_at(t, r[0])
t.read(p, 0)
