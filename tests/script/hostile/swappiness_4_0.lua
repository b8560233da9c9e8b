-- FAILED swappiness_4_0.lua:2: scenario: swappiness is 150; allowed: 0 to 100
scenario { era = "4.0", swappiness = 150 }
