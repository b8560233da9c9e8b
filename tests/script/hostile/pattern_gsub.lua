-- LIMIT pattern_gsub.lua:3: limit reached: 1 seconds of computing (--limit raises it)
local s = ("a"):rep(300)
print(s:gsub(("a*"):rep(20) .. "b", ""))
