-- FAILED print_huge.lua:2: print: the line has 70000 bytes; at most 65536
print(("x"):rep(70000))
