-- FAILED wrong_mlock.lua:4: mlock: onfault must be true or false, not 1
local p = spawn "p"
local r = p:mmap { pages = 1 }
p:mlock(r, nil, { onfault = 1 })
