/*
 * mlock, munlock, mlockall, munlockall (mm/mlock.c): VM_LOCKED comes and goes,
 * cutting VMAs as mprotect does; what is locked is faulted in.  2.x never joins
 * the pieces again and faults in VMA by VMA, under mmap_sem; later that is done
 * at the end, the lock held for reading.  Whom RLIMIT_MEMLOCK binds
 * says limits.c.
 *
 * Invariant: mm->locked_vm is the number of pages of its VM_LOCKED VMAs.
 */
#include "core/mlock.h"
#include "core/emit.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/mm.h"
#include "core/pgtable.h"
#include "core/vma.h"

#include <errno.h>

void add_locked_vm(struct machine *m, struct mm_struct *mm, int64_t pages)
{
	uint64_t old = mm->locked_vm;

	mm->locked_vm += (uint64_t)pages;
	if (pages)
		tell_set(m, mm_ref(mm), "locked_vm", VT_INT, old,
			mm->locked_vm);
}

/* -- pages of a VMA ------------------------------------------------------- */

static int relock_one(const struct machine *cm, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct machine *m = (struct machine *)(uintptr_t)cm;
	const struct vm_area_struct *vma = ctx;
	struct page *page;

	(void)mm;
	(void)addr;
	page = pte_present(m, pte) ? vm_normal_page(m, pte) : NULL;
	if (!page)
		return 0;
	cost(m, COST_PTES, 1);
	if (vma->vm_flags & VM_LOCKED)
		mlock_vma_page(m, page);
	else
		munlock_vma_page(m, page);
	return 0;
}

/* What is mapped in [start, end) follows the VMA's flag: munlock_vma_pages_range
 * of 4.0, where locking is left to the faults; mlock_vma_pages_range of 6.18. */
static void relock_range(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	bool lock = vma->vm_flags & VM_LOCKED;

	if (!ops_of(m)->mlock_page || (lock && !ops_of(m)->mlocks_by_rmap))
		return;
	call(m, FN_RELOCK, vma_ref(vma), addr_ref(vma->vm_mm, start), lock);
	mm_for_each_pte(m, vma->vm_mm, start, end, relock_one, vma);
	ret(m, FN_RELOCK);
}

void munlock_vmas(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end)
{
	struct vm_area_struct *vma = vma_intersection(mm, start, end);

	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
		if (!(vma->vm_flags & VM_LOCKED))
			continue;
		add_locked_vm(m, mm, -(int64_t)vma_pages(vma));
		if (ops_of(m)->mlock_page && !ops_of(m)->mlocks_by_rmap) {
			vma_set_flags(m, vma, vma->vm_flags & ~VM_LOCKED_MASK);
			relock_range(m, vma, vma->vm_start, vma->vm_end);
		}
	}
}

void pte_unlocks(struct machine *m, const struct vm_area_struct *vma,
	struct page *page)
{
	if (ops_of(m)->mlocks_by_rmap) {
		if (vma->vm_flags & VM_LOCKED)
			munlock_vma_page(m, page);
	} else if ((page->flags & PG(MLOCKED)) && page_mapcount(page) <= 0) {
		munlock_vma_page(m, page); /* clear_page_mlock */
	}
}

void pte_locks(struct machine *m, const struct vm_area_struct *vma,
	struct page *page)
{
	if (ops_of(m)->mlocks_by_rmap && (vma->vm_flags & VM_LOCKED))
		mlock_vma_page(m, page);
}

void lock_new_range(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len)
{
	add_locked_vm(m, mm, (int64_t)(len >> PAGE_SHIFT));
	if (ops_of(m)->lock_faults_in)
		make_pages_present(m, vma_lookup(mm, start), start,
			start + len);
}

/* -- one VMA -------------------------------------------------------------- */

/* 2.4 mlock_fixup_start, _end, _middle. */
static void tell_fixup(struct machine *m, const struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	bool tail = start > vma->vm_start, head = end < vma->vm_end;

	if (tail && head)
		tell_cut(m, vma, start, CUT_MIDDLE, "mlock_fixup_middle");
	else if (tail)
		tell_cut(m, vma, start, CUT_ABOVE, "mlock_fixup_end");
	else if (head)
		tell_cut(m, vma, end, CUT_BELOW, "mlock_fixup_start");
}

/* 2.x: the part [start, end) of @vma as a VMA of its own.  2.4 makes a new one
 * for the part that is locked or unlocked, unless it lies in the middle. */
static struct vm_area_struct *cut(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, int *err)
{
	struct mm_struct *mm = vma->vm_mm;
	bool tail = start > vma->vm_start, head = end < vma->vm_end;
	bool new_part = ops_of(m)->lock_makes_new && tail != head;

	if (ops_of(m)->lock_makes_new)
		tell_fixup(m, vma, start, end);
	if (tail)
		*err = vma_split(m, vma, start, !new_part);
	if (!*err && head)
		*err = vma_split(m, vma_lookup(mm, start), end, new_part);
	return *err ? NULL : vma_lookup(mm, start);
}

static int fault_in(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	int err = make_pages_present(m, vma, start, end);

	return ops_of(m)->lock_ignores_faults ? 0 : err;
}

/* mlock_fixup: [start, end) of @vma gets @vm_flags. */
static int mlock_fixup(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, uint64_t vm_flags)
{
	bool was = vma->vm_flags & VM_LOCKED, is = vm_flags & VM_LOCKED;
	struct mm_struct *mm = vma->vm_mm;
	int err = 0;

	if (vm_flags == vma->vm_flags || (vma->vm_flags & VM_DROPPABLE))
		return 0; /* 6.18: what may be dropped cannot be locked */
	call(m, FN_MLOCK_FIXUP, vma_ref(vma), addr_ref(mm, start), end);
	if (ops_of(m)->lock_merges)
		vma = vma_modify(m, vma, start, end, vm_flags, &err);
	else
		vma = cut(m, vma, start, end, &err);
	if (!err) {
		add_locked_vm(m, mm, ((int64_t)is - was) *
			(int64_t)((end - start) >> PAGE_SHIFT));
		if (vma->vm_flags != vm_flags)
			vma_set_flags(m, vma, vm_flags);
		if (is != was)
			relock_range(m, vma, start, end);
		if (is && ops_of(m)->lock_faults_in)
			err = fault_in(m, vma, start, end);
	}
	ret(m, FN_MLOCK_FIXUP);
	return err == -ENOMEM && ops_of(m)->lock_faults_in ? -EAGAIN : err;
}

/* -- ranges ---------------------------------------------------------------- */

/* The VMAs of [start, end), which may have no hole: what lies before one is
 * changed all the same. */
static int lock_range(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, uint64_t lock)
{
	struct vm_area_struct *vma = find_vma(m, mm, start);
	int err = 0;

	while (start < end) {
		uint64_t stop;

		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		stop = vma->vm_end < end ? vma->vm_end : end;
		err = mlock_fixup(m, vma, start, stop,
			(vma->vm_flags & ~VM_LOCKED_MASK) | lock);
		if (err)
			return err;
		start = stop;
		vma = vma_lookup(mm, start);
	}
	return 0;
}

/* __mlock_posix_error_return */
static int posix_error(int err)
{
	if (err == -ENOMEM)
		return -EAGAIN;
	return err ? -ENOMEM : 0;
}

/* Pages of [start, start + len) that are locked already (6.18
 * count_mm_mlocked_page_nr). */
static uint64_t locked_pages(const struct mm_struct *mm, uint64_t start,
	uint64_t len)
{
	const struct vm_area_struct *v = vma_lookup(mm, start);
	uint64_t end = start + len < start ? UINT64_MAX : start + len;
	uint64_t pages = 0;

	for (; v && v->vm_start < end; v = v->vm_next) {
		uint64_t from = v->vm_start > start ? v->vm_start : start;
		uint64_t to = v->vm_end < end ? v->vm_end : end;

		if (v->vm_flags & VM_LOCKED)
			pages += (to - from) >> PAGE_SHIFT;
	}
	return pages;
}

/* 2.4: half of the memory at most. */
static bool half_of_ram_ok(const struct machine *m, uint64_t pages)
{
	return !ops_of(m)->locks_half || pages <= m->nr_frames / 2;
}

/* The right to it and the limit: since 2.6.11 in this order, before, who has no
 * right is told so only within the limit. */
static int check_mlock(struct machine *m, const struct mm_struct *mm,
	uint64_t start, uint64_t len)
{
	uint64_t pages = len >> PAGE_SHIFT;

	if (ops_of(m)->memlock_allows && can_do_mlock(m))
		return -EPERM;
	if (ops_of(m)->mlock_recounts)
		pages -= locked_pages(mm, start, len);
	if (!memlock_ok(m, mm, pages) ||
		!half_of_ram_ok(m, mm->locked_vm + pages))
		return -ENOMEM;
	return can_do_mlock(m);
}

static int check_mlockall(struct machine *m, const struct mm_struct *mm,
	bool current)
{
	if (ops_of(m)->memlock_allows && can_do_mlock(m))
		return -EPERM;
	if ((current || !ops_of(m)->memlock_allows) &&
		!memlock_ok(m, mm, mm->total_vm - mm->locked_vm))
		return -ENOMEM;
	if (!half_of_ram_ok(m, mm->total_vm))
		return -ENOMEM;
	return can_do_mlock(m);
}

int do_mlock(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, enum mlock_how how)
{
	bool lock = how != MLOCK_NOT;
	uint64_t end;
	int err;

	if (how == MLOCK_ONFAULT && !ops_of(m)->has_mlock2)
		return -ENOSYS;
	len = page_align(len + (start & ~PAGE_MASK));
	start &= PAGE_MASK;
	end = start + len;
	err = lock ? check_mlock(m, mm, start, len) : 0;
	if (err)
		return err;
	if (end < start)
		return -EINVAL;
	call(m, lock ? FN_MLOCK : FN_MUNLOCK, addr_ref(mm, start), NO_REF, len);
	mmap_write_lock(m, mm);
	err = lock_range(m, mm, start, end, vm_locked(how));
	mmap_write_unlock(m, mm);
	if (!err && lock && !ops_of(m)->lock_faults_in)
		err = posix_error(mm_populate_locked(m, mm, start, len));
	ret(m, lock ? FN_MLOCK : FN_MUNLOCK);
	return err;
}

/* What cannot be changed is passed over. */
static void lock_all(struct machine *m, struct mm_struct *mm, uint64_t lock)
{
	struct vm_area_struct *vma = mm->mmap;

	while (vma) {
		uint64_t end = vma->vm_end;

		mlock_fixup(m, vma, vma->vm_start, end,
			(vma->vm_flags & ~VM_LOCKED_MASK) | lock);
		vma = vma_lookup(mm, end);
	}
}

int do_mlockall(struct machine *m, struct mm_struct *mm, bool current,
	bool future, bool onfault)
{
	uint64_t lock = vm_locked(onfault ? MLOCK_ONFAULT : MLOCK_NOW);
	int err;

	if (onfault && !ops_of(m)->has_mlock2)
		return -EINVAL;
	if (!current && !future)
		return -EINVAL;
	err = check_mlockall(m, mm, current);
	if (err)
		return err;
	call(m, FN_MLOCKALL, mm_ref(mm), NO_REF, 0);
	mmap_write_lock(m, mm);
	mm->def_flags = future ? lock : 0;
	if (current)
		lock_all(m, mm, lock);
	mmap_write_unlock(m, mm);
	if (current && !ops_of(m)->lock_faults_in)
		mm_populate(m, mm, 0, machine_paging(m)->task_size);
	ret(m, FN_MLOCKALL);
	return 0;
}

void do_munlockall(struct machine *m, struct mm_struct *mm)
{
	call(m, FN_MLOCKALL, mm_ref(mm), NO_REF, 0);
	mmap_write_lock(m, mm);
	mm->def_flags = 0;
	lock_all(m, mm, 0);
	mmap_write_unlock(m, mm);
	ret(m, FN_MLOCKALL);
}
