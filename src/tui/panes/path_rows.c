/*
 * Making the rows of the kernel path.
 *
 * A sequence of events that repeats itself at least FOLD_MIN times, each time
 * with the same events but other objects, is shown by its first and its last
 * repetition and a row between them that stands for all others.  The
 * repetition that holds the current event is never folded.
 */
#include "tui/panes/path_rows.h"

#include <stdlib.h>
#include <string.h>

#define FOLD_PERIOD 12 /* events of the longest sequence that is folded */
#define FOLD_MIN 6     /* repetitions before folding is worth it */

static void add_row(struct rows *rows, struct row row)
{
	if (rows->n == rows->room) {
		size_t room = rows->room ? rows->room * 2 : 256;
		struct row *more = realloc(rows->row, room * sizeof(*more));

		if (!more)
			return;
		rows->row = more;
		rows->room = room;
	}
	rows->row[rows->n++] = row;
}

static bool alike(const struct event *a, const struct event *b)
{
	return a->id == b->id && a->fn == b->fn && a->depth == b->depth &&
	       a->field == b->field;
}

/* How often the sequence of @period events at @i is repeated. */
static size_t repetitions(
	const struct event *ev, size_t n, size_t i, size_t period)
{
	size_t j = 0;

	while (i + j + period < n && alike(&ev[i + j], &ev[i + j + period]))
		j++;
	return j / period + 1;
}

static size_t find_period(
	const struct event *ev, size_t n, size_t i, size_t *count)
{
	for (size_t p = 1; p <= FOLD_PERIOD && i + p < n; p++) {
		*count = repetitions(ev, n, i, p);
		if (*count >= FOLD_MIN)
			return p;
	}
	return 0;
}

/* Returns are only worth a row while one is the current event. */
static void add_events(
	struct rows *rows, const struct look *look, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++)
		if (look->events[i].kind != EVENT_RETURN ||
			i + 1 == rows_latest(look))
			add_row(rows, (struct row){ i, 0 });
}

static void add_fold(struct rows *rows, size_t first, size_t count)
{
	if (count)
		add_row(rows, (struct row){ first, count });
}

/* The first and the last repetition, and the one with the current event. */
static void add_folded(struct rows *rows, const struct look *look, size_t first,
	size_t period, size_t count)
{
	size_t now = look->done ? look->done - 1 : 0, k = 0;

	if (look->done && now >= first && now < first + period * count)
		k = (now - first) / period;
	add_events(rows, look, first, period);
	if (k && k < count - 1) {
		add_fold(rows, first + period, k - 1);
		add_events(rows, look, first + k * period, period);
		add_fold(rows, first + (k + 1) * period, count - 2 - k);
	} else {
		add_fold(rows, first + period, count - 2);
	}
	add_events(rows, look, first + (count - 1) * period, period);
}

static void event_rows(struct rows *rows, const struct look *look)
{
	for (size_t i = 0; i < look->nr_events;) {
		size_t count, p = find_period(
				      look->events, look->nr_events, i, &count);

		if (p) {
			add_folded(rows, look, i, p, count);
			i += p * count;
		} else {
			add_events(rows, look, i, 1);
			i++;
		}
	}
}

bool rows_are_calls(const struct look *look)
{
	return look->step && look->step->op.id == OP_BATCH && !look->pos.sub;
}

void rows_make(struct rows *rows, const struct look *look)
{
	memset(rows, 0, sizeof(*rows));
	if (!rows_are_calls(look))
		event_rows(rows, look);
	for (size_t i = 0; rows_are_calls(look) && i < look->step->calls; i++)
		add_row(rows, (struct row){ i, 0 });
}

size_t rows_done(const struct look *look)
{
	if (!rows_are_calls(look))
		return look->done;
	return pos_is_whole(look->pos) ? look->step->calls : look->pos.event;
}

size_t rows_latest(const struct look *look)
{
	size_t done = rows_done(look);

	if (!rows_are_calls(look) && pos_is_whole(look->pos))
		while (done > 1 && look->events[done - 1].kind == EVENT_RETURN)
			done--;
	return done;
}

size_t rows_now(const struct rows *rows, const struct look *look)
{
	size_t done = rows_done(look), at = 0;

	for (size_t i = 0; i < rows->n; i++)
		if (rows->row[i].event < done)
			at = i;
	return at;
}
