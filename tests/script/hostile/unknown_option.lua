-- FAILED unknown_option.lua:3: mmap: unknown option 'pagse'; did you mean 'pages'?
local t = spawn "t"
t:mmap { pagse = 3 }
