-- FAILED value_too_long.lua:3: write: value has 32 bytes; allowed: 1 to 31
local t = spawn "t"
t:write(0, ("x"):rep(32))
