-- FAILED dofile.lua:2: there is no 'dofile' here: a script cannot reach the system
dofile "/etc/passwd"
