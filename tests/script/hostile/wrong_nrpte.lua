-- FAILED wrong_nrpte.lua:2: scenario: nrpte is 8; allowed: 3 7 15 31
scenario { nrpte = 8 }
