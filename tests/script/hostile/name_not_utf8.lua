-- FAILED name_not_utf8.lua:2: spawn: name is not UTF-8
spawn "a\xffb"
