/* What pad.c and pad_move.c share. */
#ifndef TUI_PANES_PAD_IN_H
#define TUI_PANES_PAD_IN_H

#include "tui/panes/pad.h"

/* Of view->own: near which place of its object the cursor stood. */
#define OWN_Y 6 /* line */
#define OWN_X 7 /* column + 1; 0: not known */

/* Begin a run over the whole content. */
void pad_start(struct pad *s, struct pane_view *view, const struct look *look,
	enum pad_run run);

#endif
