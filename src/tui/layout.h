/*
 * Where panes stand: a tree of rows and columns whose leaves are panes.
 *
 * Rectangles are outer ones, their border included, and neighbours share the
 * line between them: two panes side by side in 80 columns are 40 and 41 wide.
 */
#ifndef TUI_LAYOUT_H
#define TUI_LAYOUT_H

#include "view/canvas.h"

#define LAYOUT_NODES 40
#define LAYOUT_TEXT 256

enum layout_kind { LAYOUT_PANE, LAYOUT_ROWS, LAYOUT_COLUMNS };

struct layout_node {
	enum layout_kind kind;
	int pane;      /* LAYOUT_PANE: index in panes[] */
	int weight;    /* share of what is left, 1..1000 */
	int fixed;     /* lines or columns inside its border; 0: by weight */
	int first;     /* first child, -1: none */
	int next;      /* next sibling, -1: none */
	int up;	       /* parent, -1 in the root */
	struct rect r; /* outer; set by layout_place() */
};

struct layout {
	struct layout_node node[LAYOUT_NODES];
	int nr; /* nodes in use; node[0] is the root */
};

/*
 * From text: a pane's name, rows(...) or columns(...), each optionally with
 * *WEIGHT (1..99) or =SIZE (lines or columns inside).  A plain list of two or
 * more names is laid out for a screen of @w by @h.  False: @err says what was
 * wrong and what is allowed; @l is then unchanged.
 */
bool layout_parse(struct layout *l, const char *text, int w, int h, char *err,
	size_t size);

/* Write the text of a layout for a plain list of panes on a screen of @w by
 * @h: narration on top, the others in columns.  Where the screen is small only
 * the first ones, and the kernel path if it is named; @few: two and a large
 * narration, for a projector. */
void layout_list(const char *names, int w, int h, bool few, char *buf,
	size_t size);

/* A layout with a name. */
struct layout_row {
	const char *name;
	int min_w, min_h; /* the screen it was made for, at least */
	const char *text;
	const char *note; /* one line */
};
/* All of them, ended by a row without a name. */
extern const struct layout_row layout_table[];
const struct layout_row *layout_find(const char *name);
/* The one for a screen of this size. */
const struct layout_row *layout_for(int w, int h);

/* Give every node its rectangle inside @r. */
void layout_place(struct layout *l, struct rect r);

/* The node that shows pane @pane, or -1. */
int layout_leaf(const struct layout *l, int pane);
/* The pane at a cell, or -1. */
int layout_pane_at(const struct layout *l, int x, int y);
/* The pane @step leaves after (before) @pane in reading order, around. */
int layout_next(const struct layout *l, int pane, int step);
/* The pane with the largest rectangle. */
int layout_largest(const struct layout *l);
/* Let the leaf of pane @old show @pane. */
void layout_replace(struct layout *l, int old, int pane);
/* Make a pane larger or smaller (@by above or below 0). */
void layout_resize(struct layout *l, int pane, int by);

#endif
