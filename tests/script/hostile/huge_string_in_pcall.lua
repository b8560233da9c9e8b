-- FAILED huge_string_in_pcall.lua:5: caught
-- limit 100000000
local s = "x"
while pcall(function() s = s .. s end) do end
error "caught"
