-- FAILED object_metatable.lua:3: attempt to index a string value
local t = spawn "t"
getmetatable(t).__index = nil
