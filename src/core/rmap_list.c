/*
 * 2.6.11 (mm/rmap.c): an anon_vma is a ring of the VMAs that may hold its
 * pages, newest first, without count, owner or parent.  fork and split put
 * the new VMA on the same ring; so a child's pages, too, are looked for in
 * every VMA of the family.
 *
 * Invariant: a VMA with an anon_vma is on exactly that one's ring; an
 * anon_vma lives while its ring is not empty.
 */
#include "core/emit.h"
#include "core/rmap.h"

#include <errno.h>

static struct vm_area_struct *vma_of(struct list_head *node)
{
	return container_of(node, struct vm_area_struct, anon_vma_node);
}

static bool any_neighbour(const struct vm_area_struct *neighbour)
{
	(void)neighbour;
	return true;
}

/* Onto the head of the ring (list_add in __anon_vma_link). */
static void link_head(struct machine *m, struct vm_area_struct *vma)
{
	struct anon_vma *av = vma->anon_vma;

	list_add(&vma->anon_vma_node, &av->head);
	av->nr_linked++;
	cost(m, COST_LIST_NODES, 1);
	tell(m, EV_LINK_ANON_VMA, vma_ref(vma), anon_vma_ref(av), 0);
}

int list_prepare(struct machine *m, struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;
	struct anon_vma *av;
	bool adopted;

	call(m, FN_PREPARE, vma_ref(vma), NO_REF, 0);
	if (vma->anon_vma) {
		tell(m, EV_HAS_ANON_VMA, vma_ref(vma),
			anon_vma_ref(vma->anon_vma), 0);
		ret(m, FN_PREPARE);
		return 0;
	}
	av = find_mergeable_anon_vma(m, vma, any_neighbour);
	adopted = av;
	if (!av)
		av = anon_vma_alloc(m);
	if (!av) {
		ret(m, FN_PREPARE);
		return -ENOMEM;
	}
	if (adopted)
		lock_write(m, &av->lock, anon_vma_ref(av), "lock");
	lock_write(m, &mm->page_table_lock, mm_ref(mm), "page_table_lock");
	vma_set_anon_vma(m, vma, av);
	link_head(m, vma);
	unlock_write(m, &mm->page_table_lock, mm_ref(mm), "page_table_lock");
	if (adopted)
		unlock_write(m, &av->lock, anon_vma_ref(av), "lock");
	ret(m, FN_PREPARE);
	return 0;
}

/* The VMA's anon_vma pointer was copied with it; put it on that ring. */
int list_clone(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src)
{
	struct anon_vma *av = src->anon_vma;

	lock_write(m, &av->lock, anon_vma_ref(av), "lock");
	link_head(m, dst);
	unlock_write(m, &av->lock, anon_vma_ref(av), "lock");
	return 0;
}

int list_fork(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *parent)
{
	if (!vma->anon_vma)
		return 0;
	call(m, FN_ANON_FORK, vma_ref(vma), anon_vma_ref(vma->anon_vma), 0);
	list_clone(m, vma, parent);
	ret(m, FN_ANON_FORK);
	return 0;
}

void list_unlink(struct machine *m, struct vm_area_struct *vma)
{
	struct anon_vma *av = vma->anon_vma;
	bool empty;

	if (!av)
		return;
	call(m, FN_UNLINK, vma_ref(vma), anon_vma_ref(av), 0);
	lock_write(m, &av->lock, anon_vma_ref(av), "lock");
	list_del(&vma->anon_vma_node);
	av->nr_linked--;
	cost(m, COST_LIST_NODES, 1);
	empty = list_empty(&av->head);
	tell(m, EV_UNLINK_ANON_VMA, vma_ref(vma), anon_vma_ref(av), 0);
	unlock_write(m, &av->lock, anon_vma_ref(av), "lock");
	if (empty) {
		vma->anon_vma = NULL; /* dying; for those who look at it */
		anon_vma_free(m, av);
	}
	ret(m, FN_UNLINK);
}

/* The ring does not depend on where a VMA lies. */
void list_range(struct machine *m, struct vm_area_struct *vma)
{
	(void)m;
	(void)vma;
}

void list_walk(struct machine *m, struct rmap_walk *w)
{
	struct anon_vma *av = page_anon_vma(w->page);

	lock_write(m, &av->lock, anon_vma_ref(av), "lock");
	list_for_each (node, &av->head) {
		cost(m, COST_LIST_NODES, 1);
		if (!rmap_visit(m, w, vma_of(node)))
			break;
	}
	unlock_write(m, &av->lock, anon_vma_ref(av), "lock");
}

/* One of them NULL, or the same (is_mergeable_vma's caller, mm/mmap.c). */
enum no_merge list_anon_merge(const struct merge_request *req,
	const struct vm_area_struct *target)
{
	if (!req->anon_vma || !target->anon_vma ||
		req->anon_vma == target->anon_vma)
		return MERGE_FITS;
	return NO_MERGE_ANON_VMA;
}
