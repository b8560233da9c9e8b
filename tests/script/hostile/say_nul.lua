-- FAILED say_nul.lua:2: say: the text contains a NUL byte
say "a\0b"
