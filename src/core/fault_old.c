/*
 * 2.4 and 2.6.0 mm/memory.c: what is their own in do_anonymous_page and
 * do_wp_page.  Both put the page into the table before it is known to a reverse
 * map, where there is one; a page may be written in place when its only
 * reference is this PTE's (can_share_swap_page, as in 2.6.11).
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/lru.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"

void map_new_page_old(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page)
{
	add_anon_rss(m, vma->vm_mm, 1);
	lru_cache_add(m, page);
	mark_page_accessed(m, page);
	set_pte(m, vma->vm_mm, addr, new_page_pte(m, page, vma), EV_SET_PTE);
	page_add_new_rmap(m, page, vma, addr);
}

void replace_page_old(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *new, struct page *old)
{
	struct mm_struct *mm = vma->vm_mm;

	count_copied(m, mm, old);
	if (old)
		page_remove_rmap(m, old, mm, addr);
	set_pte(m, mm, addr, new_page_pte(m, new, vma), EV_SET_PTE);
	flush_tlb_page(m, mm, addr);
	page_add_new_rmap(m, new, vma, addr);
	lru_cache_add(m, new);
}

/* do_no_page: a copy is on its LRU list before it is mapped. */
void map_faulted_old(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page, bool write)
{
	bool anon = page->kind == PAGE_ANON;

	if (anon)
		lru_cache_add(m, page);
	add_rss(m, vma->vm_mm, page, 1);
	set_pte(m, vma->vm_mm, addr, faulted_pte(m, vma, page, write),
		EV_SET_PTE);
	if (anon)
		page_add_new_rmap(m, page, vma, addr);
	else
		page_add_file_rmap(m, page, vma, addr);
}

/* The node for the copy's PTE; 2.4 needs nothing. */
int fault_prepare_old(struct machine *m, struct vm_area_struct *vma)
{
	(void)vma;
	return rmap_reserve(m);
}
