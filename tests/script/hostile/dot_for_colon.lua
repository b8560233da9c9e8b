-- FAILED dot_for_colon.lua:3: read is called with a colon: task:read(...)
local t = spawn "t"
t.read(4096)
