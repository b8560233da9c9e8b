/* What the viewer asks the timeline beside drawing. */
#ifndef TUI_PANES_TIMELINE_H
#define TUI_PANES_TIMELINE_H

#include "tui/pane.h"

/* The position at column @x of a timeline @w columns wide; false: none. */
bool timeline_pos(const struct look *look, int w, int x, struct pos *pos);

#endif
