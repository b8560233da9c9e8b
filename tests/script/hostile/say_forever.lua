-- LIMIT say_forever.lua:3: limit reached: 256 MiB of memory
-- limit 100000000
while true do say(("x"):rep(60000)) end
