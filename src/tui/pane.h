/*
 * A pane is one file and one row: a name, what it needs, how it draws.  It
 * draws on a canvas from a look and knows neither terminal nor other panes.
 */
#ifndef TUI_PANE_H
#define TUI_PANE_H

#include "view/canvas.h"
#include "view/look.h"
#include "view/pane_names.h"

enum move {
	MOVE_UP,
	MOVE_DOWN,
	MOVE_LEFT,
	MOVE_RIGHT,
	MOVE_PAGE_UP,
	MOVE_PAGE_DOWN,
	MOVE_HALF_UP,
	MOVE_HALF_DOWN,
	MOVE_TOP,
	MOVE_BOTTOM,
	MOVE_HOME,
	MOVE_END
};

/* What one pane on the screen remembers between two drawings. */
struct pane_view {
	int w, h;          /* inside the border, of this drawing */
	int top, left;     /* first line and column of the content shown */
	int lines;         /* lines the content has; set by draw */
	bool focused;
	bool follow;       /* scroll to what happens now (the default) */
	struct ref cursor; /* the object under the pane's cursor, or NO_REF */
	const char *filter; /* show only what contains this; NULL: all */
	const char *search; /* mark what contains this; NULL: nothing */
	long own[8];       /* the pane's own numbers, 0 at first */
};

struct pane {
	const char *name;  /* "spaces": in commands and scenarios */
	const char *title; /* "Address spaces" */
	const char *note;  /* one line for the help */
	int min_w, min_h;  /* inside the border; below it says so */
	/* Draw into (0, 0, view->w, view->h) of @cv, which is entered. */
	void (*draw)(struct pane_view *view, const struct look *look,
		struct canvas *cv);
	/* Move the cursor or scroll; true if anything changed.  NULL: plain
	 * scrolling of view->top. */
	bool (*move)(struct pane_view *view, const struct look *look,
		enum move move, int count);
	/* Put the cursor on @ref if the pane shows it (a selection made
	 * elsewhere).  NULL: view->cursor is just set. */
	void (*seek)(struct pane_view *view, const struct look *look,
		struct ref ref);
	/* Larger title text than .title, e.g. with the selected address; NULL:
	 * none.  Writes to @buf. */
	void (*caption)(const struct pane_view *view, const struct look *look,
		char *buf, size_t size);
};

/* One row of each file panes/NAME.c. */
#define PANE(name) extern const struct pane pane_##name;
PANE_LIST(PANE)
#undef PANE

/* All panes in the order of their numbers; NULL ends them. */
extern const struct pane *const panes[];
const struct pane *pane_find(const char *name);

#endif
