-- FAILED globals_metatable.lua:2: cannot change a protected metatable
setmetatable(_G, nil)
