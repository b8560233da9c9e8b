-- FAILED unknown_era.lua:2: scenario: unknown era '4.1' (allowed: 2.4 2.6.0 2.6.11 4.0 6.18)
scenario { eras = { "4.1" } }
