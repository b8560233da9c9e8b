/*
 * 2.6.0 (mm/mmap.c, kernel/fork.c): the two lists of 2.4 as rings of
 * vma->shared.  A new mapping goes to the end, a child's just before its
 * parent's: dup_mmap adds it to the tail of the ring as seen from the parent,
 * although its comment says "just after".
 *
 * Invariant: a VMA with VM_SHARED is on i_mmap_shared, another on i_mmap.
 */
#include "core/i_mmap_in.h"

static struct vm_area_struct *vma_of(const struct list_head *node)
{
	return container_of((struct list_head *)node, struct vm_area_struct,
		shared.list);
}

static void init(struct address_space *mapping)
{
	list_init(&mapping->i_mmap.list.i_mmap);
	list_init(&mapping->i_mmap.list.i_mmap_shared);
}

/* __vma_link_file. */
static void insert(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	bool shared = vma->vm_flags & VM_SHARED;

	list_add_tail(&vma->shared.list,
		shared ? &mapping->i_mmap.list.i_mmap_shared
		       : &mapping->i_mmap.list.i_mmap);
	cost(m, COST_LIST_NODES, 1);
}

static void insert_before(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma, struct vm_area_struct *parent)
{
	(void)mapping;
	list_add_tail(&vma->shared.list, &parent->shared.list);
	cost(m, COST_LIST_NODES, 1);
	tell(m, EV_I_MMAP_BEFORE, vma_ref(vma), vma_ref(parent), 0);
}

static void unlink_list(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	(void)mapping;
	list_del(&vma->shared.list);
	cost(m, COST_LIST_NODES, 1);
}

static bool walk_list(struct i_mmap_query *q, const struct list_head *head)
{
	for (struct list_head *p = head->next; p != head; p = p->next) {
		cost(q->m, COST_LIST_NODES, 1);
		if (!i_mmap_visit(q, vma_of(p)))
			return false;
	}
	return true;
}

/* invalidate_mmap_range: the private ones first. */
static bool walk(struct i_mmap_query *q, struct address_space *mapping)
{
	return walk_list(q, &mapping->i_mmap.list.i_mmap) &&
		walk_list(q, &mapping->i_mmap.list.i_mmap_shared);
}

static bool look_list(const struct list_head *head, bool shared,
	i_mmap_look_fn *fn, void *ctx)
{
	struct i_mmap_node node = { .shared = shared };

	for (struct list_head *p = head->next; p != head; p = p->next) {
		node.vma = vma_of(p);
		node.first = vma_first_index(node.vma);
		node.last = node.subtree_last = vma_last_index(node.vma);
		if (!fn(ctx, &node))
			return false;
		node.set++;
	}
	return true;
}

static void look(const struct address_space *mapping, i_mmap_look_fn *fn,
	void *ctx)
{
	if (look_list(&mapping->i_mmap.list.i_mmap, false, fn, ctx))
		look_list(&mapping->i_mmap.list.i_mmap_shared, true, fn, ctx);
}

const struct i_mmap_ops i_mmap_list_ops = {
	.form = I_MMAP_LIST,
	.lock = "i_shared_sem",
	.init = init,
	.insert = insert,
	.insert_after = insert_before,
	.remove = unlink_list,
	.walk = walk,
	.look = look,
};
