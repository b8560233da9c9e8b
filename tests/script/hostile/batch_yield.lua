-- FAILED batch_yield.lua:5: attempt to yield across a C-call boundary
local f = coroutine.wrap(function()
	batch("b", function() coroutine.yield() end)
end)
f()
