/* What the files of the lattice share. */
#ifndef TUI_PANES_RMAP_LATTICE_H
#define TUI_PANES_RMAP_LATTICE_H

#include "tui/panes/rmap.h"

/* The anon_vma's counts shown below its column, where the kernel has them;
 * NULL ends them. */
extern const char *const lattice_counts[];

struct lattice {
	struct pad *s;       /* where to */
	struct rmap_model r; /* what there is */
	int head;     /* columns of the rows' labels */
	int name;     /* of these the task's name */
	int vma;      /* and "vma12 " or a count */
	int vma_name; /* and the VMA's name, 0: not shown */
	int pitch;    /* columns between two anon_vmas */
	int fit;      /* anon_vmas that fit */
	int first;    /* the first one shown */
	int step;     /* lines from row to row */
	int title;    /* lines of the titles */
};

/* Where column @c stands. */
int lattice_x(const struct lattice *l, int c);
/* Is it worth laying out?  When the cursor moves, beyond the edges too. */
bool lattice_shows(const struct lattice *l, int c);

/* Below the columns; each returns its lines. */
int lattice_put_pages(struct lattice *l, int y);
int lattice_put_fields(struct lattice *l, int y);
int lattice_put_legend(struct pad *s, int y);

#endif
