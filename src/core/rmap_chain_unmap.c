/*
 * 2.6.0 try_to_unmap (mm/rmap.c): through the page's chain, from its first node,
 * slots upwards: the newest mapper first.  The page's locks are held, so the
 * page table lock of each mm is only tried; a PTE whose mm is busy stays.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/reclaim.h"
#include "core/rmap.h"
#include "core/rmap_chain.h"
#include "core/swap.h"
#include "core/vma.h"

/* try_to_unmap_one with the page table lock held.  Whether the PTE is young is
 * not asked again. */
static enum unmap_result unmap_locked(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr)
{
	struct vm_area_struct *vma = find_vma(m, mm, addr);
	pteval_t pte = get_pte(m, mm, addr);

	cost(m, COST_PTES, 1);
	tell(m, EV_RMAP_HIT, pte_ref(mm, addr), page_ref(m, page),
		(uint64_t)(page_mapcount(page) - 1));
	if (!vma || vma->vm_start > addr)
		return UNMAP_FAIL;
	if (vma->vm_flags & VM_LOCKED) {
		tell(m, EV_UNMAP_LOCKED, vma_ref(vma), page_ref(m, page), 0);
		return UNMAP_FAIL;
	}
	set_pte(m, mm, addr, 0, EV_CLEAR_PTE);
	flush_tlb_page(m, mm, addr);
	if (page->flags & PG(SWAPCACHE)) {
		uint64_t slot = page_swap_slot(m, page);

		swap_duplicate(m, slot);
		set_pte(m, mm, addr, mk_swap_pte(m, slot), EV_SET_PTE);
	}
	if (pte_dirty(m, pte))
		set_page_dirty(m, page);
	add_rss(m, mm, page, -1);
	count_mapping(m, page, -1);
	put_page(m, page);
	return UNMAP_SUCCESS;
}

static enum unmap_result unmap_one(struct machine *m, struct page *page,
	pte_addr_t ptep)
{
	struct mm_struct *mm = ptep_to_mm(m, ptep);
	uint64_t addr = ptep_to_address(m, ptep);
	enum unmap_result result = UNMAP_AGAIN;

	cost(m, COST_VISITED, 1);
	cost(m, COST_MATCHED, 1);
	call(m, FN_UNMAP_ONE, page_ref(m, page), pte_ref(mm, addr), 0);
	if (mm->page_table_lock.writer) {
		tell(m, EV_TRYLOCK_FAILED, mm_ref(mm), NO_REF, 0);
	} else {
		ptl_lock(m, mm);
		result = unmap_locked(m, page, mm, addr);
		ptl_unlock(m, mm);
	}
	ret(m, FN_UNMAP_ONE);
	return result;
}

/* AGAIN leaves the slot and goes on, FAIL ends it. */
static enum unmap_result unmap_chain(struct machine *m, struct page *page)
{
	enum unmap_result result = UNMAP_SUCCESS;
	struct pte_chain *pc, *next;

	for (pc = page->pte.chain; pc; pc = next) {
		next = pc->next;
		cost(m, COST_CHAIN_NODES, 1);
		tell(m, EV_CHAIN_NODE, chain_ref(pc), NO_REF, pc->idx);
		for (unsigned i = pc->idx; i < m->tune.nrpte; i++) {
			enum unmap_result one = unmap_one(m, page, pc->ptes[i]);

			if (one == UNMAP_SUCCESS)
				chain_take_slot(m, page, pc, i);
			else
				result = one;
			if (one == UNMAP_FAIL)
				return result;
		}
	}
	return result;
}

enum unmap_result try_to_unmap_2_6_0(struct machine *m, struct page *page,
	unsigned flags)
{
	enum unmap_result result;

	(void)flags;
	pte_chain_lock(m, page);
	if (!(page->flags & PG(DIRECT))) {
		result = unmap_chain(m, page);
	} else {
		result = unmap_one(m, page, page->pte.direct);
		if (result == UNMAP_SUCCESS)
			chain_clear_direct(m, page);
	}
	pte_chain_unlock(m, page);
	return result;
}
