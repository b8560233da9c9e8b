-- FAILED bytecode_mode.lua:2: attempt to load a binary chunk (mode is 't')
assert(load("\27Lua", "x", "b"))
