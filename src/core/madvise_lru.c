/*
 * Pages that will not be used soon (6.18 mm/madvise.c).
 *
 * MADV_FREE: the page may be thrown away.  It loses PG_swapbacked, the sign
 * that it has a place in swap, and its PTE is clean: reclaim drops it as it is
 * and the next access reads zeros.  A write before that makes the PTE dirty;
 * reclaim finds this and gives PG_swapbacked back.
 *
 * MADV_COLD: to the inactive list.  MADV_PAGEOUT: reclaim them now.  Both leave
 * alone what somebody else maps, too.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/lru.h"
#include "core/madvise.h"
#include "core/mm.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/reclaim.h"
#include "core/swap.h"
#include "core/vmscan.h"

/* -- MADV_FREE ------------------------------------------------------------- */

/* folio_mark_lazyfree, lru_lazyfree */
static void mark_lazyfree(struct machine *m, struct page *page)
{
	uint32_t not = PG(SWAPCACHE) | PG(UNEVICTABLE);
	uint32_t needs = PG(SWAPBACKED) | PG(LRU);

	if (!kind_is_anon(page->kind) || (page->flags & needs) != needs ||
		(page->flags & not))
		return;
	call(m, FN_LAZYFREE, page_ref(m, page), NO_REF, 0);
	lru_del(m, page);
	page_clear_flag(m, page, PG(REFERENCED));
	page_clear_flag(m, page, PG(SWAPBACKED));
	lru_add(m, page, page_lru(m, page));
	ret(m, FN_LAZYFREE);
}

/* What it holds elsewhere, or owes to the disk, is given up: only if nobody
 * else maps it. */
static bool give_up_copy(struct machine *m, struct page *page)
{
	bool ok;

	if (!(page->flags & (PG(SWAPCACHE) | PG(DIRTY))))
		return true;
	if (!trylock_page(m, page))
		return false;
	ok = page_mapcount(page) == 1 &&
		(!(page->flags & PG(SWAPCACHE)) || try_to_free_swap(m, page));
	if (ok)
		page_clear_flag(m, page, PG(DIRTY));
	else
		tell(m, EV_ADVICE_SHARED, page_ref(m, page), NO_REF,
			(uint64_t)page_mapcount(page));
	unlock_page(m, page);
	return ok;
}

/* madvise_free_pte_range, one entry.  What is in swap goes at once. */
static int free_one(const struct machine *cm, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct machine *m = (struct machine *)(uintptr_t)cm;
	struct vm_area_struct *vma = ctx;
	struct page *page;

	(void)mm;
	cost(m, COST_PTES, 1);
	if (pte_is_swap(m, pte))
		zap_entry(m, vma, addr, pte, 0);
	page = pte_present(m, pte) ? vm_normal_page(m, pte) : NULL;
	if (!page || !give_up_copy(m, page))
		return 0;
	if (pte_young(m, pte) || pte_dirty(m, pte))
		set_pte(m, vma->vm_mm, addr,
			pte_mkold(m, pte_mkclean(m, pte)), EV_SET_PTE);
	mark_lazyfree(m, page);
	return 0;
}

int advise_free(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	call(m, FN_MADV_FREE, vma_ref(vma), addr_ref(vma->vm_mm, start), end);
	lru_add_drain(m);
	ptl_lock(m, vma->vm_mm);
	mm_for_each_pte(m, vma->vm_mm, start, end, free_one, vma);
	ptl_unlock(m, vma->vm_mm);
	flush_tlb_mm(m, vma->vm_mm);
	ret(m, FN_MADV_FREE);
	return 0;
}

/* -- MADV_COLD, MADV_PAGEOUT ----------------------------------------------- */

/* The page of @pte if it is on a list and this PTE alone maps it. */
static struct page *ours_alone(struct machine *m, pteval_t pte)
{
	struct page *page;

	cost(m, COST_PTES, 1);
	page = pte_present(m, pte) ? vm_normal_page(m, pte) : NULL;
	if (!page || !(page->flags & PG(LRU)))
		return NULL;
	if (page_mapcount(page) == 1)
		return page;
	tell(m, EV_ADVICE_SHARED, page_ref(m, page), NO_REF,
		(uint64_t)page_mapcount(page));
	return NULL;
}

static void forget_use(struct machine *m, struct page *page)
{
	if (page->flags & PG(REFERENCED))
		page_clear_flag(m, page, PG(REFERENCED));
	if (page->flags & PG(ACTIVE))
		page_set_flag(m, page, PG(WORKINGSET));
}

static int cold_one(const struct machine *cm, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct machine *m = (struct machine *)(uintptr_t)cm;
	struct page *page = ours_alone(m, pte);
	struct vm_area_struct *vma = ctx;

	(void)mm;
	if (!page)
		return 0;
	if (pte_young(m, pte))
		set_pte(m, vma->vm_mm, addr, pte_mkold(m, pte), EV_SET_PTE);
	forget_use(m, page);
	if (page->flags & PG(UNEVICTABLE) || !(page->flags & PG(ACTIVE)))
		return 0;
	call(m, FN_DEACTIVATE, page_ref(m, page), NO_REF, 0);
	lru_del(m, page);
	lru_add(m, page, page_lru(m, page));
	ret(m, FN_DEACTIVATE);
	return 0;
}

int advise_cold(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	call(m, FN_MADV_COLD, vma_ref(vma), addr_ref(vma->vm_mm, start), end);
	lru_add_drain(m);
	ptl_lock(m, vma->vm_mm);
	mm_for_each_pte(m, vma->vm_mm, start, end, cold_one, vma);
	ptl_unlock(m, vma->vm_mm);
	flush_tlb_mm(m, vma->vm_mm);
	ret(m, FN_MADV_COLD);
	return 0;
}

/* Into the hand; PTEs keep their accessed bit, since nobody will ask. */
static int pageout_one(const struct machine *cm, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	struct machine *m = (struct machine *)(uintptr_t)cm;
	struct page *page = ours_alone(m, pte);

	(void)mm;
	(void)addr;
	(void)ctx;
	if (!page)
		return 0;
	forget_use(m, page);
	if (page->flags & PG(UNEVICTABLE))
		return 0;
	lru_isolate(m, page);
	list_add(&page->lru, &m->isolated);
	return 0;
}

/* One table of PTEs after the other, as the kernel walks them. */
int advise_pageout(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end)
{
	uint64_t span = 1ull << machine_paging(m)->table_shift;

	call(m, FN_MADV_PAGEOUT, vma_ref(vma), addr_ref(vma->vm_mm, start),
		end);
	lru_add_drain(m);
	while (start < end) {
		uint64_t stop = (start | (span - 1)) + 1;

		if (stop > end)
			stop = end;
		ptl_lock(m, vma->vm_mm);
		mm_for_each_pte(m, vma->vm_mm, start, stop, pageout_one, NULL);
		ptl_unlock(m, vma->vm_mm);
		reclaim_isolated(m);
		start = stop;
	}
	ret(m, FN_MADV_PAGEOUT);
	return 0;
}
