-- FAILED name_nul.lua:2: spawn: name contains a NUL byte
spawn "a\0b"
