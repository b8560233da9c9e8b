-- FAILED deep_recursion.lua:4: stack overflow
-- limit 100000000
local function f(n)
	return 1 + f(n + 1)
end
f(1)
