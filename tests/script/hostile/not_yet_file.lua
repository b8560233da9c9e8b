-- FAILED not_yet_file.lua:2: file: unknown option 'hloe'; did you mean 'hole'?
file("a", 3, { hloe = true })
