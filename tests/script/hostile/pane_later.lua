-- FAILED pane_later.lua:2: show: pane 'buddy' is not built yet
show { "buddy" }
