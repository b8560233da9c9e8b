-- FAILED wrong_advice.lua:4: madvise: unknown advice 'dontned'; did you mean 'dontneed'?
local t = spawn "t"
local r = t:mmap { pages = 1 }
t:madvise(r, nil, "dontned")
