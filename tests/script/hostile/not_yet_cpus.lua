-- FAILED not_yet_cpus.lua:2: scenario: cpus above 1 is not built yet (it comes with several processors)
scenario { cpus = 2 }
