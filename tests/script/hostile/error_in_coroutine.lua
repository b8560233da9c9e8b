-- FAILED error_in_coroutine.lua:3: inside (called from error_in_coroutine.lua:5)
local f = coroutine.wrap(function()
	error "inside"
end)
f()
