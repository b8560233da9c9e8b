-- FAILED reclaim_missing.lua:2: reclaim: pages is missing
reclaim()
