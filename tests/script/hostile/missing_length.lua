-- FAILED missing_length.lua:3: munmap: len is missing
local t = spawn "t"
t:munmap(4096)
