/*
 * The way of a fault: its events are gone through once with the functions that
 * are running, and each row takes the first event that proves it.  What happens
 * while memory is reclaimed on the way is no part of the fault.
 */
#include "tui/panes/fault_model.h"

#include <string.h>

#define DEPTH 64 /* calls that are told apart */

/* The functions that are running at an event. */
struct stack {
	uint16_t fn[DEPTH]; /* by depth */
	unsigned base;      /* calls around of which nothing is known */
};

static bool inside(const struct stack *st, const struct event *ev, int fn)
{
	unsigned n = ev->depth < DEPTH ? ev->depth : DEPTH;

	for (unsigned i = st->base; i < n; i++)
		if (st->fn[i] == fn)
			return true;
	return false;
}

static void enter(struct stack *st, const struct event *ev)
{
	if (ev->id == EV_CALL && ev->depth < DEPTH)
		st->fn[ev->depth] = ev->fn;
}

/* -- faults of an operation ---------------------------------------------- */

/* Does a fault begin here?  Of those that get_user_pages takes there is no
 * do_page_fault. */
static bool begins(const struct event *ev, bool *by_kernel)
{
	*by_kernel = ev->fn == FN_HANDLE_MM;
	return ev->id == EV_CALL &&
	       (ev->fn == FN_FAULT || ev->fn == FN_HANDLE_MM);
}

/* After the return of the call at @i. */
static size_t end_of(const struct look *look, size_t i)
{
	const struct event *call = &look->events[i];

	for (i++; i < look->nr_events; i++)
		if (look->events[i].id == EV_RETURN &&
			look->events[i].depth == call->depth)
			return i + 1;
	return look->nr_events;
}

/* The processor's event just before belongs to it. */
static size_t start_of(const struct look *look, size_t i)
{
	return i && look->events[i - 1].id == EV_MMU_FAULT ? i - 1 : i;
}

/* The last that has begun, or the first of all. */
static bool find_fault(struct fault_way *way, const struct look *look)
{
	struct fault f;

	for (size_t i = 0; i < look->nr_events; i++) {
		if (!begins(&look->events[i], &f.by_kernel))
			continue;
		f.first = start_of(look, i);
		f.end = end_of(look, i);
		way->count++;
		if (way->count == 1 || f.first < look->done) {
			way->fault = f;
			way->which = way->count;
		}
		i = f.end - 1;
	}
	return way->count;
}

/* -- rows ----------------------------------------------------------------- */

static bool has_fn(const struct machine *m, int fn)
{
	return fn == ANYWHERE || machine_era(m)->fn[fn];
}

void fault_rows_of(struct fault_way *way, const struct machine *m)
{
	for (unsigned i = 0; i < nr_fault_rows; i++) {
		const struct fault_row *row = &fault_rows[i];

		way->exists[i] = has_fn(m, row->needs) &&
				 (row->lacks == ANYWHERE ||
					 !has_fn(m, row->lacks));
	}
}

static bool proves(const struct stack *st, const struct event *ev,
	const struct fault_proof *p)
{
	if (ev->id + 1 != p->id || (p->fn != ANYWHERE && ev->fn != p->fn))
		return false;
	if (p->inside != ANYWHERE && !inside(st, ev, p->inside))
		return false;
	return p->outside == ANYWHERE || !inside(st, ev, p->outside);
}

/* Reclaim has faults' events for other reasons. */
static bool is_elsewhere(const struct stack *st, const struct event *ev)
{
	return ev->id != EV_OOM_KILL &&
	       (inside(st, ev, FN_TRY_TO_FREE) || inside(st, ev, FN_BALANCE) ||
		       inside(st, ev, FN_OUT_OF_MEMORY));
}

static void see(struct fault_way *way, const struct stack *st,
	const struct event *ev, size_t index)
{
	for (unsigned i = 0; i < nr_fault_rows; i++) {
		const struct fault_row *row = &fault_rows[i];

		if (way->exists[i] && !way->by[i] &&
			(proves(st, ev, &row->proof[0]) ||
				proves(st, ev, &row->proof[1])))
			way->by[i] = index + 1;
	}
}

static void follow(struct fault_way *way, const struct look *look)
{
	const struct event *ev = &look->events[way->fault.first];
	struct stack st;

	if (ev->id == EV_MMU_FAULT)
		ev++;
	memset(&st, 0xff, sizeof(st));
	st.base = ev->depth;
	for (size_t i = way->fault.first; i < way->fault.end; i++) {
		ev = &look->events[i];
		if (!is_elsewhere(&st, ev))
			see(way, &st, ev, i);
		enter(&st, ev);
	}
}

static void find_now(struct fault_way *way, const struct look *look)
{
	size_t last = 0;

	for (unsigned i = 0; i < nr_fault_rows; i++)
		if (fault_lit(way, look, i) && way->by[i] >= last) {
			last = way->by[i];
			way->now = (int)i;
		}
}

bool fault_find(struct fault_way *way, const struct look *look)
{
	const struct event *end;

	memset(way, 0, sizeof(*way));
	way->now = -1;
	fault_rows_of(way, look->m);
	if (!find_fault(way, look))
		return false;
	way->started = &look->events[way->fault.first];
	follow(way, look);
	find_now(way, look);
	end = &look->events[way->fault.end - 1];
	if (end->id == EV_RETURN && way->fault.end <= look->done)
		way->ended = (enum fault_end)end->n;
	return true;
}

bool fault_lit(const struct fault_way *way, const struct look *look,
	unsigned i)
{
	return way->by[i] && way->by[i] <= look->done;
}

int fault_parent(const struct fault_way *way, unsigned i)
{
	unsigned depth = fault_rows[i].depth;

	while (depth && i-- > 0)
		if (way->exists[i] && fault_rows[i].depth < depth)
			return (int)i;
	return -1;
}

int fault_answer(const struct fault_way *way, const struct look *look,
	unsigned i)
{
	unsigned depth = fault_rows[i].depth + 1u;
	int best = -1;

	for (unsigned k = i + 1;
		k < nr_fault_rows && fault_rows[k].depth >= depth; k++)
		if (fault_rows[k].depth == depth && fault_lit(way, look, k) &&
			(best < 0 || way->by[k] < way->by[best]))
			best = (int)k;
	return best;
}
