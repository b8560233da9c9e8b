/*
 * What the current step costs in each era: a table, bars, and the curve over
 * the steps.  The cursor stands on an era; Enter goes there.  At the start the
 * whole run is shown.
 */
#include "tui/panes/eras.h"

#include "view/compare.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

#define OWN_CURSOR 0 /* in view->own: the era under the cursor + 1, 0: none */

static int current_run(const struct look *look)
{
	return look->compare
		       ? compare_find(look->compare, machine_era(look->m))
		       : -1;
}

static int cursor_run(const struct pane_view *view, const struct look *look)
{
	int nr = look->compare ? (int)look->compare->nr : 0;
	int cursor = (int)view->own[OWN_CURSOR] - 1;

	if (cursor < 0)
		return current_run(look);
	return cursor < nr ? cursor : nr - 1;
}

/* The others have no step of a branch. */
static uint32_t step_shown(const struct look *look)
{
	return look->pos.op <= look_lesson_end(look) ? look->pos.op
						     : UINT32_MAX;
}

static void eras_draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct compare_view v = { .c = look->compare,
		.step = step_shown(look),
		.current = current_run(look),
		.cursor = view->focused ? cursor_run(view, look) : -1,
		.top = view->top };
	bool wait = !look->compare || look->compare_left;
	int h = view->h - wait;

	if (look->compare)
		compare_draw(cv, view->w, h, &v);
	if (wait)
		canvas_put_cut(cv, 0, view->h - 1, view->w, ST_DIM,
			_("The other eras are being run ..."));
	view->lines = look->compare ? v.rows + 1 : 1;
}

static bool eras_move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	int nr = look->compare ? (int)look->compare->nr : 0;
	int cursor = cursor_run(view, look);

	switch (move) {
	case MOVE_DOWN:
	case MOVE_RIGHT:
		cursor += count;
		break;
	case MOVE_UP:
	case MOVE_LEFT:
		cursor -= count;
		break;
	case MOVE_PAGE_DOWN:
	case MOVE_HALF_DOWN:
		view->top += count;
		break;
	case MOVE_PAGE_UP:
	case MOVE_HALF_UP:
		view->top -= count;
		break;
	case MOVE_TOP:
	case MOVE_HOME:
		cursor = 0;
		break;
	case MOVE_BOTTOM:
	case MOVE_END:
		cursor = nr - 1;
		break;
	}
	cursor = cursor >= nr ? nr - 1 : cursor < 0 ? 0 : cursor;
	view->own[OWN_CURSOR] = cursor + 1;
	view->top = view->top >= view->lines - 1 ? view->lines - 2 : view->top;
	view->top = view->top < 0 ? 0 : view->top;
	return true;
}

static void eras_caption(const struct pane_view *view, const struct look *look,
	char *buf, size_t size)
{
	(void)view;
	if (look->pos.op)
		snprintf(buf, size, _("Eras: step %" PRIu32), look->pos.op);
	else
		snprintf(buf, size, "%s", _("Eras: the whole run"));
}

bool eras_command(const struct pane_view *view, const struct look *look,
	char *buf, size_t size)
{
	int i = cursor_run(view, look);

	if (i < 0)
		return false;
	snprintf(buf, size, "era %s", look->compare->run[i].era->name);
	return true;
}

const struct pane pane_eras = {
	.name = "eras",
	.title = N_("Eras"),
	.note = N_("what this step costs in each era; Enter goes to one"),
	.min_w = 30,
	.min_h = 4,
	.draw = eras_draw,
	.move = eras_move,
	.caption = eras_caption,
};
