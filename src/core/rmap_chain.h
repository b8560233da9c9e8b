/*
 * 2.6.0's pte_chains, for those who take PTEs out while they walk.  Inside the
 * core only; what all generations have is in rmap.h.
 */
#ifndef CORE_RMAP_CHAIN_H
#define CORE_RMAP_CHAIN_H

#include "core/machine.h"
#include "core/ops.h"

/* Where the PTE lies that @mm has for @addr; 0: it has no table. */
pte_addr_t pte_address(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr);
/* Whose it is and what it maps, from the page of its table. */
struct mm_struct *ptep_to_mm(const struct machine *m, pte_addr_t pte);
uint64_t ptep_to_address(const struct machine *m, pte_addr_t pte);

/* PG_chainlock. */
void pte_chain_lock(struct machine *m, struct page *page);
void pte_chain_unlock(struct machine *m, struct page *page);

/* The chain lock is held for all of these. */

/* Take the PTE in @slot of node @pc out: the lowest used slot of the first node
 * fills the gap, and that node may go.  try_to_unmap() goes through the nodes
 * from the first, slots upwards from idx. */
void chain_take_slot(struct machine *m, struct page *page,
	struct pte_chain *pc, unsigned slot);
/* The PTE that is named directly is gone. */
void chain_clear_direct(struct machine *m, struct page *page);

#endif
