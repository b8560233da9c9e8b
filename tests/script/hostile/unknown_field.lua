-- FAILED unknown_field.lua:3: a task has no 'nmae'; did you mean 'name'?
local t = spawn "t"
print(t.nmae)
