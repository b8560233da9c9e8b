-- LIMIT endless_loop_in_pcall.lua:2: limit reached: 15000000 instructions (--limit sets it)
while true do pcall(function() while true do end end) end
