/* Changing page tables.  Inside the core only; reading is paging.h. */
#ifndef CORE_PGTABLE_H
#define CORE_PGTABLE_H

#include "core/emit.h"

/* An empty top table for @mm.  0 or -ENOMEM. */
int pgd_alloc(struct machine *m, struct mm_struct *mm);
/* Give back the top table; the others must be gone. */
void pgd_free(struct machine *m, struct mm_struct *mm);

/* Descend to the table of leaf entries for @addr and remember it in @mm; its
 * entries, or NULL. */
void *find_pte_table(const struct machine *m, struct mm_struct *mm,
	uint64_t addr);

/* The same, for the table used last without a descent: the kernel's loops keep
 * a pointer to the entry (pte_offset_map). */
static inline void *pte_table(const struct machine *m, struct mm_struct *mm,
	uint64_t addr)
{
	if (mm->near_table &&
		!((addr ^ mm->near_addr) >> machine_paging(m)->table_shift))
		return mm->near_table;
	return find_pte_table(m, mm, addr);
}

/* The leaf entry for @addr; 0 if there is no table. */
static inline pteval_t get_pte(const struct machine *m, struct mm_struct *mm,
	uint64_t addr)
{
	const void *table = pte_table(m, mm, addr);

	return table ? entry_at(m, table, leaf_index(machine_paging(m), addr))
		     : 0;
}

/* Make sure that all tables for @addr exist.  0 or -ENOMEM. */
int pte_alloc_tables(struct machine *m, struct mm_struct *mm, uint64_t addr);
static inline int pte_alloc(struct machine *m, struct mm_struct *mm,
	uint64_t addr)
{
	return pte_table(m, mm, addr) ? 0 : pte_alloc_tables(m, mm, addr);
}

static inline void write_entry(const struct machine *m, void *entries,
	unsigned index, pteval_t entry)
{
	if (machine_paging(m)->entry_size == 4)
		((uint32_t *)entries)[index] = (uint32_t)entry;
	else
		((uint64_t *)entries)[index] = entry;
}

/* Write the leaf entry for @addr and tell it as @id (its tables exist). */
static inline void set_pte(struct machine *m, struct mm_struct *mm,
	uint64_t addr, pteval_t pte, enum event_id id)
{
	unsigned index = leaf_index(machine_paging(m), addr);
	void *table = pte_table(m, mm, addr);
	pteval_t old = entry_at(m, table, index);

	write_entry(m, table, index, pte);
	cost(m, COST_PTES, 1);
	if (tracing(m))
		emit_set(m, id, pte_ref(mm, addr), "pte", VT_PTE, old, pte);
}

/*
 * Free the tables under [start, end) that no VMA uses any more; nothing is
 * mapped in them.  @floor and @ceiling are the end of the VMA before and the
 * start of the one after (0: none).
 */
void free_page_tables(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, uint64_t floor, uint64_t ceiling);

/* Free those tables of leaf entries that map a part of [start, end) alone and
 * are empty (6.18 mm/pt_reclaim.c). */
void free_empty_tables(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end);

/* The leaf entry for @pfn that @vm_flags allow: private pages read-only. */
pteval_t mk_pte(const struct machine *m, uint64_t pfn, uint64_t vm_flags);
/* mk_pte() for the zero page. */
pteval_t mk_zero_pte(const struct machine *m, uint64_t vm_flags);
/* @pte with the protection of @vm_flags; frame, accessed and dirty kept
 * (pte_modify). */
pteval_t pte_modify(const struct machine *m, pteval_t pte, uint64_t vm_flags);

static inline pteval_t pte_mkwrite(const struct machine *m, pteval_t pte)
{
	return pte | machine_paging(m)->rw;
}

static inline pteval_t pte_wrprotect(const struct machine *m, pteval_t pte)
{
	return pte & ~machine_paging(m)->rw;
}

static inline pteval_t pte_mkdirty(const struct machine *m, pteval_t pte)
{
	return pte | machine_paging(m)->dirty;
}

static inline pteval_t pte_mkclean(const struct machine *m, pteval_t pte)
{
	return pte & ~machine_paging(m)->dirty;
}

static inline pteval_t pte_mkyoung(const struct machine *m, pteval_t pte)
{
	return pte | machine_paging(m)->accessed;
}

static inline pteval_t pte_mkold(const struct machine *m, pteval_t pte)
{
	return pte & ~machine_paging(m)->accessed;
}

/* The frame that a present PTE maps if it has a struct page to count: NULL
 * for the zero page (vm_normal_page). */
static inline struct page *vm_normal_page(struct machine *m, pteval_t pte)
{
	uint64_t pfn = pte_pfn(m, pte);

	return pfn == m->zero_pfn ? NULL : &m->mem_map[pfn];
}

void flush_tlb_page(struct machine *m, struct mm_struct *mm, uint64_t addr);
void flush_tlb_mm(struct machine *m, struct mm_struct *mm);
/* Make @pte at @addr dirty, young and, if @vma allows it, writable in place. */
void reuse_pte(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	pteval_t pte);

#endif
