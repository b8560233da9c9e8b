/* What the pane of eras lends to those who act on it. */
#ifndef TUI_PANES_ERAS_H
#define TUI_PANES_ERAS_H

#include "tui/pane.h"

/* The command that switches to the era under the cursor; false: none. */
bool eras_command(const struct pane_view *view, const struct look *look,
	char *buf, size_t size);

#endif
