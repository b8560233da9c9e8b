/*
 * Pages on their way between the LRU lists (mm/swap.c).  Inside the core only;
 * lru_add() and lru_del() of page_alloc.h are the bare moves.
 */
#ifndef CORE_LRU_H
#define CORE_LRU_H

#include "core/machine.h"

/* A new page onto the list where its generation starts one of its kind:
 * anonymous, or in the page cache (lru_cache_add*, folio_add_lru). */
void lru_cache_add(struct machine *m, struct page *page);
/* Somebody used it: unreferenced -> referenced -> active
 * (mark_page_accessed). */
void mark_page_accessed(struct machine *m, struct page *page);
/* To the head of its active list (activate_page). */
void activate_page(struct machine *m, struct page *page);
/* To the tail of its inactive list once written
 * (rotate_reclaimable_page). */
void rotate_reclaimable_page(struct machine *m, struct page *page);
/* The list where @page belongs by its flags (page_lru). */
enum lru_list page_lru(const struct machine *m, const struct page *page,
	bool active);
/* Batches of all CPUs onto their lists (lru_add_drain). */
void lru_add_drain(struct machine *m);

#endif
