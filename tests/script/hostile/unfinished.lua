-- FAILED unfinished.lua:3: 'end' expected (to close 'function' at line 2) near <eof>
local function f()
