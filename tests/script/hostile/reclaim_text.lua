-- FAILED reclaim_text.lua:2: reclaim: pages must be a whole number, not 'many'
reclaim 'many'
