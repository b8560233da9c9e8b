-- FAILED wrong_lru_batches.lua:2: scenario: lru_batches must be true or false, not 1
scenario { lru_batches = 1 }
