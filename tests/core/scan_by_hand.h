/*
 * Reclaim of chosen pages: a page is put where the next scan meets it, and goes
 * through the era's tests alone (2.6 on).
 */
#ifndef TESTS_CORE_SCAN_BY_HAND_H
#define TESTS_CORE_SCAN_BY_HAND_H

#include "core/machine.h"

/* Nobody has used it of late: no young PTE, no PG_referenced. */
void hand_idle(struct page *page);
/* To the tail of the inactive or active list of its kind, flags with it. */
void hand_deactivate(struct page *page);
void hand_activate(struct page *page);
/* The page at an inactive tail goes through shrink_list() alone; what it has
 * begun to write is under way.  1 if it is free now. */
uint64_t hand_shrink(struct page *page);
/* Is it the one that the next scan of its list meets? */
bool hand_at_tail(struct page *page);
/* The checker is content. */
void hand_check(void);
/* The operation reclaim(); frames freed. */
uint64_t hand_reclaim(uint64_t pages);

#endif
