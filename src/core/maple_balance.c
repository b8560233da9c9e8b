/*
 * Nodes that are too full or too empty: mas_split, mas_push_data, mas_rebalance
 * and mas_spanning_rebalance (6.18 lib/maple_tree.c).
 *
 * All slots of the nodes concerned stand in a row, the big node; it is cut into
 * one, two or three new nodes, and these take the place of the old ones in a
 * big node of the level above.  A split ends at the first level where all fits
 * into one node; what is rebalanced is made anew up to the root.
 */
#include "core/maple_plan.h"

static unsigned slots_of(const struct maple_big *big)
{
	return big->leaf ? MAPLE_LEAF_SLOTS : MAPLE_ARANGE_SLOTS;
}

static unsigned min_of(const struct maple_big *big)
{
	return big->leaf ? MAPLE_LEAF_MIN : MAPLE_ARANGE_MIN;
}

struct maple_part maple_draft_add(struct maple_plan *plan,
	const struct maple_big *big, unsigned from, unsigned to)
{
	struct maple_draft *d = &plan->draft[plan->nr++];
	uint64_t first = from ? big->part[from - 1].last + 1 : big->min;
	uint64_t most = 0;

	d->node = NULL;
	d->leaf = big->leaf;
	d->n = to - from;
	for (unsigned i = from; i < to; i++) {
		struct maple_part *part = &d->part[i - from];

		*part = big->part[i];
		if (big->leaf)
			part->gap = part->slot ? 0 : part->last - first + 1;
		most = part->gap > most ? part->gap : most;
		first = part->last + 1;
	}
	return (struct maple_part){ NULL, d, big->part[to - 1].last, most };
}

/* mab_no_null_split: no node may end with nothing. */
static unsigned no_null_end(const struct maple_big *big, unsigned split)
{
	if (!big->leaf || big->part[split].slot)
		return split;
	if (split < slots_of(big) - 1 && big->n - 1 - split > min_of(big))
		return split + 1;
	return split - 1;
}

/* mab_calc_split: the last part of the first node, and of the second if there
 * must be three.  (It looks also for ranges of a few addresses, which VMAs are
 * not.) */
static unsigned calc_split(const struct maple_big *big, unsigned *mid)
{
	unsigned end = big->n - 1, split = end / 2, room = 2 * slots_of(big);

	*mid = 0;
	if (end >= room ||
		(big->leaf && !big->part[split].slot && end >= room - 1)) {
		split = end / 3;
		*mid = no_null_end(big, 2 * split);
	}
	return no_null_end(big, split);
}

/* The nodes that @big becomes, as parts of @up. */
static void distribute(struct maple_plan *plan, const struct maple_big *big,
	struct maple_big *up)
{
	unsigned split, mid;

	if (big->n <= slots_of(big)) {
		maple_big_add(up, maple_draft_add(plan, big, 0, big->n));
		return;
	}
	split = calc_split(big, &mid);
	maple_big_add(up, maple_draft_add(plan, big, 0, split + 1));
	if (mid)
		maple_big_add(up,
			maple_draft_add(plan, big, split + 1, mid + 1));
	maple_big_add(up,
		maple_draft_add(plan, big, (mid ? mid : split) + 1, big->n));
}

/* -- too full ------------------------------------------------------------- */

/* @at as it was in its parent, to copy its slots. */
static struct maple_level child_of(const struct maple_level *parent,
	unsigned slot)
{
	const struct maple_node *node = parent->node;

	return (struct maple_level){ node->slot[slot],
		slot ? node->pivot[slot - 1] + 1 : parent->min,
		maple_last(node, slot, parent->max), 0 };
}

/* The parent of a level once parts [slot, slot + old) of it are those of
 * @fresh. */
static void parent_with(struct maple_big *up, const struct maple_level *parent,
	unsigned slot, unsigned old, const struct maple_big *fresh)
{
	up->leaf = false;
	up->n = 0;
	up->min = parent->min;
	maple_big_copy(up, parent, 0, slot);
	for (unsigned i = 0; i < fresh->n; i++)
		maple_big_add(up, fresh->part[i]);
	maple_big_copy(up, parent, slot + old, parent->node->end + 1u);
}

/* mas_push_data: is there room in the sibling at @slot?  Then both are filled
 * anew and their parent is the last that changes. */
static bool push(struct maple_plan *plan, const struct maple_level *at,
	const struct maple_level *parent, const struct maple_big *big,
	bool left)
{
	unsigned slot = left ? parent->slot - 1 : parent->slot + 1;
	struct maple_level sibling = child_of(parent, slot);
	unsigned total = big->n - 1 + sibling.node->end;
	unsigned room = 2 * slots_of(big) - 2 - big->leaf -
		(at->max == MAPLE_MAX);
	struct maple_big all = { .leaf = big->leaf }, fresh = { 0 }, up;
	unsigned split = slots_of(big) - 2;

	if (total >= room)
		return false;
	all.min = left ? sibling.min : big->min;
	if (left)
		maple_big_copy(&all, &sibling, 0, sibling.node->end + 1u);
	for (unsigned i = 0; i < big->n; i++)
		maple_big_add(&all, big->part[i]);
	if (!left) {
		maple_big_copy(&all, &sibling, 0, sibling.node->end + 1u);
		split = total - split;
	}
	split = no_null_end(&all, split);
	maple_big_add(&fresh, maple_draft_add(plan, &all, 0, split + 1));
	maple_big_add(&fresh, maple_draft_add(plan, &all, split + 1, all.n));
	parent_with(&up, parent, left ? slot : parent->slot, 2, &fresh);
	maple_draft_add(plan, &up, 0, up.n);
	plan->gone = parent->node;
	return true;
}

static bool push_either(struct maple_plan *plan, const struct maple_level *at,
	const struct maple_big *big)
{
	const struct maple_level *parent = at - 1;

	return (parent->slot > 0 && push(plan, at, parent, big, true)) ||
		(parent->slot < parent->node->end &&
			push(plan, at, parent, big, false));
}

void maple_plan_split(struct maple_plan *plan, const struct maple_path *path,
	struct maple_big *big)
{
	plan->how = MAPLE_PUSH;
	for (unsigned d = path->depth - 1;; d--) {
		const struct maple_level *at = &path->at[d];
		struct maple_big fresh = { 0 }, up;

		plan->gone = at->node;
		if (big->n <= slots_of(big)) {
			maple_draft_add(plan, big, 0, big->n);
			return;
		}
		if (d && push_either(plan, at, big))
			return;
		plan->how = MAPLE_SPLIT;
		distribute(plan, big, &fresh);
		if (!d) {
			maple_draft_add(plan, &fresh, 0, fresh.n);
			return;
		}
		parent_with(&up, at - 1, at[-1].slot, 1, &fresh);
		*big = up;
	}
}

/* -- too empty, or of several leaves --------------------------------------- */

/* From level @k of @path, whose slot has moved, down to level @d, along the
 * lowest or highest slots. */
static void descend(struct maple_path *path, unsigned k, unsigned d,
	bool highest)
{
	for (; k < d; k++) {
		path->at[k + 1] = child_of(&path->at[k], path->at[k].slot);
		path->at[k + 1].slot =
			highest ? path->at[k + 1].node->end : 0;
	}
}

static void prepend(struct maple_big *big, const struct maple_level *at)
{
	struct maple_big all = { .leaf = big->leaf, .min = at->min };

	maple_big_copy(&all, at, 0, at->node->end + 1u);
	for (unsigned i = 0; i < big->n; i++)
		maple_big_add(&all, big->part[i]);
	*big = all;
}

/* mast_spanning_rebalance: the nearest node to the right joins the big node of
 * level @d, else the nearest to the left. */
static void join_neighbour(struct maple_path *left, struct maple_path *right,
	unsigned d, struct maple_big *big)
{
	for (unsigned k = d; k--;) {
		if (right->at[k].slot < right->at[k].node->end) {
			right->at[k].slot++;
			descend(right, k, d, false);
			maple_big_copy(big, &right->at[d], 0,
				right->at[d].node->end + 1u);
			return;
		}
		if (left->at[k].slot) {
			left->at[k].slot--;
			descend(left, k, d, true);
			prepend(big, &left->at[d]);
			return;
		}
	}
}

/* The level above: what is left of the two parents around the new nodes. */
static void ascend(struct maple_big *big, const struct maple_level *left,
	const struct maple_level *right, const struct maple_big *fresh)
{
	big->leaf = false;
	big->n = 0;
	big->min = left->min;
	maple_big_copy(big, left, 0, left->slot);
	for (unsigned i = 0; i < fresh->n; i++)
		maple_big_add(big, fresh->part[i]);
	maple_big_copy(big, right, right->slot + 1, right->node->end + 1u);
}

void maple_plan_rebuild(struct maple_plan *plan, struct maple_path *left,
	struct maple_path *right, struct maple_big *big)
{
	plan->gone = left->at[0].node;
	for (unsigned d = left->depth - 1;; d--) {
		struct maple_big fresh = { 0 };

		if (big->n <= min_of(big))
			join_neighbour(left, right, d, big);
		distribute(plan, big, &fresh);
		if (fresh.n == 1 && big->min == 0 &&
			big->part[big->n - 1].last == MAPLE_MAX)
			return;
		if (!d) {
			maple_draft_add(plan, &fresh, 0, fresh.n);
			return;
		}
		ascend(big, &left->at[d - 1], &right->at[d - 1], &fresh);
	}
}

void maple_plan_rebalance(struct maple_plan *plan, struct maple_path *path,
	struct maple_big *big)
{
	struct maple_path other = *path;
	unsigned d = path->depth - 1;
	struct maple_level *parent = &path->at[d - 1];

	if (parent->slot < parent->node->end) {
		other.at[d - 1].slot++;
		descend(&other, d - 1, d, false);
		maple_big_copy(big, &other.at[d], 0,
			other.at[d].node->end + 1u);
		maple_plan_rebuild(plan, path, &other, big);
		return;
	}
	other.at[d - 1].slot--;
	descend(&other, d - 1, d, true);
	prepend(big, &other.at[d]);
	maple_plan_rebuild(plan, &other, path, big);
}
