-- FAILED gc.lua:2: setmetatable: there is no __gc in scenarios
setmetatable({}, { __gc = function() while true do end end })
