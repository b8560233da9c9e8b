-- FAILED not_yet_mlock.lua:4: t:mlock is not built yet (it comes with mlock)
local t = spawn "t"
local r = t:mmap { pages = 1 }
t:mlock(r)
