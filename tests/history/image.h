/*
 * The state of a machine as one number that is the same in every arena, and
 * what a plain machine went through: every state at every event, to compare
 * with what a history shows there.
 */
#ifndef TESTS_HISTORY_IMAGE_H
#define TESTS_HISTORY_IMAGE_H

#include "core/ops.h"
#include "core/trace.h"

/* Of all used bytes; pointers count as offsets from the arena's base. */
uint64_t image_of(const struct machine *m);

/* One run of an operation: all of its events and the states at them. */
struct truth {
	struct op op;
	struct event *event; /* all it told */
	uint64_t *image;     /* the state at each */
	size_t count;	     /* events */
	size_t room;
	uint64_t after; /* the state when it was done */
};

void truth_run(struct truth *t, struct machine *m, const struct op *op,
	struct op_result *res);
void truth_free(struct truth *t);

#endif
