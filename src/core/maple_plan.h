/*
 * What a store will do to a maple tree, drawn up before anything changes.
 * For maple_store.c and maple_plan.c.
 */
#ifndef CORE_MAPLE_PLAN_H
#define CORE_MAPLE_PLAN_H

#include "core/maple_tree.h"

/* Two nodes, what a store adds, and one more node beside (maple_big_node). */
#define MAPLE_BIG (2 * MAPLE_LEAF_SLOTS + 4)
/* Three new nodes a level and a root. */
#define MAPLE_DRAFTS (3 * MAPLE_HEIGHT_MAX + 1)

struct maple_draft;

/* One slot with its range. */
struct maple_part {
	void *slot;                /* as in a node; NULL: nothing, or draft */
	struct maple_draft *draft; /* a node that does not exist yet */
	uint64_t last;             /* its last address */
	uint64_t gap;              /* longest run of nothing in it */
};

/* A node to be. */
struct maple_draft {
	struct maple_node *node; /* once it is made */
	bool leaf;
	unsigned n;              /* parts */
	struct maple_part part[MAPLE_LEAF_SLOTS];
};

/* All slots that shall stand in the place of some nodes of one level. */
struct maple_big {
	bool leaf;
	uint64_t min;            /* its first address */
	unsigned n;              /* parts */
	struct maple_part part[MAPLE_BIG];
};

/* Invariant: the drafts hold every range of the subtree below gone, with the
 * new entry; the last draft is the top. */
struct maple_plan {
	enum maple_store how;
	struct maple_node *gone; /* top of what is replaced; NULL: no tree */
	bool in_place;           /* the one draft is written into it */
	unsigned nr;             /* drafts; 0: the tree becomes empty, or
				    nothing is to be done */
	struct maple_draft draft[MAPLE_DRAFTS];
};

void maple_plan_store(struct maple_plan *plan, const struct maple_tree *mt,
	uint64_t first, uint64_t last, struct vm_area_struct *entry);

/* maple_balance.c: the leaf at @path's end, or those from the end of @left to
 * that of @right, become @big. */
void maple_plan_split(struct maple_plan *plan, const struct maple_path *path,
	struct maple_big *big);
void maple_plan_rebuild(struct maple_plan *plan, struct maple_path *left,
	struct maple_path *right, struct maple_big *big);
/* The same for a leaf that has too little: a sibling joins it. */
void maple_plan_rebalance(struct maple_plan *plan, struct maple_path *path,
	struct maple_big *big);

/* One more slot at the end. */
static inline void maple_big_add(struct maple_big *big, struct maple_part part)
{
	big->part[big->n++] = part;
}

/* Slots [from, to) of a node. */
static inline void maple_big_copy(struct maple_big *big,
	const struct maple_level *at, unsigned from, unsigned to)
{
	const struct maple_node *node = at->node;

	for (unsigned i = from; i < to; i++)
		maple_big_add(big,
			(struct maple_part){ node->slot[i], NULL,
				maple_last(node, i, at->max),
				node->leaf ? 0 : node->gap[i] });
}

/* A node of the parts [from, to) of @big. */
struct maple_part maple_draft_add(struct maple_plan *plan,
	const struct maple_big *big, unsigned from, unsigned to);

#endif
