-- FAILED error_table.lua:2: the error is a table value, not a text
error { 1, 2, 3 }
