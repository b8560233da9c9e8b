-- FAILED scenario_late.lua:3: scenario: must be the first call
spawn "t"
scenario { title = "y" }
