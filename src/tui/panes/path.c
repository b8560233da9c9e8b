/*
 * The kernel's path: the calls and events of the operation, those that have
 * happened, the current one, and those to come.  Rows are made anew for each
 * drawing (path_rows.h).
 */
#include "tui/panes/path.h"

#include "tui/panes/path_rows.h"
#include "view/format.h"
#include "view/lang.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The pane's own numbers. */
enum { OWN_CURSOR, OWN_PLACE };

/* -- text --------------------------------------------------------------- */

static void row_text(
	const struct look *look, const struct row *row, char *buf, size_t size)
{
	struct op_result res = { 0 };
	const struct op *op;

	if (row->folded) {
		snprintf(buf, size, _("%s %s%zu the same"),
			glyph_text(GL_ELLIPSIS, look->ascii),
			glyph_text(GL_TIMES, look->ascii), row->folded);
	} else if (rows_are_calls(look)) {
		op = history_call(
			look->h, look->pos.op, (uint32_t)row->event, &res);
		if (op)
			format_op(buf, size, look->m, op);
	} else {
		format_event(buf, size, look->m, &look->events[row->event],
			look->lang);
	}
}

static int row_indent(const struct look *look, const struct row *row, int w)
{
	int indent = rows_are_calls(look) ? 0 : look->events[row->event].depth;

	return 2 + (indent < w / 3 ? indent : w / 3);
}

static enum style row_style(const struct look *look, const struct row *row)
{
	size_t done = rows_done(look);

	if (row->event >= done)
		return ST_DIM;
	if (row->event + 1 == rows_latest(look) && !row->folded &&
		(look->now || rows_are_calls(look)))
		return ST_EVENT_NOW;
	if (row->folded || rows_are_calls(look))
		return ST_EVENT;
	switch (look->events[row->event].kind) {
	case EVENT_CALL:
		return ST_CALL;
	case EVENT_LOCK:
	case EVENT_UNLOCK:
		return ST_LOCK;
	default:
		return ST_EVENT;
	}
}

/* ▸ before the current row, ✓ before what was done, nothing before a call. */
static void draw_mark(const struct look *look, const struct row *row,
	enum style style, struct canvas *cv, int x, int y)
{
	bool call = !rows_are_calls(look) && !row->folded &&
		    look->events[row->event].kind == EVENT_CALL;

	if (style == ST_EVENT_NOW)
		canvas_glyph(cv, x, y, style, GL_NOW);
	else if (style != ST_DIM && !call)
		canvas_glyph(cv, x, y, ST_DIM, GL_CHECK);
}

/* Lines that a row takes: the current one is never cut. */
static int row_height(const struct look *look, const struct row *row,
	struct canvas *cv, int w)
{
	char text[512] = "";
	int indent = row_indent(look, row, w), h;

	if (row_style(look, row) != ST_EVENT_NOW)
		return 1;
	row_text(look, row, text, sizeof(text));
	h = canvas_wrap(cv, 0, 0, w - indent, 0, 0, ST_EVENT, text);
	return h > 1 ? h : 1;
}

static int draw_row(const struct pane_view *view, const struct look *look,
	const struct row *row, struct canvas *cv, int y, bool cursor)
{
	enum style style = row_style(look, row);
	int indent = row_indent(look, row, view->w), h;
	char text[512] = "";

	row_text(look, row, text, sizeof(text));
	if (!rows_are_calls(look) && !row->folded)
		canvas_link(cv, look->events[row->event].o);
	draw_mark(look, row, style, cv, indent - 2, y);
	h = row_height(look, row, cv, view->w);
	if (h > 1)
		canvas_wrap(cv, indent, y, view->w - indent, h, 0, style, text);
	else
		canvas_put_cut(cv, indent, y, view->w - indent, style, text);
	if (cursor)
		canvas_mark(
			cv, (struct rect){ 0, y, view->w, h }, STYLE_CURSOR);
	if (view->search && strcasestr(text, view->search))
		canvas_mark(cv, (struct rect){ 0, y, view->w, h }, STYLE_MATCH);
	canvas_link(cv, NO_REF);
	return h;
}

/* -- the pane ----------------------------------------------------------- */

/* Leave out rows that the filter does not want. */
static void filter_rows(
	struct rows *rows, const struct look *look, const char *filter)
{
	size_t n = 0;

	for (size_t i = 0; filter && i < rows->n; i++) {
		char text[512] = "";

		row_text(look, &rows->row[i], text, sizeof(text));
		if (strcasestr(text, filter))
			rows->row[n++] = rows->row[i];
	}
	if (filter)
		rows->n = n;
}

/* After a move in history the pane follows it again. */
static void notice_move(struct pane_view *view, const struct look *look)
{
	long place =
		(long)(((uint64_t)look->pos.op << 24 ^
			       (uint64_t)look->pos.event << 8 ^ look->pos.sub) &
			0x7fffffffffffffff);

	if (place != view->own[OWN_PLACE])
		view->follow = true;
	view->own[OWN_PLACE] = place;
}

/* Lines that the current row takes beyond its first. */
static int now_extra(const struct pane_view *view, const struct rows *rows,
	const struct look *look, struct canvas *cv)
{
	size_t now = rows_now(rows, look);

	if (now >= rows->n)
		return 0;
	return row_height(look, &rows->row[now], cv, view->w) - 1;
}

/* The last page is full, and a current row in it is whole. */
static void clamp_top(struct pane_view *view, int rows, int now, int extra)
{
	int last = rows > view->h ? rows - view->h : 0;

	if (now >= last && rows + extra > view->h)
		last = rows + extra - view->h < now ? rows + extra - view->h
						    : now;
	view->top = view->top > last ? last : view->top;
	view->top = view->top < 0 ? 0 : view->top;
}

/* Keep the current row in sight, with all its lines, and what comes next. */
static void scroll_to(struct pane_view *view, const struct rows *rows,
	const struct look *look, struct canvas *cv)
{
	int now = (int)rows_now(rows, look);
	int extra = now_extra(view, rows, look, cv);

	notice_move(view, look);
	if (view->follow) {
		view->own[OWN_CURSOR] = now;
		if (now < view->top + 1 || now >= view->top + view->h * 2 / 3)
			view->top = now - view->h / 2;
		if (now + extra >= view->top + view->h)
			view->top = now + extra - view->h + 1;
		view->top = view->top > now ? now : view->top;
	}
	clamp_top(view, (int)rows->n, now, extra);
}

/* Keep the cursor in sight after it was moved. */
static void scroll_to_cursor(struct pane_view *view, size_t rows)
{
	int cursor = (int)view->own[OWN_CURSOR];

	if (cursor < view->top)
		view->top = cursor;
	else if (cursor >= view->top + view->h)
		view->top = cursor - view->h + 1;
	clamp_top(view, (int)rows, (int)rows, 0);
}

static void draw_nothing(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	const char *text = _("Nothing has run yet. Space runs the first "
			     "operation, . its first event.");

	if (look->step)
		text = _("This operation tells no events.");
	else if (!history_length(look->h))
		text = _("No operation yet. o does one by hand; begin with "
			 "spawn, then mmap.");
	canvas_wrap(cv, 0, 0, view->w, view->h, 0, ST_DIM, text);
}

static void path_draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct rows rows;
	int y = 0;

	rows_make(&rows, look);
	filter_rows(&rows, look, view->filter);
	view->lines = (int)rows.n;
	scroll_to(view, &rows, look, cv);
	for (size_t i = (size_t)view->top; i < rows.n && y < view->h; i++)
		y += draw_row(view, look, &rows.row[i], cv, y,
			view->focused && (long)i == view->own[OWN_CURSOR]);
	if (!rows.n)
		draw_nothing(view, look, cv);
	free(rows.row);
}

/* Take the object of the row under the cursor. */
static void take_cursor(struct pane_view *view, const struct rows *rows,
	const struct look *look)
{
	const struct row *row;

	if (view->own[OWN_CURSOR] >= (long)rows->n || rows_are_calls(look))
		return;
	row = &rows->row[view->own[OWN_CURSOR]];
	if (!row->folded && look->events[row->event].o.kind)
		view->cursor = look->events[row->event].o;
}

static bool path_move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	static const int pages[] = { [MOVE_PAGE_UP] = -2,
		[MOVE_PAGE_DOWN] = 2,
		[MOVE_HALF_UP] = -1,
		[MOVE_HALF_DOWN] = 1,
		[MOVE_END] = 0 };
	long cursor = view->own[OWN_CURSOR], by = 0;
	struct rows rows;

	rows_make(&rows, look);
	filter_rows(&rows, look, view->filter);
	if (move == MOVE_UP || move == MOVE_DOWN)
		by = move == MOVE_UP ? -count : count;
	else if (move == MOVE_TOP || move == MOVE_BOTTOM)
		by = move == MOVE_TOP ? -cursor : (long)rows.n;
	else
		by = (long)pages[move] * count * view->h / 2;
	cursor += by;
	cursor = cursor >= (long)rows.n ? (long)rows.n - 1 : cursor;
	view->own[OWN_CURSOR] = cursor < 0 ? 0 : cursor;
	view->follow = false;
	scroll_to_cursor(view, rows.n);
	take_cursor(view, &rows, look);
	free(rows.row);
	return by != 0;
}

static void path_seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	(void)look;
	view->cursor = ref;
}

static void path_caption(const struct pane_view *view, const struct look *look,
	char *buf, size_t size)
{
	struct op_result res = { 0 };
	const struct op *op = NULL;
	int n;

	(void)view;
	if (!look->step)
		return;
	n = snprintf(buf, size, "%s  ", _("Kernel path"));
	if (n < 0 || (size_t)n >= size)
		return;
	if (look->step->op.id != OP_BATCH)
		op = &look->step->op;
	else if (look->pos.sub)
		op = history_call(look->h, look->pos.op, look->pos.event, &res);
	if (op)
		format_op(buf + n, size - (size_t)n, look->m, op);
	else if (look->step->batch_text)
		snprintf(buf + n, size - (size_t)n, "%s",
			look->step->batch_text);
}

bool path_call(
	const struct pane_view *view, const struct look *look, struct pos *pos)
{
	long call = view->own[OWN_CURSOR];

	if (!rows_are_calls(look) || view->filter || call < 0 ||
		call >= (long)look->step->calls)
		return false;
	*pos = (struct pos){ look->pos.op, (uint32_t)call, 1 };
	return true;
}

const struct pane pane_path = {
	.name = "path",
	.title = N_("Kernel path"),
	.note = N_("functions and events of this operation; Enter selects "
		   "what an event is about"),
	.min_w = 24,
	.min_h = 3,
	.draw = path_draw,
	.move = path_move,
	.seek = path_seek,
	.caption = path_caption,
};
