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
#define MAX_STEPS 200
#define ELSEWHERE (~0ull) /* a place that the kernel chose by itself */

/* One operation of a list.  op.subject is a task's number in the list, 0 the
 * first; a task that is not there makes the step void. */
struct step {
	struct op op;
	uint32_t child; /* fork: the number of the new task */
};

struct list {
	struct step step[MAX_STEPS];
	unsigned n;
	uint64_t seed; /* that it was made from */
};

struct page_view {
	bool present;	/* an entry is there, PROT_NONE too */
	bool zero;	/* it maps the zero page */
	bool exclusive; /* AnonExclusive */
	int mapcount;	/* -1: not to be known */
	int frame;	/* frames in order of appearance; -1: not to be known */
	uint64_t pfn;	/* that side's own number; not compared */
};

struct vma_view {
	unsigned start, end; /* pages of the window */
	unsigned prot;	     /* PROT_R ... */
	unsigned flags;	     /* bit i: vma_flags[i] */
};

/* Flags of a VMA that are compared on a deep look. */
#define NR_VMA_FLAGS 5
struct vma_flag {
	const char *letters; /* as in smaps */
	uint64_t bit;
};
extern const struct vma_flag vma_flags[NR_VMA_FLAGS];

struct task_view {
	bool alive;
	unsigned nr_vmas;
	struct vma_view vma[WINDOW_PAGES];
	struct page_view page[WINDOW_PAGES];
};

/* What a step did. */
struct answer {
	bool done;	/* false: void, nothing was run */
	int status;	/* as op_result.status */
	uint64_t value; /* address, ELSEWHERE, value read */
	int faults;	/* -1: not to be known */
};

struct view {
	struct answer answer;
	struct task_view task[MAX_TASKS];
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
	bool live;   /* it is a 6.18 and processes can be run and looked at */
	bool frames; /* numbers of frames */
	bool counts; /* counts of mappings and flags of frames */
	bool faults; /* counts of faults mean something */
	bool deep;   /* look at the flags of VMAs, too: that takes longer */
	bool no_exec_only; /* PROT_EXEC alone means something else there */
	char why[160];	   /* what is left out, and why; "" nothing */
};
extern struct sight sight;
void sight_find(void);

/* Is the result of this operation an address? */
bool gives_addr(const struct op *op);
bool in_window(uint64_t addr);
/* Number the frames of @view in order of appearance. */
void view_number(struct view *view);

/* -- lists as text (list.c) ----------------------------------------------- */

#define TEXT_SIZE 16384

/* "0 mmap addr=@10 len=4p fixed=1 prot=rw-" */
void step_print(const struct step *step, char *text, size_t size);
/* False when it is not one. */
bool step_parse(const char *line, struct step *step);
/* One line for the answer, one for each living task. */
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
/* Cut a failing list: whatever can be left out, is. */
void list_shrink(struct list *list);

#endif
