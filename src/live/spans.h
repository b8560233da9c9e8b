/*
 * Where a recorded program's memory lies, and where it goes on a machine whose
 * addresses have 32 bits: neighbours stay neighbours.
 */
#ifndef LIVE_SPANS_H
#define LIVE_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	uint64_t start, end; /* really */
	uint64_t low;        /* where start is with 32 bits */
};

struct spans {
	struct span *span; /* by address, far from each other */
	size_t nr, room;
	bool failed;       /* memory ran out */
};

void spans_free(struct spans *s);
/* Something lay in [start, end). */
void spans_add(struct spans *s, uint64_t start, uint64_t end);
#define SPANS_BOTTOM 0x08048000ull /* where programs of 32 bits begin */

/* Choose their places; the span that begins at @first goes to the bottom.
 * False: they do not fit. */
bool spans_place(struct spans *s, uint64_t first);
/* There is such a span. */
bool spans_begin(const struct spans *s, uint64_t first);

#endif
