/*
 * 2.4 (mm/mmap.c, kernel/fork.c): i_mmap and i_mmap_shared, the private and
 * the shared mappings of a file, each a list through vm_next_share.  They know
 * nothing of the pages that a VMA maps; a walk looks at every VMA.
 *
 * Invariant: *vma->vm_pprev_share == vma, for the head of a list too.
 */
#include "core/i_mmap_in.h"

static void init(struct address_space *mapping)
{
	mapping->i_mmap.share.i_mmap = NULL;
	mapping->i_mmap.share.i_mmap_shared = NULL;
}

/* Put @vma where *@link pointed until now. */
static void link_at(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct **link)
{
	struct vm_area_struct *next = *link;

	vma->shared.share.vm_next_share = next;
	vma->shared.share.vm_pprev_share = link;
	if (next)
		next->shared.share.vm_pprev_share =
			&vma->shared.share.vm_next_share;
	*link = vma;
	cost(m, COST_LIST_NODES, 1);
}

/* __vma_link: at the head. */
static void insert(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	bool shared = vma->vm_flags & VM_SHARED;

	link_at(m, vma,
		shared ? &mapping->i_mmap.share.i_mmap_shared
		       : &mapping->i_mmap.share.i_mmap);
}

/* dup_mmap: "just after mpnt". */
static void insert_after(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma, struct vm_area_struct *parent)
{
	(void)mapping;
	link_at(m, vma, &parent->shared.share.vm_next_share);
	tell(m, EV_I_MMAP_AFTER, vma_ref(vma), vma_ref(parent), 0);
}

static void unlink_share(struct machine *m, struct address_space *mapping,
	struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma->shared.share.vm_next_share;

	(void)mapping;
	if (next)
		next->shared.share.vm_pprev_share =
			vma->shared.share.vm_pprev_share;
	*vma->shared.share.vm_pprev_share = next;
	cost(m, COST_LIST_NODES, 1);
}

static bool walk_list(struct i_mmap_query *q, struct vm_area_struct *vma)
{
	for (; vma; vma = vma->shared.share.vm_next_share) {
		cost(q->m, COST_LIST_NODES, 1);
		if (!i_mmap_visit(q, vma))
			return false;
	}
	return true;
}

/* vmtruncate: the private ones first. */
static bool walk(struct i_mmap_query *q, struct address_space *mapping)
{
	return walk_list(q, mapping->i_mmap.share.i_mmap) &&
		walk_list(q, mapping->i_mmap.share.i_mmap_shared);
}

static bool look_list(const struct vm_area_struct *vma, bool shared,
	i_mmap_look_fn *fn, void *ctx)
{
	struct i_mmap_node node = { .shared = shared };

	for (; vma; vma = vma->shared.share.vm_next_share, node.set++) {
		node.vma = vma;
		node.first = vma_first_index(vma);
		node.last = node.subtree_last = vma_last_index(vma);
		if (!fn(ctx, &node))
			return false;
	}
	return true;
}

static void look(const struct address_space *mapping, i_mmap_look_fn *fn,
	void *ctx)
{
	if (look_list(mapping->i_mmap.share.i_mmap, false, fn, ctx))
		look_list(mapping->i_mmap.share.i_mmap_shared, true, fn, ctx);
}

const struct i_mmap_ops i_mmap_share_ops = {
	.form = I_MMAP_SHARE,
	.lock = "i_shared_lock",
	.init = init,
	.insert = insert,
	.insert_after = insert_after,
	.remove = unlink_share,
	.walk = walk,
	.look = look,
};
