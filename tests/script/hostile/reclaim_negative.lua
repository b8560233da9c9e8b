-- FAILED reclaim_negative.lua:2: reclaim: pages is -1; allowed: 0 to 1099511627776
reclaim(-1)
