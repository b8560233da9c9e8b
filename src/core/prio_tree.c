/*
 * A node stands for the interval [radix, heap] of pages, radix <= heap; its
 * size is heap - radix.  Invariants, both at once:
 *
 *   heap    a node's heap index is not below those of its children; where two
 *           are equal the smaller radix index is higher
 *   radix   at depth d bit (index_bits - 1 - d) of the radix index says which
 *           subtree a node below is in: 0 left, 1 right.  Where those bits end
 *           all radix indices are equal, and the bits of the size decide, from
 *           the word's top bit down: the overflow sub-tree
 *
 * So a query for [r, h] leaves out a subtree whose top has a heap index below
 * r, and a right one whose radix prefix is beyond h.  index_bits grows when a
 * larger heap index comes; it goes back to 1 only when the tree empties.
 * A link to the node itself stands for "none"; the root is its own parent.
 */
#include "core/prio_tree.h"
#include "core/i_mmap_in.h"

/* Which bit decides: >= 0 that of the radix index; then -1, -2 ... are bits
 * 31, 30 ... of the size. */
typedef int level_t;

static uint64_t radix_of(const struct prio_tree_node *node)
{
	return vma_first_index(prio_vma(node));
}

static uint64_t heap_of(const struct prio_tree_node *node)
{
	return vma_last_index(prio_vma(node));
}

static struct ref node_ref(const struct prio_tree_node *node)
{
	return vma_ref(prio_vma(node));
}

/* The largest heap index for which @bits are enough. */
static uint64_t max_index(uint32_t bits)
{
	return (1ull << bits) - 1;
}

static bool has_left(const struct prio_tree_node *node)
{
	return node->left != node;
}

static bool has_right(const struct prio_tree_node *node)
{
	return node->right != node;
}

static void init_node(struct prio_tree_node *node)
{
	node->left = node->right = node->parent = node;
}

static void hang_left(struct prio_tree_node *parent,
	struct prio_tree_node *child)
{
	parent->left = child;
	child->parent = parent;
}

void prio_tree_init(struct prio_tree_root *root)
{
	root->prio_tree_node = NULL;
	root->index_bits = 1;
}

void prio_tree_replace(struct prio_tree_root *root, struct prio_tree_node *old,
	struct prio_tree_node *node)
{
	init_node(node);
	if (root->prio_tree_node == old) {
		root->prio_tree_node = node;
	} else {
		node->parent = old->parent;
		if (old->parent->left == old)
			old->parent->left = node;
		else
			old->parent->right = node;
	}
	if (has_left(old))
		hang_left(node, old->left);
	if (has_right(old)) {
		node->right = old->right;
		old->right->parent = node;
	}
}

/* -- insert ----------------------------------------------------------------- */

static bool is_same(const struct prio_tree_node *a,
	const struct prio_tree_node *b)
{
	return radix_of(a) == radix_of(b) && heap_of(a) == heap_of(b);
}

/* Does @node belong above @cur? */
static bool outranks(const struct prio_tree_node *node,
	const struct prio_tree_node *cur)
{
	if (heap_of(node) != heap_of(cur))
		return heap_of(node) > heap_of(cur);
	return radix_of(node) < radix_of(cur);
}

/* Below @cur, is @node's place on the right? */
static bool goes_right(struct machine *m, const struct prio_tree_node *node,
	const struct prio_tree_node *cur, level_t level)
{
	bool size = level < 0;
	int bit = size ? PRIO_WORD + level : level;
	uint64_t word = size ? heap_of(node) - radix_of(node) : radix_of(node);
	bool right = word >> bit & 1;

	if (tracing(m))
		emit_full(m, &(struct event){
				     .id = size ? EV_PRIO_SIZE : EV_PRIO_RADIX,
				     .o = node_ref(node), .p = node_ref(cur),
				     .type = VT_INT, .old = (uint64_t)bit,
				     .n = right });
	return right;
}

/*
 * prio_tree_expand: one more bit needs nothing; for each further one the node
 * with the largest heap index comes off the top, onto a spine that goes left
 * from @node, so that what is left of the tree hangs as much deeper as there
 * are more bits, and its own bits decide as before.
 */
static void expand(struct machine *m, struct address_space *mapping,
	struct prio_tree_node *node)
{
	struct prio_tree_root *root = &mapping->i_mmap.prio;
	uint32_t old = root->index_bits;
	struct prio_tree_node *last = node;

	init_node(node);
	if (heap_of(node) > max_index(root->index_bits))
		root->index_bits++;
	while (heap_of(node) > max_index(root->index_bits)) {
		struct prio_tree_node *top = root->prio_tree_node;

		root->index_bits++;
		if (!top)
			continue;
		prio_tree_remove(m, mapping, top);
		init_node(top);
		hang_left(last, top);
		last = top;
		tell(m, EV_PRIO_POP, node_ref(top), NO_REF, 0);
	}
	if (root->prio_tree_node)
		hang_left(last, root->prio_tree_node);
	root->prio_tree_node = node;
	if (root->index_bits != old && tracing(m))
		emit_full(m, &(struct event){ .id = EV_PRIO_EXPAND,
				     .o = mapping_ref(mapping), .type = VT_INT,
				     .field = "index_bits", .old = old,
				     .new = root->index_bits });
}

static void swap(struct prio_tree_node **a, struct prio_tree_node **b)
{
	struct prio_tree_node *tmp = *a;

	*a = *b;
	*b = tmp;
}

struct prio_tree_node *prio_tree_insert(struct machine *m,
	struct address_space *mapping, struct prio_tree_node *node)
{
	struct prio_tree_root *root = &mapping->i_mmap.prio;
	struct prio_tree_node *cur = root->prio_tree_node, **link;

	if (!cur || heap_of(node) > max_index(root->index_bits)) {
		expand(m, mapping, node);
		return NULL;
	}
	for (level_t level = (level_t)root->index_bits - 1;; level--) {
		cost(m, COST_TREE_NODES, 1);
		if (is_same(cur, node))
			return cur;
		if (outranks(node, cur)) {
			prio_tree_replace(root, cur, node);
			tell(m, EV_PRIO_OUTRANKS, node_ref(node),
				node_ref(cur), 0);
			swap(&cur, &node);
		}
		link = goes_right(m, node, cur, level) ? &cur->right
						       : &cur->left;
		if (*link == cur)
			break;
		cur = *link;
	}
	init_node(node);
	node->parent = cur;
	*link = node;
	return NULL;
}

/* -- remove ----------------------------------------------------------------- */

/* The child with the larger heap index, the left one of two equal; NULL for a
 * leaf. */
static struct prio_tree_node *larger_child(struct machine *m,
	const struct prio_tree_node *node)
{
	bool left = has_left(node), right = has_right(node);

	cost(m, COST_TREE_NODES, (uint64_t)left + right);
	if (left && right)
		return heap_of(node->left) >= heap_of(node->right)
			? node->left
			: node->right;
	if (left || right)
		return left ? node->left : node->right;
	return NULL;
}

/* The nodes on the way down to a leaf, always to the larger child, move up by
 * one place each, and the last place is gone. */
void prio_tree_remove(struct machine *m, struct address_space *mapping,
	struct prio_tree_node *node)
{
	struct prio_tree_root *root = &mapping->i_mmap.prio;
	struct prio_tree_node *cur = node, *child, *place;

	while ((child = larger_child(m, cur)))
		cur = child;
	if (root->prio_tree_node == cur) {
		prio_tree_init(root);
		return;
	}
	if (cur->parent->right == cur)
		cur->parent->right = cur->parent;
	else
		cur->parent->left = cur->parent;
	for (; cur != node; cur = place) {
		place = cur->parent;
		prio_tree_replace(root, place, cur);
		tell(m, EV_PRIO_SHIFT, node_ref(cur), node_ref(place), 0);
	}
}

/* -- query ------------------------------------------------------------------ */

typedef bool visit_fn(struct i_mmap_query *q, struct vm_area_struct *vma);

static bool walk_from(struct i_mmap_query *q, const struct prio_tree_node *node,
	uint64_t prefix, level_t level, visit_fn *visit);

/* The subtree at @top, all of whose radix indices are @prefix or more. */
static bool walk_below(struct i_mmap_query *q,
	const struct prio_tree_node *top, uint64_t prefix, level_t level,
	visit_fn *visit)
{
	cost(q->m, COST_TREE_NODES, 1);
	if (heap_of(top) >= q->first)
		return walk_from(q, top, prefix, level, visit);
	i_mmap_skip(q, EV_I_MMAP_BELOW, prio_vma(top), heap_of(top));
	return true;
}

static bool walk_from(struct i_mmap_query *q, const struct prio_tree_node *node,
	uint64_t prefix, level_t level, visit_fn *visit)
{
	uint64_t right = level < 0 ? prefix : prefix | 1ull << level;

	if (!visit(q, prio_vma(node)))
		return false;
	if (has_left(node) &&
		!walk_below(q, node->left, prefix, level - 1, visit))
		return false;
	if (!has_right(node))
		return true;
	if (q->last >= right)
		return walk_below(q, node->right, right, level - 1, visit);
	i_mmap_skip(q, EV_I_MMAP_BEYOND, prio_vma(node), right);
	return true;
}

bool prio_tree_walk(struct i_mmap_query *q, const struct prio_tree_root *root,
	visit_fn *visit)
{
	return !root->prio_tree_node ||
		walk_below(q, root->prio_tree_node, 0,
			(level_t)root->index_bits - 1, visit);
}
