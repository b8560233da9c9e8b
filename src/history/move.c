/*
 * Moving the machine.  h->at says which runs (operations, calls of a batch)
 * are done whole; h->inside that the machine stands at an event of the one
 * after them.  From inside there is only the way back to a keyframe.
 */
#include "history/internal.h"

#include <errno.h>

/* Every run costs something to start, whatever it does ... */
#define WORK_RUN 16u
/* ... and after so much work a keyframe is cheaper than doing it again. */
#define WORK_SPACING 2048u
/* ... or, where so much was done already, this part of it: each keyframe costs a
 * fault for every page written since. */
#define WORK_SHARE 256u
/* Bytes that are copied in about the time of one unit of work. */
#define BYTES_A_WORK 64u

uint64_t work_of(const struct costs *costs)
{
	uint64_t work = WORK_RUN;

	for (unsigned i = 0; i < NR_COSTS; i++)
		if (i != COST_SLAB_BYTES)
			work += costs->n[i];
	return work;
}

void take_keyframe(struct history *h)
{
	keyframes_take(h->keyframes, (struct mark){ h->at, h->work });
}

/* Has so much been done since the last keyframe that one more is worth what it
 * copies?  Splitting a wide gap copies all of it. */
static bool is_worth_it(const struct history *h, uint64_t spacing)
{
	uint64_t done = h->work - keyframes_present(h->keyframes).work;

	return done >= spacing + keyframes_gap(h->keyframes) / BYTES_A_WORK;
}

void space_keyframes(struct history *h)
{
	if (is_worth_it(h, WORK_SPACING + h->work / WORK_SHARE))
		take_keyframe(h);
}

/* -- running ------------------------------------------------------------- */

bool next_op(struct history *h, struct op *op)
{
	uint32_t n = place_op(h->at) + 1;
	const struct record *step = branch_step(h, n);
	struct record call;

	if (step->op.id != OP_BATCH) {
		*op = step->op;
		return true;
	}
	if (!step->calls)
		return false;
	branch_call(h, n, place_call(h->at), &call);
	*op = call.op;
	return true;
}

static void arrive(struct history *h)
{
	uint32_t n = place_op(h->at) + 1;
	uint32_t call = place_call(h->at) + 1;

	h->at = call < branch_step(h, n)->calls ? place_of(n - 1, call)
						: place_of(n, 0);
	if (h->at == keyframes_next(h->keyframes))
		take_keyframe(h);
}

bool history_run_next(struct history *h, struct recorder *recorder)
{
	struct op_result res = { 0 };
	struct op op;

	if (next_op(h, &op)) {
		h->inside = true;
		trace_attach(h->machine, recorder ? &recorder->tracer : NULL);
		if (!recorder || !setjmp(recorder->leave))
			machine_run(h->machine, &op, &res);
		trace_attach(h->machine, NULL);
		if (recorder && recorder->stop &&
			recorder->count == recorder->stop)
			return false;
		h->inside = false;
		h->work += work_of(&res.costs);
		h->replayed++;
	}
	arrive(h);
	return true;
}

/* -- going --------------------------------------------------------------- */

static void seek(struct history *h, place_t to)
{
	struct mark m = keyframes_seek(h->keyframes, to);

	h->at = m.place;
	h->work = m.work;
	h->inside = false;
}

/*
 * Run to @to.  Keyframes are taken where half of the way is left, and half of
 * that, and before the last run: whoever came here from behind looks at what
 * lies just before next.
 */
static void replay(struct history *h, place_t to)
{
	place_t next = to - h->at;

	while (h->at < to) {
		if (to - h->at <= next) {
			if (is_worth_it(h, 0))
				take_keyframe(h);
			next = (to - h->at) / 2;
		}
		space_keyframes(h);
		history_run_next(h, NULL);
	}
}

/* The newest state has no keyframe behind it: take one before leaving, so that
 * the way forth to it is as short as the way back. */
static void mark_tip(struct history *h)
{
	if (!h->inside && keyframes_next(h->keyframes) == PLACE_END)
		take_keyframe(h);
}

void go(struct history *h, place_t to)
{
	if (to < h->at)
		mark_tip(h);
	if (h->inside || to < h->at ||
		keyframes_before(h->keyframes, to).place > h->at)
		seek(h, to);
	replay(h, to);
}

/* -- positions ----------------------------------------------------------- */

int pos_cmp(struct pos a, struct pos b)
{
	if (a.op != b.op)
		return a.op < b.op ? -1 : 1;
	if (a.event != b.event)
		return a.event < b.event ? -1 : 1;
	if (pos_is_whole(a) || a.sub == b.sub)
		return 0;
	return a.sub < b.sub ? -1 : 1;
}

struct pos history_pos(const struct history *h)
{
	return h->pos;
}

place_t place_before(struct history *h, struct pos pos)
{
	const struct record *step;

	if (pos_is_whole(pos))
		return place_of(pos.op, 0);
	step = branch_step(h, pos.op);
	if (step->op.id != OP_BATCH)
		return place_of(pos.op - 1, 0);
	return pos.event == step->calls ? place_of(pos.op, 0)
					: place_of(pos.op - 1, pos.event);
}

/* The event in the run after place_before() that @pos stands at; 0: none. */
static uint32_t event_in_run(struct history *h, struct pos pos)
{
	if (pos_is_whole(pos))
		return 0;
	return branch_step(h, pos.op)->op.id == OP_BATCH ? pos.sub : pos.event;
}

void settle(struct history *h, struct pos pos)
{
	uint32_t k = event_in_run(h, pos);

	if (k)
		enter_run(h, place_before(h, pos), k);
	else
		go(h, place_before(h, pos));
}

/* Could there be such a position?  All but the number of events is checked. */
static bool is_sound(struct history *h, struct pos pos)
{
	const struct record *step;

	if (pos.op > history_length(h))
		return false;
	if (pos_is_whole(pos))
		return true;
	if (!pos.op)
		return false;
	step = branch_step(h, pos.op);
	if (step->op.id != OP_BATCH)
		return pos.event && !pos.sub;
	if (pos.sub)
		return pos.event < step->calls;
	return pos.event && pos.event <= step->calls;
}

int history_goto(struct history *h, struct pos pos)
{
	uint32_t k;

	if (h->batch.open || !is_sound(h, pos))
		return -ERANGE;
	k = event_in_run(h, pos);
	if (k) {
		record_events(h, place_before(h, pos));
		if (k > h->events.count) {
			settle(h, h->pos);
			return -ERANGE;
		}
	}
	settle(h, pos);
	h->pos = pos;
	return 0;
}
