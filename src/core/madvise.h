/*
 * What madvise() does to (a part of) one VMA.  Inside the core only.
 */
#ifndef CORE_MADVISE_H
#define CORE_MADVISE_H

#include "core/mechanism.h"

/* The pieces of advice that a kernel knows, as a set (era_ops.advices). */
#define ADVICE_BIT(a) (1ull << ((a) < 64 ? (a) : (a) - 60))
#define ADVICES_2_4                                                            \
	(ADVICE_BIT(ADVICE_NORMAL) | ADVICE_BIT(ADVICE_RANDOM) |               \
		ADVICE_BIT(ADVICE_SEQUENTIAL) | ADVICE_BIT(ADVICE_WILLNEED) |  \
		ADVICE_BIT(ADVICE_DONTNEED))
#define ADVICES_4_0                                                            \
	(ADVICES_2_4 | ADVICE_BIT(ADVICE_REMOVE) |                             \
		ADVICE_BIT(ADVICE_DONTFORK) | ADVICE_BIT(ADVICE_DOFORK) |      \
		ADVICE_BIT(ADVICE_MERGEABLE) |                                 \
		ADVICE_BIT(ADVICE_UNMERGEABLE) | ADVICE_BIT(ADVICE_HUGEPAGE) | \
		ADVICE_BIT(ADVICE_NOHUGEPAGE) | ADVICE_BIT(ADVICE_DONTDUMP) |  \
		ADVICE_BIT(ADVICE_DODUMP))
#define ADVICES_6_18                                                           \
	(ADVICES_4_0 | ADVICE_BIT(ADVICE_FREE) |                               \
		ADVICE_BIT(ADVICE_WIPEONFORK) |                                \
		ADVICE_BIT(ADVICE_KEEPONFORK) | ADVICE_BIT(ADVICE_COLD) |      \
		ADVICE_BIT(ADVICE_PAGEOUT) |                                   \
		ADVICE_BIT(ADVICE_POPULATE_READ) |                             \
		ADVICE_BIT(ADVICE_POPULATE_WRITE) |                            \
		ADVICE_BIT(ADVICE_DONTNEED_LOCKED) |                           \
		ADVICE_BIT(ADVICE_COLLAPSE) |                                  \
		ADVICE_BIT(ADVICE_GUARD_INSTALL) |                             \
		ADVICE_BIT(ADVICE_GUARD_REMOVE))

/* [start, end) lies within @vma.  0 or a negative errno. */
typedef int advise_fn(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end);

/* madvise_lru.c: pages that will not be used soon. */
advise_fn advise_free, advise_cold, advise_pageout;
/* guard.c: markers in PTEs that let no access through. */
advise_fn guard_install, guard_remove;

/* populate.c: fault all of [start, end) in, to be read or written, mmap_lock
 * held for reading. */
int madvise_populate(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, bool write);

#endif
