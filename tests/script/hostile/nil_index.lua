-- FAILED nil_index.lua:3: attempt to index a nil value (local 't')
local t
print(t.x)
