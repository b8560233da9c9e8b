-- FAILED deep_nesting.lua:3: C stack overflow
local s = ("("):rep(1000) .. "1" .. (")"):rep(1000)
assert(load("return " .. s))
