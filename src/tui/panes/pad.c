/*
 * Content is laid out in its own coordinates: line 0 is its first.  The pane
 * shows lines view->top .. top + h - 1.  An object may lie in several places
 * (a frame in two address spaces); the cursor remembers in view->own[6..7]
 * near which place it stood, and the nearest is the one it is on.
 */
#include "tui/panes/pad_in.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pad_start(struct pad *s, struct pane_view *view, const struct look *look,
	enum pad_run run)
{
	memset(s, 0, sizeof(*s));
	s->view = view;
	s->look = look;
	s->m = look->m;
	s->run = run;
	s->w = view->w;
	s->h = view->h;
	s->to = INT_MAX;
}

/* -- what is put down --------------------------------------------------- */

static long distance(const struct pad *s, const struct spot *spot)
{
	if (!s->view->own[OWN_X])
		return (long)spot->y * 512 + spot->x;
	return labs(spot->y - s->view->own[OWN_Y]) * 512 +
	       labs(spot->x + 1 - s->view->own[OWN_X]);
}

static void find_cursor(struct pad *s, const struct spot *spot)
{
	if (!ref_eq(spot->ref, s->view->cursor))
		return;
	if (!s->cursor.w || distance(s, spot) < distance(s, &s->cursor))
		s->cursor = *spot;
}

static void find_now(struct pad *s, const struct spot *spot)
{
	const struct event *now = latest_event(s->look);
	int rank = 0;

	if (now && ref_eq(spot->ref, now->o))
		rank = 3;
	else if (now && ref_eq(spot->ref, now->p))
		rank = 2;
	else if (look_marks(s->look, spot->ref) & STYLE_TOUCHED)
		rank = 1;
	if (rank > s->now_rank) {
		s->now_rank = rank;
		s->now = *spot;
	}
}

static void note_spot(struct pad *s, const struct spot *spot)
{
	bool seen = spot->x >= 0 && spot->x < s->w;

	if (!spot->ref.kind || spot->w <= 0 || (!seen && !s->beyond))
		return;
	if (s->run == PAD_FIND) {
		find_cursor(s, spot);
		find_now(s, spot);
	} else if (s->run == PAD_COLLECT && pad_wants(s, spot->y) &&
		   s->nr_spots < s->room_spots) {
		s->spots[s->nr_spots++] = *spot;
	}
}

void pad_here(struct pad *s, int y)
{
	if (s->run == PAD_FIND && s->now_rank < 4) {
		s->now_rank = 4;
		s->now = (struct spot){ NO_REF, 0, y, 1 };
	}
}

void pad_block(struct pad *s, int y, int lines)
{
	if (s->cursor.w && s->cursor.y >= y && s->cursor.y < y + lines)
		s->cursor_end = y + lines - 1;
	if (s->now.w && s->now.y >= y && s->now.y < y + lines)
		s->now_end = y + lines - 1;
}

static bool is_cursor(const struct pad *s, const struct spot *spot)
{
	return s->cursor.w && ref_eq(spot->ref, s->cursor.ref) &&
	       spot->x == s->cursor.x && spot->y == s->cursor.y;
}

static void show_cursor(struct pad *s, int x, int y)
{
	if (!s->view->focused)
		return;
	s->cv->cursor_x = s->cv->dx + x;
	s->cv->cursor_y = s->cv->dy + y;
}

/* Marks for the cells just drawn for @spot at (x, y) of the canvas. */
static void mark_spot(
	struct pad *s, const struct spot *spot, int x, int y, const char *text)
{
	struct rect r = { x, y, spot->w, 1 };
	unsigned extra = s->extra | look_marks(s->look, spot->ref);

	if (is_cursor(s, spot)) {
		/* what is selected is already marked, and more strongly */
		if (s->view->focused && !(extra & STYLE_SELECTED))
			extra |= STYLE_CURSOR;
		show_cursor(s, x, y);
	}
	if (s->view->search && text && strstr(text, s->view->search))
		extra |= STYLE_MATCH;
	if (extra)
		canvas_mark(s->cv, r, extra);
}

static bool shown(const struct pad *s, int y)
{
	return s->run == PAD_DRAW && pad_wants(s, y);
}

int pad_cut(struct pad *s, int x, int y, int w, enum style style,
	struct ref ref, const char *text)
{
	struct spot spot = { ref, x, y, 0 };
	int room;

	spot.w = text_width(text);
	if (w >= 0 && spot.w > w)
		spot.w = w;
	note_spot(s, &spot);
	if (!shown(s, y))
		return spot.w;
	room = s->w > x ? s->w - x : 0;
	y -= s->view->top;
	canvas_link(s->cv, ref);
	canvas_put_cut(s->cv, x, y, room < spot.w ? room : spot.w, style, text);
	canvas_link(s->cv, NO_REF);
	mark_spot(s, &spot, x, y, text);
	return spot.w;
}

int pad_put(struct pad *s, int x, int y, enum style style, struct ref ref,
	const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return pad_cut(s, x, y, -1, style, ref, text);
}

int pad_name(struct pad *s, int x, int y, enum style style, struct ref ref)
{
	char text[64];

	format_ref(text, sizeof(text), s->m, ref);
	return pad_cut(s, x, y, -1, style, ref, text);
}

int pad_glyph(struct pad *s, int x, int y, enum style style, struct ref ref,
	enum glyph glyph)
{
	bool ascii = s->cv && s->cv->ascii;

	return pad_cut(s, x, y, 1, style, ref, glyph_text(glyph, ascii));
}

void pad_line(struct pad *s, int x, int y, unsigned sides, enum style style,
	enum line_look look)
{
	if (shown(s, y))
		canvas_line(s->cv, x, y - s->view->top, sides, style, look);
}

int pad_sticky(struct pad *s, int lines)
{
	struct rect r = { 0, 0, s->w, lines };

	s->sticky = lines;
	if (s->run != PAD_DRAW)
		return 0;
	canvas_fill(s->cv, r, ST_TEXT);
	return s->view->top;
}

void pad_now_marks(struct pad *s, int x, int y, int w)
{
	pad_glyph(s, x - 1, y, ST_EVENT_NOW, NO_REF, GL_NOW);
	pad_glyph(s, x + w, y, ST_EVENT_NOW, NO_REF, GL_NOW_LEFT);
}

/* -- drawing ------------------------------------------------------------ */

static void scroll_to(const struct pad *s, int y)
{
	struct pane_view *view = s->view;
	int margin = view->h > 6 ? 1 : 0;

	if (y < view->top + s->sticky + margin)
		view->top = y - s->sticky - margin;
	if (y > view->top + view->h - 1 - margin)
		view->top = y - (view->h - 1 - margin);
}

static void clamp_top(struct pane_view *view)
{
	int most = view->lines - view->h;

	if (view->top > most)
		view->top = most;
	if (view->top < 0)
		view->top = 0;
}

/* Show a place and, as far as it fits, the block that it lies in. */
static void scroll_to_spot(struct pad *s, const struct spot *spot, int end)
{
	if (!spot->w)
		return;
	if (end > spot->y)
		scroll_to(s, end);
	scroll_to(s, spot->y);
}

static void scroll(struct pad *s)
{
	struct pane_view *view = s->view;

	clamp_top(view);
	scroll_to_spot(s, &s->cursor, s->cursor_end);
	if (view->follow)
		scroll_to_spot(s, &s->now, s->now_end);
	clamp_top(view);
}

int pad_lines(
	struct pane_view *view, const struct look *look, pad_content *content)
{
	struct pad s;

	pad_start(&s, view, look, PAD_FIND);
	return content(&s);
}

unsigned pad_draw(struct pane_view *view, const struct look *look,
	struct canvas *cv, pad_content *content)
{
	struct pad s;

	pad_start(&s, view, look, PAD_FIND);
	view->lines = content(&s);
	scroll(&s);
	s.run = PAD_DRAW;
	s.seen = 0;
	s.cv = cv;
	s.from = view->top;
	s.to = view->top + view->h;
	content(&s);
	return s.seen;
}

void pad_quiet(struct canvas *cv, const char *text)
{
	canvas_put(cv, 1, 0, -1, ST_DIM, text);
}
