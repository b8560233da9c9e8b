/*
 * A name for an object of the machine that survives going back and forth in
 * history: a kind and a number, never a pointer.
 */
#ifndef CORE_REF_H
#define CORE_REF_H

#include <stdbool.h>
#include <stdint.h>

enum ref_kind {
	REF_NONE,
	REF_TASK,     /* id = pid */
	REF_VMA,      /* id = vm_area_struct.id */
	REF_ANON_VMA, /* id = anon_vma.id */
	REF_AVC,      /* id = anon_vma_chain.id */
	REF_PAGE,     /* id = page frame number */
	REF_PTE,      /* id = pid, addr = the virtual address it maps */
	REF_ADDR,     /* id = pid, addr = a virtual address */
	REF_TABLE,    /* id = frame of the table, addr = index of the entry */
	REF_ZONE,     /* id = index of the zone */
	REF_CACHE,    /* id = enum slab_cache_id */
	REF_FILE,     /* id = file number */
	REF_SWAP,     /* id = slot of the swap area */
	REF_PTE_CHAIN, /* id = pte_chain.id */
	REF_RMAP_ITEM, /* id = rmap_item.id */
	REF_STABLE_NODE, /* id = stable_node.id */
	REF_MAPLE_NODE, /* id = maple_node.id */
	NR_REF_KINDS
};

struct ref {
	uint32_t kind; /* enum ref_kind */
	uint32_t id;   /* see the kind */
	uint64_t addr; /* REF_PTE, REF_ADDR, REF_TABLE; else 0 */
};

static inline struct ref ref_make(enum ref_kind kind, uint32_t id)
{
	return (struct ref){ (uint32_t)kind, id, 0 };
}

static inline struct ref ref_at(enum ref_kind kind, uint32_t id, uint64_t addr)
{
	return (struct ref){ (uint32_t)kind, id, addr };
}

static inline bool ref_eq(struct ref a, struct ref b)
{
	return a.kind == b.kind && a.id == b.id && a.addr == b.addr;
}

#define NO_REF ((struct ref){ 0, 0, 0 })

#endif
