-- FAILED wrong_pages_min.lua:2: scenario: pages_min must be a whole number, not a table
scenario { pages_min = {} }
