-- FAILED wrong_fault_around.lua:2: scenario: fault_around is 0; allowed: 1 2 4 8 16 32 64 128 256 512
scenario { fault_around = 0 }
