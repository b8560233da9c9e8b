/*
 * Paging geometry as data: how an address is cut, how wide an entry is and
 * which bits it has.  One row per architecture.
 */
#ifndef CORE_PAGING_H
#define CORE_PAGING_H

#include "core/mm_types.h"

#include <stdbool.h>
#include <stdint.h>

#define MAX_LEVELS 5

enum arch { ARCH_I386, ARCH_PAE, ARCH_X86_64, ARCH_LA57, NR_ARCHS };

struct level {
	const char *name; /* "pgd", "p4d", "pud", "pmd", "pte" */
	uint8_t shift;    /* lowest address bit of the index */
	uint8_t bits;     /* width of the index */
};

struct paging {
	enum arch arch;
	const char *name;      /* "i386", "pae", "x86_64", "x86_64-la57" */
	const char *title;     /* for people */
	uint8_t nr_levels;
	struct level level[MAX_LEVELS]; /* top first, pte last */
	uint8_t entry_size;    /* bytes: 4 or 8 */
	uint8_t addr_bits;     /* of a virtual address */
	uint8_t table_shift;   /* a table of leaf entries maps 2^this bytes */
	uint64_t task_size;    /* first address that is not the user's */
	uint64_t mmap_base;    /* top-down placement starts below */
	uint64_t start_brk;
	uint64_t text_base;    /* where exec maps a program's code */
	uint64_t stack_top;    /* and where its stack ends */
	uint64_t present, rw, user, accessed, dirty, global, protnone;
	uint64_t special, nx;  /* 0 where the architecture has none */
	uint64_t pfn_mask;     /* bits of the entry that hold the frame */
};

/* One bit of an entry, for those who decode it. */
struct pte_bit {
	uint64_t mask;
	char letter;         /* 'P', 'W', 'U', 'A', 'D' ... */
	const char *key;     /* "no_execute": in scripts */
	const char *name;    /* "no execute": on the screen */
};

typedef uint64_t pteval_t;

struct machine;

const struct paging *paging_get(enum arch arch);
/* By name; NULL when there is none. */
const struct paging *paging_find(const char *name);
/* The bits of a leaf entry, low to high; a row with mask 0 ends them. */
const struct pte_bit *paging_bits(const struct paging *p);

/* Index of @addr in the table of level @level (0 = top). */
static inline unsigned paging_index(const struct paging *p, unsigned level,
	uint64_t addr)
{
	return (unsigned)(addr >> p->level[level].shift) &
		((1u << p->level[level].bits) - 1);
}

/* Index of @addr in its table of leaf entries. */
static inline unsigned leaf_index(const struct paging *p, uint64_t addr)
{
	return (unsigned)(addr >> PAGE_SHIFT) &
		((1u << (p->table_shift - PAGE_SHIFT)) - 1);
}

/* One level of a walk. */
struct walk_level {
	uint32_t table;  /* frame of the table */
	uint32_t index;  /* of the entry in it */
	pteval_t entry;
	bool present;
};

/* A walk from CR3 down to the frame, as the processor does it. */
struct walk {
	unsigned depth;      /* levels reached, 1..nr_levels */
	struct walk_level level[MAX_LEVELS];
	bool mapped;         /* the last level was reached and is present */
	uint64_t pfn;        /* frame, if mapped */
	unsigned offset;     /* byte in the frame */
};

/* Walk @mm's tables for @addr; reads only, counts nothing. */
void paging_walk(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, struct walk *w);

/* The leaf entry that @mm has for @addr; 0 if there is no table. */
pteval_t mm_pte(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr);

/* Call @fn for each present or swapped PTE of @mm in [start, end), in address
 * order, skipping what has no table; stops when fn returns non-zero, which is
 * then the result. */
typedef int pte_fn(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx);
int mm_for_each_pte(const struct machine *m, const struct mm_struct *mm,
	uint64_t start, uint64_t end, pte_fn *fn, void *ctx);

#endif
