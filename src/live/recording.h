/*
 * What a real program did to its memory: operations in the order in which
 * they happened, with the processes, files and texts they name.  Made by the
 * tracer, written out as a scenario by scenario.h.
 */
#ifndef LIVE_RECORDING_H
#define LIVE_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rec_kind {
	REC_SPAWN,    /* the first process, at its exec; as REC_EXEC */
	REC_EXEC,     /* all that was mapped is gone; other: the path as text,
		       * to: where the heap will begin, or 0 */
	REC_IMAGE,    /* a region that exec made; as REC_MMAP */
	REC_MMAP,
	REC_MUNMAP,
	REC_MPROTECT,
	REC_MREMAP,   /* addr, len; to, more: where and how long then */
	REC_BRK,      /* addr: the new end, more: the end before */
	REC_MADVISE,
	REC_MLOCK,
	REC_MUNLOCK,
	REC_MLOCKALL, /* what: the call's flags */
	REC_MUNLOCKALL,
	REC_MSYNC,    /* what: the call's flags */
	REC_FORK,     /* other: the child */
	REC_VFORK,
	REC_CLONE,    /* other: a thread, in the same address space */
	REC_EXIT,     /* what: status as wait() gives it */
	REC_WAIT,     /* other: the child that was waited for */
	REC_READ,     /* a page fault that read */
	REC_WRITE,    /* a page fault that wrote; value: a running number */
	REC_REMARK,   /* text: why something is missing here */
	NR_REC_KINDS
};

#define REC_NONE UINT32_MAX /* no file, no task, no text */

/* Bits of rec_op.flags. */
enum {
	REC_SHARED = 1,     /* MAP_SHARED */
	REC_FIXED = 2,      /* MAP_FIXED: what was there is replaced */
	REC_LOCKED = 4,     /* MAP_LOCKED */
	REC_POPULATE = 8,   /* MAP_POPULATE */
	REC_NORESERVE = 16, /* MAP_NORESERVE */
	REC_GROWS = 32,     /* a stack, or MAP_GROWSDOWN */
	REC_ONFAULT = 64,   /* MLOCK_ONFAULT */
	REC_MAYMOVE = 128,  /* MREMAP_MAYMOVE */
	REC_DONTUNMAP = 256,/* MREMAP_DONTUNMAP */
	REC_COPIED = 512,   /* a write to a page that a fork had shared */
	REC_ANON = 1024     /* of a fault: in memory without a file */
};

struct rec_op {
	uint8_t kind;     /* enum rec_kind */
	uint8_t prot;     /* PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4 */
	uint16_t flags;   /* REC_... */
	int32_t err;      /* errno that the call gave, or 0 */
	uint32_t task;    /* who did it */
	uint32_t other;   /* child, file or text; or REC_NONE */
	uint64_t addr;    /* first byte */
	uint64_t len;     /* bytes */
	uint64_t to;      /* REC_MREMAP: new address */
	uint64_t more;    /* REC_MREMAP: new length; a file's first page */
	uint64_t what;    /* advice, flags, status, number written */
};

struct rec_task {
	int pid;           /* as the kernel numbered it */
	uint32_t name;     /* text: what it was called last */
	bool thread;       /* one of its maker's threads */
	bool exited;
	bool waited;       /* and its maker knows */
};

struct rec_file {
	uint32_t path;     /* text */
	uint64_t device, inode; /* which file it is */
	uint64_t pages;    /* its size, or as far as it was mapped */
	bool tmpfs;        /* in memory */
};

struct recording {
	struct rec_op *op;
	size_t nr_ops, room_ops;
	struct rec_task *task;
	uint32_t nr_tasks, room_tasks;
	struct rec_file *file;
	uint32_t nr_files, room_files;
	char **text;       /* each on its own; found by number */
	uint32_t nr_texts, room_texts;
	size_t max_ops;    /* no more are kept */
	bool full;         /* there were more */
	bool failed;       /* memory ran out: something is missing */
	uint64_t pages;    /* most pages in use at one time */
	bool faults;       /* page faults were looked for */
	bool diffs;        /* and found only by looking at pagemap */
	uint64_t lost;     /* faults that could not be placed */
};

void recording_free(struct recording *r);

/* Each gives a number, REC_NONE when memory ran out. */
uint32_t recording_text(struct recording *r, const char *text);
uint32_t recording_task(struct recording *r, int pid, bool thread);
/* The task of process @pid if it has exited and was not waited for before, or
 * REC_NONE; it is waited for now. */
uint32_t recording_exited(struct recording *r, int pid);
/* The file of that device and inode, made when it is new; grown to @pages. */
uint32_t recording_file(struct recording *r, const char *path,
	uint64_t device, uint64_t inode, uint64_t pages);
/* A copy of @op at the end.  False: there is no room for more. */
bool recording_add(struct recording *r, const struct rec_op *op);
/* "" when there is none. */
const char *recording_get_text(const struct recording *r, uint32_t text);

#endif
