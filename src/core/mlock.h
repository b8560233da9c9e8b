/*
 * Pages that must stay in memory (mm/mlock.c).  Inside the core only.
 */
#ifndef CORE_MLOCK_H
#define CORE_MLOCK_H

#include "core/machine.h"

/* A VM_LOCKED VMA maps @page, whose PTE is held still: it goes to the
 * unevictable list (mlock_vma_page, mlock_vma_folio).  Nothing in 2.x. */
void mlock_vma_page(struct machine *m, struct page *page);
/* A VM_LOCKED VMA does not map @page any more, or is unlocked: back to the
 * evictable lists if that was the last one (munlock_vma_page). */
void munlock_vma_page(struct machine *m, struct page *page);

/* Mechanisms. */
void mlock_page_4_0(struct machine *m, struct page *page);
void munlock_page_4_0(struct machine *m, struct page *page);
void mlock_folio_6_18(struct machine *m, struct page *page);
void munlock_folio_6_18(struct machine *m, struct page *page);

#endif
