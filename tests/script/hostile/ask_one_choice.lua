-- FAILED ask_one_choice.lua:2: ask: choices has 1; allowed: 2 to 9
ask { "q", choices = { "a" } }
