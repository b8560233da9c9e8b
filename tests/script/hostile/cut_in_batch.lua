-- LIMIT cut_in_batch.lua:5: limit reached: 15000000 instructions (--limit sets it)
local t = spawn "t"
batch("b", function()
	t:read(0)
	while true do end
end)
