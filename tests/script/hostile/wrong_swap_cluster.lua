-- FAILED wrong_swap_cluster.lua:2: scenario: swap_cluster is 0; allowed: 1 to 1024
scenario { swap_cluster = 0 }
