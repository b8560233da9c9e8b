/*
 * A canvas: a grid of cells, row by row.
 *
 * Invariant: a cell is CELL_SHADOW if and only if the cell at its left holds a
 * wide character.  Every write goes through cell_open(), which blanks the
 * other half of a wide character that it is about to cut.  A cell with lines
 * has ch 0, so that one test tells text from lines.
 */
#include "view/canvas_cell.h"
#include "view/line.h"

#include <stdlib.h>
#include <string.h>

struct canvas *canvas_new(int w, int h)
{
	struct canvas *cv = calloc(1, sizeof(*cv));

	if (cv)
		canvas_reset(cv, w, h);
	return cv;
}

void canvas_delete(struct canvas *cv)
{
	if (!cv)
		return;
	free(cv->cells);
	free(cv->links);
	free(cv);
}

/* Give it w * h cells, whatever is in them; false: no memory. */
static bool canvas_resize(struct canvas *cv, int w, int h)
{
	size_t count = (size_t)w * (size_t)h;

	if (cv->cells && w * h == cv->w * cv->h)
		return true;
	free(cv->cells);
	cv->cells = count ? malloc(count * sizeof(struct cell)) : NULL;
	return cv->cells || !count;
}

void canvas_reset(struct canvas *cv, int w, int h)
{
	w = cell_limit(w, 0, CANVAS_MAX);
	h = cell_limit(h, 0, CANVAS_MAX);
	if (!canvas_resize(cv, w, h))
		w = h = 0;
	cv->w = w;
	cv->h = h;
	if (cv->cells)
		memset(cv->cells, 0,
			(size_t)w * (size_t)h * sizeof(struct cell));
	cv->nr_links = 0;
	cv->clip = (struct rect){ 0, 0, w, h };
	cv->dx = cv->dy = 0;
	cv->link = NO_REF;
	cv->link_fresh = false;
	cv->cursor_x = cv->cursor_y = -1;
}

/* ---- origin and clip ---- */

static struct rect rect_cut(struct rect a, struct rect b)
{
	int x = a.x > b.x ? a.x : b.x;
	int y = a.y > b.y ? a.y : b.y;
	int right = a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w;
	int bottom = a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h;

	return (struct rect){ x, y, right > x ? right - x : 0,
		bottom > y ? bottom - y : 0 };
}

/* @r in the canvas's own coordinates. */
static struct rect rect_place(const struct canvas *cv, struct rect r)
{
	return (struct rect){ cell_x(cv, r.x), cell_y(cv, r.y),
		cell_limit(r.w, 0, CELL_FAR), cell_limit(r.h, 0, CELL_FAR) };
}

struct canvas_state canvas_enter(struct canvas *cv, struct rect r)
{
	struct canvas_state saved = { cv->clip, cv->dx, cv->dy, cv->link };

	r = rect_place(cv, r);
	cv->clip = rect_cut(cv->clip, r);
	cv->dx = cell_limit(r.x, -CELL_FAR, CELL_FAR);
	cv->dy = cell_limit(r.y, -CELL_FAR, CELL_FAR);
	return saved;
}

void canvas_leave(struct canvas *cv, struct canvas_state saved)
{
	cv->clip = saved.clip;
	cv->dx = saved.dx;
	cv->dy = saved.dy;
	canvas_link(cv, saved.link);
}

/* ---- links ---- */

void canvas_link(struct canvas *cv, struct ref ref)
{
	if (ref_eq(ref, cv->link))
		return;
	cv->link = ref;
	cv->link_fresh = false;
}

static bool links_grow(struct canvas *cv)
{
	unsigned room = cv->room_links ? cv->room_links * 2u : 256;
	struct ref *links;

	if (cv->nr_links < cv->room_links)
		return true;
	if (cv->nr_links == UINT16_MAX)
		return false;
	if (room > UINT16_MAX)
		room = UINT16_MAX;
	links = realloc(cv->links, room * sizeof(*links));
	if (!links)
		return false;
	cv->links = links;
	cv->room_links = (uint16_t)room;
	return true;
}

/* The number for the current link: 1 + its index; 0 also when all are used. */
static uint16_t link_number(struct canvas *cv)
{
	if (cv->link.kind == REF_NONE)
		return 0;
	if (!cv->link_fresh) {
		if (!links_grow(cv))
			return 0;
		cv->links[cv->nr_links++] = cv->link;
		cv->link_fresh = true;
	}
	return cv->nr_links;
}

struct ref canvas_ref_at(const struct canvas *cv, int x, int y)
{
	const struct cell *c = canvas_cell(cv, x, y);

	return c && c->link ? cv->links[c->link - 1] : NO_REF;
}

/* ---- cells ---- */

const struct cell *canvas_cell(const struct canvas *cv, int x, int y)
{
	if (x < 0 || y < 0 || x >= cv->w || y >= cv->h)
		return NULL;
	return &cv->cells[y * cv->w + x];
}

/* The cell at (x, y), which must exist, about to be written. */
static struct cell *cell_open(struct canvas *cv, int x, int y)
{
	struct cell *c = &cv->cells[y * cv->w + x];

	if (c->ch == CELL_SHADOW) {
		c[-1].ch = 0;
		memset(c[-1].mark, 0, sizeof(c->mark));
	}
	if (x + 1 < cv->w && c[1].ch == CELL_SHADOW && c->ch != CELL_SHADOW)
		c[1].ch = 0;
	return c;
}

struct cell *cell_set(
	struct canvas *cv, int x, int y, enum style style, uint32_t ch)
{
	struct cell *c;

	if (!cell_in_clip(cv, x, y))
		return NULL;
	c = cell_open(cv, x, y);
	*c = (struct cell){
		.ch = ch, .style = (uint16_t)style, .link = link_number(cv)
	};
	return c;
}

struct cell *cell_set_wide(
	struct canvas *cv, int x, int y, enum style style, uint32_t ch)
{
	bool whole = cell_in_clip(cv, x, y) && cell_in_clip(cv, x + 1, y);
	struct cell *left = cell_set(cv, x, y, style, 0);
	struct cell *right = cell_set(cv, x + 1, y, style, 0);

	if (!whole)
		return NULL;
	left->ch = ch;
	right->ch = CELL_SHADOW;
	return left;
}

/* ---- areas ---- */

void canvas_fill(struct canvas *cv, struct rect r, enum style style)
{
	r = rect_cut(cv->clip, rect_place(cv, r));
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++)
			cell_set(cv, x, y, style, 0);
}

/* Both halves of a wide character are marked together. */
static void cell_flag(struct canvas *cv, int x, int y, unsigned extra)
{
	struct cell *c = &cv->cells[y * cv->w + x];

	c->extra |= (uint8_t)extra;
	if (c->ch == CELL_SHADOW)
		c[-1].extra |= (uint8_t)extra;
	if (x + 1 < cv->w && c[1].ch == CELL_SHADOW)
		c[1].extra |= (uint8_t)extra;
}

void canvas_mark(struct canvas *cv, struct rect r, unsigned extra)
{
	r = rect_cut(cv->clip, rect_place(cv, r));
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++)
			cell_flag(cv, x, y, extra);
}

/* ---- what is shown ---- */

/* What stands for @ch when only ASCII may be drawn by us; text stays. */
static uint32_t to_ascii(uint32_t ch)
{
	char line = line_shape_ascii(line_shape_of(ch));
	int glyph = glyph_find(ch);

	if (glyph >= 0)
		return (unsigned char)glyph_ascii((enum glyph)glyph);
	if (line)
		return (unsigned char)line;
	return ch == TEXT_REPLACEMENT ? '?' : ch;
}

uint32_t canvas_char(const struct canvas *cv, int x, int y)
{
	const struct cell *c = canvas_cell(cv, x, y);

	if (!c || c->ch == CELL_SHADOW)
		return 0;
	if (c->lines && cv->ascii)
		return (unsigned char)line_ascii(c->lines);
	if (c->lines)
		return line_char(c->lines, c->look);
	if (!c->ch)
		return ' ';
	return cv->ascii && c->ch >= 0x80 ? to_ascii(c->ch) : c->ch;
}

size_t canvas_utf8(const struct canvas *cv, int x, int y, char buf[CELL_UTF8])
{
	uint32_t ch = canvas_char(cv, x, y);
	const struct cell *c = canvas_cell(cv, x, y);
	size_t len;

	buf[0] = 0;
	if (!ch)
		return 0;
	len = text_encode(ch, buf);
	for (int i = 0; i < CELL_COMBINING && c->mark[i]; i++)
		len += text_encode(c->mark[i], buf + len);
	return len;
}
