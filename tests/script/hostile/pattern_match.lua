-- LIMIT pattern_match.lua:3: limit reached: 1 seconds of computing (--limit raises it)
local s = ("a"):rep(300)
print(s:match(("a*"):rep(20) .. "b"))
