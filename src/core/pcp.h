/*
 * Free frames that the CPU keeps at hand (tunables.pcp).  Only in front of the
 * buddy, for single frames; off unless asked for.  Inside the core only.
 */
#ifndef CORE_PCP_H
#define CORE_PCP_H

#include "core/machine.h"

/* Nothing at hand yet; sizes by the era's rule if the machine has such
 * lists. */
void pcp_init(struct machine *m, struct zone *zone);
/* A frame at hand, refilled by a batch from the buddy; NULL: none left. */
struct page *pcp_alloc(struct machine *m, struct zone *zone);
/* A free frame to its zone's list, or without one to the buddy; a full list
 * gives a batch back first. */
void pcp_free(struct machine *m, struct page *page);
/* All frames at hand back to the buddy.  How many. */
uint32_t drain_all_pages(struct machine *m);

/* Rows: batch, low and high for a zone of @pages frames (2.6.11
 * mm/page_alloc.c free_area_init_core; 4.0, 6.12 zone_batchsize). */
void pcp_sizes_2_6(struct per_cpu_pages *pcp, uint64_t pages);
void pcp_sizes_4_0(struct per_cpu_pages *pcp, uint64_t pages);
void pcp_sizes_6_18(struct per_cpu_pages *pcp, uint64_t pages);

#endif
