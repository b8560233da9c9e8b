-- FAILED unknown_name.lua:2: unknown name 'spwan'; did you mean 'spawn'?
local parent = spwan "parent"
