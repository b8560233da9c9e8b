/*
 * A page is swapped out step by step with the core's own primitives, without
 * any choice of reclaim: every PTE that maps it gets its entry, the page is
 * written, and it leaves the cache.
 */
#ifndef TESTS_CORE_SWAP_BY_HAND_H
#define TESTS_CORE_SWAP_BY_HAND_H

#include "core/machine.h"

/* Give it a slot and replace all PTEs; it stays in the cache, dirty.  The slot,
 * 0 when there is none. */
uint64_t hand_unmap(struct machine *m, struct page *page);
/* Write it; it is clean then. */
void hand_write(struct machine *m, struct page *page);
/* Take the clean page out of the cache: its frame is free. */
void hand_free(struct machine *m, struct page *page);
/* All three. */
uint64_t hand_swap_out(struct machine *m, struct page *page);

#endif
