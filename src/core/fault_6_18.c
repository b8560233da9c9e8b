/*
 * 6.18 mm/memory.c: do_wp_page and wp_page_copy; do_anonymous_page differs from
 * 4.0 only in what it calls.  A page
 * marked AnonExclusive may be written at once; another one only if this PTE's
 * reference is the only one.  The fault holds the lock of the VMA alone; only
 * the first one of a VMA needs mmap_lock, to set vma->anon_vma.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"

#include <errno.h>

/* vmf_anon_prepare: mmap_lock for as long as anon_vma is being set. */
int fault_prepare_6_18(struct machine *m, struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;
	int err;

	if (vma->anon_vma)
		return 0;
	lock_read(m, &mm->mmap_lock, mm_ref(mm), "mmap_lock");
	err = ops_of(m)->anon_vma_prepare(m, vma);
	unlock_read(m, &mm->mmap_lock, mm_ref(mm), "mmap_lock");
	return err;
}

/* wp_can_reuse_anon_folio: the page was shared and is not any more. */
static bool can_reuse(
	struct machine *m, struct vm_area_struct *vma, struct page *page)
{
	int refs = page->_refcount;
	bool yes = false;

	call(m, FN_CAN_REUSE, page_ref(m, page), NO_REF, 0);
	if (refs == 1 && trylock_page(m, page)) {
		yes = true;
		tell(m, EV_REUSE_YES, page_ref(m, page), NO_REF, 1);
		page_move_rmap(m, page, vma);
		unlock_page(m, page);
	} else {
		tell(m, EV_REUSE_NO, page_ref(m, page), NO_REF, (uint64_t)refs);
	}
	ret(m, FN_CAN_REUSE);
	if (yes)
		page_set_flag(m, page, PG(ANON_EXCLUSIVE));
	return yes;
}

static bool may_write_in_place(
	struct machine *m, struct vm_area_struct *vma, struct page *page)
{
	if (!(page->flags & PG(ANON_EXCLUSIVE)))
		return can_reuse(m, vma, page);
	tell(m, EV_REUSE_EXCLUSIVE, page_ref(m, page), NO_REF, 0);
	return true;
}

static int wp_page_copy(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *old)
{
	struct page *new = NULL;

	call(m, FN_WP_COPY, vma_ref(vma), addr_ref(vma->vm_mm, addr), 0);
	if (!fault_prepare_6_18(m, vma))
		new = alloc_user_page(m, vma, addr);
	if (new) {
		copy_user_page(m, new, old);
		page_set_flag(m, new, PG(UPTODATE));
		fault_replace_page(m, vma, addr, new, old);
	} else if (old) {
		put_page(m, old);
	}
	ret(m, FN_WP_COPY);
	return new ? 0 : -ENOMEM;
}

int wp_page_6_18(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	pteval_t pte)
{
	struct page *old = vm_normal_page(m, pte);
	struct mm_struct *mm = vma->vm_mm;
	bool reuse = false;
	int err = 0;

	call(m, FN_WP_PAGE, vma_ref(vma), pte_ref(mm, addr), 0);
	if (!old)
		tell(m, EV_ZERO_PAGE_COW, addr_ref(mm, addr), NO_REF, 0);
	else
		reuse = may_write_in_place(m, vma, old);
	if (reuse)
		reuse_pte(m, vma, addr, pte);
	else if (old)
		get_page(m, old);
	ptl_unlock(m, mm);
	if (!reuse)
		err = wp_page_copy(m, vma, addr, old);
	ret(m, FN_WP_PAGE);
	return err;
}
