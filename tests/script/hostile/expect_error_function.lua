-- FAILED expect_error_function.lua:2: expect_error: fn must be a function, not 3
expect_error("ENOMEM", 3)
