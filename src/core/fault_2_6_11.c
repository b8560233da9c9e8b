/*
 * 2.6.11 mm/memory.c: do_anonymous_page and do_wp_page.  The page table lock
 * is held on entry and dropped while memory is allocated; the copy's reference
 * on the old page keeps that one alive meanwhile.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"

#include <errno.h>

static int first_write(
	struct machine *m, struct vm_area_struct *vma, uint64_t addr)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *page;

	ptl_unlock(m, mm);
	if (ops_of(m)->anon_vma_prepare(m, vma))
		return -ENOMEM;
	page = alloc_user_page(m, vma, addr);
	if (!page)
		return -ENOMEM;
	copy_user_page(m, page, NULL);
	ptl_lock(m, mm);
	add_anon_rss(m, mm, 1);
	lru_add_new(m, page);
	page_set_flag(m, page, PG(REFERENCED));
	page_add_new_rmap(m, page, vma, addr);
	set_pte(m, mm, addr, new_page_pte(m, page, vma), EV_SET_PTE);
	ptl_unlock(m, mm);
	return 0;
}

int anonymous_page_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, bool write)
{
	int err = 0;

	call(m, FN_ANON_PAGE, vma_ref(vma), addr_ref(vma->vm_mm, addr), write);
	if (write) {
		err = first_write(m, vma, addr);
	} else {
		map_zero_page(m, vma, addr);
		ptl_unlock(m, vma->vm_mm);
	}
	ret(m, FN_ANON_PAGE);
	return err;
}

/* can_share_swap_page: the only reference is this PTE's. */
static bool can_share(struct machine *m, struct page *page)
{
	bool yes;

	call(m, FN_CAN_REUSE, page_ref(m, page), NO_REF, 0);
	yes = page->_refcount == 1;
	tell(m, yes ? EV_REUSE_YES : EV_REUSE_NO, page_ref(m, page), NO_REF,
		(uint64_t)page->_refcount);
	ret(m, FN_CAN_REUSE);
	return yes;
}

/* Copy @old (NULL: the zero page) and map the copy instead. */
static int copy_page(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *old)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *new = NULL;

	if (!ops_of(m)->anon_vma_prepare(m, vma))
		new = alloc_user_page(m, vma, addr);
	if (!new) {
		if (old)
			put_page(m, old);
		return -ENOMEM;
	}
	copy_user_page(m, new, old);
	ptl_lock(m, mm);
	if (old)
		page_remove_rmap(m, old);
	else
		add_anon_rss(m, mm, 1);
	set_pte(m, mm, addr, new_page_pte(m, new, vma), EV_SET_PTE);
	flush_tlb_page(m, mm, addr);
	lru_add_new(m, new);
	page_add_new_rmap(m, new, vma, addr);
	ptl_unlock(m, mm);
	if (old) {
		put_page(m, old);
		put_page(m, old);
	}
	return 0;
}

int wp_page_2_6_11(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	pteval_t pte)
{
	struct page *old = vm_normal_page(m, pte);
	struct mm_struct *mm = vma->vm_mm;
	bool reuse = false;
	int err = 0;

	call(m, FN_WP_PAGE, vma_ref(vma), pte_ref(mm, addr), 0);
	if (old && trylock_page(m, old)) {
		reuse = can_share(m, old);
		unlock_page(m, old);
	} else if (!old) {
		tell(m, EV_ZERO_PAGE_COW, addr_ref(mm, addr), NO_REF, 0);
	}
	if (reuse)
		reuse_pte(m, vma, addr, pte);
	else if (old)
		get_page(m, old);
	ptl_unlock(m, mm);
	if (!reuse)
		err = copy_page(m, vma, addr, old);
	ret(m, FN_WP_PAGE);
	return err;
}
