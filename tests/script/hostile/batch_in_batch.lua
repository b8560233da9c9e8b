-- FAILED batch_in_batch.lua:2: batch inside batch()
batch("b", function() batch("c", function() end) end)
