-- FAILED error_in_function.lua:4: mmap: pages must be a whole number, not 0.5 (called from error_in_function.lua:7, error_in_function.lua:9)
local t = spawn "t"
local function inner()
	t:mmap { pages = 0.5 }
end
local function outer()
	inner()
end
outer()
