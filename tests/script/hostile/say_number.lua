-- FAILED say_number.lua:2: say: the text must be a string or {en=..., zh=...}, not 3
say(3)
