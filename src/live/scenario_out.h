/* The parts of writing a scenario: its head (scenario.c) and its operations
 * (scenario_ops.c). */
#ifndef LIVE_SCENARIO_OUT_H
#define LIVE_SCENARIO_OUT_H

#include "live/scenario.h"
#include "live/spans.h"

struct out {
	struct buf *b;
	const struct recording *rec;
	const struct scenario_request *req;
	struct spans spans;
	bool *done;        /* by operation: it was written, in a batch */
	char **name;       /* by task: what it is called here */
	uint32_t task;     /* that the last lines were about */
	unsigned *checks;  /* by task: copies that were checked */
	const char *indent;
};

/* All operations, with their scenes. */
void out_operations(struct out *o);
/* One, and as many after it as belong to it; the next one's number. */
size_t out_operation(struct out *o, size_t i);
/* "at(0x...)", "p[1]", "f[2]" */
void out_addr(struct out *o, uint64_t addr);
/* The last part of a path, as plain text. */
void out_base(struct buf *b, const char *path, size_t max);
const char *out_text(const struct out *o, uint32_t text);

#endif
