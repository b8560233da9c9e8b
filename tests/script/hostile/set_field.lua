-- FAILED set_field.lua:3: a task is read-only; use its calls to change the machine
local t = spawn "t"
t.pid = 3
