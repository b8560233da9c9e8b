-- FAILED expect_error_name.lua:2: expect_error: unknown error 'ENOMEN'; did you mean 'ENOMEM'?
expect_error("ENOMEN", function() end)
