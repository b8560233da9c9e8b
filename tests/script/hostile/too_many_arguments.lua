-- FAILED too_many_arguments.lua:2: spawn: too many arguments (2; at most 1)
spawn("a", "b")
