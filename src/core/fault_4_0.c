/*
 * 4.0 mm/memory.c: what is its own in do_anonymous_page and do_wp_page; the
 * order in which pages are mapped holds for 6.18 too.  Whether a page may be
 * written in place is decided by its mapcount; a page that only this VMA maps
 * moves to the VMA's own anon_vma.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/lru.h"
#include "core/mlock.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/swap.h"

void map_new_page_avc(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page)
{
	add_anon_rss(m, vma->vm_mm, 1);
	page_add_new_rmap(m, page, vma, addr);
	lru_cache_add_vma(m, page, vma);
	set_pte(m, vma->vm_mm, addr, new_page_pte(m, page, vma), EV_SET_PTE);
}

/* The old mapping is dropped last: until then the page cannot go away. */
void replace_page_avc(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *new, struct page *old)
{
	struct mm_struct *mm = vma->vm_mm;

	count_copied(m, mm, old);
	set_pte(m, mm, addr, 0, EV_CLEAR_PTE);
	flush_tlb_page(m, mm, addr);
	page_add_new_rmap(m, new, vma, addr);
	lru_cache_add_vma(m, new, vma);
	set_pte(m, mm, addr, new_page_pte(m, new, vma), EV_SET_PTE);
	if (old) {
		page_remove_rmap(m, old, mm, addr);
		pte_unlocks(m, vma, old);
	}
}

bool may_write_in_place_4_0(struct machine *m, struct vm_area_struct *vma,
	struct page *page)
{
	bool yes;

	if (!trylock_page(m, page))
		return false;
	yes = can_share_swap_page(m, page);
	if (yes)
		page_move_rmap(m, page, vma);
	unlock_page(m, page);
	return yes;
}
