/*
 * Box drawing characters as strokes.
 *
 * Strokes are gathered in inks: one for each colour and kind, each of which
 * becomes one <path>.  An ink keeps its last stroke open, so that cells in a
 * row (and then in a column) make one long stroke.  Coordinates are half
 * units: all are whole numbers then, and thin strokes hit pixel centres.
 */
#include "view/line.h"
#include "view/writer_svg.h"

#define CELL_W (2 * SVG_W)
#define CELL_H (2 * SVG_H)
#define MID_X 9 /* the centre of a cell, where lines meet */
#define MID_Y 17
#define DOUBLE 4 /* from there to either stroke of a double line */

enum kind { THIN, THICK, DASHED, DOUBLE_LOW, DOUBLE_HIGH, NR_KINDS };

/* One end of a stroke to the other, left to right or top to bottom. */
struct stroke {
	int x0, y0, x1, y1;
};

struct ink {
	uint32_t rgb;	    /* its colour */
	enum kind kind;	    /* how its strokes look */
	bool open;	    /* last is not yet in path */
	struct stroke last; /* may still grow */
	struct buf path;    /* what is finished, as SVG path data */
};

#define NR_INKS 24
struct inks {
	struct buf *out; /* where full inks go */
	struct ink ink[NR_INKS];
	int used; /* of ink[] */
};

/* ---- inks ---- */

static void put_half(struct buf *b, int n)
{
	buf_printf(b, n % 2 ? "%d.5" : "%d", n / 2);
}

static void ink_close(struct ink *ink)
{
	bool across = ink->last.y0 == ink->last.y1;

	if (!ink->open)
		return;
	ink->open = false;
	buf_putc(&ink->path, 'M');
	put_half(&ink->path, ink->last.x0);
	buf_putc(&ink->path, ' ');
	put_half(&ink->path, ink->last.y0);
	buf_putc(&ink->path, across ? 'H' : 'V');
	put_half(&ink->path, across ? ink->last.x1 : ink->last.y1);
}

static void ink_put(struct buf *out, struct ink *ink)
{
	static const char *const kinds[NR_KINDS] = {
		[THIN] = "",
		[THICK] = " stroke-width=\"3\" stroke-linecap=\"square\"",
		[DASHED] = " stroke-dasharray=\"2.5 2\"",
		[DOUBLE_LOW] = "",
		[DOUBLE_HIGH] = "",
	};

	ink_close(ink);
	buf_printf(out, "<path fill=\"none\" stroke=\"#%06x\"%s d=\"%s\"/>\n",
		ink->rgb, kinds[ink->kind],
		ink->path.data ? ink->path.data : "");
	buf_free(&ink->path);
}

static void inks_put(struct inks *inks)
{
	for (int i = 0; i < inks->used; i++)
		ink_put(inks->out, &inks->ink[i]);
	inks->used = 0;
}

static struct ink *ink_find(struct inks *inks, uint32_t rgb, enum kind kind)
{
	for (int i = 0; i < inks->used; i++)
		if (inks->ink[i].rgb == rgb && inks->ink[i].kind == kind)
			return &inks->ink[i];
	if (inks->used == NR_INKS)
		inks_put(inks);
	inks->ink[inks->used] = (struct ink){ .rgb = rgb, .kind = kind };
	return &inks->ink[inks->used++];
}

/* Do they lie on one line, @b beginning where @a ends? */
static bool continues(struct stroke a, struct stroke b)
{
	bool across = a.y0 == a.y1 && b.y0 == b.y1;
	bool down = a.x0 == a.x1 && b.x0 == b.x1;

	return (across || down) && a.x1 == b.x0 && a.y1 == b.y0;
}

static void ink_add(struct ink *ink, struct stroke s)
{
	if (ink->open && continues(ink->last, s)) {
		ink->last.x1 = s.x1;
		ink->last.y1 = s.y1;
		return;
	}
	ink_close(ink);
	ink->last = s;
	ink->open = true;
}

/* ---- cells ---- */

/* Sides are numbered N, E, S, W; the side across from one is 2 further. */
struct line_cell {
	struct inks *inks;
	int x, y;      /* its centre */
	uint8_t shape; /* line.h */
	bool dashed;   /* its straight lines are */
	uint32_t rgb;  /* of its strokes */
};

static bool has(const struct line_cell *c, int side)
{
	return SHAPE_SIDE(c->shape, side & 3) != WEIGHT_NONE;
}

static bool is_double(const struct line_cell *c, int side)
{
	return SHAPE_SIDE(c->shape, side & 3) == WEIGHT_DOUBLE;
}

/* The side to which an offset @sign leads from the line through @side. */
static int beside(int side, int sign)
{
	if (side % 2) /* E or W: up or down */
		return sign < 0 ? 0 : 2;
	return sign < 0 ? 3 : 1;
}

/*
 * Where the stroke of @side at offset @sign begins, counted from the centre
 * towards @side, so that corners of double lines close and inner ones stay
 * open.
 */
static int begin_double(const struct line_cell *c, int side, int sign)
{
	int near = beside(side, sign), far = beside(side, -sign);

	if (has(c, near))
		return is_double(c, near) ? DOUBLE : 0;
	if (has(c, side + 2))
		return 0;
	return is_double(c, far) ? -DOUBLE : 0;
}

static int begin_single(const struct line_cell *c, int side)
{
	int doubles = is_double(c, side + 1) + is_double(c, side + 3);

	if (doubles == 0 || has(c, side + 2))
		return 0;
	return doubles == 2 ? DOUBLE : -DOUBLE;
}

/* From @begin to the cell's edge at @side, @offset beside the centre. */
static void put_stroke(const struct line_cell *c, int side, enum kind kind,
	int begin, int offset)
{
	struct ink *ink = ink_find(c->inks, c->rgb, kind);
	struct stroke s;

	if (side == 0)
		s = (struct stroke){ c->x + offset, c->y - MID_Y, c->x + offset,
			c->y - begin };
	else if (side == 1)
		s = (struct stroke){ c->x + begin, c->y + offset,
			c->x - MID_X + CELL_W, c->y + offset };
	else if (side == 2)
		s = (struct stroke){ c->x + offset, c->y + begin, c->x + offset,
			c->y - MID_Y + CELL_H };
	else
		s = (struct stroke){ c->x - MID_X, c->y + offset, c->x - begin,
			c->y + offset };
	ink_add(ink, s);
}

static void put_side(const struct line_cell *c, int side)
{
	if (!has(c, side))
		return;
	if (is_double(c, side)) {
		put_stroke(c, side, DOUBLE_LOW, begin_double(c, side, -1),
			-DOUBLE);
		put_stroke(
			c, side, DOUBLE_HIGH, begin_double(c, side, 1), DOUBLE);
		return;
	}
	if (SHAPE_SIDE(c->shape, side) == WEIGHT_THICK)
		put_stroke(c, side, THICK, 0, 0);
	else
		put_stroke(c, side, c->dashed ? DASHED : THIN,
			begin_single(c, side), 0);
}

/* ---- the page ---- */

static bool is_dashed(uint32_t ch)
{
	return (ch >= 0x2504 && ch <= 0x250b) || (ch >= 0x254c && ch <= 0x254f);
}

/* @first and @second: the sides to draw, in the direction of the walk. */
static void walk_cell(struct inks *inks, const struct canvas *cv,
	const struct theme *theme, int x, int y, int first, int second)
{
	uint32_t ch = canvas_char(cv, x, y);
	uint8_t shape = line_shape_of(ch);
	const struct cell *cell = canvas_cell(cv, x, y);
	struct line_cell c;

	if (!shape)
		return;
	c = (struct line_cell){ .inks = inks,
		.x = x * CELL_W + MID_X,
		.y = y * CELL_H + MID_Y,
		.shape = shape,
		.dashed = is_dashed(ch) };
	c.rgb = solid_of(
		theme, theme_pen(theme, (enum style)cell->style, cell->extra))
			.fg;
	put_side(&c, first);
	put_side(&c, second);
}

void svg_lines(
	struct buf *out, const struct canvas *cv, const struct theme *theme)
{
	struct inks inks = { .out = out };

	for (int y = 0; y < cv->h; y++)
		for (int x = 0; x < cv->w; x++)
			walk_cell(&inks, cv, theme, x, y, 3, 1);
	for (int x = 0; x < cv->w; x++)
		for (int y = 0; y < cv->h; y++)
			walk_cell(&inks, cv, theme, x, y, 0, 2);
	inks_put(&inks);
}
