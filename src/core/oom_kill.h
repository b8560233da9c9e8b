/* Who is killed when memory and swap are used up.  Inside the core only. */
#ifndef CORE_OOM_KILL_H
#define CORE_OOM_KILL_H

#include "core/machine.h"
#include "core/mechanism.h"

/* What badness() may look at. */
struct oom_facts {
	uint64_t total_vm;         /* pages of address space */
	uint64_t children_vm;      /* the same of children with an own mm */
	uint64_t rss;              /* pages mapped */
	uint64_t swapents;         /* swap entries in its PTEs */
	uint64_t tables;           /* page tables, the top one not counted */
	uint64_t tables_below_pud; /* of those, ptes and pmds */
	uint64_t total_pages;      /* frames and swap slots of the machine */
	uint64_t cpu_time;         /* in units of 8 s */
	uint64_t run_time;         /* age in units of 1024 s */
	bool niced;                /* nice above 0 */
	bool admin;                /* CAP_SYS_ADMIN */
	bool rawio;                /* CAP_SYS_RAWIO */
	int adj;                   /* 2.6.11: oomkilladj, a shift; 4.0 on:
				      oom_score_adj, -1000 never */
};

struct oom_facts oom_facts(const struct machine *m,
	const struct task_struct *task);

/* Points of a task, mm/oom_kill.c of each kernel: badness(), oom_badness().
 * 2.6.0's is 2.4's.  The most points die; 0: never. */
uint64_t badness_2_4(const struct oom_facts *f);
uint64_t badness_2_6_11(const struct oom_facts *f);
uint64_t badness_4_0(const struct oom_facts *f);
uint64_t badness_6_18(const struct oom_facts *f);

/* The largest number whose square is not above @x. */
uint64_t int_sqrt(uint64_t x);

#endif
