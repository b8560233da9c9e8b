/*
 * A picture of real processes as they are now: their regions, the pages that
 * are in memory, and which frames they share; as far as this user may see.
 */
#ifndef LIVE_ATTACH_H
#define LIVE_ATTACH_H

#include "live/proc.h"
#include "view/canvas.h"

#include <stdio.h>

#define ATTACH_MAX 32 /* processes in one picture */

enum real_kind {
	REAL_SWAPPED, /* or under migration */
	REAL_ZERO,    /* the zero page */
	REAL_OWN,     /* anonymous, mapped here alone */
	REAL_ANON,    /* anonymous, mapped more than once */
	REAL_FILE,    /* of a file or of shared memory */
	REAL_UNKNOWN, /* without rights: zero page, or anonymous and shared */
	NR_REAL_KINDS
};

/* A page that has an entry in the page table. */
struct real_page {
	uint64_t addr;
	uint64_t entry;   /* of pagemap */
	uint64_t flags;   /* of kpageflags, if seen */
	uint64_t count;   /* of kpagecount, if seen */
	bool seen;        /* the frame could be looked at */
	uint8_t kind;     /* enum real_kind */
	uint32_t mates;   /* bit i: process i of the picture maps the frame */
	uint32_t letter;  /* number of the shared anonymous frame, from 1 */
};

struct real_region {
	struct proc_vma vma;
	struct real_page *page; /* by address */
	size_t nr, room;
	uint64_t kinds[NR_REAL_KINDS]; /* how many pages of each */
	uint64_t shared;  /* pages that others of the picture map, too */
	bool whole;       /* its page table was read to the end */
};

struct real_process {
	pid_t pid, parent;
	char name[32];
	struct real_region *region; /* by address */
	size_t nr, room;
	uint64_t kinds[NR_REAL_KINDS];
	uint64_t shared;  /* pages that others of the picture map, too */
};

/* Frames that two processes share. */
struct real_pair {
	uint64_t anon, file; /* frames that both map */
	uint64_t perhaps;    /* without rights: anonymous pages at the same
			      * address in both, none exclusive */
};

struct attached {
	struct real_process process[ATTACH_MAX];
	unsigned nr;
	struct real_pair pair[ATTACH_MAX][ATTACH_MAX]; /* i < j */
	uint32_t letters; /* shared anonymous frames */
	bool frames;      /* numbers of frames were shown */
	bool counts;      /* map counts and flags, too */
	bool truncated;   /* some region is too large to be read whole */
};

/* Add process @pid; false with errno.  Then look who shares what. */
bool attach_add(struct attached *a, pid_t pid);
void attach_share(struct attached *a);
void attach_free(struct attached *a);

struct attach_view {
	const struct attached *a;
	const char *when;   /* kernel and date */
	bool all;           /* every region page by page */
	bool walk;          /* walk for addr, too */
	uint64_t addr;
};

/* Draw it from the top; returns the lines that the whole needs. */
int attach_draw(struct canvas *cv, int w, const struct attach_view *v);
void attach_json(FILE *f, const struct attach_view *v);

/* Does a region have private memory of its own, so that it is shown page by
 * page? */
bool region_is_detailed(const struct real_region *r, bool all);
const char *real_kind_name(enum real_kind kind);

/* -- a walk, as far as it can be known ------------------------------------ */

#define WALK_LEVELS 4 /* pgd, pud, pmd, pte */

struct real_walk {
	unsigned index[WALK_LEVELS]; /* of the entry in its table */
	uint64_t below[WALK_LEVELS]; /* pages seen that the entry leads to */
	const struct real_region *region; /* NULL: nothing is mapped there */
	const struct real_page *page;     /* NULL: its entry is empty */
};
extern const char *const real_levels[WALK_LEVELS];
struct real_walk attach_walk(const struct real_process *p, uint64_t addr);

#endif
