/*
 * Refaults (mm/workingset.c of 4.0 and 6.18): a page that is evicted leaves an
 * entry that says when; if it comes back soon it goes to the active list.
 * Inside the core only.
 */
#ifndef CORE_WORKINGSET_H
#define CORE_WORKINGSET_H

#include "core/machine.h"

/* @page leaves its cache: the entry to keep in its place, never 0; 0 where
 * the generation keeps none for such a page. */
uint64_t workingset_eviction(struct machine *m, struct page *page);
/* It is back, not yet on a list, and this is the entry it left. */
void workingset_refault(struct machine *m, struct page *page, uint64_t shadow);
/* A page was made active by its second use. */
void workingset_activation(struct machine *m, struct page *page);

/* What reclaiming pages of a kind cost: @io of them were written or read back,
 * @rotated scanned in vain (lru_note_cost, 6.18). */
void lru_note_cost(struct zone *z, bool file, uint64_t io, uint64_t rotated);

/* Mechanisms. */
uint64_t workingset_evict_4_0(struct zone *z, const struct page *page);
void workingset_refault_4_0(struct machine *m, struct page *page,
	uint64_t shadow);
uint64_t workingset_evict_6_18(struct zone *z, const struct page *page);
void workingset_refault_6_18(struct machine *m, struct page *page,
	uint64_t shadow);

#endif
