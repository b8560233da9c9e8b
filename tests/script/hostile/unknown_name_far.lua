-- FAILED unknown_name_far.lua:2: unknown name 'xyzzy'
local parent = xyzzy "parent"
