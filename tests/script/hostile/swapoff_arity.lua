-- FAILED swapoff_arity.lua:2: swapoff: too many arguments (1; at most 0)
swapoff(1)
