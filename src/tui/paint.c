/*
 * `shown` is what the terminal shows, cell by cell, as the last frames left
 * it; a cell of UNKNOWN is one that has to be painted whatever comes there.
 * Only runs of cells that look different now are written.  A run holds whole
 * characters: a canvas changes both halves of a wide one or none of them,
 * unless their look alone changes.
 *
 * Between frames the terminal's look is the plain one, so that whatever else
 * is written to it (curses at the end, a crash) comes out plain.
 */
#include "tui/paint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define UNKNOWN (CELL_SHADOW - 1)
#define LOOKS 256u  /* looks kept as bytes; a power of 2 */
#define ERASE_MIN 8 /* blanks: from here on erasing is shorter */
#define GAP_MAX 4   /* cells: up to here writing them again is shorter */
#define PLAIN 0u    /* the key of the plain look */

struct look {
	uint32_t key;	       /* pair << 5 | attributes */
	int bg;		       /* -1: the terminal's own */
	bool flat;	       /* a blank in it is only its background */
	uint8_t len;	       /* of bytes; 0: not worked out */
	char bytes[CAPS_LOOK]; /* bring it about, whatever was before */
};

struct painter {
	const struct caps *caps;
	struct pens *pens;
	bool utf8;	    /* it can show more than ASCII */
	bool ascii;	    /* how the canvas was painted last */
	bool forget;	    /* clear the screen first */
	bool failed;	    /* a frame was cut: no memory */
	int w, h;	    /* of the terminal */
	struct cell *shown; /* w * h */
	char *out;	    /* the frame */
	size_t len, room;   /* bytes of it, and what it can hold */
	int x, y;	    /* where the terminal writes next; x -1: ? */
	uint32_t key;	    /* the look it writes with ... */
	int bg;		    /* ... and of that, as in struct look */
	bool flat;
	int cursor_x, cursor_y;	 /* where the cursor is shown; -1: hidden */
	struct look look[LOOKS]; /* by key, the last that fell there */
};

struct painter *painter_new(
	const struct caps *caps, struct pens *pens, bool utf8)
{
	struct painter *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->caps = caps;
	p->pens = pens;
	p->utf8 = utf8;
	painter_forget(p);
	return p;
}

void painter_delete(struct painter *p)
{
	if (!p)
		return;
	free(p->shown);
	free(p->out);
	free(p);
}

bool painter_size(struct painter *p, int w, int h)
{
	size_t count = (size_t)w * (size_t)h;
	struct cell *shown = realloc(p->shown, count * sizeof(*shown));

	if (!shown)
		return false;
	p->shown = shown;
	p->w = w;
	p->h = h;
	painter_forget(p);
	return true;
}

void painter_forget(struct painter *p)
{
	p->forget = true;
	p->cursor_x = -1;
}

void painter_repaint(struct painter *p)
{
	memset(p->look, 0, sizeof(p->look));
	for (int i = 0; i < p->w * p->h; i++)
		p->shown[i] = (struct cell){ .ch = UNKNOWN };
}

/* -- bytes --------------------------------------------------------------- */

static bool make_room(struct painter *p, size_t n)
{
	size_t room = 2 * p->room + n + 4096;
	char *out;

	if (p->len + n <= p->room)
		return true;
	out = realloc(p->out, room);
	if (!out) {
		p->failed = true;
		return false;
	}
	p->out = out;
	p->room = room;
	return true;
}

static void add(struct painter *p, const char *bytes, size_t n)
{
	if (!make_room(p, n))
		return;
	memcpy(p->out + p->len, bytes, n);
	p->len += n;
}

static void move_to(struct painter *p, int x, int y)
{
	char bytes[CAPS_MOVE];

	if (p->x == x && p->y == y)
		return;
	add(p, bytes, caps_move(p->caps, x, y, bytes));
	p->x = x;
	p->y = y;
}

/* -- looks --------------------------------------------------------------- */

static uint32_t key_of(const struct painter *p, const struct cell *cell)
{
	struct paint paint = pens_paint(p->pens, cell);

	return (uint32_t)paint.pair << 5 | (paint.attr & 31);
}

static const struct look *look_of(struct painter *p, uint32_t key)
{
	struct look *look = &p->look[(key ^ key >> 5) % LOOKS];
	int fg;

	if (look->len && look->key == key)
		return look;
	look->key = key;
	pens_pair(p->pens, (int)(key >> 5), &fg, &look->bg);
	look->flat = !(key & (ATTR_UNDERLINE | ATTR_REVERSE));
	look->len = (uint8_t)caps_look(
		p->caps, key & 31, fg, look->bg, look->bytes);
	return look;
}

static void set_look(struct painter *p, uint32_t key)
{
	const struct look *look;

	if (key == p->key)
		return;
	look = look_of(p, key);
	add(p, look->bytes, look->len);
	p->key = key;
	p->bg = look->bg;
	p->flat = look->flat;
}

/* The look for blanks: that which is set, if nobody can tell. */
static void set_blank(struct painter *p, uint32_t key)
{
	const struct look *look = look_of(p, key);

	if (!look->flat || !p->flat || look->bg != p->bg)
		set_look(p, key);
}

/* -- cells --------------------------------------------------------------- */

/* What the canvas lacks is blank. */
static const struct cell *cell_at(const struct canvas *cv, int x, int y)
{
	static const struct cell blank;
	const struct cell *cell = canvas_cell(cv, x, y);

	return cell ? cell : &blank;
}

static bool is_blank(const struct cell *cell)
{
	return !cell->lines && !cell->mark[0] && (!cell->ch || cell->ch == ' ');
}

/* Do two cells look alike?  What they stand for is not seen. */
static bool looks_like(const struct cell *a, const struct cell *b)
{
	return a->ch == b->ch && a->style == b->style && a->extra == b->extra &&
	       a->lines == b->lines && a->look == b->look &&
	       memcmp(a->mark, b->mark, sizeof(a->mark)) == 0;
}

/* The bytes of a character and its columns. */
static size_t cell_bytes(const struct painter *p, const struct canvas *cv,
	int x, int y, char buf[CELL_UTF8], int *w)
{
	const struct cell *cell = cell_at(cv, x, y);
	bool wide = x + 1 < p->w && cell_at(cv, x + 1, y)->ch == CELL_SHADOW;
	size_t n = canvas_utf8(cv, x, y, buf);

	*w = 1;
	if (!n || (unsigned char)buf[0] < 0x20)
		buf[0] = ' '; /* what is cut at an edge, too */
	else if (buf[0] & 0x80 && !p->utf8)
		buf[0] = '?';
	else if (wide && wcwidth((wchar_t)cell->ch) != 2)
		buf[0] = '?'; /* the locale knows better: keep the columns */
	else if (p->utf8 && cell->ch != CELL_SHADOW) {
		*w = wide ? 2 : 1;
		return n;
	}
	return 1;
}

/* Returns the columns that it takes. */
static int put_char(
	struct painter *p, const struct canvas *cv, int x, int y, uint32_t key)
{
	const struct cell *cell = cell_at(cv, x, y);
	char buf[CELL_UTF8] = { (char)cell->ch };
	size_t n = 1;
	int w = 1;

	if (cell->ch < 0x20 || cell->ch >= 0x7f || cell->mark[0])
		n = cell_bytes(p, cv, x, y, buf, &w);
	if (p->caps->scrolls && y == p->h - 1 && x + w == p->w)
		return w;
	move_to(p, x, y);
	set_look(p, key);
	add(p, buf, n);
	p->x = x + w < p->w ? x + w : -1; /* at the edge some wait, some wrap */
	return w;
}

/* How many cells from @x to @to are blanks of one style. */
static int blanks(const struct canvas *cv, int x, int y, int to)
{
	const struct cell *first = cell_at(cv, x, y), *cell = first;
	int n = 0;

	while (x + n < to && is_blank(cell) && cell->style == first->style &&
		cell->extra == first->extra)
		cell = cell_at(cv, x + ++n, y);
	return n;
}

static void put_blanks(struct painter *p, int x, int y, int n, uint32_t key)
{
	char erase[CAPS_MOVE];

	if (p->caps->scrolls && y == p->h - 1 && x + n == p->w)
		n--;
	if (n < 1)
		return;
	move_to(p, x, y);
	set_blank(p, key);
	if (n >= ERASE_MIN && p->caps->ansi_erase && p->flat && p->bg < 0) {
		add(p, erase,
			(size_t)snprintf(erase, sizeof(erase), "\033[%dX", n));
		return;
	}
	for (int i = 0; i < n; i++)
		add(p, " ", 1);
	p->x = x + n < p->w ? x + n : -1;
}

/* -- lines --------------------------------------------------------------- */

/* The columns [from, to) of a line. */
static void paint_run(
	struct painter *p, const struct canvas *cv, int y, int from, int to)
{
	int n;

	for (int x = from; x < to; x += n) {
		uint32_t key = key_of(p, cell_at(cv, x, y));

		n = blanks(cv, x, y, to);
		if (n)
			put_blanks(p, x, y, n, key);
		else
			n = put_char(p, cv, x, y, key);
	}
	for (int x = from; x < to; x++)
		p->shown[y * p->w + x] = *cell_at(cv, x, y);
}

static bool is_new(
	const struct painter *p, const struct canvas *cv, int x, int y)
{
	return !looks_like(&p->shown[y * p->w + x], cell_at(cv, x, y));
}

/* Where the run goes on that ends before @x: there, or behind a short gap of
 * the same style; else @x. */
static int over_gap(
	const struct painter *p, const struct canvas *cv, int x, int y)
{
	const struct cell *last = cell_at(cv, x - 1, y);

	for (int i = x; i < p->w && i <= x + GAP_MAX; i++) {
		const struct cell *cell = cell_at(cv, i, y);

		if (is_new(p, cv, i, y) && cell->ch != CELL_SHADOW)
			return i;
		if (cell->style != last->style || cell->extra != last->extra)
			break;
	}
	return x;
}

/* Where the run ends that begins at @x. */
static int run_end(
	const struct painter *p, const struct canvas *cv, int x, int y)
{
	int next = x;

	do {
		x = next + 1;
		while (x < p->w &&
			(is_new(p, cv, x, y) ||
				cell_at(cv, x, y)->ch == CELL_SHADOW))
			x++;
		next = over_gap(p, cv, x, y);
	} while (next > x);
	return x;
}

static void paint_line(struct painter *p, const struct canvas *cv, int y)
{
	int end;

	for (int x = 0; x < p->w; x = end) {
		end = x + 1;
		if (!is_new(p, cv, x, y))
			continue;
		end = run_end(p, cv, x, y);
		if (x > 0 && cell_at(cv, x, y)->ch == CELL_SHADOW)
			x--;
		paint_run(p, cv, y, x, end);
	}
}

/* -- frames -------------------------------------------------------------- */

static void start_over(struct painter *p)
{
	painter_repaint(p);
	add(p, p->caps->plain, strlen(p->caps->plain));
	add(p, p->caps->clear, strlen(p->caps->clear));
	p->key = PLAIN;
	p->bg = -1;
	p->flat = true;
	p->forget = false;
}

static void place_cursor(struct painter *p, const struct canvas *cv)
{
	int x = cv->cursor_x, y = cv->cursor_y;
	bool was = p->cursor_x >= 0;
	bool on = x >= 0 && y >= 0 && x < p->w && y < p->h;
	const char *turn = on ? p->caps->show : p->caps->hide;

	if (on && (p->len || x != p->cursor_x || y != p->cursor_y))
		move_to(p, x, y);
	if (on != was)
		add(p, turn, strlen(turn));
	p->cursor_x = on ? x : -1;
	p->cursor_y = y;
}

const char *painter_frame(
	struct painter *p, const struct canvas *cv, size_t *len)
{
	p->len = 0;
	p->x = -1;
	p->failed = false;
	if (p->forget)
		start_over(p);
	else if (cv->ascii != p->ascii)
		painter_repaint(p);
	p->ascii = cv->ascii;
	for (int y = 0; y < p->h; y++)
		paint_line(p, cv, y);
	set_look(p, PLAIN);
	place_cursor(p, cv);
	if (p->failed)
		painter_forget(p);
	*len = p->len;
	return p->out;
}
