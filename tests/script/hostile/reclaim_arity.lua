-- FAILED reclaim_arity.lua:2: reclaim: too many arguments (2; at most 1)
reclaim(3, 4)
