-- FAILED value_too_large.lua:3: write: value is 281474976710656; allowed: -140737488355328 to 140737488355327
local t = spawn "t"
t:write(0, 1 << 48)
