/*
 * Invariant: an in-order walk is (first offset, time of insertion), and
 * rb_subtree_last is the largest last offset in a node's subtree; so a query
 * skips a subtree whose largest last offset lies before what is asked for,
 * and everything right of a node that begins after it.
 */
#include "core/interval_tree.h"
#include "core/emit.h"

static struct anon_vma_chain *avc_of(struct rb_node *node)
{
	return container_of(node, struct anon_vma_chain, rb);
}

uint64_t avc_first(const struct anon_vma_chain *avc)
{
	return avc->vma->vm_pgoff;
}

uint64_t avc_last(const struct anon_vma_chain *avc)
{
	return avc->vma->vm_pgoff + vma_pages(avc->vma) - 1;
}

static void widen(uint64_t *last, struct rb_node *child)
{
	if (child && avc_of(child)->rb_subtree_last > *last)
		*last = avc_of(child)->rb_subtree_last;
}

static void update_last(struct rb_node *node)
{
	struct anon_vma_chain *avc = avc_of(node);
	uint64_t last = avc_last(avc);

	widen(&last, node->left);
	widen(&last, node->right);
	avc->rb_subtree_last = last;
}

void avc_tree_insert(struct machine *m, struct anon_vma_chain *avc,
	struct rb_root *root)
{
	struct rb_node **link = &root->node, *parent = NULL;

	while (*link) {
		parent = *link;
		cost(m, COST_TREE_NODES, 1);
		link = avc_first(avc) < avc_first(avc_of(parent))
			? &parent->left
			: &parent->right;
	}
	rb_insert(root, &avc->rb, parent, link, update_last);
}

void avc_tree_remove(struct machine *m, struct anon_vma_chain *avc,
	struct rb_root *root)
{
	cost(m, COST_TREE_NODES, 1);
	rb_erase(root, &avc->rb, update_last);
}

/* May the subtree at @node hold an AVC that covers @index? */
static bool may_hold(const struct rb_node *node, uint64_t index)
{
	return node &&
		avc_of((struct rb_node *)node)->rb_subtree_last >= index;
}

/* The leftmost AVC below @node that covers @index; the subtree reaches it. */
static struct anon_vma_chain *leftmost(struct machine *m, struct rb_node *node,
	uint64_t index)
{
	for (;;) {
		struct anon_vma_chain *avc = avc_of(node);

		cost(m, COST_TREE_NODES, 1);
		if (may_hold(node->left, index)) {
			node = node->left;
			continue;
		}
		if (avc_first(avc) > index)
			return NULL;
		if (avc_last(avc) >= index)
			return avc;
		if (!may_hold(node->right, index))
			return NULL;
		node = node->right;
	}
}

struct anon_vma_chain *avc_tree_first(struct machine *m,
	const struct rb_root *root, uint64_t index)
{
	return may_hold(root->node, index) ? leftmost(m, root->node, index)
					   : NULL;
}

struct anon_vma_chain *avc_tree_next(struct machine *m,
	struct anon_vma_chain *avc, uint64_t index)
{
	struct rb_node *node = &avc->rb;

	for (;;) {
		struct rb_node *from;

		if (may_hold(node->right, index))
			return leftmost(m, node->right, index);
		do { /* up, until we come from a left child */
			from = node;
			node = node->parent;
			if (!node)
				return NULL;
		} while (from == node->right);
		cost(m, COST_TREE_NODES, 1);
		avc = avc_of(node);
		if (avc_first(avc) > index)
			return NULL;
		if (avc_last(avc) >= index)
			return avc;
	}
}
