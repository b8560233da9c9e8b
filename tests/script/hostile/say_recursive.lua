-- FAILED say_recursive.lua:4: say: the text.en must be a string, not a table
local t = {}
t.en = t
say(t)
