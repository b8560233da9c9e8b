-- LIMIT endless_coroutine.lua:2: limit reached: 15000000 instructions (--limit sets it)
local f = coroutine.wrap(function() while true do end end)
f()
