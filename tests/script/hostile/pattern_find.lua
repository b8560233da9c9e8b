-- LIMIT pattern_find.lua:3: limit reached: 1 seconds of computing (--limit raises it)
local s = ("a"):rep(40000)
print(s:find((".-"):rep(8) .. "b"))
