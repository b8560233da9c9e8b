/* What a plain machine went through. */
#include "image.h"

#include <stdlib.h>

/* Sanitizers poison what is free in the arena; it is state as well. */
__attribute__((no_sanitize("address"), noinline)) uint64_t image_of(
	const struct machine *m)
{
	const volatile uint64_t *word = (const volatile uint64_t *)m;
	uint64_t base = (uint64_t)(uintptr_t)m;
	size_t used = arena_used(m);
	uint64_t hash = used;

	for (size_t i = 0; i < used / 8; i++) {
		uint64_t w = word[i];

		if (w - base < used)
			w = (w - base) ^ 0xa5a5000000000000u;
		hash = (hash ^ w) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	return hash;
}

struct taker {
	struct tracer tracer; /* first: what the sink gets */
	struct truth *truth;
	struct machine *m;
};

static void take(struct tracer *t, const struct event *e)
{
	struct taker *k = (struct taker *)t;
	struct truth *to = k->truth;

	if (to->count == to->room) {
		to->room = to->room * 2 + 16;
		to->event = realloc(to->event, to->room * sizeof(*to->event));
		to->image = realloc(to->image, to->room * sizeof(*to->image));
	}
	to->event[to->count] = *e;
	to->image[to->count++] = image_of(k->m);
}

void truth_run(struct truth *t, struct machine *m, const struct op *op,
	struct op_result *res)
{
	struct taker k = { .tracer.sink = take, .truth = t, .m = m };

	*t = (struct truth){ .op = *op };
	trace_attach(m, &k.tracer);
	machine_run(m, op, res);
	trace_attach(m, NULL);
	t->after = image_of(m);
}

void truth_free(struct truth *t)
{
	free(t->event);
	free(t->image);
}
