-- FAILED not_yet_io.lua:2: scenario: io= is not built yet (it comes with slow disks)
scenario { io = "slow" }
