-- FAILED say_huge.lua:2: say: the text has 70000 bytes; allowed: 0 to 65536
say(("x"):rep(70000))
