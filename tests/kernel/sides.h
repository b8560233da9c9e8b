/*
 * The two sides of the judge: the simulator (6.18) and real processes of the
 * running kernel.  Both run the same list of operations on a window of the
 * address space that holds nothing else, and show what is there afterwards.
 */
#ifndef KERNEL_SIDES_H
#define KERNEL_SIDES_H

#include "core/ops.h"

#include <stddef.h>
#include <stdio.h>

#define WINDOW_PAGES 48
/* Below everything else of a process; a page table ends in the middle. */
#define WINDOW_BASE (0x200000200000ull - 24 * PAGE_SIZE)
#define WINDOW_END (WINDOW_BASE + WINDOW_PAGES * PAGE_SIZE)
#define MAX_TASKS 10
#define MAX_FILES 4   /* numbers from 1 */
#define FILE_PAGES 40 /* no file is larger */
#define MAX_STEPS 200
#define ELSEWHERE (~0ull) /* a place that the kernel chose by itself */

/*
 * One operation of a list.  op.subject is a task's number in the list, 0 the
 * first, or a file's, 1 the first, as is its argument "file"; what needs a task
 * or file that is not there, or makes one that is, is void.
 */
struct step {
	struct op op;
	uint32_t child; /* fork: the number of the new task */
};

struct list {
	struct step step[MAX_STEPS];
	unsigned n;
	uint64_t seed; /* that it was made from */
};

/* Flags of a frame that are compared. */
struct page_flag {
	char letter;	   /* as it is printed */
	unsigned own;	   /* PG(...) */
	unsigned kernel;   /* bit of kpageflags */
};
#define NR_PAGE_FLAGS_SEEN 8
extern const struct page_flag page_flags[NR_PAGE_FLAGS_SEEN];

struct page_view {
	bool present;	/* an entry is there, PROT_NONE too */
	bool swapped;	/* it names a slot */
	bool guard;	/* MADV_GUARD_INSTALL was here */
	bool zero;	/* it maps the zero page */
	bool ksm;	/* it maps a page that ksmd has merged */
	bool file;	/* it maps a page of a file, or of shared memory */
	unsigned flags; /* bit i: page_flags[i] */
	int mapcount;	/* -1: not to be known */
	int frame;	/* frames in order of appearance; -1: not to be known */
	uint64_t pfn;	/* that side's own number; not compared */
};

struct vma_view {
	unsigned start, end; /* pages of the window */
	unsigned prot;	     /* PROT_R ... */
	unsigned flags;	     /* bit i: vma_flags[i] */
	int file;	     /* 0 none; else its number, or above MAX_FILES
				that of shared memory in order of appearance */
	uint64_t pgoff;	     /* of a file, in pages */
	uint64_t key[2];     /* that side's own name for the file */
};

/* Flags of a VMA that are compared. */
#define NR_VMA_FLAGS 19
struct vma_flag {
	const char *letters; /* as in smaps */
	uint64_t bit;
	bool usual; /* printed when it is not set */
};
extern const struct vma_flag vma_flags[NR_VMA_FLAGS];

struct task_view {
	bool alive;
	unsigned nr_vmas;
	struct vma_view vma[WINDOW_PAGES];
	struct page_view page[WINDOW_PAGES];
};

struct file_view {
	bool there;
	uint64_t pages;		 /* its size */
	bool cached[FILE_PAGES]; /* the page is in memory */
	bool dirty[FILE_PAGES];
};

/* What a step did. */
struct answer {
	bool done;	/* false: void, nothing was run */
	int status;	/* as op_result.status */
	uint64_t value; /* address, ELSEWHERE, value read */
	int faults;	/* -1: not to be known; of what lies elsewhere they
			   depend on where a window of fault-around begins */
	bool counted;	/* what follows is known */
	int rss[3];	/* pages more than before: anonymous, file, shmem */
	int locked;	/* and of locked_vm */
	bool listed;	/* mincore: what follows */
	uint64_t memory; /* bit i: page i of the range is in memory */
};

struct view {
	struct answer answer;
	struct task_view task[MAX_TASKS];
	struct file_view file[MAX_FILES + 1];
	uint32_t hidden; /* PG(...) that are left out */
};

/* -- the sides ------------------------------------------------------------ */

struct side {
	const char *name;
	/* Begin with one task, number 0.  False with a reason on stderr. */
	bool (*begin)(void);
	/* Run one step, then look.  False: the side is lost. */
	bool (*run)(const struct step *step, struct view *view);
	void (*end)(void);
};

extern const struct side side_simulator, side_kernel;

/* What of the real processes this user may see on this kernel. */
struct sight {
	bool live;   /* processes can be run and looked at */
	bool same;   /* it is a 6.18: what depends on the version, too */
	bool frames; /* numbers of frames */
	bool counts; /* counts of mappings and flags of frames */
	bool faults; /* counts of faults mean something */
	bool rss;    /* counts of pages do */
	bool cache;  /* cachestat() tells what is cached of a file */
	bool ksm;    /* ksmd can be told to make a round */
	bool locks;  /* the user may lock as much as he wants */
	bool no_exec_only; /* PROT_EXEC alone means something else there */
	char why[240];	   /* what is left out, and why; "" nothing */
};
extern struct sight sight;
void sight_find(void);

/* Is the result of this operation an address? */
bool gives_addr(const struct op *op);
/* Does it make a task? */
bool makes_task(const struct op *op);
bool on_file(const struct op *op);
/* May pages of files have left the page cache with it?  They are read again
 * on both sides: the kernel reads ahead where the simulator does not. */
bool cools_files(const struct op *op);
/* Does RLIMIT_DATA count it? */
bool is_data(const struct vma_view *v);
/* What a new file's pages hold, written there by both sides. */
uint64_t first_value(unsigned file, unsigned page);
/* Does it change what lies outside of the window, too? */
bool reaches_outside(const struct op *op);
/*
 * Flags of frames that cannot be the same on both sides, by what was done until
 * now.  Whether a page that is touched while it is locked counts as used, and
 * whether one that is unlocked and locked again stays so, depends on when the
 * kernel drains its batches; whether one that was evicted counts as used when it
 * is read again, on how long the lists of that machine are; what ksmd has used
 * waits in the batches of another processor.
 */
struct blur {
	bool locks;	 /* pages were locked */
	bool future;	 /* and all to come are */
	uint32_t hidden; /* PG(...) */
};
void blur_note(struct blur *b, const struct op *op);
bool in_window(uint64_t addr);
/* The part of a VMA that lies in the window. */
unsigned window_page(uint64_t addr);
/* Number the frames and files of @view in order of appearance, and hide what
 * the sight does not allow. */
void view_number(struct view *view);

/* Does the simulator do it, or is it still to come? */
bool can_do(enum op_id id);
bool can_advise(enum advice advice);

/* ksmd of the running kernel (ksmd.c).  Take it for this process alone; false:
 * somebody else uses it, or this user may not. */
bool ksmd_take(void);
void ksmd_give_back(void);
/* One round over all that may be merged. */
bool ksmd_round(void);

/* -- lists as text (list.c, view.c) --------------------------------------- */

#define TEXT_SIZE 32768

struct out {
	char *text;
	size_t size, n; /* room, used */
};
__attribute__((format(printf, 2, 3))) void put(struct out *o, const char *fmt,
	...);
void put_addr(struct out *o, uint64_t addr);

/* "0 mmap addr=@10 len=4p fixed=1 prot=rw-", "f1 ftruncate pages=3" */
void step_print(const struct step *step, char *text, size_t size);
/* False when it is not one. */
bool step_parse(const char *line, struct step *step);
/* One line for the answer, one for each living task and each file. */
void view_print(const struct view *view, char *text, size_t size);

/* -- judge.c -------------------------------------------------------------- */

/* Where two runs parted; step: its number, -1 nowhere. */
struct verdict {
	int step;
	unsigned steps; /* compared, void ones not counted */
	bool lost;	/* a side could not go on */
	char left[TEXT_SIZE], right[TEXT_SIZE];
};

void judge_list(const struct list *list, struct verdict *verdict);
/* The lines in which @v's texts differ. */
void verdict_print(const struct list *list, const struct verdict *v, FILE *to);
/* The kernel's answers for @list, as a corpus file.  False: lost. */
bool record_list(const struct list *list, FILE *to);
/* Run the simulator against a corpus file.  The number of the line in which
 * they part, 0 when they agree, -1 when it is not such a file. */
int replay_file(const char *path, unsigned *steps);

/* -- ops_gen.c, shrink.c -------------------------------------------------- */

/* A list of @n operations; the same for the same seed everywhere. */
void list_generate(struct list *list, uint64_t seed, unsigned n);
/* What the lists of this seed try most. */
const char *list_profile(uint64_t seed);
/* Cut a failing list: whatever can be left out, is. */
void list_shrink(struct list *list);

#endif
