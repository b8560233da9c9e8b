-- FAILED wrong_type_value.lua:4: write: value must be a whole number or a string, not a table
local t = spawn "t"
local r = t:mmap { pages = 1 }
t:write(r[0], {})
