-- FAILED wrong_type_title.lua:2: scenario: title must be a string or {en=..., zh=...}, not 3
scenario { title = 3 }
