-- FAILED not_yet_shared.lua:3: mmap: shared= is not built yet (it comes with files)
local t = spawn "t"
t:mmap { pages = 1, shared = true }
