-- FAILED gone_vma.lua:6: vma:1 no longer exists
local t = spawn "t"
local r = t:mmap { pages = 1 }
local v = t:vmas()[1]
t:munmap(r)
print(v.start)
