-- FAILED pane_later.lua:2: show: pane 'tree' is not built yet
show { "tree" }
