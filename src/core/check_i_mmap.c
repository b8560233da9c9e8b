/*
 * i_mmap, whatever its form: every VMA in it exists and stands there once, the
 * counts are right, nobody holds the lock.  Then the lists: links go both
 * ways, and a VMA is on the list that its VM_SHARED says.
 */
#include "core/check_i_mmap.h"

bool bad_i_mmap(struct i_mmap_check *k, const char *rule,
	const struct vm_area_struct *vma, uint64_t want, uint64_t got)
{
	struct ref o = vma ? ref_make(REF_VMA, vma->id)
			   : ref_make(REF_FILE, k->mapping->id);

	return broken(k->c, rule, o, want, got);
}

static bool is_alive(const struct machine *m, const struct vm_area_struct *vma)
{
	for (uint32_t id = 1; id <= m->vmas.last; id++)
		if (m->vmas.slot[id] == vma)
			return true;
	return false;
}

bool check_i_mmap_vma(struct i_mmap_check *k, const struct vm_area_struct *vma)
{
	uint64_t counted = ops_of(k->c->m)->counts_writable;

	if (!is_alive(k->c->m, vma))
		return bad_i_mmap(k, "i_mmap", NULL, 1, 0);
	if (!vma_pages(vma))
		return bad_i_mmap(k, "i_mmap", vma, 1, 0);
	if (++k->vmas > k->mapping->nr_mmap) /* a ring that does not end, too */
		return bad_i_mmap(k, "nr_mmap", vma, k->mapping->nr_mmap,
			k->vmas);
	k->writable += counted && (vma->vm_flags & counted) == counted;
	return true;
}

/* -- lists ------------------------------------------------------------------- */

static bool check_side(struct i_mmap_check *k, const struct vm_area_struct *vma,
	bool shared)
{
	if (!check_i_mmap_vma(k, vma))
		return false;
	if (!(vma->vm_flags & VM_SHARED) == shared)
		return bad_i_mmap(k, "i_mmap", vma, !shared, shared);
	return true;
}

static bool check_share(struct i_mmap_check *k,
	struct vm_area_struct *const *link, bool shared)
{
	for (; *link; link = &(*link)->shared.share.vm_next_share) {
		const struct vm_area_struct *vma = *link;

		if (!check_side(k, vma, shared))
			return false;
		if (vma->shared.share.vm_pprev_share != link)
			return bad_i_mmap(k, "i_mmap", vma, 1, 0);
	}
	return true;
}

bool check_i_mmap_share(struct i_mmap_check *k)
{
	return check_share(k, &k->mapping->i_mmap.share.i_mmap, false) &&
		check_share(k, &k->mapping->i_mmap.share.i_mmap_shared, true);
}

static bool check_ring(struct i_mmap_check *k, const struct list_head *head,
	bool shared)
{
	for (struct list_head *p = head->next; p != head; p = p->next) {
		const struct vm_area_struct *vma = container_of(p,
			struct vm_area_struct, shared.list);

		if (!check_side(k, vma, shared))
			return false;
		if (p->next->prev != p || p->prev->next != p)
			return bad_i_mmap(k, "i_mmap", vma, 1, 0);
	}
	return true;
}

bool check_i_mmap_list(struct i_mmap_check *k)
{
	return check_ring(k, &k->mapping->i_mmap.list.i_mmap, false) &&
		check_ring(k, &k->mapping->i_mmap.list.i_mmap_shared, true);
}

/* -- all of it --------------------------------------------------------------- */

static bool (*const forms[])(struct i_mmap_check *) = {
	[I_MMAP_SHARE] = check_i_mmap_share,
	[I_MMAP_LIST] = check_i_mmap_list,
	[I_MMAP_PRIO] = check_i_mmap_prio,
	[I_MMAP_TREE] = check_i_mmap_tree,
};

bool check_i_mmap(struct checker *c, const struct address_space *mapping)
{
	struct i_mmap_check k = { c, mapping, 0, 0 };
	const struct lock *lock = &mapping->i_mmap_lock;

	if (lock->writer || lock->readers)
		return bad_i_mmap(&k, "lock", NULL, 0, 1);
	if (!forms[i_mmap_form(c->m)](&k))
		return false;
	if (k.vmas != mapping->nr_mmap)
		return bad_i_mmap(&k, "nr_mmap", NULL, k.vmas,
			mapping->nr_mmap);
	if (k.writable != mapping->i_mmap_writable)
		return bad_i_mmap(&k, "i_mmap_writable", NULL, k.writable,
			mapping->i_mmap_writable);
	return true;
}
