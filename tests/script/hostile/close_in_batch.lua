-- FAILED close_in_batch.lua:5: false
local ok = pcall(batch, "b", function() error "x" end)
batch("c", function() spawn "t" end)
say "after"
error(tostring(ok))
