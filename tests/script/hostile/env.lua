-- FAILED env.lua:3: attempt to index a nil value (global 'y')
local _ENV = {}
x = y.z
