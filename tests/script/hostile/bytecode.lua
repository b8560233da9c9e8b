-- FAILED bytecode.lua:2: attempt to load a binary chunk (mode is 't')
assert(load("\27Lua" .. ("x"):rep(20)))
