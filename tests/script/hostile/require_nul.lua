-- FAILED require_nul.lua:2: require: the name contains a NUL byte
require "x\0y"
