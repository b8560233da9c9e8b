#include "swap_by_hand.h"

#include "core/fault.h"
#include "core/io.h"
#include "core/mechanism.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/swap.h"

#define MAX_PTES 64

struct ptes {
	struct {
		const struct vm_area_struct *vma;
		uint64_t addr;
		pteval_t pte;
	} at[MAX_PTES];
	unsigned n;
};

static void note(void *ctx, const struct task_struct *task,
	const struct vm_area_struct *vma, uint64_t addr, pteval_t pte)
{
	struct ptes *p = ctx;
	(void)task;
	if (p->n == MAX_PTES)
		return;
	p->at[p->n].vma = vma;
	p->at[p->n].addr = addr;
	p->at[p->n++].pte = pte;
}

/* What try_to_unmap_one does to a PTE that it finds. */
static void unmap_one(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr, pteval_t pte, bool counted)
{
	pteval_t entry = mk_swap_pte(m, page_swap_slot(m, page));
	if (page->flags & PG(ANON_EXCLUSIVE)) {
		page_clear_flag(m, page, PG(ANON_EXCLUSIVE));
		entry = pte_swp_mkexclusive(m, entry);
	}
	if (pte_dirty(m, pte))
		page_set_flag(m, page, PG(DIRTY));
	if (!counted)
		swap_duplicate(m, page_swap_slot(m, page));
	set_pte(m, mm, addr, entry, EV_SET_PTE);
	add_anon_rss(m, mm, -1);
	add_swapents(m, mm, 1);
	page_remove_rmap(m, page, mm, addr);
	put_page(m, page);
}

uint64_t hand_unmap(struct machine *m, struct page *page)
{
	struct ptes p = { .n = 0 };
	bool counted = false;
	uint64_t slot;
	page_mappers(m, page_pfn(m, page), note, &p);
	lock_page(m, page);
	if (!(page->flags & PG(SWAPCACHE))) {
		if (!add_to_swap(m, page)) {
			unlock_page(m, page);
			return 0;
		}
		/* 2.4: of the first PTE */
		counted = ops_of(m)->swap_add_duplicates;
	}
	slot = page_swap_slot(m, page);
	for (unsigned i = 0; i < p.n; i++)
		unmap_one(m, page, p.at[i].vma->vm_mm, p.at[i].addr,
			p.at[i].pte, counted && !i);
	unlock_page(m, page);
	return slot;
}

void hand_write(struct machine *m, struct page *page)
{
	if (!(page->flags & PG(DIRTY)))
		return;
	lock_page(m, page);
	swap_writepage(m, page);
	io_end_all(m);
}

void hand_free(struct machine *m, struct page *page)
{
	get_page(m, page);
	lock_page(m, page);
	delete_from_swap_cache(m, page);
	unlock_page(m, page);
	put_page(m, page);
}

uint64_t hand_swap_out(struct machine *m, struct page *page)
{
	uint64_t slot = hand_unmap(m, page);
	if (slot) {
		hand_write(m, page);
		hand_free(m, page);
	}
	return slot;
}
