-- FAILED wrong_type_table.lua:3: mmap: the options must be a table, not 3
local t = spawn "t"
t:mmap(3)
