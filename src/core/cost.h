/* What an operation costs: counters that are always kept. */
#ifndef CORE_COST_H
#define CORE_COST_H

#include "core/text.h"

#include <stdint.h>

/* COST(id, JSON name, meaning).  The names are those of the JSON records. */
#define COST_LIST(COST)                                                        \
	COST(PTES, "ptes", N_("page-table entries examined or changed")) \
	COST(VMAS, "vmas", N_("VMAs examined")) \
	COST(MMS, "mms", N_("address spaces examined")) \
	COST(LIST_NODES, "list_nodes", N_("list nodes touched")) \
	COST(TREE_NODES, "tree_nodes", N_("tree nodes touched")) \
	COST(CHAIN_NODES, "chain_nodes", N_("chain nodes touched")) \
	COST(VISITED, "visited", N_("VMAs (or PTEs) that walks looked at")) \
	COST(MATCHED, "matched", N_("those of them that map the frame")) \
	COST(WASTED, "wasted", N_("those of them that do not")) \
	COST(LOCKS, "locks", N_("locks taken")) \
	COST(COPIES, "copies", N_("pages copied")) \
	COST(TLB_FLUSHES, "tlb_flushes", N_("TLB flushes")) \
	COST(ALLOCS, "allocs", N_("page frames and slab objects allocated")) \
	COST(FREES, "frees", N_("page frames and slab objects freed")) \
	COST(SLAB_BYTES, "slab_bytes", N_("bytes of slab objects allocated")) \
	COST(IO_READS, "io_reads", N_("pages read from disk")) \
	COST(IO_WRITES, "io_writes", N_("pages written to disk"))

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
