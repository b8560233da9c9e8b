/*
 * 2.4: reclaim without a reverse map.  The virtual scan (swap_out) and the two
 * global lists (refill_inactive, shrink_cache).  Inside the core only.
 */
#ifndef CORE_SCAN_2_4_H
#define CORE_SCAN_2_4_H

#include "core/machine.h"

/*
 * Go on where the last scan stopped - machine.swap_mm says in which address
 * space, its swap_address where in it - until as many PTEs as a scan wants
 * (tunables.swap_cluster) were taken away from pages that nothing else holds,
 * or each mm was met once.  True when so many were found.
 */
bool swap_out(struct machine *m);

/* One PTE of the scan: 1 if taking it away made its page freeable, else 0
 * (mm/vmscan.c try_to_swap_out). */
int try_to_swap_out(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, struct page *page);

/* @n pages from the tail of the active list, those used since then not
 * counted, go to the inactive list (refill_inactive). */
void refill_inactive(struct machine *m, uint64_t n);

/* From the tail of the inactive list: write what is dirty, free what is clean
 * and in nobody's page tables; what is mapped starts the virtual scan.  How
 * many of the @nr_pages wanted are still missing (shrink_cache). */
uint64_t shrink_cache(struct machine *m, uint64_t nr_pages, unsigned priority);

/* One round at @priority, 6 down to 1; still missing (shrink_caches). */
uint64_t shrink_caches(struct machine *m, uint64_t nr_pages,
	unsigned priority);

#endif
