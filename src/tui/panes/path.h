/* What the viewer asks the kernel-path pane beside drawing. */
#ifndef TUI_PANES_PATH_H
#define TUI_PANES_PATH_H

#include "tui/pane.h"

/* In a batch between two calls: the position inside the call under the cursor
 * (its first event).  False elsewhere. */
bool path_call(
	const struct pane_view *view, const struct look *look, struct pos *pos);

#endif
