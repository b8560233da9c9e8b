-- FAILED say_no_english.lua:2: say: the text needs en= (zh= is optional)
say { zh = "a" }
