/*
 * mremap of 2.4 and 2.6.0 (mm/mremap.c).  Pages are moved one by one from the
 * highest down, each under the page table lock; the VMA at the new place is
 * linked when all have moved, unless a neighbour was let grow there before.
 * What do_munmap() returns is not looked at.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/limits.h"
#include "core/mlock.h"
#include "core/mm.h"
#include "core/mremap.h"
#include "core/overcommit.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/slab.h"
#include "core/vma.h"

#include <errno.h>

/* -- pages --------------------------------------------------------------- */

/* copy_one_pte: 2.6.0 tells the page where its PTE lies now. */
static void move_pte(struct machine *m, struct mm_struct *mm, uint64_t from,
	uint64_t to, pteval_t pte)
{
	struct page *page = pte_present(m, pte) ? vm_normal_page(m, pte) : NULL;

	if (page)
		page_remove_rmap(m, page, mm, from);
	set_pte(m, mm, from, 0, EV_CLEAR_PTE);
	set_pte(m, mm, to, pte, EV_SET_PTE);
	if (page)
		page_dup_rmap(m, page, mm, to);
	tell(m, EV_MOVE_PTE, pte_ref(mm, from), pte_ref(mm, to), 0);
}

static int move_one_page(struct machine *m, struct mm_struct *mm, uint64_t from,
	uint64_t to)
{
	pteval_t pte;
	int err = rmap_reserve(m);

	if (err)
		return err;
	ptl_lock(m, mm);
	pte = get_pte(m, mm, from);
	cost(m, COST_PTES, 1);
	if (!pte_none(pte) && !pte_table(m, mm, to)) {
		ptl_unlock(m, mm);
		err = pte_alloc(m, mm, to);
		ptl_lock(m, mm);
		pte = get_pte(m, mm, from);
	}
	if (!pte_none(pte) && !err)
		move_pte(m, mm, from, to, pte);
	ptl_unlock(m, mm);
	rmap_release(m);
	return err;
}

/* Back come those above @offset, the one moved last first. */
static void move_back(struct machine *m, struct remap *r, uint64_t offset)
{
	while ((offset += PAGE_SIZE) < r->old_len)
		(void)move_one_page(m, r->mm, r->new_addr + offset,
			r->addr + offset);
}

static int move_page_tables(struct machine *m, struct remap *r)
{
	uint64_t offset = r->old_len;
	int err = 0;

	call(m, FN_MOVE_TABLES, addr_ref(r->mm, r->addr),
		addr_ref(r->mm, r->new_addr), r->old_len);
	while (offset && !err) {
		offset -= PAGE_SIZE;
		err = move_one_page(m, r->mm, r->addr + offset,
			r->new_addr + offset);
	}
	if (err)
		move_back(m, r, offset);
	else
		flush_tlb_mm(m, r->mm);
	ret(m, FN_MOVE_TABLES);
	return err;
}

/* -- VMAs ---------------------------------------------------------------- */

/* The VMA that grows over the new place, if one has the same flags. */
static struct vm_area_struct *grow_neighbour(struct machine *m,
	const struct remap *r)
{
	struct merge_request req = {
		.mm = r->mm,
		.start = r->new_addr,
		.end = r->new_addr + r->new_len,
		.vm_flags = r->vma->vm_flags,
	};

	if (r->vma->vm_file || (r->vma->vm_flags & VM_SHARED))
		return NULL;
	return vma_merge_moved(m, &req);
}

static void link_new(struct machine *m, const struct remap *r,
	struct vm_area_struct *new)
{
	new->vm_start = r->new_addr;
	new->vm_end = r->new_addr + r->new_len;
	new->vm_pgoff = linear_page_index(r->vma, r->addr);
	ptl_lock(m, r->mm);
	vma_link(m, new);
	vma_link_file(m, new);
	ptl_unlock(m, r->mm);
}

static void count_moved(struct machine *m, const struct remap *r)
{
	uint64_t flags = vma_lookup(r->mm, r->new_addr)->vm_flags;
	int64_t pages = (int64_t)(r->new_len >> PAGE_SHIFT);

	vm_stat_account(r->mm, flags, pages);
	if (flags & VM_LOCKED)
		add_locked_vm(m, r->mm, pages);
	if (flags & VM_ACCOUNT) /* the source is gone, and with it its own */
		vm_acct_memory(m, r->old_len >> PAGE_SHIFT);
}

/* Nothing has moved.  A neighbour that has grown stays so; the kernel forgets
 * to count those pages, here they are. */
static void move_failed(struct machine *m, struct remap *r,
	struct vm_area_struct *allocated)
{
	if (allocated) {
		vma_free(m, allocated);
		return;
	}
	count_moved(m, r);
	if (vma_lookup(r->mm, r->new_addr)->vm_flags & VM_ACCOUNT)
		vm_acct_memory(m, (r->new_len - r->old_len) >> PAGE_SHIFT);
}

static int move_vma(struct machine *m, struct remap *r)
{
	struct vm_area_struct *allocated = NULL;
	int err;

	call(m, FN_MOVE_VMA, vma_ref(r->vma), addr_ref(r->mm, r->new_addr), 0);
	if (!grow_neighbour(m, r)) {
		allocated = vma_dup(m, r->vma, r->mm);
		if (!allocated) {
			ret(m, FN_MOVE_VMA);
			return -ENOMEM;
		}
	}
	err = move_page_tables(m, r);
	if (err) {
		move_failed(m, r, allocated);
	} else {
		if (allocated)
			link_new(m, r, allocated);
		(void)do_munmap(m, r->mm, r->addr, r->old_len);
		count_moved(m, r);
		remap_lock_grown(m, r);
	}
	ret(m, FN_MOVE_VMA);
	return err ? -ENOMEM : 0;
}

/* -- the call ------------------------------------------------------------ */

/* What the VMA is more by; 2.4 only asks. */
static int charge(struct machine *m, const struct remap *r)
{
	uint64_t pages = (r->new_len - r->old_len) >> PAGE_SHIFT;
	uint64_t flags = r->vma->vm_flags;
	bool asks = ops_of(m)->charges_by_write
		? (flags & (VM_SHARED | VM_WRITE)) == VM_WRITE
		: (flags & VM_ACCOUNT) != 0;

	return asks ? vm_enough_memory(m, pages) : 0;
}

static int grow_in_place(struct machine *m, struct remap *r)
{
	struct vm_area_struct *vma = r->vma;

	ptl_lock(m, r->mm);
	vma_set_range(m, vma, vma->vm_start, r->addr + r->new_len,
		vma->vm_pgoff);
	ptl_unlock(m, r->mm);
	remap_count_grown(m, r, vma->vm_flags);
	r->new_addr = r->addr;
	return 0;
}

static int place(struct machine *m, struct remap *r)
{
	bool at_end = r->old_len == r->vma->vm_end - r->addr;
	int err = 0;

	if (at_end && !r->fixed && remap_room_above(m, r))
		return grow_in_place(m, r);
	if (!r->maymove)
		return -ENOMEM;
	if (!r->fixed)
		err = unmapped_area(m, r->mm, 0, r->new_len, &r->new_addr);
	return err ? err : move_vma(m, r);
}

static int grow_or_move(struct machine *m, struct remap *r)
{
	int err = remap_find_source(m, r);
	bool accounted;

	if (!err)
		err = remap_limits(m, r);
	if (!err)
		err = charge(m, r);
	if (err)
		return err;
	accounted = r->vma->vm_flags & VM_ACCOUNT;
	err = place(m, r);
	if (err && accounted)
		vm_unacct_memory(m, (r->new_len - r->old_len) >> PAGE_SHIFT);
	return err;
}

/* @shrinks: what is cut off before a move is not moved.  2.4 forgets that and
 * then finds the old range too long: EFAULT. */
static int remap_old(struct machine *m, struct remap *r, bool shrinks)
{
	/* where the target cannot be freed the kernel would go on and crash */
	if (r->fixed && do_munmap(m, r->mm, r->new_addr, r->new_len))
		return -ENOMEM;
	if (r->old_len >= r->new_len) {
		(void)do_munmap(m, r->mm, r->addr + r->new_len,
			r->old_len - r->new_len);
		if (!r->fixed)
			return r->new_addr = r->addr, 0;
		if (shrinks)
			r->old_len = r->new_len;
	}
	return grow_or_move(m, r);
}

int remap_2_4(struct machine *m, struct remap *r)
{
	return remap_old(m, r, false);
}

int remap_2_6_0(struct machine *m, struct remap *r)
{
	return remap_old(m, r, true);
}
