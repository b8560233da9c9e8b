/* The line that says what letters mean, below a pane's content. */
#ifndef TUI_PANES_LEGEND_H
#define TUI_PANES_LEGEND_H

#include "tui/pane.h"

/* Where the next entry goes; entries that have no room are left out whole. */
struct legend {
	struct canvas *cv; /* NULL: only count */
	int x, y, w, end;  /* end: the line after the last */
	int lines;	   /* that all entries need */
};

/* A letter and what it means. */
void legend_entry(struct legend *l, enum style style, const char *letter,
	const char *name);
/* A remark on its own. */
void legend_text(struct legend *l, const char *text);
/* A kind of frame, by its letter in a grid. */
void legend_kind(struct legend *l, bool ascii, int kind);

#endif
