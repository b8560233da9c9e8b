-- FAILED not_yet_pcp.lua:2: scenario: pcp= is not built yet (it comes with per-CPU lists)
scenario { pcp = true }
