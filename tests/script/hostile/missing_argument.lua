-- FAILED missing_argument.lua:3: write: value is missing
local t = spawn "t"
t:write(0)
