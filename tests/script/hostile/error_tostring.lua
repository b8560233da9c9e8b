-- FAILED error_tostring.lua:2: words
error(setmetatable({}, { __tostring = function() return "words" end }))
