-- FAILED wrong_prot.lua:3: mmap: prot is 'rq'; allowed: r, w, x and - as in "rw-", or "none"
local t = spawn "t"
t:mmap { pages = 1, prot = "rq" }
