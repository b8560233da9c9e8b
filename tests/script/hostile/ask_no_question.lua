-- FAILED ask_no_question.lua:2: ask: the question must be a string or {en=..., zh=...}, not nothing
ask { choices = { "a", "b" } }
