-- LIMIT endless_goto.lua:3: limit reached: 15000000 instructions (--limit sets it)
::again::
goto again
