/*
 * The LRU lists, and pages on their way between them (mm/swap.c).  Inside the
 * core only.
 *
 * 2.4 has one pair of lists, active and inactive, for all zones; 2.6 a pair
 * for each zone; 4.0 five lists for each zone and 6.18 five for the node.
 * Whose lists they are stands in struct zone; lru_zone() finds it.
 */
#ifndef CORE_LRU_H
#define CORE_LRU_H

#include "core/machine.h"

/* The zone whose lists hold @page: its own, or the first one where there is
 * one set of lists for all. */
struct zone *lru_zone(struct machine *m, const struct page *page);
/* How many of m->zones have lists of their own: all, or the first. */
unsigned nr_lru_zones(const struct machine *m);

static inline bool lru_is_active(enum lru_list list)
{
	return list == LRU_ACTIVE_ANON || list == LRU_ACTIVE_FILE;
}

/* The bare moves: to the head of a list, flags with it; and away. */
void lru_add(struct machine *m, struct page *page, enum lru_list list);
void lru_del(struct machine *m, struct page *page);
/* Away from its list for the one who asks, who gets a reference and leaves
 * PG(ACTIVE) as it is (isolate_lru_page); and back by its flags
 * (putback_lru_page).  False: it is on no list. */
bool lru_isolate(struct machine *m, struct page *page);
void lru_putback(struct machine *m, struct page *page);
/* The same by PG(MLOCKED), which makes it unevictable or not
 * (putback_lru_page). */
void lru_putback_by_mlock(struct machine *m, struct page *page);

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
enum lru_list page_lru(const struct machine *m, const struct page *page);
/* What waits in batches onto its lists (lru_add_drain). */
void lru_add_drain(struct machine *m);

#endif
