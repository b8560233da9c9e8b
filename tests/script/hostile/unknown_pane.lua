-- FAILED unknown_pane.lua:2: show: unknown pane 'spcaes'; did you mean 'spaces'?
show { "spcaes" }
