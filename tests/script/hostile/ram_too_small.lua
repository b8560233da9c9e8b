-- FAILED ram_too_small.lua:2: scenario: ram must be 1M to 64G
scenario { ram = 4096 }
