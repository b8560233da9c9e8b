/*
 * What a store does: mas_wr_store_type() and the cases that it tells apart
 * (6.18 lib/maple_tree.c).  A store overwrites a range: within a leaf it makes
 * at most two slots more; a store of nothing takes the runs of nothing beside
 * it along, so that two never touch.
 */
#include "core/maple_plan.h"

#include <string.h>

/* A store within one leaf. */
struct change {
	struct maple_level *at;  /* the leaf */
	uint64_t first, last;    /* to be overwritten */
	void *entry;             /* with this; NULL: nothing */
	unsigned from, to;       /* slots that hold first and last */
};

static uint64_t slot_first(const struct maple_level *at, unsigned i)
{
	return i ? at->node->pivot[i - 1] + 1 : at->min;
}

static uint64_t slot_last(const struct maple_level *at, unsigned i)
{
	return maple_last(at->node, i, at->max);
}

/* mas_wr_extend_null: nothing takes in what is nothing on either side. */
static void extend_null(struct change *c)
{
	const struct maple_node *node = c->at->node;

	if (!node->slot[c->to]) {
		c->last = slot_last(c->at, c->to);
	} else if (c->last == slot_last(c->at, c->to) && c->to < node->end &&
		!node->slot[c->to + 1]) {
		c->to++;
		c->last = slot_last(c->at, c->to);
	}
	if (!node->slot[c->from]) {
		c->first = slot_first(c->at, c->from);
	} else if (c->first == slot_first(c->at, c->from) && c->from &&
		!node->slot[c->from - 1]) {
		c->from--;
		c->first = slot_first(c->at, c->from);
	}
}

/* The leaf's slots once the change is done. */
static void changed(const struct change *c, struct maple_big *big)
{
	const struct maple_level *at = c->at;
	const struct maple_node *node = at->node;

	*big = (struct maple_big){ .leaf = true, .min = at->min };
	maple_big_copy(big, at, 0, c->from);
	if (slot_first(at, c->from) < c->first)
		maple_big_add(big,
			(struct maple_part){ node->slot[c->from], NULL,
				c->first - 1, 0 });
	maple_big_add(big,
		(struct maple_part){ c->entry, NULL, c->last, 0 });
	if (slot_last(at, c->to) > c->last)
		maple_big_add(big,
			(struct maple_part){ node->slot[c->to], NULL,
				slot_last(at, c->to), 0 });
	maple_big_copy(big, at, c->to + 1, node->end + 1u);
}

static void in_place(struct maple_plan *plan, enum maple_store how,
	const struct maple_big *big)
{
	plan->how = how;
	plan->in_place = true;
	maple_draft_add(plan, big, 0, big->n);
}

static void plan_leaf(struct maple_plan *plan, const struct maple_tree *mt,
	struct maple_path *path, struct change *c)
{
	unsigned end = c->at->node->end, new_end;
	struct maple_big big;

	changed(c, &big);
	new_end = big.n - 1;
	plan->gone = c->at->node;
	if (c->first == slot_first(c->at, c->from) &&
		c->last == slot_last(c->at, c->from)) {
		in_place(plan, MAPLE_EXACT_FIT, &big);
	} else if (new_end < MAPLE_LEAF_MIN && path->depth > 1) {
		plan->how = MAPLE_REBALANCE;
		maple_plan_rebalance(plan, path, &big);
	} else if (new_end >= MAPLE_LEAF_SLOTS) {
		maple_plan_split(plan, path, &big);
	} else if (new_end >= MAPLE_LEAF_MIN && !mt->rcu && c->from == end) {
		in_place(plan, MAPLE_APPEND, &big);
	} else if (new_end >= MAPLE_LEAF_MIN && new_end == end &&
		(!mt->rcu || c->to - c->from == 1)) {
		in_place(plan, MAPLE_SLOT, &big);
	} else if (!mt->rcu) {
		in_place(plan, MAPLE_NODE, &big);
	} else {
		plan->how = MAPLE_NODE;
		maple_draft_add(plan, &big, 0, big.n);
	}
}

/* mas_extend_spanning_null: @next is what follows. */
static void extend_spanning(struct change *l, struct maple_level *next,
	bool follows)
{
	const struct maple_node *node = l->at->node;

	if (!node->slot[l->from]) {
		l->first = slot_first(l->at, l->from);
	} else if (l->first == slot_first(l->at, l->from) && l->from &&
		!node->slot[l->from - 1]) {
		l->from--;
		l->first = slot_first(l->at, l->from);
	}
	if (follows && !next->node->slot[next->slot]) {
		l->last = slot_last(next, next->slot);
		next->slot++;
	}
}

/* mas_wr_spanning_store: the leaf where it begins and the one where what
 * follows it begins become one row of slots. */
static void plan_spanning(struct maple_plan *plan,
	const struct maple_tree *mt, struct maple_path *path,
	struct change *l)
{
	struct maple_path right;
	bool follows = l->last != MAPLE_MAX;
	struct maple_level *next;
	struct maple_big big = { .leaf = true, .min = l->at->min };

	maple_walk(mt, follows ? l->last + 1 : l->last, &right);
	next = maple_leaf(&right);
	if (!l->entry)
		extend_spanning(l, next, follows);
	plan->gone = mt->root;
	if (!l->first && l->last == MAPLE_MAX && !l->entry) {
		plan->how = MAPLE_NEW_ROOT;
		return;
	}
	maple_big_copy(&big, l->at, 0, l->from);
	if (slot_first(l->at, l->from) < l->first)
		maple_big_add(&big,
			(struct maple_part){ l->at->node->slot[l->from], NULL,
				l->first - 1, 0 });
	maple_big_add(&big, (struct maple_part){ l->entry, NULL, l->last, 0 });
	if (next->max > l->last)
		maple_big_copy(&big, next, next->slot, next->node->end + 1u);
	plan->how = MAPLE_SPANNING;
	maple_plan_rebuild(plan, path, &right, &big);
}

/* Does it reach beyond the leaf, or leave nothing at its end?  Then what
 * follows must be looked at (mas_is_span_wr). */
static bool spans(const struct change *c)
{
	if (c->last != c->at->max)
		return c->last > c->at->max;
	return !c->entry && c->last != MAPLE_MAX;
}

/* The first entry makes the root (mas_root_expand), one over all takes its
 * place (mas_new_root). */
static void plan_root(struct maple_plan *plan, const struct change *c)
{
	struct maple_big big = { .leaf = true };

	plan->how = c->entry || plan->gone ? MAPLE_NEW_ROOT : MAPLE_NOTHING;
	if (!c->entry)
		return;
	if (c->first)
		maple_big_add(&big,
			(struct maple_part){ NULL, NULL, c->first - 1, 0 });
	maple_big_add(&big,
		(struct maple_part){ c->entry, NULL, c->last, 0 });
	if (c->last != MAPLE_MAX)
		maple_big_add(&big,
			(struct maple_part){ NULL, NULL, MAPLE_MAX, 0 });
	maple_draft_add(plan, &big, 0, big.n);
}

void maple_plan_store(struct maple_plan *plan, const struct maple_tree *mt,
	uint64_t first, uint64_t last, struct vm_area_struct *entry)
{
	struct maple_path path;
	struct change c = { NULL, first, last, entry, 0, 0 };

	plan->gone = mt->root;
	plan->in_place = false;
	plan->nr = 0;
	if (!maple_walk(mt, first, &path)) {
		plan_root(plan, &c);
		return;
	}
	c.at = maple_leaf(&path);
	c.from = c.at->slot;
	if (spans(&c)) {
		plan_spanning(plan, mt, &path, &c);
		return;
	}
	c.to = c.from;
	while (slot_last(c.at, c.to) < c.last)
		c.to++;
	if (!entry)
		extend_null(&c);
	if (!c.first && c.last == MAPLE_MAX)
		plan_root(plan, &c);
	else
		plan_leaf(plan, mt, &path, &c);
}
