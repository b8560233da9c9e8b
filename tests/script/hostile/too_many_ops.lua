-- LIMIT too_many_ops.lua:4: limit reached: 2000000 operations outside of batch()
-- limit 100000000
local t = spawn "t"
while true do t:read(0) end
