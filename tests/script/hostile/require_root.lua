-- FAILED require_root.lua:2: require: '/etc/passwd' is not a module's name (letters, digits, _ and dots between them)
require "/etc/passwd"
