/*
 * Guard pages (6.18 mm/madvise.c madvise_guard_install, _remove): an entry that
 * is not present and names no page, but says "no access".  They stand in page
 * tables alone: the VMA is not cut, /proc/PID/maps does not change.  Measured
 * on 6.18.44, whose VmFlags say "gu".
 *
 * A marker lasts until MADV_GUARD_REMOVE, munmap or exit: DONTNEED, FREE and
 * the truncation of a file leave it, fork copies it, mremap moves it.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/lru.h"
#include "core/madvise.h"
#include "core/mm.h"
#include "core/pgtable.h"
#include "core/swapops.h"

#include <errno.h>

/* Markers into what is empty, up to the first PTE that holds something else.
 * *stopped: there is one.  The page table lock is dropped for a table. */
static int mark_range(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, bool *stopped)
{
	struct mm_struct *mm = vma->vm_mm;

	for (uint64_t a = start; a < end; a += PAGE_SIZE) {
		pteval_t pte;

		if (!pte_table(m, mm, a)) {
			int err;

			ptl_unlock(m, mm);
			err = pte_alloc(m, mm, a);
			ptl_lock(m, mm);
			if (err)
				return err;
		}
		pte = get_pte(m, mm, a);
		cost(m, COST_PTES, 1);
		if (pte_none(pte))
			set_pte(m, mm, a, mk_guard_pte(m), EV_SET_PTE);
		*stopped = !pte_none(pte) && !pte_is_guard(m, pte);
		if (*stopped)
			break;
	}
	return 0;
}

/* Optimistic: only where pages are mapped the range is emptied, and then it
 * begins again. */
static int install(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	bool stopped = true;
	int err = 0;

	while (stopped && !err) {
		stopped = false;
		ptl_lock(m, vma->vm_mm);
		err = mark_range(m, vma, start, end, &stopped);
		ptl_unlock(m, vma->vm_mm);
		if (stopped) {
			lru_add_drain(m);
			zap_range(m, vma, start, end, 0);
			gather_flush(m, vma->vm_mm);
		}
	}
	return err;
}

/* vma_set_atomic_flag: a lock for reading is enough. */
static void set_atomic_flag(struct machine *m, struct vm_area_struct *vma,
	uint64_t flag)
{
	uint64_t old = vma->vm_flags;

	vma->vm_flags |= flag;
	if (old != vma->vm_flags)
		tell_set(m, vma_ref(vma), "vm_flags", VT_VM_FLAGS, old,
			vma->vm_flags);
}

/*
 * VM_MAYBE_GUARD says fork to copy the tables; it stays for good.  (Before 6.18
 * had this flag from 6.19, any VMA got an anon_vma for it.)  Anonymous memory
 * with tables has an anon_vma.
 */
int guard_install(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	int err = 0;

	call(m, FN_GUARD_INSTALL, vma_ref(vma), addr_ref(vma->vm_mm, start),
		end);
	set_atomic_flag(m, vma, VM_MAYBE_GUARD);
	if (!vma->anon_vma && !vma->vm_file)
		err = ops_of(m)->anon_vma_prepare(m, vma);
	if (!err)
		err = install(m, vma, start, end);
	ret(m, FN_GUARD_INSTALL);
	return err;
}

static int remove_one(const struct machine *cm, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct machine *m = (struct machine *)(uintptr_t)cm;
	struct vm_area_struct *vma = ctx;

	(void)mm;
	cost(m, COST_PTES, 1);
	if (pte_is_guard(m, pte))
		set_pte(m, vma->vm_mm, addr, 0, EV_CLEAR_PTE);
	return 0;
}

int guard_remove(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	call(m, FN_GUARD_REMOVE, vma_ref(vma), addr_ref(vma->vm_mm, start),
		end);
	ptl_lock(m, vma->vm_mm);
	mm_for_each_pte(m, vma->vm_mm, start, end, remove_one, vma);
	ptl_unlock(m, vma->vm_mm);
	ret(m, FN_GUARD_REMOVE);
	return 0;
}
