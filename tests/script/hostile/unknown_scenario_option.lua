-- FAILED unknown_scenario_option.lua:2: scenario: unknown option 'titel'; did you mean 'title'?
scenario { titel = "x" }
