-- LIMIT huge_string.lua:4: limit reached: 256 MiB of memory
-- limit 100000000
local s = "x"
while true do s = s .. s end
