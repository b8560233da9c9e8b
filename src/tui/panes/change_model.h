/* What an operation makes of VMAs: before, now, and the facts it told. */
#ifndef TUI_PANES_CHANGE_MODEL_H
#define TUI_PANES_CHANGE_MODEL_H

#include "view/look.h"

#define CHANGE_VMAS 32  /* of an operation on more, the first ones */
#define CHANGE_EDGES (4 * CHANGE_VMAS + 2)

/* A VMA that the operation concerns, or a neighbour of one. */
struct change_vma {
	uint32_t id;
	bool was, is;              /* it was there before; it is there now */
	struct vma_was before, now; /* as far as it was, is */
};

/* All places where something begins or ends, in order, each once. */
struct change {
	struct change_vma vma[CHANGE_VMAS]; /* by address, nr of them */
	unsigned nr;
	unsigned more;                /* VMAs that had no room */
	uint64_t from, to;            /* the operation's range; equal: none */
	uint64_t edge[CHANGE_EDGES];
	unsigned nr_edges;
};

/* False where there is no operation. */
bool change_make(struct change *c, const struct look *look);
/* The range that an operation names or got; false: it has none. */
bool change_range(const struct step *step, const struct op *op, uint64_t *from,
	uint64_t *to);
/* Did anything of it change? */
bool change_differs(const struct change_vma *v);
/* Is the event a fact that the pane tells: a merge, a cut, why not? */
bool change_is_fact(const struct event *ev);
/* Columns of each piece between two edges, together at most @w. */
void change_spread(const struct change *c, int w, int *width);

#endif
