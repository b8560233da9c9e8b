-- FAILED wrong_ram.lua:2: scenario: ram must be bytes or a size such as "64K", "16M", "1G", not '16Q'
scenario { ram = "16Q" }
