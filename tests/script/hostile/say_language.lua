-- FAILED say_language.lua:2: say: the text has no language de (allowed: en zh)
say { en = "a", de = "b" }
