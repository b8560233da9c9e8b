/*
 * mremap (2.6.11 and 4.0 mm/mremap.c; 6.18 mm/mremap.c).  A VMA that has been
 * faulted keeps its vm_pgoff when it moves, because page->index of its pages
 * is not touched: address = vm_start + (index - vm_pgoff) pages still holds.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/ksm.h"
#include "core/limits.h"
#include "core/mlock.h"
#include "core/mm.h"
#include "core/mremap.h"
#include "core/overcommit.h"
#include "core/pgtable.h"
#include "core/vma.h"

#include <errno.h>

enum {
	REMAP_ADDR,
	REMAP_OLD_LEN,
	REMAP_NEW_LEN,
	REMAP_TO,
	REMAP_MAYMOVE,
	REMAP_FIXED,
	REMAP_DONTUNMAP
};

/* -- moving page tables -------------------------------------------------- */

static int move_one(const struct machine *cm, const struct mm_struct *cmm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct machine *m = (struct machine *)(uintptr_t)cm;
	const struct remap *r = ctx;
	uint64_t to = r->new_addr + (addr - r->addr);
	int err = 0;

	(void)cmm;
	if (!pte_table(m, r->mm, to)) { /* reclaim may need the lock */
		ptl_unlock(m, r->mm);
		err = pte_alloc(m, r->mm, to);
		ptl_lock(m, r->mm);
	}
	if (err)
		return -ENOMEM;
	pte = get_pte(m, r->mm, addr); /* reclaim may have taken the page */
	set_pte(m, r->mm, addr, 0, EV_CLEAR_PTE);
	set_pte(m, r->mm, to, pte, EV_SET_PTE);
	tell(m, EV_MOVE_PTE, pte_ref(r->mm, addr), pte_ref(r->mm, to), 0);
	return 0;
}

int remap_move_tables(struct machine *m, struct remap *r)
{
	int err;

	bool locked = false;

	call(m, FN_MOVE_TABLES, addr_ref(r->mm, r->addr),
		addr_ref(r->mm, r->new_addr), r->old_len);
	if (ops_of(m)->moves_under_i_mmap)
		locked = vma_file_lock(m, r->vma);
	ptl_lock(m, r->mm);
	err = mm_for_each_pte(
		m, r->mm, r->addr, r->addr + r->old_len, move_one, r);
	ptl_unlock(m, r->mm);
	vma_file_unlock(m, r->vma, locked);
	flush_tlb_mm(m, r->mm);
	ret(m, FN_MOVE_TABLES);
	return err;
}

/* -- the VMA at the new place -------------------------------------------- */

static struct vm_area_struct *dup_moved(
	struct machine *m, const struct remap *r, uint64_t pgoff)
{
	struct vm_area_struct *new = vma_dup(m, r->vma, r->mm);

	if (!new)
		return NULL;
	new->vm_start = r->new_addr;
	new->vm_end = r->new_addr + r->new_len;
	new->vm_pgoff = pgoff;
	if (new->anon_vma && ops_of(m)->anon_vma_clone(m, new, r->vma)) {
		vma_free(m, new);
		return NULL;
	}
	if (vma_reserve(m, r->mm, new->vm_start, new->vm_end, new)) {
		if (new->anon_vma)
			ops_of(m)->unlink_anon_vmas(m, new);
		vma_free(m, new);
		return NULL;
	}
	vma_link(m, new);
	vma_link_file(m, new);
	return new;
}

/* copy_vma: join a neighbour at the new place, or be a VMA there. */
static struct vm_area_struct *copy_vma(struct machine *m, struct remap *r)
{
	uint64_t pgoff = linear_page_index(r->vma, r->addr);
	struct merge_request req = {
		.mm = r->mm,
		.start = r->new_addr,
		.end = r->new_addr + r->new_len,
		.vm_flags = r->vma->vm_flags,
		.vm_file = r->vma->vm_file,
		.anon_vma = r->vma->anon_vma,
		.source = r->vma,
	};
	struct vm_area_struct *new;
	uint64_t start = r->vma->vm_start;
	int err;

	if (!r->vma->anon_vma && !r->vma->vm_file)
		pgoff = r->new_addr >> PAGE_SHIFT;
	req.vm_pgoff = pgoff;
	call(m, FN_COPY_VMA, vma_ref(r->vma), addr_ref(r->mm, r->new_addr), 0);
	new = vma_merge(m, &req, &err);
	if (new && new->vm_start <= start && start < new->vm_end)
		r->vma = new; /* which the source may have become a part of */
	if (!new && !err)
		new = dup_moved(m, r, pgoff);
	ret(m, FN_COPY_VMA);
	return new;
}

/* What VM_LOCKED counted for @vma is given back no more: dontunmap_complete
 * takes the flags and leaves mm->locked_vm as it is. */
static void lose_lock(struct machine *m, struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_LOCKED_MASK))
		return;
	vma->vm_mm->locked_lost += vma_pages(vma);
	vma_set_flags(m, vma, vma->vm_flags & ~VM_LOCKED_MASK);
}

/* 6.18 dontunmap_complete: all of the source's VMA is unlocked, also what was
 * not moved.  MREMAP_DONTUNMAP of a whole VMA: it is as if never faulted. */
static void empty_source(struct machine *m, const struct remap *r)
{
	struct vm_area_struct *vma = vma_lookup(r->mm, r->addr);

	lose_lock(m, vma);

	if (vma->anon_vma && vma->vm_start == r->addr &&
		vma->vm_end == r->addr + r->old_len)
		ops_of(m)->unlink_anon_vmas(m, vma);
}

/* The source stays counted until it is unmapped; @promised bytes are what
 * unmapping will give back. */
static void count_moved(struct machine *m, const struct remap *r,
	const struct vm_area_struct *new, uint64_t promised)
{
	int64_t pages = (int64_t)(r->new_len >> PAGE_SHIFT);

	vm_stat_account(r->mm, new->vm_flags, pages);
	if (new->vm_flags & VM_LOCKED)
		add_locked_vm(m, r->mm, pages);
	if (new->vm_flags & VM_ACCOUNT)
		vm_acct_memory(m, promised >> PAGE_SHIFT);
}

/* 2.x: what is locked and longer than before is faulted in; later kernels do so
 * when mmap_sem is released. */
void remap_lock_grown(struct machine *m, const struct remap *r)
{
	struct vm_area_struct *vma = vma_lookup(r->mm, r->new_addr);

	if ((vma->vm_flags & VM_LOCKED) && r->new_len > r->old_len &&
		ops_of(m)->lock_faults_in)
		(void)make_pages_present(m, vma, r->new_addr + r->old_len,
			r->new_addr + r->new_len);
}

/* Put back what was moved and take the new range away. */
static void undo_move(struct machine *m, const struct remap *r)
{
	struct remap back = *r;

	back.addr = r->new_addr;
	back.new_addr = r->addr;
	remap_move_tables(m, &back);
	count_moved(m, r, vma_lookup(r->mm, r->new_addr), r->new_len);
	do_munmap(m, r->mm, r->new_addr, r->new_len);
}

/* The pages have moved; without memory for a split the empty range stays
 * mapped and the call succeeds all the same (move_vma in every era). */
static void unmap_source(struct machine *m, const struct remap *r)
{
	(void)do_munmap(m, r->mm, r->addr, r->old_len);
}

/* Cutting the source may need more VMAs than may be. */
static bool too_many_maps(const struct machine *m, const struct remap *r,
	uint32_t spare)
{
	return r->mm->map_count + spare >= m->tune.max_map_count;
}

static int move_vma(struct machine *m, struct remap *r)
{
	struct vm_area_struct *new;
	int err;

	if (too_many_maps(m, r, 3))
		return -ENOMEM;
	call(m, FN_MOVE_VMA, vma_ref(r->vma), addr_ref(r->mm, r->new_addr), 0);
	err = ksm_unmerge_moved(m, r->vma, r->addr, r->addr + r->old_len);
	if (err) {
		ret(m, FN_MOVE_VMA);
		return err;
	}
	new = copy_vma(m, r);
	err = new ? remap_move_tables(m, r) : -ENOMEM;
	if (!new) {
		ret(m, FN_MOVE_VMA);
		return err;
	}
	if (err) {
		undo_move(m, r);
	} else {
		count_moved(m, r, new, r->dontunmap ? 0 : r->old_len);
		if (r->dontunmap)
			empty_source(m, r);
		else if (r->old_len) /* 0, until 4.13: a second mapping */
			unmap_source(m, r);
		remap_lock_grown(m, r);
	}
	ret(m, FN_MOVE_VMA);
	return err;
}

/* -- growing in place ---------------------------------------------------- */

bool remap_room_above(const struct machine *m, const struct remap *r)
{
	uint64_t end = r->addr + r->new_len;

	return end > r->addr && end <= machine_paging(m)->task_size &&
	       !vma_intersection(r->mm, r->addr + r->old_len, end);
}

/* 6.18 vma_merge_extend: the growth may close the gap to the next VMA, even
 * if this one came through fork (there is no source to ask). */
static int grow_merging(struct machine *m, const struct remap *r)
{
	struct merge_request req = {
		.mm = r->mm,
		.start = r->addr + r->old_len,
		.end = r->addr + r->new_len,
		.vm_flags = r->vma->vm_flags,
		.vm_pgoff = linear_page_index(r->vma, r->addr + r->old_len),
		.vm_file = r->vma->vm_file,
		.anon_vma = r->vma->anon_vma,
	};
	int err;

	return vma_merge(m, &req, &err) ? 0 : -ENOMEM;
}

void remap_count_grown(struct machine *m, const struct remap *r,
	uint64_t vm_flags)
{
	uint64_t more = r->new_len - r->old_len;

	vm_stat_account(r->mm, vm_flags, (int64_t)(more >> PAGE_SHIFT));
	if (vma_lookup(r->mm, r->addr)->vm_flags & VM_LOCKED)
		lock_new_range(m, r->mm, r->addr + r->old_len, more);
}

int remap_grow_in_place(struct machine *m, struct remap *r)
{
	uint64_t flags = r->vma->vm_flags;
	int err = 0;

	if (ops_of(m)->expand_merges) {
		err = grow_merging(m, r);
	} else {
		call(m, FN_ADJUST, vma_ref(r->vma),
			addr_ref(r->mm, r->addr + r->new_len), 0);
		vma_set_range(m, r->vma, r->vma->vm_start, r->addr + r->new_len,
			r->vma->vm_pgoff);
		ret(m, FN_ADJUST);
	}
	if (!err)
		remap_count_grown(m, r, flags);
	return err;
}

/* -- checks, in the kernel's order --------------------------------------- */

static bool overlaps(const struct remap *r)
{
	return r->addr < r->new_addr + r->new_len &&
	       r->new_addr < r->addr + r->old_len;
}

static int check_flags(const struct machine *m, const struct remap *r)
{
	uint64_t task_size = machine_paging(m)->task_size;

	if (r->dontunmap && (!ops_of(m)->has_dontunmap || !r->maymove ||
				    r->old_len != r->new_len))
		return -EINVAL;
	if ((r->fixed && !r->maymove) || (r->addr & ~PAGE_MASK))
		return -EINVAL;
	/* fixed, 2.4.22 and 2.6.0 would make a VMA of no length, a known hole:
	 * refused here as in the release that closed it */
	if (!r->new_len && (r->fixed || !ops_of(m)->zero_new_len_is_ok))
		return -EINVAL;
	if (ops_of(m)->refuses_silly_len && r->new_len > task_size)
		return -EINVAL;
	/* an address is meant only with one of these two */
	if (!r->fixed && !r->dontunmap)
		return 0;
	if ((r->new_addr & ~PAGE_MASK) || r->new_len > task_size ||
		r->new_addr > task_size - r->new_len || overlaps(r))
		return -EINVAL;
	/* both ranges may be cut before move_vma() asks once more */
	if (ops_of(m)->remap_spares_maps && too_many_maps(m, r, 5))
		return -ENOMEM;
	return 0;
}

/* The old range must lie in one VMA. */
int remap_find_source(struct machine *m, struct remap *r)
{
	r->vma = find_vma(m, r->mm, r->addr);
	if (!r->vma || r->vma->vm_start > r->addr)
		return -EFAULT;
	if (r->old_len > r->vma->vm_end - r->addr)
		return -EFAULT;
	if ((r->vma->vm_flags & VM_DONTEXPAND) && r->new_len > r->old_len)
		return -EFAULT;
	return 0;
}

/* What is more than before: locked memory, then the size of the mm. */
int remap_limits(struct machine *m, const struct remap *r)
{
	uint64_t flags = r->vma->vm_flags, more = r->new_len - r->old_len;

	if (!mlock_future_ok(m, r->mm, flags, more))
		return -EAGAIN;
	return may_expand_vm(m, r->mm, flags, (int64_t)(more >> PAGE_SHIFT))
		? 0
		: -ENOMEM;
}

static int move(struct machine *m, struct remap *r)
{
	int err = 0;

	if (!r->maymove)
		return -ENOMEM;
	if (!r->fixed)
		err = unmapped_area(
			m, r->mm, r->dontunmap ? r->new_addr : 0, r->new_len,
			&r->new_addr);
	return err ? err : move_vma(m, r);
}

static int unmap_tail(struct machine *m, struct remap *r)
{
	uint64_t tail = r->old_len - r->new_len;

	if (r->old_len <= r->new_len)
		return 0;
	r->old_len = r->new_len;
	return do_munmap(m, r->mm, r->addr + r->new_len, tail);
}

/* In place if possible. */
static int place(struct machine *m, struct remap *r)
{
	bool at_end = r->old_len == r->vma->vm_end - r->addr;

	if (!at_end || r->fixed || r->dontunmap || !remap_room_above(m, r))
		return move(m, r);
	r->new_addr = r->addr;
	return remap_grow_in_place(m, r);
}

/* The same, and what is more than before is promised first. */
static int charge_and_place(struct machine *m, struct remap *r)
{
	bool asks = r->vma->vm_flags & VM_ACCOUNT;
	uint64_t more = r->dontunmap ? r->new_len : r->new_len - r->old_len;
	int err;

	/* 6.18 asks for what a move cuts off, too, and forgets it */
	if (asks && r->cut_off && vm_enough_memory(m, r->cut_off >> PAGE_SHIFT))
		return -ENOMEM;
	if (asks && r->cut_off)
		vm_unacct_memory(m, r->cut_off >> PAGE_SHIFT);
	if (asks && vm_enough_memory(m, more >> PAGE_SHIFT))
		return -ENOMEM;
	err = place(m, r);
	if (err && asks)
		vm_unacct_memory(m, more >> PAGE_SHIFT);
	return err;
}

/* vma_to_resize: the source is one VMA, and the limits allow it. */
static int grow_or_move(struct machine *m, struct remap *r)
{
	int err = remap_find_source(m, r);

	if (!err)
		err = remap_limits(m, r);
	return err ? err : charge_and_place(m, r);
}

/* Until 6.17: the target and the tail are unmapped before the source is
 * looked at; what stays in place is not looked at. */
int remap_target_first(struct machine *m, struct remap *r)
{
	bool stays = !r->fixed && r->old_len >= r->new_len;
	int err = 0;

	if (r->fixed)
		err = do_munmap(m, r->mm, r->new_addr, r->new_len);
	if (!err)
		err = unmap_tail(m, r);
	if (err)
		return err;
	if (stays)
		return r->new_addr = r->addr, 0;
	return grow_or_move(m, r);
}

/* The target is free, the source may have been cut by that. */
static int move_one_6_18(struct machine *m, struct remap *r)
{
	int err = remap_find_source(m, r);
	int64_t pages = (int64_t)(r->new_len >> PAGE_SHIFT);

	if (!err && r->dontunmap &&
		!may_expand_vm(m, r->mm, r->vma->vm_flags, pages))
		err = -ENOMEM;
	return err ? err : charge_and_place(m, r);
}

/* A move to a fixed address takes all VMAs of the range with it, one by one;
 * it must begin in one, gaps stay gaps. */
static int move_all(struct machine *m, struct remap *r)
{
	uint64_t end = r->addr + r->old_len, at = r->addr;
	struct vm_area_struct *vma = vma_lookup(r->mm, at);
	int err = 0;

	if (!vma || vma->vm_start > at)
		return -EFAULT;
	for (; vma && vma->vm_start < end && !err;
		vma = vma_lookup(r->mm, at)) {
		struct remap part = *r;

		part.addr = vma->vm_start > at ? vma->vm_start : at;
		at = vma->vm_end < end ? vma->vm_end : end;
		part.old_len = part.new_len = at - part.addr;
		part.new_addr = r->new_addr + (part.addr - r->addr);
		err = do_munmap(m, r->mm, part.new_addr, part.new_len);
		if (!err)
			err = move_one_6_18(m, &part);
		if (at == end)
			break;
	}
	return err;
}

/* From 6.17: nothing is unmapped before the source has been checked. */
int remap_source_first(struct machine *m, struct remap *r)
{
	bool stays = !r->fixed && !r->dontunmap && r->old_len >= r->new_len;
	uint64_t needs = r->old_len < r->new_len ? r->old_len : r->new_len;
	struct vm_area_struct *vma;
	int err = 0;

	if (r->fixed && r->old_len == r->new_len)
		return move_all(m, r);
	vma = find_vma(m, r->mm, r->addr);
	if (!vma || vma->vm_start > r->addr)
		return -EFAULT;
	/* a second mapping: of shared memory alone */
	if (!r->old_len && !(vma->vm_flags & (VM_SHARED | VM_MAYSHARE)))
		return -EINVAL;
	if (!stays && needs > vma->vm_end - r->addr)
		return -EFAULT;
	if ((vma->vm_flags & VM_DONTEXPAND) && r->new_len > r->old_len)
		return -EFAULT;
	if (!stays && r->new_len > r->old_len) {
		r->vma = vma;
		err = remap_limits(m, r);
		if (err)
			return err;
	}
	if (r->old_len > r->new_len)
		r->cut_off = r->old_len - r->new_len;
	if (r->fixed)
		err = do_munmap(m, r->mm, r->new_addr, r->new_len);
	/* a length that wraps around let the target overlap the source */
	if (!err && r->fixed && !vma_intersection(r->mm, r->addr, r->addr + 1))
		err = -EFAULT;
	if (!err)
		err = unmap_tail(m, r);
	if (err)
		return err;
	if (stays)
		return r->new_addr = r->addr, 0;
	return move_one_6_18(m, r);
}

int do_mremap(struct machine *m, struct mm_struct *mm, const struct op *op,
	uint64_t *addr, uint64_t *len)
{
	struct remap r = {
		.mm = mm,
		.addr = op->arg[REMAP_ADDR],
		.old_len = page_align(op->arg[REMAP_OLD_LEN]),
		.new_addr = op->arg[REMAP_TO],
		.new_len = page_align(op->arg[REMAP_NEW_LEN]),
		.maymove = op->arg[REMAP_MAYMOVE],
		.fixed = op->arg[REMAP_FIXED],
		.dontunmap = op->arg[REMAP_DONTUNMAP],
	};
	int err = check_flags(m, &r);

	if (err)
		return err;
	call(m, FN_MREMAP, addr_ref(mm, r.addr), addr_ref(mm, r.new_addr),
		r.new_len);
	err = ops_of(m)->remap(m, &r);
	ret(m, FN_MREMAP);
	*addr = r.new_addr;
	*len = r.new_len;
	return err;
}
