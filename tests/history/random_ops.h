/*
 * Operations made up at random from the table of operations: whatever it
 * holds, with arguments that often mean something.  The same seed gives the
 * same operations, if what came of each is told to noted().
 */
#ifndef TESTS_HISTORY_RANDOM_OPS_H
#define TESTS_HISTORY_RANDOM_OPS_H

#include "core/ops.h"

#define MAX_REGIONS 32
#define MAX_PIDS 8

struct random_ops {
	uint64_t seed;
	uint32_t pid[MAX_PIDS]; /* alive, as far as we know */
	unsigned pids;
	uint64_t addr[MAX_REGIONS]; /* where something was mapped once */
	unsigned addrs;
	uint32_t files;	 /* made so far: their numbers count from 1 */
	uint64_t frames; /* of the machine */
};

uint32_t random_below(struct random_ops *r, uint32_t n);
struct op random_op(struct random_ops *r);
/* What became of @op; the next ones build upon it. */
void random_noted(
	struct random_ops *r, const struct op *op, const struct op_result *res);

#endif
