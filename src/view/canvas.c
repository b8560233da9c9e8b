/*
 * A canvas: a grid of cells, row by row.
 *
 * Invariant: a cell is CELL_SHADOW if and only if the cell at its left holds a
 * wide character.  Every write goes through cell_open(), which blanks the
 * other half of a wide character that it is about to cut.  A cell with lines
 * has ch 0, so that one test tells text from lines.
 */
#include "view/canvas.h"
#include "view/line.h"

#include <stdarg.h>
#include <stdio.h>
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

static int limit(int n, int min, int max)
{
	if (n < min)
		return min;
	return n > max ? max : n;
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
	w = limit(w, 0, CANVAS_MAX);
	h = limit(h, 0, CANVAS_MAX);
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

/* Far outside is outside: keeps sums of coordinates within an int. */
#define FAR (1 << 24)

/* @r in the canvas's own coordinates. */
static struct rect rect_place(const struct canvas *cv, struct rect r)
{
	return (struct rect){ limit(r.x, -FAR, FAR) + cv->dx,
		limit(r.y, -FAR, FAR) + cv->dy, limit(r.w, 0, FAR),
		limit(r.h, 0, FAR) };
}

struct canvas_state canvas_enter(struct canvas *cv, struct rect r)
{
	struct canvas_state saved = { cv->clip, cv->dx, cv->dy, cv->link };

	r = rect_place(cv, r);
	cv->clip = rect_cut(cv->clip, r);
	cv->dx = limit(r.x, -FAR, FAR);
	cv->dy = limit(r.y, -FAR, FAR);
	return saved;
}

void canvas_leave(struct canvas *cv, struct canvas_state saved)
{
	cv->clip = saved.clip;
	cv->dx = saved.dx;
	cv->dy = saved.dy;
	canvas_link(cv, saved.link);
}

static bool in_clip(const struct canvas *cv, int x, int y)
{
	return x >= cv->clip.x && y >= cv->clip.y &&
	       x < cv->clip.x + cv->clip.w && y < cv->clip.y + cv->clip.h;
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

/* Write @ch to a cell if the clip allows; (x, y) is absolute. */
static struct cell *cell_set(
	struct canvas *cv, int x, int y, enum style style, uint32_t ch)
{
	struct cell *c;

	if (!in_clip(cv, x, y))
		return NULL;
	c = cell_open(cv, x, y);
	*c = (struct cell){
		.ch = ch, .style = (uint16_t)style, .link = link_number(cv)
	};
	return c;
}

/* A wide character of which the clip shows one half is shown as a blank. */
static struct cell *cell_set_wide(
	struct canvas *cv, int x, int y, enum style style, uint32_t ch)
{
	bool whole = in_clip(cv, x, y) && in_clip(cv, x + 1, y);
	struct cell *left = cell_set(cv, x, y, style, 0);
	struct cell *right = cell_set(cv, x + 1, y, style, 0);

	if (!whole)
		return NULL;
	left->ch = ch;
	right->ch = CELL_SHADOW;
	return left;
}

static void cell_add_mark(struct cell *c, uint32_t mark)
{
	for (int i = 0; c && i < CELL_COMBINING; i++) {
		if (c->mark[i])
			continue;
		c->mark[i] = mark;
		return;
	}
}

/* ---- text ---- */

/* Columns from @x (relative) to the clip's right edge. */
static int to_edge(const struct canvas *cv, int x)
{
	int w = cv->clip.x + cv->clip.w - cv->dx - limit(x, -FAR, FAR);

	return w > 0 ? w : 0;
}

static int put_bytes(struct canvas *cv, struct rect at, enum style style,
	const char *text, size_t len)
{
	int x = limit(at.x, -FAR, FAR) + cv->dx;
	int y = limit(at.y, -FAR, FAR) + cv->dy;
	struct cell *last = NULL;
	int used = 0;

	while (len > 0) {
		struct text_char c;
		size_t n = text_next(text, len, &c);

		if (used + c.width > at.w)
			break;
		if (c.width == 0 && c.ch)
			cell_add_mark(last, c.ch);
		else if (c.width == 1)
			last = cell_set(cv, x + used, y, style, c.ch);
		else if (c.width == 2)
			last = cell_set_wide(cv, x + used, y, style, c.ch);
		used += c.width;
		text += n;
		len -= n;
	}
	return used;
}

int canvas_put(struct canvas *cv, int x, int y, int w, enum style style,
	const char *text)
{
	if (w < 0)
		w = to_edge(cv, x);
	return put_bytes(
		cv, (struct rect){ x, y, w, 1 }, style, text, strlen(text));
}

int canvas_printf(struct canvas *cv, int x, int y, int w, enum style style,
	const char *format, ...)
{
	char small[256];
	char *text = small;
	va_list args;
	int len, used;

	va_start(args, format);
	len = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	if (len >= (int)sizeof(small)) {
		va_start(args, format);
		if (vasprintf(&text, format, args) < 0)
			text = small;
		va_end(args);
	}
	used = canvas_put(cv, x, y, w, style, text);
	if (text != small)
		free(text);
	return used;
}

int canvas_put_cut(struct canvas *cv, int x, int y, int w, enum style style,
	const char *text)
{
	int used;

	if (w < 0)
		w = to_edge(cv, x);
	if (!text[text_fit(text, w)])
		return canvas_put(cv, x, y, w, style, text);
	if (w == 0)
		return 0;
	used = canvas_put(cv, x, y, w - 1, style, text);
	return used + canvas_glyph(cv, x + used, y, style, GL_ELLIPSIS);
}

int canvas_wrap(struct canvas *cv, int x, int y, int w, int h, int skip,
	enum style style, const char *text)
{
	int line = 0;

	if (w < 1)
		return 0;
	y = limit(y, -FAR, FAR);
	skip = limit(skip, 0, FAR);
	for (; *text; line++) {
		const char *start = text;
		size_t len = text_line(&text, w);

		if (line >= skip && line - skip < h)
			put_bytes(cv, (struct rect){ x, y + line - skip, w, 1 },
				style, start, len);
	}
	return line;
}

int canvas_glyph(
	struct canvas *cv, int x, int y, enum style style, enum glyph glyph)
{
	cell_set(cv, limit(x, -FAR, FAR) + cv->dx, limit(y, -FAR, FAR) + cv->dy,
		style, glyph_code(glyph));
	return 1;
}

/* ---- lines and areas ---- */

/* Let the line in @c leave by @sides too, looking like @look there. */
static void cell_join(struct cell *c, unsigned sides, enum line_look look)
{
	for (int i = 0; i < 4; i++) {
		if (!(sides & 1u << i))
			continue;
		c->lines |= (uint8_t)(1u << i);
		c->look &= (uint8_t) ~(3u << 2 * i);
		c->look |= (uint8_t)((unsigned)look << 2 * i);
	}
}

void canvas_line(struct canvas *cv, int x, int y, unsigned sides,
	enum style style, enum line_look look)
{
	struct cell *c, was;

	x = limit(x, -FAR, FAR) + cv->dx;
	y = limit(y, -FAR, FAR) + cv->dy;
	if (!in_clip(cv, x, y))
		return;
	was = *canvas_cell(cv, x, y);
	c = cell_set(cv, x, y, style, 0);
	c->lines = was.lines;
	c->look = was.look;
	cell_join(c, sides, look);
}

/* The sides of cell @i of a line of @n cells. */
static unsigned line_sides(int i, int n, unsigned back, unsigned forth)
{
	if (n == 1)
		return back | forth;
	return (i > 0 ? back : 0) | (i < n - 1 ? forth : 0);
}

void canvas_hline(struct canvas *cv, int x, int y, int w, enum style style,
	enum line_look look)
{
	int left = limit(x, -FAR, FAR) + cv->dx;
	int from = limit(cv->clip.x - left, 0, w);
	int end = limit(cv->clip.x + cv->clip.w - left, 0, w);

	for (int i = from; i < end; i++)
		canvas_line(cv, x + i, y, line_sides(i, w, LINE_W, LINE_E),
			style, look);
}

void canvas_vline(struct canvas *cv, int x, int y, int h, enum style style,
	enum line_look look)
{
	int top = limit(y, -FAR, FAR) + cv->dy;
	int from = limit(cv->clip.y - top, 0, h);
	int end = limit(cv->clip.y + cv->clip.h - top, 0, h);

	for (int i = from; i < end; i++)
		canvas_line(cv, x, y + i, line_sides(i, h, LINE_N, LINE_S),
			style, look);
}

void canvas_box(
	struct canvas *cv, struct rect r, enum style style, enum line_look look)
{
	int right = limit(r.x, -FAR, FAR) + limit(r.w, 0, FAR) - 1;
	int bottom = limit(r.y, -FAR, FAR) + limit(r.h, 0, FAR) - 1;

	if (r.w < 1 || r.h < 1)
		return;
	if (r.w > 1 || r.h == 1)
		canvas_hline(cv, r.x, r.y, r.w, style, look);
	if (r.h == 1)
		return;
	canvas_vline(cv, r.x, r.y, r.h, style, look);
	if (r.w == 1)
		return;
	canvas_hline(cv, r.x, bottom, r.w, style, look);
	canvas_vline(cv, right, r.y, r.h, style, look);
}

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
