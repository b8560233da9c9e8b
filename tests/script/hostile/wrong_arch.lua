-- FAILED wrong_arch.lua:2: scenario: 6.18 has no arch pae (allowed: x86_64 x86_64-la57)
scenario { era = "6.18", arch = "pae" }
