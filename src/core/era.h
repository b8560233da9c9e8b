/*
 * A kernel generation as a row: the mechanisms it chooses, its sizes and the
 * names its source has.  The core never asks which era it runs; it calls the
 * row.  A sixth era is one row and what is new in it.
 */
#ifndef CORE_ERA_H
#define CORE_ERA_H

#include "core/functions.h"
#include "core/mm_types.h"
#include "core/paging.h"

struct era_ops; /* the mechanisms: core/mechanism.h, inside the core only */

/* Object size and slab geometry of one cache in one kernel. */
struct cache_row {
	const char *name;     /* as in /proc/slabinfo; NULL: does not exist */
	uint32_t object_size; /* bytes, as the cache lays them out */
	uint16_t num;         /* objects a slab */
	uint8_t order;        /* frames a slab: 2^order */
};

struct era {
	const char *name;          /* "2.6.11" */
	const char *alias;         /* another name for it, or NULL */
	const char *release;       /* exact release that is modelled */
	const char *title;         /* how it finds who maps a page */
	unsigned archs;            /* bit (1 << enum arch) for each allowed */
	enum arch default_arch;
	unsigned page_struct_size; /* bytes of its struct page */
	unsigned nr_lru_lists;     /* 2 or 5 */
	unsigned max_swappiness;   /* what vm.swappiness may be; 0: 100 */
	struct cache_row cache[NR_CACHES];
	const char *fn[NR_FNS];    /* names by role; NULL: has no such */
	const struct era_ops *ops;
};

/* By name or alias; NULL when there is none. */
const struct era *era_find(const char *name);
/* The i-th era, oldest first; NULL after the last. */
const struct era *era_at(unsigned i);
bool era_allows(const struct era *era, const struct paging *paging);

#endif
