/*
 * 2.4: nothing leads from a page to the PTEs that map it.  Who wants to know
 * must look at every PTE of every mm, in the order of the mmlist; the kernel
 * itself never asks for one page, swap_out() unmaps what it happens to meet.
 *
 * The count of mappings is the program's own, the kernel keeps none.
 */
#include "core/emit.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/rmap.h"

#include <errno.h>

void scan_add_new_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr)
{
	(void)vma;
	(void)addr;
	count_mapping(m, page, 1);
}

void scan_add_swapped_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr, bool exclusive)
{
	(void)vma;
	(void)addr;
	(void)exclusive;
	count_mapping(m, page, 1);
}

void scan_dup_rmap(struct machine *m, struct page *page, struct mm_struct *mm,
	uint64_t addr)
{
	(void)mm;
	(void)addr;
	count_mapping(m, page, 1);
}

void scan_remove_rmap(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr)
{
	(void)mm;
	(void)addr;
	count_mapping(m, page, -1);
}

/* -- no anon_vma, 2.4 and 2.6.0 ------------------------------------------ */

/* A page of a file is as any other. */
void old_add_file_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr)
{
	page_dup_rmap(m, page, vma->vm_mm, addr);
}

int no_anon_prepare(struct machine *m, struct vm_area_struct *vma)
{
	(void)m;
	(void)vma;
	return 0;
}

int no_anon_fork(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *parent)
{
	(void)m;
	(void)vma;
	(void)parent;
	return 0;
}

/* Also around a change of a VMA's range. */
void no_anon_unlink(struct machine *m, struct vm_area_struct *vma)
{
	(void)m;
	(void)vma;
}

enum no_merge any_anon_merge(const struct merge_request *req,
	const struct vm_area_struct *target)
{
	(void)req;
	(void)target;
	return MERGE_FITS;
}

/* -- the scan of every mm ------------------------------------------------ */

struct scan {
	const struct page *page; /* looked for */
	struct op_result *res;
	uint64_t slots;          /* PTE slots looked at */
};

static void see_slot(struct machine *m, struct scan *s,
	struct vm_area_struct *vma, uint64_t addr)
{
	struct mm_struct *mm = vma->vm_mm;
	pteval_t pte = get_pte(m, mm, addr);
	bool present = pte_present(m, pte);
	bool hit = present && pte_pfn(m, pte) == page_pfn(m, s->page);

	s->slots++;
	cost(m, COST_PTES, 1);
	cost(m, COST_VISITED, 1);
	cost(m, hit ? COST_MATCHED : COST_WASTED, 1);
	if (hit) {
		rmap_found(s->res, vma, addr);
		tell(m, EV_RMAP_HIT, pte_ref(mm, addr), page_ref(m, s->page),
			(uint64_t)(page_mapcount(s->page) -
				(int)s->res->nr_found));
	} else {
		tell(m, EV_RMAP_MISS, pte_ref(mm, addr),
			present ? ref_make(REF_PAGE,
					  (uint32_t)pte_pfn(m, pte))
				: NO_REF, 0);
	}
}

/* swap_out_vma's way: every slot of every table that exists. */
static void scan_vma(struct machine *m, struct scan *s,
	struct vm_area_struct *vma)
{
	uint64_t span = 1ull << machine_paging(m)->table_shift;
	uint64_t addr = vma->vm_start;

	cost(m, COST_VMAS, 1);
	tell(m, EV_SCAN_VMA, vma_ref(vma), NO_REF, 0);
	while (addr < vma->vm_end) {
		uint64_t next = (addr | (span - 1)) + 1;

		if (next > vma->vm_end)
			next = vma->vm_end;
		if (!pte_table(m, vma->vm_mm, addr)) {
			tell(m, EV_SCAN_NO_TABLE, addr_ref(vma->vm_mm, addr),
				addr_ref(vma->vm_mm, next), 0);
			addr = next;
		}
		for (; addr < next; addr += PAGE_SIZE)
			see_slot(m, s, vma, addr);
	}
}

static void scan_mm(struct machine *m, struct scan *s, struct mm_struct *mm)
{
	cost(m, COST_MMS, 1);
	tell(m, EV_SCAN_MM, mm_ref(mm), NO_REF, 0);
	lock_write(m, &mm->page_table_lock, mm_ref(mm), "page_table_lock");
	for (struct vm_area_struct *v = mm->mmap; v; v = v->vm_next)
		scan_vma(m, s, v);
	unlock_write(m, &mm->page_table_lock, mm_ref(mm), "page_table_lock");
}

/* It cannot know when it has found all: @full changes nothing. */
int scan_walk(struct machine *m, struct page *page, bool full,
	struct op_result *res)
{
	struct scan s = { page, res, 0 };
	struct ref o = page_ref(m, page);

	(void)full;
	if (page->kind < PAGE_ANON) { /* no user's */
		tell(m, EV_NOT_MAPPED, o, NO_REF, 0);
		return page->kind == PAGE_FREE ? -EINVAL : 0;
	}
	tell(m, EV_SCAN_START, o, NO_REF, 0);
	list_for_each (node, &m->mmlist) {
		cost(m, COST_LIST_NODES, 1);
		scan_mm(m, &s, container_of(node, struct mm_struct, mmlist));
	}
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_SCAN_DONE, .o = o,
				     .type = VT_INT, .old = s.slots,
				     .new = m->op_costs.n[COST_MMS],
				     .n = res->nr_found });
	return 0;
}
