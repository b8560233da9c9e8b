-- FAILED name_too_long.lua:2: spawn: name has 1000000 bytes; allowed: 1 to 31
spawn(("x"):rep(1000000))
