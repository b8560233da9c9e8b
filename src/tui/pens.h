/*
 * Looks of a theme as numbers of a terminal: attributes, and a colour pair
 * from a table of our own.  Knows no curses; the terminal is told of each new
 * pair by a function.
 */
#ifndef TUI_PENS_H
#define TUI_PENS_H

#include "view/canvas.h"

struct pens;

struct paint {
	unsigned attr; /* ATTR_ bits */
	int pair;      /* 0: the terminal's own colours */
};

/* Colour numbers are the terminal's; -1 is its own.  NULL: nobody has to be
 * told. */
typedef void pens_set_pair(int pair, int fg, int bg);

/*
 * For a terminal of @colours colours (0: attributes only; 8, 16, 88, 256, or
 * 1 << 24 for direct ones) that has room for pairs 1 to @pairs - 1.  NULL: out
 * of memory.
 */
struct pens *pens_new(int colours, int pairs, pens_set_pair *set_pair);
void pens_delete(struct pens *p);

/* Take @theme from now on; false, and cheap, when it is the one in use. */
bool pens_use(struct pens *p, const struct theme *theme);
struct paint pens_paint(struct pens *p, const struct cell *cell);
/* The colours of a pair that pens_paint() gave out. */
void pens_pair(const struct pens *p, int pair, int *fg, int *bg);

#endif
