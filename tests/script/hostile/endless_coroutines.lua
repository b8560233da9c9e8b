-- LIMIT endless_coroutines.lua:4: limit reached: 3000000 instructions (--limit sets it)
-- limit 3000000
while true do
	coroutine.wrap(function() end)()
end
