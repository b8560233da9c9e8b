/* The table of panes by number. */
#ifndef TUI_PANES_H
#define TUI_PANES_H

#include "tui/pane.h"

#define PANES_MAX 24 /* room in arrays that stand beside panes[] */

/* Index in panes[] of a name; -1 when there is none. */
int pane_index(const char *name);
int pane_count(void);
/* All names, separated by blanks. */
char *pane_names(char *buf, size_t size);

#endif
