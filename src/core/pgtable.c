/* Tables on accounted frames, and the entries in them. */
#include "core/pgtable.h"
#include "core/emit.h"
#include "core/mechanism.h"
#include "core/page_alloc.h"

#include <errno.h>
#include <string.h>

/* A zeroed table; what it is for is told by @level and @addr. */
static struct page *table_alloc(struct machine *m, struct mm_struct *mm,
	unsigned level, uint64_t addr)
{
	struct page *page = alloc_pages(m, 0, PAGE_TABLE);

	if (!page)
		return NULL;
	page->table = arena_alloc(m, PAGE_SIZE);
	tell(m, EV_ALLOC_TABLE, page_ref(m, page), addr_ref(mm, addr), level);
	return page;
}

/* 2.6.0 pgtable_add_rmap: the page of a table of leaf entries says whose it is
 * and which address its first entry maps. */
static void name_table(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr)
{
	uint64_t span = 1ull << machine_paging(m)->table_shift;

	if (!ops_of(m)->names_pte_tables)
		return;
	page->mapping = (uintptr_t)mm;
	page->index = addr & ~(span - 1);
	tell_set(m, page_ref(m, page), "index", VT_HEX, 0, page->index);
}

static void table_free(struct machine *m, uint32_t table)
{
	struct page *page = &m->mem_map[table];

	page->mapping = 0; /* pgtable_remove_rmap */
	page->index = 0;
	arena_free(m, page->table, PAGE_SIZE);
	page->table = NULL;
	page->_refcount = 0;
	free_pages_block(m, page, 0);
	tell(m, EV_FREE_TABLE, page_ref(m, page), NO_REF, 0);
}

int pgd_alloc(struct machine *m, struct mm_struct *mm)
{
	struct page *page = table_alloc(m, mm, 0, 0);

	if (!page)
		return -ENOMEM;
	mm->pgd = page_pfn(m, page);
	return 0;
}

void pgd_free(struct machine *m, struct mm_struct *mm)
{
	table_free(m, mm->pgd);
	mm->pgd = 0;
}

/* An upper entry: present, writable, user, accessed and dirty (0x067). */
static pteval_t table_pte(const struct machine *m, uint32_t pfn)
{
	const struct paging *p = machine_paging(m);

	return ((uint64_t)pfn << PAGE_SHIFT) | p->present | p->rw | p->user |
		p->accessed | p->dirty;
}

static uint32_t entry_table(const struct machine *m, pteval_t entry)
{
	return (uint32_t)((entry & machine_paging(m)->pfn_mask) >> PAGE_SHIFT);
}

void *find_pte_table(const struct machine *m, struct mm_struct *mm,
	uint64_t addr)
{
	const struct paging *p = machine_paging(m);
	unsigned last = p->nr_levels - 1u;
	uint32_t table = mm->pgd;

	for (unsigned i = 0; i < last; i++) {
		pteval_t e = table_entry(m, table, paging_index(p, i, addr));

		if (!(e & p->present))
			return NULL;
		table = entry_table(m, e);
	}
	mm->near_addr = addr;
	mm->near_table = m->mem_map[table].table;
	return mm->near_table;
}

int pte_alloc_tables(struct machine *m, struct mm_struct *mm, uint64_t addr)
{
	const struct paging *p = machine_paging(m);
	uint32_t table = mm->pgd;

	for (unsigned i = 0; i + 1u < p->nr_levels; i++) {
		unsigned index = paging_index(p, i, addr);
		pteval_t entry = table_entry(m, table, index);

		if (!(entry & p->present)) {
			struct page *page = table_alloc(m, mm, i + 1, addr);

			if (!page)
				return -ENOMEM;
			if (i + 2u == p->nr_levels)
				name_table(m, page, mm, addr);
			entry = table_pte(m, page_pfn(m, page));
			write_entry(m, m->mem_map[table].table, index, entry);
			mm->nr_ptes++;
			tell_set(m, ref_at(REF_TABLE, table, index), "entry",
				VT_PTE, 0, entry);
		}
		table = entry_table(m, entry);
	}
	return 0;
}

/* -- freeing ------------------------------------------------------------ */

struct table_range {
	uint64_t start, end;     /* what was unmapped */
	uint64_t floor, ceiling; /* nothing else is mapped between them */
	unsigned whole;          /* tables go only below an entry of this level
				    that is freed whole */
};

/* May all below an entry that covers [base, base + span) go? */
static bool range_covers(const struct table_range *r, uint64_t base,
	uint64_t span)
{
	return base >= r->floor && (!r->ceiling || base + span <= r->ceiling);
}

static void free_below(struct machine *m, struct mm_struct *mm, unsigned level,
	uint32_t table, uint64_t base, const struct table_range *r);

/* The table behind entry @index of @table, and what hangs below it. */
static void free_entry(struct machine *m, struct mm_struct *mm, unsigned level,
	uint32_t table, unsigned index, uint64_t addr,
	const struct table_range *r)
{
	uint64_t span = 1ull << machine_paging(m)->level[level].shift;
	pteval_t entry = table_entry(m, table, index);
	uint32_t below = entry_table(m, entry);
	bool whole = range_covers(r, addr, span);

	if (!whole && level >= r->whole)
		return;
	/* what hangs below a freed table goes, also outside of what was unmapped:
	 * 2.6.11 may have left tables there */
	if (level + 2u < machine_paging(m)->nr_levels)
		free_below(m, mm, level + 1, below, addr,
			whole ? &(struct table_range){ addr, addr + span, 0, 0,
					MAX_LEVELS }
			      : r);
	if (!whole)
		return;
	if (mm->near_table == m->mem_map[below].table)
		mm->near_table = NULL;
	write_entry(m, m->mem_map[table].table, index, 0);
	mm->nr_ptes--;
	tell_set(m, ref_at(REF_TABLE, table, index), "entry", VT_PTE, entry,
		0);
	table_free(m, below);
}

static void free_below(struct machine *m, struct mm_struct *mm, unsigned level,
	uint32_t table, uint64_t base, const struct table_range *r)
{
	const struct paging *p = machine_paging(m);
	uint64_t span = 1ull << p->level[level].shift;
	unsigned entries = 1u << p->level[level].bits;
	unsigned i = r->start > base ? (unsigned)((r->start - base) / span) : 0;

	for (; i < entries && base + i * span < r->end; i++)
		if (table_entry(m, table, i) & p->present)
			free_entry(m, mm, level, table, i, base + i * span, r);
}

void free_page_tables(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, uint64_t floor, uint64_t ceiling)
{
	struct table_range r = { start, end, floor, ceiling,
		ops_of(m)->tables_by_pgd ? 0 : MAX_LEVELS };

	free_below(m, mm, 0, mm->pgd, 0, &r);
}

static bool is_empty_table(const struct machine *m, const void *table)
{
	unsigned n = 1u << (machine_paging(m)->table_shift - PAGE_SHIFT);

	for (unsigned i = 0; i < n; i++)
		if (entry_at(m, table, i))
			return false;
	return true;
}

void free_empty_tables(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end)
{
	uint64_t span = 1ull << machine_paging(m)->table_shift;
	uint64_t a = (start + span - 1) & ~(span - 1);

	for (; a < end && end - a >= span; a += span) {
		const void *table = pte_table(m, mm, a);

		if (table && is_empty_table(m, table))
			free_page_tables(m, mm, a, a + span, a, a + span);
	}
}

/* -- entries ------------------------------------------------------------ */

#define VM_ACCESS (VM_READ | VM_WRITE | VM_EXEC)

/* The protection map (protection_map[]): private pages never start writable. */
static pteval_t page_prot(const struct machine *m, uint64_t vm_flags)
{
	const struct paging *p = machine_paging(m);
	pteval_t prot = p->present | p->user | p->accessed;

	if (!(vm_flags & VM_ACCESS))
		return p->protnone | p->accessed;
	if ((vm_flags & VM_SHARED) && (vm_flags & VM_WRITE))
		prot |= p->rw;
	if (!(vm_flags & VM_EXEC))
		prot |= p->nx;
	return prot;
}

static pteval_t with_pfn(const struct machine *m, uint64_t pfn, pteval_t bits)
{
	const struct paging *p = machine_paging(m);
	uint64_t frame = pfn << PAGE_SHIFT;

	if (ops_of(m)->pte_invert && !(bits & p->present))
		frame = ~frame;
	return (frame & p->pfn_mask) | bits;
}

pteval_t mk_pte(const struct machine *m, uint64_t pfn, uint64_t vm_flags)
{
	return with_pfn(m, pfn, page_prot(m, vm_flags));
}

pteval_t mk_zero_pte(const struct machine *m, uint64_t vm_flags)
{
	const struct paging *p = machine_paging(m);

	return mk_pte(m, m->zero_pfn, vm_flags & ~VM_SHARED) | p->special;
}

pteval_t pte_modify(const struct machine *m, pteval_t pte, uint64_t vm_flags)
{
	const struct paging *p = machine_paging(m);
	pteval_t keep = pte & (p->accessed | p->dirty | p->special);

	return with_pfn(m, pte_pfn(m, pte), page_prot(m, vm_flags) | keep);
}

void flush_tlb_page(struct machine *m, struct mm_struct *mm, uint64_t addr)
{
	cost(m, COST_TLB_FLUSHES, 1);
	tell(m, EV_FLUSH_PAGE, addr_ref(mm, addr), NO_REF, 0);
}

void flush_tlb_mm(struct machine *m, struct mm_struct *mm)
{
	cost(m, COST_TLB_FLUSHES, 1);
	tell(m, EV_FLUSH_MM, mm_ref(mm), NO_REF, 0);
}

void reuse_pte(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, pteval_t pte)
{
	pte = pte_mkyoung(m, pte_mkdirty(m, pte));
	if (vma->vm_flags & VM_WRITE)
		pte = pte_mkwrite(m, pte);
	set_pte(m, vma->vm_mm, addr, pte, EV_SET_PTE);
	flush_tlb_page(m, vma->vm_mm, addr);
}
