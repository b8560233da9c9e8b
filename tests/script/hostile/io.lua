-- FAILED io.lua:2: there is no 'io' here: a script cannot reach the system
io.open "/etc/passwd"
