-- FAILED error_escape.lua:2: a\x1b[31mb
error "a\27[31mb"
