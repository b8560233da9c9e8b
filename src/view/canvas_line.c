/* Lines on a canvas: cells keep the sides by which lines leave them. */
#include "view/canvas_cell.h"

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

	x = cell_x(cv, x);
	y = cell_y(cv, y);
	if (!cell_in_clip(cv, x, y))
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
	int left = cell_x(cv, x);
	int from = cell_limit(cv->clip.x - left, 0, w);
	int end = cell_limit(cv->clip.x + cv->clip.w - left, 0, w);

	for (int i = from; i < end; i++)
		canvas_line(cv, x + i, y, line_sides(i, w, LINE_W, LINE_E),
			style, look);
}

void canvas_vline(struct canvas *cv, int x, int y, int h, enum style style,
	enum line_look look)
{
	int top = cell_y(cv, y);
	int from = cell_limit(cv->clip.y - top, 0, h);
	int end = cell_limit(cv->clip.y + cv->clip.h - top, 0, h);

	for (int i = from; i < end; i++)
		canvas_line(cv, x, y + i, line_sides(i, h, LINE_N, LINE_S),
			style, look);
}

void canvas_box(
	struct canvas *cv, struct rect r, enum style style, enum line_look look)
{
	int right = cell_limit(r.x, -CELL_FAR, CELL_FAR) +
		    cell_limit(r.w, 0, CELL_FAR) - 1;
	int bottom = cell_limit(r.y, -CELL_FAR, CELL_FAR) +
		     cell_limit(r.h, 0, CELL_FAR) - 1;

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
