/*
 * 4.0 mm/memory.c: do_anonymous_page and do_wp_page, the former for 6.18 too.
 * Whether a page may be written in place is decided by its mapcount; a page
 * that only this VMA maps moves to the VMA's own anon_vma.
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

	if (ops_of(m)->fault_prepare(m, vma))
		return -ENOMEM;
	page = alloc_user_page(m, vma, addr);
	if (!page)
		return -ENOMEM;
	copy_user_page(m, page, NULL);
	page_set_flag(m, page, PG(UPTODATE));
	ptl_lock(m, mm);
	add_anon_rss(m, mm, 1);
	page_add_new_rmap(m, page, vma, addr);
	lru_add_new(m, page);
	set_pte(m, mm, addr, new_page_pte(m, page, vma), EV_SET_PTE);
	ptl_unlock(m, mm);
	return 0;
}

int anonymous_page_avc(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, bool write)
{
	int err = 0;

	call(m, FN_ANON_PAGE, vma_ref(vma), addr_ref(vma->vm_mm, addr), write);
	if (write) {
		err = first_write(m, vma, addr);
	} else {
		ptl_lock(m, vma->vm_mm);
		map_zero_page(m, vma, addr);
		ptl_unlock(m, vma->vm_mm);
	}
	ret(m, FN_ANON_PAGE);
	return err;
}

/* reuse_swap_page: no other PTE maps it. */
static bool reuse_swap_page(struct machine *m, struct page *page)
{
	int n = page_mapcount(page);

	call(m, FN_CAN_REUSE, page_ref(m, page), NO_REF, 0);
	tell(m, n <= 1 ? EV_REUSE_YES : EV_REUSE_NO, page_ref(m, page), NO_REF,
		(uint64_t)n);
	ret(m, FN_CAN_REUSE);
	return n <= 1;
}

/* Try to write in place; the page table lock is held. */
static bool try_reuse(
	struct machine *m, struct vm_area_struct *vma, struct page *page)
{
	bool reuse;

	if (!trylock_page(m, page))
		return false;
	reuse = reuse_swap_page(m, page);
	if (reuse)
		page_move_rmap(m, page, vma);
	unlock_page(m, page);
	return reuse;
}

void fault_replace_page(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *new, struct page *old)
{
	struct mm_struct *mm = vma->vm_mm;

	ptl_lock(m, mm);
	if (!old)
		add_anon_rss(m, mm, 1);
	set_pte(m, mm, addr, 0, EV_CLEAR_PTE);
	flush_tlb_page(m, mm, addr);
	page_add_new_rmap(m, new, vma, addr);
	lru_add_new(m, new);
	set_pte(m, mm, addr, new_page_pte(m, new, vma), EV_SET_PTE);
	if (old)
		page_remove_rmap(m, old);
	ptl_unlock(m, mm);
	if (old) {
		put_page(m, old); /* the PTE's reference */
		put_page(m, old); /* the copy's */
	}
}

static int copy_page(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *old)
{
	struct page *new = NULL;

	if (!ops_of(m)->fault_prepare(m, vma))
		new = alloc_user_page(m, vma, addr);
	if (!new) {
		if (old)
			put_page(m, old);
		return -ENOMEM;
	}
	copy_user_page(m, new, old);
	page_set_flag(m, new, PG(UPTODATE));
	fault_replace_page(m, vma, addr, new, old);
	return 0;
}

int wp_page_4_0(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
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
		reuse = try_reuse(m, vma, old);
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
