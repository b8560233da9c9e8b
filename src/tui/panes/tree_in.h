/* What the files of the pane tree share. */
#ifndef TUI_PANES_TREE_IN_H
#define TUI_PANES_TREE_IN_H

#include "tui/panes/pad.h"

#define TREE_STEPS 64   /* nodes of a way that are kept */
#define TREE_MARKS 4    /* columns before the tree, for the way */
#define TREE_INDENT 2   /* columns of a level */
#define TREE_MANY 40    /* lines from which parts are folded */
#define TREE_OPEN 2     /* levels that stay open even then */

/* One node on the way of the latest search. */
struct tree_step {
	struct ref node;  /* a VMA or a node of a maple tree */
	unsigned slot;    /* where it went on: enum rb_step, or the slot */
};

/* The latest find_vma, or search for a gap, of the operation so far. */
struct tree_way {
	const struct mm_struct *mm; /* where; NULL: there was none */
	uint64_t addr;              /* what was looked for; a gap: 0 */
	bool gap;                   /* room for a mapping is looked for */
	bool over;                  /* it has ended */
	struct ref cached;          /* VMA that a cache had, or NO_REF */
	struct ref found;           /* VMA, or NO_REF */
	unsigned nr;                /* steps, in their order */
	struct tree_step step[TREE_STEPS];
};

/* What is drawn. */
struct tree_draw {
	struct pad *s;
	const struct task_struct *task; /* whose it is */
	const struct mm_struct *mm;
	struct tree_way way;
	bool folds;               /* there are too many lines for all */
};

void tree_way_find(struct tree_way *way, const struct look *look);
/* Which step led through @node: 1, 2, 3 ...; 0: none. */
unsigned tree_way_step(const struct tree_draw *d, struct ref node);
/* The step's number, and the mark of the current event, before a line. */
void tree_put_marks(struct tree_draw *d, int y, struct ref node);
/* Must the line of @ref stay one of its own? */
bool tree_is_pinned(const struct tree_draw *d, struct ref ref);
/* Range, protection and name of a VMA; columns. */
int tree_put_vma(struct tree_draw *d, int x, int y,
	const struct vm_area_struct *vma, bool whole);

/* The lines of either tree from @y on; returns how many. */
int tree_put_rb(struct tree_draw *d, int y);
int tree_put_maple(struct tree_draw *d, int y);

#endif
