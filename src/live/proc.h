/*
 * What the running kernel tells of a process: /proc/PID/maps, smaps and
 * pagemap, and of a frame: /proc/kpagecount and kpageflags.  A user without
 * rights sees less; struct proc_sight says what.
 */
#ifndef LIVE_PROC_H
#define LIVE_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What this user may see. */
struct proc_sight {
	bool frames; /* pagemap shows the numbers of frames */
	bool counts; /* kpagecount and kpageflags can be read */
};

/* Look what may be seen; opens kpagecount and kpageflags once.  The same
 * answer every time. */
const struct proc_sight *proc_sight(void);

/* An entry of pagemap. */
#define PM_SOFT_DIRTY (1ull << 55)
#define PM_GUARD (1ull << 58)      /* MADV_GUARD_INSTALL: no page, a signal */
#define PM_EXCLUSIVE (1ull << 56)  /* mapped once, by this mm alone */
#define PM_FILE (1ull << 61)       /* a page of a file, or shared memory */
#define PM_SWAP (1ull << 62)
#define PM_PRESENT (1ull << 63)
#define PM_FRAME ((1ull << 55) - 1) /* 0 where the user may not see it */

/* Bits of kpageflags (include/uapi/linux/kernel-page-flags.h), and those that
 * only the superuser reads (include/linux/kernel-page-flags.h). */
enum {
	KPF_LOCKED = 0,
	KPF_ERROR,
	KPF_REFERENCED,
	KPF_UPTODATE,
	KPF_DIRTY,
	KPF_LRU,
	KPF_ACTIVE,
	KPF_SLAB,
	KPF_WRITEBACK,
	KPF_RECLAIM,
	KPF_BUDDY,
	KPF_MMAP,
	KPF_ANON,
	KPF_SWAPCACHE,
	KPF_SWAPBACKED,
	KPF_COMPOUND_HEAD,
	KPF_COMPOUND_TAIL,
	KPF_HUGE,
	KPF_UNEVICTABLE,
	KPF_HWPOISON,
	KPF_NOPAGE,
	KPF_KSM,
	KPF_THP,
	KPF_OFFLINE,
	KPF_ZERO_PAGE,
	KPF_IDLE,
	KPF_PGTABLE,
	KPF_RESERVED = 32,
	KPF_MLOCKED = 33,
	KPF_ANON_EXCLUSIVE = 34 /* of an anonymous page; of others: on disk */
};

/* A frame.  False, and nothing set, where it cannot be seen. */
bool proc_frame(uint64_t pfn, uint64_t *flags, uint64_t *mapcount);

/* The files of one process. */
struct proc {
	pid_t pid;   /* 0: not open */
	int maps, smaps, pagemap; /* descriptors; -1: not to be opened */
};

/* Open what can be opened.  False when the process cannot be looked at, with
 * errno. */
bool proc_open(struct proc *p, pid_t pid);
void proc_close(struct proc *p);

/* The entries of @n pages from @addr on.  False: errno says why. */
bool proc_pagemap(const struct proc *p, uint64_t addr, uint64_t *entry,
	size_t n);

/* A VMA as maps and (if asked) smaps tell it. */
struct proc_vma {
	uint64_t start, end;
	uint64_t pgoff;      /* bytes into the file */
	uint64_t inode;      /* 0: no file */
	uint64_t dev;        /* its device: major << 32 | minor */
	unsigned prot;       /* PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4 */
	bool shared;         /* MAP_SHARED */
	bool deep;           /* what follows was read from smaps */
	uint64_t rss, swap;  /* KiB */
	char flags[128];     /* "rd wr mr mw me ac " */
	char name[256];      /* path, [heap], [anon:...]; "" none; cut */
};

/* Call @fn for each VMA by address, until it says false; with @deep, VmFlags
 * and sizes too.  False: the file cannot be read, errno says why. */
typedef bool proc_vma_fn(void *ctx, const struct proc_vma *vma);
bool proc_vmas(const struct proc *p, bool deep, proc_vma_fn *fn, void *ctx);

/* One number of a line "NAME:   123 kB" of /proc/PID/status, or -1. */
int64_t proc_status(pid_t pid, const char *name);

/* What the process is called (comm), without a path; "?" when it is gone. */
void proc_name(pid_t pid, char *name, size_t size);

#endif
