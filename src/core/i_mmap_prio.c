/*
 * 2.6.11 (mm/prio_tree.c): all mappings of a file, private and shared, in one
 * prio tree.  VMAs that map the very same pages, as those of a family of
 * forked tasks do, are one tree node and its set:
 *
 *   tree node   vm_set.parent set     head: the set's first other VMA, or NULL
 *   head        parent NULL           head: the tree node; list: the others
 *   member      parent NULL, head NULL   list: the ring through the head
 *
 * A VMA that joins or leaves a set does not change the tree.
 */
#include "core/i_mmap_in.h"
#include "core/prio_tree.h"

static struct vm_area_struct *set_vma(const struct list_head *node)
{
	return container_of((struct list_head *)node, struct vm_area_struct,
		shared.vm_set.list);
}

static void init(struct address_space *mapping)
{
	prio_tree_init(&mapping->i_mmap.prio);
}

/* The tree node whose set @vma is in. */
static struct vm_area_struct *node_of_set(struct vm_area_struct *vma)
{
	while (!vma->shared.vm_set.parent && !vma->shared.vm_set.head)
		vma = set_vma(vma->shared.vm_set.list.next);
	return vma->shared.vm_set.parent ? vma : vma->shared.vm_set.head;
}

/* vma_prio_tree_add: beside @old, which maps the same pages. */
static void set_add(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *old)
{
	struct vm_area_struct *head = old->shared.vm_set.head;
	struct list_head *list = &vma->shared.vm_set.list;

	vma->shared.vm_set.parent = NULL;
	vma->shared.vm_set.head = NULL;
	cost(m, COST_LIST_NODES, 1);
	if (!old->shared.vm_set.parent) {
		list_add(list, &old->shared.vm_set.list);
	} else if (head) {
		list_add_tail(list, &head->shared.vm_set.list);
	} else {
		list_init(list);
		vma->shared.vm_set.head = old;
		old->shared.vm_set.head = vma;
	}
	if (tracing(m))
		tell(m, EV_PRIO_JOIN, vma_ref(vma), vma_ref(node_of_set(vma)),
			0);
}

/* vma_prio_tree_insert. */
static void insert(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	struct prio_tree_node *same;

	vma->shared.vm_set.head = NULL;
	same = prio_tree_insert(m, mapping, &vma->shared.prio_tree_node);
	if (same)
		set_add(m, vma, prio_vma(same));
}

static void insert_after(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma, struct vm_area_struct *parent)
{
	(void)mapping;
	set_add(m, vma, parent);
}

/* The member behind @head, taken off its ring to be the next head; or NULL. */
static struct vm_area_struct *next_head(struct vm_area_struct *head)
{
	struct list_head *list = &head->shared.vm_set.list;
	struct vm_area_struct *next =
		list_empty(list) ? NULL : set_vma(list->next);

	list_del(list);
	return next;
}

static void set_head(struct vm_area_struct *node, struct vm_area_struct *head)
{
	node->shared.vm_set.head = head;
	if (head)
		head->shared.vm_set.head = node;
}

/* A tree node with others of its interval: the head of them stands in. */
static void succeed(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	struct vm_area_struct *head = vma->shared.vm_set.head;
	struct vm_area_struct *next = next_head(head);

	prio_tree_replace(&mapping->i_mmap.prio, &vma->shared.prio_tree_node,
		&head->shared.prio_tree_node);
	set_head(head, next);
	cost(m, COST_LIST_NODES, 1);
	tell(m, EV_PRIO_SUCCEED, vma_ref(head), vma_ref(vma), 0);
}

static void leave_set(struct machine *m, struct vm_area_struct *vma)
{
	struct vm_area_struct *node = vma->shared.vm_set.head;

	if (node)
		set_head(node, next_head(vma));
	else
		list_del(&vma->shared.vm_set.list);
	cost(m, COST_LIST_NODES, 1);
	tell(m, EV_PRIO_LEAVE, vma_ref(vma), NO_REF, 0);
}

/* vma_prio_tree_remove. */
static void remove_vma(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	if (!vma->shared.vm_set.parent)
		leave_set(m, vma);
	else if (vma->shared.vm_set.head)
		succeed(m, mapping, vma);
	else
		prio_tree_remove(m, mapping, &vma->shared.prio_tree_node);
}

/* vma_prio_tree_next: the tree node, the head, the others in their order. */
static bool visit_set(struct i_mmap_query *q, struct vm_area_struct *vma)
{
	struct vm_area_struct *head = vma->shared.vm_set.head;
	bool hit = vma_first_index(vma) <= q->last &&
		vma_last_index(vma) >= q->first;

	if (!i_mmap_visit(q, vma))
		return false;
	if (!hit || !head)
		return true;
	cost(q->m, COST_LIST_NODES, 1);
	if (!i_mmap_visit(q, head))
		return false;
	list_for_each (p, &head->shared.vm_set.list) {
		cost(q->m, COST_LIST_NODES, 1);
		if (!i_mmap_visit(q, set_vma(p)))
			return false;
	}
	return true;
}

static bool walk(struct i_mmap_query *q, struct address_space *mapping)
{
	return prio_tree_walk(q, &mapping->i_mmap.prio, visit_set);
}

/* -- looking ---------------------------------------------------------------- */

static bool look_set(struct i_mmap_node *node, i_mmap_look_fn *fn, void *ctx)
{
	const struct vm_area_struct *head = node->vma->shared.vm_set.head;
	const struct list_head *ring;

	if (!fn(ctx, node))
		return false;
	if (!head)
		return true;
	node->vma = head;
	node->set = 1;
	if (!fn(ctx, node))
		return false;
	ring = &head->shared.vm_set.list;
	for (const struct list_head *p = ring->next; p != ring; p = p->next) {
		node->vma = set_vma(p);
		node->set++;
		if (!fn(ctx, node))
			return false;
	}
	return true;
}

static bool look_below(const struct prio_tree_node *top, uint32_t parent,
	uint32_t depth, enum i_mmap_side side, i_mmap_look_fn *fn, void *ctx)
{
	const struct vm_area_struct *vma = prio_vma(top);
	struct i_mmap_node node = { .vma = vma, .parent = parent,
		.depth = depth, .side = side, .first = vma_first_index(vma),
		.last = vma_last_index(vma),
		.subtree_last = vma_last_index(vma) };

	if (!look_set(&node, fn, ctx))
		return false;
	if (top->left != top && !look_below(top->left, vma->id, depth + 1,
				       I_MMAP_LEFT, fn, ctx))
		return false;
	return top->right == top ||
		look_below(top->right, vma->id, depth + 1, I_MMAP_RIGHT, fn,
			ctx);
}

static void look(const struct address_space *mapping, i_mmap_look_fn *fn,
	void *ctx)
{
	const struct prio_tree_node *top = mapping->i_mmap.prio.prio_tree_node;

	if (top)
		look_below(top, 0, 0, I_MMAP_ROOT, fn, ctx);
}

const struct i_mmap_ops i_mmap_prio_ops = {
	.form = I_MMAP_PRIO,
	.lock = "i_mmap_lock",
	.init = init,
	.insert = insert,
	.insert_after = insert_after,
	.remove = remove_vma,
	.by_range = true,
	.walk = walk,
	.look = look,
};
