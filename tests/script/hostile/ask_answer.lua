-- FAILED ask_answer.lua:2: ask: answer is 3; allowed: 1 to 2
ask { "q", choices = { "a", "b" }, answer = 3 }
