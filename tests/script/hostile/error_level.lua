-- FAILED error_level.lua:4: wrong (called from error_level.lua:6)
local function f() error("wrong", 2) end
local function g()
	f()
end
g()
