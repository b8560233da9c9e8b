-- FAILED scenario_twice.lua:3: scenario: called twice
scenario { title = "x" }
scenario { title = "y" }
