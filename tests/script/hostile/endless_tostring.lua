-- LIMIT endless_tostring.lua:2: limit reached: 15000000 instructions (--limit sets it)
error(setmetatable({}, { __tostring = function() while true do end end }))
