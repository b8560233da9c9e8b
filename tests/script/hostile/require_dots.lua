-- FAILED require_dots.lua:2: require: '..' is not a module's name (letters, digits, _ and dots between them)
require ".."
