/*
 * 2.6.11 mm/memory.c: what is its own in do_anonymous_page and do_wp_page.
 * The new page goes to the LRU before it is counted; an old page is written in
 * place when its only reference is this PTE's.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/lru.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/swap.h"

void map_new_page_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page)
{
	add_anon_rss(m, vma->vm_mm, 1);
	lru_cache_add(m, page);
	page_set_flag(m, page, PG(REFERENCED));
	page_add_new_rmap(m, page, vma, addr);
	set_pte(m, vma->vm_mm, addr, new_page_pte(m, page, vma), EV_SET_PTE);
}

bool may_write_in_place_2_6_11(struct machine *m, struct vm_area_struct *vma,
	struct page *page)
{
	bool yes;

	(void)vma;
	if (!trylock_page(m, page))
		return false;
	yes = can_share_swap_page(m, page);
	unlock_page(m, page);
	return yes;
}

void replace_page_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *new, struct page *old)
{
	struct mm_struct *mm = vma->vm_mm;

	count_copied(m, mm, old);
	if (old)
		page_remove_rmap(m, old, mm, addr);
	set_pte(m, mm, addr, new_page_pte(m, new, vma), EV_SET_PTE);
	flush_tlb_page(m, mm, addr);
	lru_cache_add(m, new);
	page_add_new_rmap(m, new, vma, addr);
}
