-- FAILED deep_c_recursion.lua:3: C stack overflow
local s = ("x"):rep(10)
local function f() return (s:gsub(".", f)) end
f()
