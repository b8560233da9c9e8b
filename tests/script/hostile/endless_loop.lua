-- LIMIT endless_loop.lua:2: limit reached: 15000000 instructions (--limit sets it)
while true do end
