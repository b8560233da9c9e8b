/*
 * The two trees of i_mmap by their definitions.  Prio tree: a node's place is
 * what its radix index and its size say bit by bit, the top has the largest
 * heap index, a set maps the same pages.  Interval tree: order by first page,
 * largest last page of each subtree, red-black rules.
 */
#include "core/check_i_mmap.h"

#define WORD_BITS 32 /* of a page offset on i386 */

/* -- prio tree ---------------------------------------------------------------- */

/* Where a node stands: the bits that the turns above it fixed. */
struct place {
	int level;       /* bit of the radix index that decides below; negative:
			    of the size, -1 the top bit */
	uint64_t radix;  /* bits of the radix index above that one */
	uint64_t size;   /* bits of the size above that one */
};

static const struct vm_area_struct *prio_vma(const struct prio_tree_node *node)
{
	return container_of((struct prio_tree_node *)node,
		struct vm_area_struct, shared.prio_tree_node);
}

static struct place turn(struct place at, bool right)
{
	if (at.level >= 0)
		at.radix = at.radix << 1 | right;
	else
		at.size = at.size << 1 | right;
	at.level--;
	return at;
}

static bool check_place(struct i_mmap_check *k,
	const struct vm_area_struct *vma, struct place at)
{
	uint64_t radix = vma_first_index(vma);
	uint64_t size = vma_last_index(vma) - radix;

	if (at.level < -WORD_BITS - 1)
		return bad_i_mmap(k, "radix", vma, 0, 1);
	if (at.level >= 0)
		radix >>= at.level + 1;
	if (radix != at.radix)
		return bad_i_mmap(k, "radix", vma, at.radix, radix);
	if (at.level < 0 && size >> (WORD_BITS + at.level + 1) != at.size)
		return bad_i_mmap(k, "radix", vma, at.size, size);
	return true;
}

static bool same_pages(const struct vm_area_struct *a,
	const struct vm_area_struct *b)
{
	return vma_first_index(a) == vma_first_index(b) &&
		vma_last_index(a) == vma_last_index(b);
}

static bool check_set(struct i_mmap_check *k, const struct vm_area_struct *node)
{
	const struct vm_area_struct *head = node->shared.vm_set.head;
	const struct list_head *ring, *p;

	if (!head)
		return true;
	if (head->shared.vm_set.head != node)
		return bad_i_mmap(k, "vm_set", head, node->id, 0);
	ring = p = &head->shared.vm_set.list;
	do {
		const struct vm_area_struct *vma =
			container_of((struct list_head *)p,
				struct vm_area_struct, shared.vm_set.list);

		if (!check_i_mmap_vma(k, vma))
			return false;
		if (!same_pages(vma, node) || vma->shared.vm_set.parent ||
			(vma != head && vma->shared.vm_set.head) ||
			p->next->prev != p)
			return bad_i_mmap(k, "vm_set", vma, node->id, 0);
		p = p->next;
	} while (p != ring);
	return true;
}

/* Is @child's heap index no larger, and its radix index larger if equal? */
static bool heap_order(const struct vm_area_struct *top,
	const struct vm_area_struct *child)
{
	if (vma_last_index(top) != vma_last_index(child))
		return vma_last_index(top) > vma_last_index(child);
	return vma_first_index(top) <= vma_first_index(child);
}

static bool check_prio(struct i_mmap_check *k, const struct prio_tree_node *top,
	struct place at)
{
	const struct prio_tree_node *child[] = { top->left, top->right };
	const struct vm_area_struct *vma = prio_vma(top);

	if (!check_i_mmap_vma(k, vma) || !check_place(k, vma, at) ||
		!check_set(k, vma))
		return false;
	for (int right = 0; right < 2; right++) {
		const struct prio_tree_node *below = child[right];

		if (below == top)
			continue;
		if (below->parent != top)
			return bad_i_mmap(k, "i_mmap", vma, 1, 0);
		if (!heap_order(vma, prio_vma(below)))
			return bad_i_mmap(k, "heap", vma, vma_last_index(vma),
				vma_last_index(prio_vma(below)));
		if (!check_prio(k, below, turn(at, right)))
			return false;
	}
	return true;
}

bool check_i_mmap_prio(struct i_mmap_check *k)
{
	const struct prio_tree_root *root = &k->mapping->i_mmap.prio;
	const struct prio_tree_node *top = root->prio_tree_node;
	uint64_t largest;

	if (!top)
		return root->index_bits == 1 ||
			bad_i_mmap(k, "index_bits", NULL, 1, root->index_bits);
	largest = vma_last_index(prio_vma(top));
	if (root->index_bits < 1 || root->index_bits > WORD_BITS ||
		largest >> root->index_bits)
		return bad_i_mmap(k, "index_bits", NULL, largest,
			root->index_bits);
	if (top->parent != top)
		return bad_i_mmap(k, "i_mmap", prio_vma(top), 1, 0);
	return check_prio(k, top,
		(struct place){ (int)root->index_bits - 1, 0, 0 });
}

/* -- interval tree ------------------------------------------------------------ */

/* What is known of a subtree. */
struct subtree {
	uint64_t first, last; /* smallest first page, largest last page */
	uint64_t latest;      /* largest first page */
	int black;            /* black nodes on each way down */
};

static const struct vm_area_struct *tree_vma(const struct rb_node *node)
{
	return container_of((struct rb_node *)node, struct vm_area_struct,
		shared.tree.rb);
}

static bool check_tree(struct i_mmap_check *k, const struct rb_node *top,
	struct subtree *out);

/* One child of @top; *all grows by what is below it. */
static bool check_child(struct i_mmap_check *k, const struct rb_node *top,
	const struct rb_node *child, struct subtree *all, int *black)
{
	const struct vm_area_struct *vma = tree_vma(top);
	struct subtree below;

	*black = 0;
	if (!child)
		return true;
	if (child->parent != top || (top->red && child->red))
		return bad_i_mmap(k, "i_mmap", vma, 1, 0);
	if (!check_tree(k, child, &below))
		return false;
	if (child == top->left ? below.latest > vma_first_index(vma)
			       : below.first < vma_first_index(vma))
		return bad_i_mmap(k, "order", vma, vma_first_index(vma),
			below.first);
	all->first = below.first < all->first ? below.first : all->first;
	all->last = below.last > all->last ? below.last : all->last;
	all->latest = below.latest > all->latest ? below.latest : all->latest;
	*black = below.black;
	return true;
}

static bool check_tree(struct i_mmap_check *k, const struct rb_node *top,
	struct subtree *out)
{
	const struct vm_area_struct *vma = tree_vma(top);
	int left, right;

	if (!check_i_mmap_vma(k, vma))
		return false;
	*out = (struct subtree){ vma_first_index(vma), vma_last_index(vma),
		vma_first_index(vma), 0 };
	if (!check_child(k, top, top->left, out, &left) ||
		!check_child(k, top, top->right, out, &right))
		return false;
	if (left != right)
		return bad_i_mmap(k, "i_mmap", vma, (uint64_t)left,
			(uint64_t)right);
	out->black = left + !top->red;
	if (vma->shared.tree.rb_subtree_last != out->last)
		return bad_i_mmap(k, "subtree_last", vma, out->last,
			vma->shared.tree.rb_subtree_last);
	return true;
}

bool check_i_mmap_tree(struct i_mmap_check *k)
{
	const struct rb_node *top = k->mapping->i_mmap.tree.node;
	struct subtree all;

	if (top && (top->parent || top->red))
		return bad_i_mmap(k, "i_mmap", tree_vma(top), 0, 1);
	return !top || check_tree(k, top, &all);
}
