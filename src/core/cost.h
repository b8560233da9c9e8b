/* What an operation costs: counters that are always kept. */
#ifndef CORE_COST_H
#define CORE_COST_H

#include <stdint.h>

/* COST(id, JSON name, meaning).  The names are those of the JSON records. */
#define COST_LIST(COST)                                                        \
	COST(PTES, "ptes", "page-table entries examined or changed")           \
	COST(VMAS, "vmas", "VMAs examined")                                    \
	COST(MMS, "mms", "address spaces examined")                            \
	COST(LIST_NODES, "list_nodes", "list nodes touched")                   \
	COST(TREE_NODES, "tree_nodes", "tree nodes touched")                   \
	COST(CHAIN_NODES, "chain_nodes", "chain nodes touched")                \
	COST(VISITED, "visited", "VMAs a reverse-map walk looked into")        \
	COST(MATCHED, "matched", "visited VMAs that map the frame")            \
	COST(WASTED, "wasted", "visited VMAs that do not")                     \
	COST(LOCKS, "locks", "locks taken")                                    \
	COST(COPIES, "copies", "pages copied")                                 \
	COST(TLB_FLUSHES, "tlb_flushes", "TLB flushes")                        \
	COST(ALLOCS, "allocs", "page frames and slab objects allocated")       \
	COST(FREES, "frees", "page frames and slab objects freed")             \
	COST(SLAB_BYTES, "slab_bytes", "bytes of slab objects allocated")      \
	COST(IO_READS, "io_reads", "pages read from disk")                     \
	COST(IO_WRITES, "io_writes", "pages written to disk")

enum cost_id {
#define COST(id, name, meaning) COST_##id,
	COST_LIST(COST)
#undef COST
		NR_COSTS
};

struct costs {
	uint64_t n[NR_COSTS];
};

/* The JSON name of a counter, and one line on what it counts. */
const char *cost_name(enum cost_id id);
const char *cost_meaning(enum cost_id id);

#endif
