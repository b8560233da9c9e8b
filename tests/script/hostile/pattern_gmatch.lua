-- LIMIT pattern_gmatch.lua:3: limit reached: 1 seconds of computing (--limit raises it)
local s = ("a"):rep(300)
for w in s:gmatch(("a*"):rep(20) .. "b") do print(w) end
