/* The checker's parts.  Inside the core only. */
#ifndef CORE_CHECKER_H
#define CORE_CHECKER_H

#include "core/check.h"
#include "core/mechanism.h"

/* What the parts share; the host's memory, not the machine's. */
struct checker {
	const struct machine *m;
	struct check_failure *f;
	uint32_t mms;           /* address spaces, from check_tasks on */
	uint32_t *maps;   /* for each frame: leaf entries that map it */
	uint8_t *dirty;   /* for each frame: a dirty leaf entry maps it */
	uint32_t *slots;  /* for each slot of swap: who holds it, not the cache */
	uint8_t *swap_exclusive; /* for each slot: an exclusive entry holds it */
	uint8_t *found;   /* for each frame: where it was met, enum found */
	uint8_t *cached;  /* for each frame: places it has in page caches */
	uint64_t tables;  /* table frames met */
	uint32_t maple_nodes; /* nodes of maple trees met */
};

enum found { NOWHERE, IN_BUDDY, IN_SLAB, IN_TABLES, ON_LRU };

/* Say what is wrong; always false. */
bool broken(struct checker *c, const char *rule, struct ref o, uint64_t want,
	uint64_t got);

/* Mms on ksmd's list; or only those that no task has any more. */
uint32_t check_ksm_mms(const struct machine *m, bool all);
/* Call @fn for each mm that only ksmd still has: no task, nothing mapped. */
bool check_each_ksm_mm(struct checker *c,
	bool (*fn)(struct checker *, const struct mm_struct *));

/* Call @fn for each living mm; stops at the first false. */
bool check_each_mm(struct checker *c,
	bool (*fn)(struct checker *, const struct mm_struct *));

/* 6.18: the tree of @mm; its nodes are added to *@nodes (check_maple.c). */
bool check_maple(struct checker *c, const struct mm_struct *mm,
	uint32_t *nodes);

/* One file's VMAs: the structure of its i_mmap and what is counted of it.
 * Does not say which VMAs should be there. */
bool check_i_mmap(struct checker *c, const struct address_space *mapping);

/* The parts, in the order in which they may rely on one another. */
bool check_tasks(struct checker *c);      /* check.c */
bool check_vmas(struct checker *c);       /* check_mm.c */
bool check_tables(struct checker *c);     /* check_mm.c: fills maps */
bool check_swap_pte(struct checker *c, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte); /* check_swap.c: fills slots */
bool check_swap(struct checker *c);       /* check_swap.c */
bool check_caches(struct checker *c);     /* check_files.c: fills cached */
bool check_frames(struct checker *c);     /* check.c */
bool check_entries(struct checker *c);    /* check_mm.c */
bool check_anon_vmas(struct checker *c);  /* check_rmap.c */
bool check_mappings(struct checker *c);   /* check_rmap.c */
bool check_old(struct checker *c);        /* check_chain.c */
bool check_files(struct checker *c);      /* check_files.c */
bool check_promises(struct checker *c);   /* check_promises.c */
bool check_buddy(struct checker *c);      /* check_memory.c */
bool check_slabs(struct checker *c);      /* check_memory.c */
bool check_lru(struct checker *c);        /* check_lru.c */
bool check_ksm(struct checker *c);        /* check_ksm.c */
/* Items of KSM that hold a reference on @av (check_ksm.c). */
uint32_t check_ksm_pins(const struct machine *m, const struct anon_vma *av);

/* Batches that hold a reference on a frame (check_lru.c). */
uint32_t check_batched(const struct machine *m, uint32_t pfn);

#endif
