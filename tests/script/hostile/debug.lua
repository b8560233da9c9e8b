-- FAILED debug.lua:2: there is no 'debug' here: a script cannot reach the system
debug.sethook()
