-- LIMIT empty_rep.lua:2: limit reached: 1 seconds of computing (--limit raises it)
local s = string.rep("", 1 << 60)
