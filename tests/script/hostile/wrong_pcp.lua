-- FAILED wrong_pcp.lua:2: scenario: pcp must be true or false, not 1
scenario { pcp = 1 }
