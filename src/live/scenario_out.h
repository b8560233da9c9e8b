/* The parts of writing a scenario: its head (scenario.c) and its operations
 * (scenario_ops.c). */
#ifndef LIVE_SCENARIO_OUT_H
#define LIVE_SCENARIO_OUT_H

#include "live/scenario.h"
#include "live/spans.h"

/* Where a program lies without randomization (x86-64), and where the simulated
 * kernel puts it. */
#define PROGRAM_BASE 0x555555554000ull

struct out {
	struct buf *b;
	const struct recording *rec;
	const struct scenario_request *req;
	struct spans spans;
	bool *done;        /* by operation: it was written, in a batch */
	char **name;       /* by task: what it is called here */
	uint32_t task;     /* that the last lines were about */
	bool *heap;        /* by task: its heap is where the real one was */
	unsigned *checks;  /* by task: copies that were checked */
	const char *indent;
	bool said;         /* what a fork means */
};

/* All operations, with their scenes. */
void out_operations(struct out *o);
/* One, and as many after it as belong to it; the next one's number. */
size_t out_operation(struct out *o, size_t i);
/* The first task. */
void out_spawn(struct out *o, const struct rec_op *op);
/* "at(0x...)", "p[1]", "f[2]" */
void out_addr(struct out *o, uint64_t addr);
/* The last part of a path, as plain text. */
void out_base(struct buf *b, const char *path, size_t max);
const char *out_text(const struct out *o, uint32_t text);

#endif
