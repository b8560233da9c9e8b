-- FAILED wrong_type_name.lua:2: spawn: name must be a string, not 3
spawn(3)
