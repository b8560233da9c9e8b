-- FAILED value_empty.lua:3: write: value has 0 bytes; allowed: 1 to 31
local t = spawn "t"
t:write(0, "")
