-- FAILED batch_error.lua:5: stop here (called from batch_error.lua:3)
local t = spawn "t"
batch("b", function()
	t:read(0)
	error "stop here"
end)
