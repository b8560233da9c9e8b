/*
 * The maple tree of an address space: what it is, and how it is searched.
 *
 * Each node stands for a range of addresses; its slots divide it.  pivot[i] is
 * the last address of slot i; that of the last slot, end, is the node's own,
 * which the walk brings along from above.  A slot of a leaf (maple_leaf_64)
 * holds a VMA or nothing; a slot of an interior node (maple_arange_64) holds a
 * node, and gap[] the longest run of nothing below it.
 *
 * Invariant: pivots grow; every leaf is as deep as every other, tree->height
 * nodes on each way down; a node other than the root has more than
 * MAPLE_LEAF_MIN or MAPLE_ARANGE_MIN slots in use; two slots of nothing never
 * touch, and no leaf but the last ends with one, so that what follows nothing
 * is found in the same leaf.  An empty tree has no node.  (The
 * kernel's tree can also be a single entry without a node, for the address 0
 * alone: no VMA is that small.)
 *
 * A store is planned before it is done (maple_plan.c): the new nodes are drawn
 * up, taken from the cache, then put in; the old ones go.  While readers may
 * look (mt->rcu) a leaf is replaced, not changed, except where one slot or one
 * boundary is all that changes.
 */
#include "core/maple_tree.h"
#include "core/emit.h"

#include <errno.h>

bool maple_walk(const struct maple_tree *mt, uint64_t addr,
	struct maple_path *path)
{
	struct maple_node *node = mt->root;
	uint64_t min = 0, max = MAPLE_MAX;

	for (path->depth = 0; node; path->depth++) {
		unsigned i = maple_slot_at(node, addr);

		path->at[path->depth] =
			(struct maple_level){ node, min, max, i };
		min = i ? node->pivot[i - 1] + 1 : min;
		max = maple_last(node, i, max);
		node = node->leaf ? NULL : node->slot[i];
	}
	return path->depth > 0;
}

struct vm_area_struct *maple_find(const struct maple_tree *mt, uint64_t addr)
{
	const struct maple_node *node = mt->root;
	unsigned i;

	if (!node)
		return NULL;
	for (i = maple_slot_at(node, addr); !node->leaf;
		i = maple_slot_at(node, addr))
		node = node->slot[i];
	if (!node->slot[i] && i < node->end)
		i++;
	return node->slot[i];
}

struct vm_area_struct *maple_final(const struct maple_tree *mt)
{
	const struct maple_node *node = mt->root;

	if (!node)
		return NULL;
	while (!node->leaf)
		node = node->slot[node->end];
	return node->slot[node->end] ? node->slot[node->end]
				     : node->slot[node->end - 1];
}

/* -- a free range ---------------------------------------------------------- */

struct area {
	uint64_t low, high, size; /* what is asked for */
	uint64_t found;           /* or MAPLE_MAX */
};

/* Is there room for it within [min, max], of which @gap bytes in a row are
 * free somewhere? */
static bool may_fit(const struct area *a, uint64_t min, uint64_t max,
	uint64_t gap)
{
	uint64_t low = min > a->low ? min : a->low;
	uint64_t high = max < a->high ? max : a->high;

	return gap >= a->size && high >= low && high - low >= a->size - 1;
}

/* From the highest slot down; into a child whose gap is long enough
 * (mas_rev_awalk).  The gap may lie outside of what is asked for: then the
 * next slot is tried. */
static bool search_node(struct machine *m, struct mm_struct *mm,
	const struct maple_node *node, uint64_t min, uint64_t max,
	struct area *a)
{
	cost(m, COST_TREE_NODES, 1);
	for (unsigned i = node->end + 1u; i--;) {
		uint64_t first = i ? node->pivot[i - 1] + 1 : min;
		uint64_t last = maple_last(node, i, max), top;
		uint64_t gap = !node->leaf	? node->gap[i]
			       : node->slot[i] ? 0
					       : last - first + 1;

		if (!may_fit(a, first, last, gap))
			continue;
		tell(m, EV_MAPLE_GAP, maple_ref(node), mm_ref(mm), i);
		if (!node->leaf) {
			if (search_node(m, mm, node->slot[i], first, last, a))
				return true;
			continue;
		}
		top = last < a->high ? last : a->high;
		a->found = top - a->size + 1;
		return true;
	}
	return false;
}

uint64_t maple_empty_area_rev(struct machine *m, struct mm_struct *mm,
	uint64_t low, uint64_t high, uint64_t size)
{
	struct area a = { low, high, size, MAPLE_MAX };

	if (high < low || high - low < size - 1)
		return MAPLE_MAX;
	if (!mm->mm_mt.root)
		return high - size + 1;
	search_node(m, mm, mm->mm_mt.root, 0, MAPLE_MAX, &a);
	return a.found;
}

/* -- nodes ----------------------------------------------------------------- */

static void free_below(struct machine *m, struct maple_node *node)
{
	for (unsigned i = 0; !node->leaf && i <= node->end; i++)
		if (node->slot[i])
			free_below(m, node->slot[i]);
	maple_node_free(m, node);
}

void maple_destroy(struct machine *m, struct mm_struct *mm)
{
	struct maple_node *root = mm->mm_mt.root;

	mm->mm_mt.root = NULL;
	mm->mm_mt.height = 0;
	mm->mm_mt.near = NULL;
	if (root)
		free_below(m, root);
}

/* @node and all below it once more; NULL when memory is out.  What there is of
 * it then hangs at @parent and goes with it. */
static struct maple_node *dup_below(struct machine *m,
	const struct maple_node *node, struct maple_node *parent)
{
	struct maple_node *copy = maple_node_alloc(m, true);
	uint32_t id;

	if (!copy)
		return NULL;
	id = copy->id;
	*copy = *node;
	copy->id = id;
	copy->borrowed = false;
	copy->parent = parent;
	if (parent)
		parent->slot[node->parent_slot] = copy;
	for (unsigned i = 0; !node->leaf && i <= node->end; i++)
		copy->slot[i] = NULL;
	for (unsigned i = 0; !node->leaf && i <= node->end; i++)
		if (!dup_below(m, node->slot[i], copy)) {
			if (!parent)
				free_below(m, copy);
			return NULL;
		}
	return copy;
}

int maple_dup(struct machine *m, struct mm_struct *to,
	const struct mm_struct *from)
{
	struct maple_node *root = from->mm_mt.root;

	if (!root)
		return 0;
	root = dup_below(m, root, NULL);
	if (!root)
		return -ENOMEM;
	to->mm_mt.root = root;
	to->mm_mt.height = from->mm_mt.height;
	return 0;
}
