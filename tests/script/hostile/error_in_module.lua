-- FAILED _broken.lua:1: attempt to perform arithmetic on a nil value (called from error_in_module.lua:2)
require "broken"
