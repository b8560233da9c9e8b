-- LIMIT batch_empty.lua:4: limit reached: 2000000 operations outside of batch()
-- limit 100000000
while true do
	batch("x", function() end)
end
