-- FAILED say_in_batch.lua:2: say inside batch(): say it before
batch("b", function() say "no" end)
