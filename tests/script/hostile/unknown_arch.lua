-- FAILED unknown_arch.lua:2: scenario: unknown arch 'arm' (allowed: i386 pae x86_64 x86_64-la57)
scenario { arch = "arm" }
