-- FAILED error_nil.lua:2: the error is a nil value, not a text
error(nil)
