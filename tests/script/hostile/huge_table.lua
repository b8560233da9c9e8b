-- LIMIT huge_table.lua:4: limit reached: 256 MiB of memory
-- limit 100000000
local t = {}
for i = 1, 1 << 40 do t[i] = i end
