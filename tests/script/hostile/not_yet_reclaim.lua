-- FAILED not_yet_reclaim.lua:2: reclaim is not built yet (it comes with reclaim and swap)
reclaim(3)
