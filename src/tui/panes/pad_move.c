/*
 * The cursor moves over the places of objects, as they lie on the screen:
 * the places in and around the pane are collected, and the nearest in the
 * direction is taken.
 */
#include "tui/panes/pad_in.h"

#include <limits.h>
#include <stdlib.h>

#define MAX_SPOTS 16384

struct direction {
	int dx, dy; /* -1, 0, 1 */
	int lines;  /* 0: the next line that has an object; else so many, as
		     * a share of the pane's height in halves */
};

static const struct direction directions[] = {
	[MOVE_UP] = { 0, -1, 0 },
	[MOVE_DOWN] = { 0, 1, 0 },
	[MOVE_LEFT] = { -1, 0, 0 },
	[MOVE_RIGHT] = { 1, 0, 0 },
	[MOVE_PAGE_UP] = { 0, -1, 2 },
	[MOVE_PAGE_DOWN] = { 0, 1, 2 },
	[MOVE_HALF_UP] = { 0, -1, 1 },
	[MOVE_HALF_DOWN] = { 0, 1, 1 },
	[MOVE_HOME] = { -1, 0, 1 },
	[MOVE_END] = { 1, 0, 1 },
};

/* How far @to is from @at in a direction; negative: not in that direction.
 * What lies beyond the pane's sides is reached along its line only. */
static long reach(const struct pad *s, const struct spot *at,
	const struct spot *to, const struct direction *d)
{
	int lines = d->lines * s->h / 2;
	long dx = (long)(to->x - at->x) * d->dx;
	long dy = (long)(to->y - at->y) * d->dy;

	if (d->dx)
		return to->y == at->y && dx > 0 ? dx : -1;
	if (dy <= 0 || to->x < 0 || to->x >= s->w)
		return -1;
	return labs(dy - lines) * 1024 + labs(to->x - at->x);
}

static const struct spot *next_spot(
	const struct pad *s, const struct spot *at, const struct direction *d)
{
	const struct spot *best = NULL;
	bool far = d->dx && d->lines; /* to the end of the line */
	long best_reach = 0;

	for (int i = 0; i < s->nr_spots; i++) {
		long r = reach(s, at, &s->spots[i], d);

		if (r < 0 ||
			(best && (far ? r <= best_reach : r >= best_reach)))
			continue;
		best = &s->spots[i];
		best_reach = r;
	}
	return best;
}

static void collect(struct pad *s, pad_content *content, int from, int to)
{
	s->run = PAD_COLLECT;
	s->nr_spots = 0;
	s->from = from < 0 ? 0 : from;
	s->to = to;
	content(s);
}

static bool put_cursor(struct pad *s, const struct spot *spot)
{
	struct pane_view *view = s->view;

	if (!spot)
		return false;
	view->cursor = spot->ref;
	view->own[OWN_Y] = spot->y;
	view->own[OWN_X] = spot->x + 1;
	view->follow = false;
	return true;
}

static bool move_end(struct pad *s, pad_content *content, enum move move)
{
	int lines = s->view->lines;

	if (move == MOVE_TOP)
		collect(s, content, 0, s->h * 2);
	else
		collect(s, content, lines - s->h * 2, INT_MAX);
	if (!s->nr_spots)
		return false;
	return put_cursor(s, &s->spots[move == MOVE_TOP ? 0 : s->nr_spots - 1]);
}

static bool move_steps(struct pad *s, pad_content *content,
	const struct direction *d, int count)
{
	const struct spot *at;
	struct spot none = { NO_REF, -1, s->view->top - 1, 1 };
	bool moved = false;

	collect(s, content, s->view->top - s->h * 2, s->view->top + s->h * 3);
	at = s->cursor.w ? &s->cursor : &none;
	while (count-- > 0) {
		const struct spot *next = next_spot(s, at, d);

		if (!next && at == &none && s->nr_spots)
			next = &s->spots[0];
		if (!next)
			break;
		moved = put_cursor(s, next);
		at = next;
	}
	return moved;
}

bool pad_move(struct pane_view *view, const struct look *look,
	pad_content *content, enum move move, int count)
{
	struct pad s;
	bool moved;

	pad_start(&s, view, look, PAD_FIND);
	view->lines = content(&s);
	s.room_spots = MAX_SPOTS;
	s.spots = malloc(sizeof(*s.spots) * MAX_SPOTS);
	if (!s.spots)
		return false;
	if (move == MOVE_TOP || move == MOVE_BOTTOM)
		moved = move_end(&s, content, move);
	else
		moved = move_steps(&s, content, &directions[move], count);
	free(s.spots);
	return moved;
}

bool pad_seek(struct pane_view *view, const struct look *look,
	pad_content *content, const struct ref *refs)
{
	struct pane_view saved = *view;

	for (; refs->kind; refs++) {
		struct pad s;

		pad_start(&s, view, look, PAD_FIND);
		view->cursor = *refs;
		view->own[OWN_X] = 0;
		content(&s);
		if (s.cursor.w)
			return put_cursor(&s, &s.cursor);
		*view = saved;
	}
	return false;
}
