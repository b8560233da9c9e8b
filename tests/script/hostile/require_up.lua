-- FAILED require_up.lua:2: require: '../x' is not a module's name (letters, digits, _ and dots between them)
require "../x"
