-- OK
expect(1 == 2)
expect_eq(1, "1")
expect_error("ENOMEM", function() end)
