-- LIMIT batch_texts.lua:5: limit reached: 256 MiB of memory
-- limit 100000000
local text = ("x"):rep(60000)
while true do
	batch(text, function() end)
end
