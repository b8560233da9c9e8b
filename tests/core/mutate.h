/*
 * Mutations of a finished machine: what each breaks and which rule of the
 * checker must report it.
 */
#ifndef TESTS_CORE_MUTATE_H
#define TESTS_CORE_MUTATE_H

#include "run.h"

/* Which kernels a mutation makes sense in. */
#define LIST 1u /* 2.6.11 */
#define K40 2u
#define K618 4u
#define K24 8u
#define K260 16u
#define AVC (K40 | K618)
#define ALL (LIST | AVC)
#define OLD (K24 | K260 | LIST)
#define EVERY (OLD | AVC)

struct mutation {
	const char *name;
	unsigned eras;
	void (*apply)(void);
	const char *rules; /* those that may report it, between spaces */
};

#define M(fn, eras, rules)                                                     \
	{                                                                      \
#fn, eras, fn, " " rules " "                                   \
	}

/* The VMA at @page, which must be there. */
struct vm_area_struct *vma(const char *task, uint64_t page);
/* The newest AVC of that VMA. */
struct anon_vma_chain *first_avc(const char *task, uint64_t page);
/* Overwrite the leaf entry of @page: bits to clear, then bits to set. */
void poke(const char *task, uint64_t page, pteval_t set, pteval_t clear);
uint64_t all_bits(void);
/* Apply each to a machine of its own; all must be reported as they say. */
void run_mutations(
	const struct mutation *list, size_t n, const char *era, unsigned bit);
/* The same in each kernel where they make sense, after @set_up, which begins a
 * machine of the era. */
void run_mutations_after(void (*set_up)(const char *era),
	const struct mutation *list, size_t n);

#endif
