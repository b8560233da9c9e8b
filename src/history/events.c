/*
 * Events of one run.  They are recorded by running it from the keyframe before
 * it to its end, once; going to an event runs it again until there.
 */
#include "history/internal.h"
#include "history/alloc.h"

#include <stdlib.h>

static void on_event(struct tracer *t, const struct event *e)
{
	struct recorder *r = (struct recorder *)t;

	if (!r->stop) {
		r->event = xgrow(
			r->event, &r->room, r->count + 1, sizeof(*r->event));
		r->event[r->count] = *e;
	}
	r->count++;
	if (r->count == r->stop)
		longjmp(r->leave, 1);
}

static void start(struct recorder *r, size_t stop)
{
	r->tracer = (struct tracer){ .sink = on_event };
	r->count = 0;
	r->stop = stop;
}

/* The room for events of a very long run is not kept when another one is looked
 * at.  A scan of a million PTEs is not that long: who steps back and forth over
 * it waits for the host's page faults otherwise.  That is 120 MB. */
#define MANY_EVENTS 1500000u

static void forget_events(struct recorder *r)
{
	r->valid = false;
	if (r->room <= MANY_EVENTS)
		return;
	free(r->event);
	r->event = NULL;
	r->room = 0;
}

void record_events(struct history *h, place_t place)
{
	struct recorder *r = &h->events;
	struct op op;

	if (r->valid && r->place == place)
		return;
	forget_events(r);
	go(h, place);
	take_keyframe(h);
	start(r, 0);
	if (next_op(h, &op))
		note_before(h, &op);
	history_run_next(h, r);
	r->valid = true;
	r->place = place;
}

void enter_run(struct history *h, place_t place, size_t k)
{
	go(h, place);
	take_keyframe(h);
	start(&h->stopper, k);
	history_run_next(h, &h->stopper);
}

/* The run whose events a viewer at @pos sees; PLACE_END: none. */
static place_t viewed_run(struct history *h, struct pos pos)
{
	const struct record *step;

	if (!pos.op)
		return PLACE_END;
	step = branch_step(h, pos.op);
	if (step->op.id != OP_BATCH)
		return place_of(pos.op - 1, 0);
	if (!step->calls)
		return PLACE_END;
	if (pos_is_whole(pos))
		return place_of(pos.op - 1, step->calls - 1);
	return place_of(pos.op - 1, pos.sub ? pos.event : pos.event - 1);
}

/* How many of the @count events of that run have happened at @pos. */
static size_t happened(struct history *h, struct pos pos, size_t count)
{
	if (pos_is_whole(pos))
		return count;
	if (branch_step(h, pos.op)->op.id != OP_BATCH)
		return pos.event;
	return pos.sub ? pos.sub : count;
}

const struct event *history_events(
	struct history *h, size_t *count, size_t *done)
{
	place_t place = h->batch.open ? PLACE_END : viewed_run(h, h->pos);

	*count = *done = 0;
	if (place == PLACE_END)
		return NULL;
	if (!h->events.valid || h->events.place != place) {
		record_events(h, place);
		settle(h, h->pos);
	}
	*count = h->events.count;
	*done = happened(h, h->pos, *count);
	return h->events.event;
}

uint32_t history_event_count(struct history *h, uint32_t n)
{
	const struct record *step;

	if (n < 1 || n > history_length(h) || h->batch.open)
		return 0;
	step = branch_step(h, n);
	if (step->op.id == OP_BATCH)
		return step->calls;
	if (!h->events.valid || h->events.place != place_of(n - 1, 0)) {
		record_events(h, place_of(n - 1, 0));
		settle(h, h->pos);
	}
	return (uint32_t)h->events.count;
}
