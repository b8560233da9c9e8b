-- FAILED ipairs_objects.lua:3: a task has no field 1
local t = spawn "t"
for i in ipairs(t) do print(i) end
