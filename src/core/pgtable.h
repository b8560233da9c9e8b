/* Changing page tables.  Inside the core only; reading is paging.h. */
#ifndef CORE_PGTABLE_H
#define CORE_PGTABLE_H

#include "core/machine.h"
#include "core/trace.h"

/* An empty top table for @mm.  0 or -ENOMEM. */
int pgd_alloc(struct machine *m, struct mm_struct *mm);
/* Give back the top table; the others must be gone. */
void pgd_free(struct machine *m, struct mm_struct *mm);

/* Make sure that all tables for @addr exist.  0 or -ENOMEM. */
int pte_alloc(struct machine *m, struct mm_struct *mm, uint64_t addr);

/* Write the leaf entry for @addr and tell it as @id (its tables exist). */
void set_pte(struct machine *m, struct mm_struct *mm, uint64_t addr,
	pteval_t pte, enum event_id id);

/*
 * Free the tables under [start, end) that no VMA uses any more; nothing is
 * mapped in them.  @floor and @ceiling are the end of the VMA before and the
 * start of the one after (0: none).
 */
void free_page_tables(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, uint64_t floor, uint64_t ceiling);

/* The leaf entry for @pfn that @vm_flags allow: private pages read-only. */
pteval_t mk_pte(const struct machine *m, uint64_t pfn, uint64_t vm_flags);
/* mk_pte() for the zero page. */
pteval_t mk_zero_pte(const struct machine *m, uint64_t vm_flags);
/* @pte with the protection of @vm_flags; frame, accessed and dirty kept
 * (pte_modify). */
pteval_t pte_modify(const struct machine *m, pteval_t pte, uint64_t vm_flags);

pteval_t pte_mkwrite(const struct machine *m, pteval_t pte);
pteval_t pte_wrprotect(const struct machine *m, pteval_t pte);
pteval_t pte_mkdirty(const struct machine *m, pteval_t pte);
pteval_t pte_mkclean(const struct machine *m, pteval_t pte);
pteval_t pte_mkyoung(const struct machine *m, pteval_t pte);
pteval_t pte_mkold(const struct machine *m, pteval_t pte);

/* The frame that a present PTE maps if it has a struct page to count: NULL
 * for the zero page (vm_normal_page). */
struct page *vm_normal_page(struct machine *m, pteval_t pte);

void flush_tlb_page(struct machine *m, struct mm_struct *mm, uint64_t addr);
void flush_tlb_mm(struct machine *m, struct mm_struct *mm);

#endif
