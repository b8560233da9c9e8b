-- FAILED unknown_call.lua:3: a task has no 'mmpa'; did you mean 'mmap'?
local t = spawn "t"
t:mmpa { pages = 3 }
