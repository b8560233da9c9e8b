/*
 * A second opinion about a machine: which pages each task has, with what
 * protection and what value, kept from the operations alone.
 */
#ifndef TESTS_CORE_SHADOW_H
#define TESTS_CORE_SHADOW_H

#include "core/machine.h"
#include "core/ops.h"

#define SHADOW_BASE 0x10000000ull
#define SHADOW_WINDOW 96 /* pages that operations address, from BASE */
#define SHADOW_HEAP 24	 /* pages from start_brk */
#define SHADOW_PAGES (SHADOW_WINDOW + SHADOW_HEAP)
#define SHADOW_TASKS 256 /* room for tasks */
#define SHADOW_DEAD 48	 /* more than these: the dead make room */

struct shadow_page {
	bool mapped;
	bool dontfork;
	bool wipe;
	bool guard; /* no access */
	bool lazy;  /* MADV_FREE: it may be 0 any time, until written */
	uint8_t prot;  /* PROT_ bits */
	value_t value; /* what a read gives */
};

struct shadow_task {
	uint32_t pid;
	uint32_t parent;
	uint32_t mm;	    /* those with the same number share all pages */
	uint32_t waits_for; /* vfork child; 0: none */
	bool alive;
	bool reaped; /* waited for: its room can be used again */
	uint64_t brk; /* end of the heap in pages */
	struct shadow_page page[SHADOW_PAGES];
};

struct shadow {
	struct machine *m;
	unsigned nr_tasks;
	unsigned alive;
	struct shadow_task *task[SHADOW_TASKS];
	uint32_t mms;  /* numbers given to address spaces */
	bool full;     /* no room for another task: stop */
	char why[512]; /* what was wrong */
};

void shadow_init(struct shadow *s, struct machine *m);
void shadow_free(struct shadow *s);
/* Run @op on the machine and compare; false with s->why when they differ. */
bool shadow_run(struct shadow *s, const struct op *op);

/* Compare alone, after something else was done to the machine. */
bool shadow_check(struct shadow *s);

#endif
