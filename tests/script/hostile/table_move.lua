-- LIMIT table_move.lua:2: limit reached: 1 seconds of computing (--limit raises it)
table.move({}, 1, 1 << 60, 2)
