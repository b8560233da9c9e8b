/*
 * 4.0 and 6.18 (mm/interval_tree.c, include/linux/interval_tree_generic.h):
 * all mappings of a file in a red-black tree by their first page, each node
 * knowing the largest last page at or below it.
 *
 * Invariant: in order, the tree is (first page, time of insertion), except
 * that a child stands just behind the VMA it was forked from.
 */
#include "core/i_mmap_in.h"

static struct vm_area_struct *vma_of(const struct rb_node *node)
{
	return container_of((struct rb_node *)node, struct vm_area_struct,
		shared.tree.rb);
}

static uint64_t subtree_last(const struct rb_node *node)
{
	return vma_of(node)->shared.tree.rb_subtree_last;
}

static void init(struct address_space *mapping)
{
	mapping->i_mmap.tree.node = NULL;
}

static void update_last(struct rb_node *node)
{
	uint64_t last = vma_last_index(vma_of(node));

	if (node->left && subtree_last(node->left) > last)
		last = subtree_last(node->left);
	if (node->right && subtree_last(node->right) > last)
		last = subtree_last(node->right);
	vma_of(node)->shared.tree.rb_subtree_last = last;
}

/* vma_interval_tree_insert. */
static void insert(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	struct rb_root *root = &mapping->i_mmap.tree;
	struct rb_node **link = &root->node, *parent = NULL;

	while (*link) {
		parent = *link;
		cost(m, COST_TREE_NODES, 1);
		link = vma_first_index(vma) < vma_first_index(vma_of(parent))
			? &parent->left
			: &parent->right;
	}
	rb_insert(root, &vma->shared.tree.rb, parent, link, update_last);
}

/* vma_interval_tree_insert_after: no key is compared. */
static void insert_after(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma, struct vm_area_struct *prev)
{
	struct rb_node *parent = &prev->shared.tree.rb;
	struct rb_node **link = &parent->right;

	cost(m, COST_TREE_NODES, 1);
	while (*link) {
		parent = *link;
		link = &parent->left;
		cost(m, COST_TREE_NODES, 1);
	}
	rb_insert(&mapping->i_mmap.tree, &vma->shared.tree.rb, parent, link,
		update_last);
	tell(m, EV_I_MMAP_AFTER, vma_ref(vma), vma_ref(prev), 0);
}

static void remove_vma(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	cost(m, COST_TREE_NODES, 1);
	rb_erase(&mapping->i_mmap.tree, &vma->shared.tree.rb, update_last);
}

/* -- walking ---------------------------------------------------------------- */

enum progress { GO_ON, ENOUGH, PAST_THE_END };

static enum progress walk_from(struct i_mmap_query *q,
	const struct rb_node *node);

/* The subtree at @node, if one of its VMAs may reach what is asked for. */
static enum progress walk_below(struct i_mmap_query *q,
	const struct rb_node *node)
{
	if (!node)
		return GO_ON;
	cost(q->m, COST_TREE_NODES, 1);
	if (subtree_last(node) >= q->first)
		return walk_from(q, node);
	i_mmap_skip(q, EV_I_MMAP_BELOW, vma_of(node), subtree_last(node));
	return GO_ON;
}

static enum progress walk_from(struct i_mmap_query *q,
	const struct rb_node *node)
{
	struct vm_area_struct *vma = vma_of(node);
	enum progress left = walk_below(q, node->left);

	if (left != GO_ON)
		return left;
	if (vma_first_index(vma) > q->last) { /* so do all right of it */
		i_mmap_skip(q, EV_I_MMAP_BEYOND, vma, vma_first_index(vma));
		return PAST_THE_END;
	}
	if (!i_mmap_visit(q, vma))
		return ENOUGH;
	return walk_below(q, node->right);
}

static bool walk(struct i_mmap_query *q, struct address_space *mapping)
{
	return walk_below(q, mapping->i_mmap.tree.node) != ENOUGH;
}

/* rb_root_cached: a look at the leftmost node may end it (4.14 on). */
static bool walk_cached(struct i_mmap_query *q, struct address_space *mapping)
{
	struct rb_node *top = mapping->i_mmap.tree.node;
	struct vm_area_struct *vma;

	if (!top || subtree_last(top) < q->first)
		return walk(q, mapping);
	vma = vma_of(rb_first(&mapping->i_mmap.tree));
	if (vma_first_index(vma) <= q->last)
		return walk(q, mapping);
	cost(q->m, COST_TREE_NODES, 2);
	i_mmap_skip(q, EV_I_MMAP_BEYOND, vma, vma_first_index(vma));
	return true;
}

/* -- looking ---------------------------------------------------------------- */

static bool look_below(const struct rb_node *top, uint32_t depth,
	enum i_mmap_side side, i_mmap_look_fn *fn, void *ctx)
{
	struct i_mmap_node node;

	if (!top)
		return true;
	node = (struct i_mmap_node){ .vma = vma_of(top), .depth = depth,
		.parent = top->parent ? vma_of(top->parent)->id : 0,
		.side = side, .first = vma_first_index(vma_of(top)),
		.last = vma_last_index(vma_of(top)),
		.subtree_last = subtree_last(top) };
	return fn(ctx, &node) &&
		look_below(top->left, depth + 1, I_MMAP_LEFT, fn, ctx) &&
		look_below(top->right, depth + 1, I_MMAP_RIGHT, fn, ctx);
}

static void look(const struct address_space *mapping, i_mmap_look_fn *fn,
	void *ctx)
{
	look_below(mapping->i_mmap.tree.node, 0, I_MMAP_ROOT, fn, ctx);
}

#define TREE_OPS                                                               \
	.form = I_MMAP_TREE, .lock = "i_mmap_rwsem", .readers = true,          \
	.init = init, .insert = insert, .insert_after = insert_after,          \
	.remove = remove_vma, .by_range = true, .look = look

const struct i_mmap_ops i_mmap_tree_ops = { TREE_OPS, .walk = walk };
const struct i_mmap_ops i_mmap_cached_ops = { TREE_OPS, .walk = walk_cached };
