/*
 * A comparison on a canvas: the table of costs, a bar for each era, and the
 * curves of the chosen cost over the steps.  An era has a number and a style;
 * the number stands on its curve, so that nothing rests on colour alone.
 */
#include "view/compare.h"

#include "view/lang.h"
#include "view/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_W 12  /* of the names of costs */
#define MIN_NAME 8
#define MIN_COL 6  /* of an era's numbers, with a blank */
#define MAX_COL 14
#define BARS_W 30  /* that bars want beside the table */
#define AXIS_W 7   /* of the numbers beside the curves */
#define CURVE_H 6  /* that curves need at least */
#define BEST_CURVE_H 12
#define ROW_RESULT (-2) /* in rows[]: not a cost */
#define ROW_FAULTS (-1)

static enum style era_style(unsigned i)
{
	return (enum style)(ST_ERA_1 + i % 5);
}

/* What is shown of one era: a step's, or of the whole run. */
struct column {
	bool there;
	uint64_t faults;
	struct costs costs;
	const char *result; /* of a step that differs, else NULL */
};

struct sheet_of {
	struct compare_view *v;
	struct column col[COMPARE_ERAS];
	struct compare_step step[COMPARE_ERAS]; /* results point in here */
	int row[NR_COSTS + 2]; /* enum cost_id or ROW_..., nr_rows of them */
	int nr_rows;
	int name_w;	       /* of the names of costs */
	int col_w;	       /* of an era in the table */
};

/* -- what is there to show ----------------------------------------------- */

static void take_columns(struct sheet_of *s)
{
	const struct compare *c = s->v->c;
	bool differs = s->v->step && compare_differs(c, s->v->step);

	for (unsigned i = 0; i < c->nr; i++) {
		const struct compare_run *r = &c->run[i];
		struct column *col = &s->col[i];

		*col = (struct column){ .there = r->paging != NULL,
			.faults = r->faults,
			.costs = r->total };
		if (!s->v->step)
			continue;
		col->there = compare_step(r, s->v->step, &s->step[i]);
		if (!col->there)
			continue;
		col->faults = s->step[i].faults;
		col->costs = s->step[i].costs;
		col->result = differs ? s->step[i].result : NULL;
	}
}

static uint64_t number_in(const struct column *col, int row)
{
	return row == ROW_FAULTS ? col->faults : col->costs.n[row];
}

static bool has_row(const struct sheet_of *s, int row)
{
	for (unsigned i = 0; i < s->v->c->nr; i++) {
		const struct column *col = &s->col[i];

		if (!col->there)
			continue;
		if (row == ROW_RESULT ? col->result != NULL
				      : number_in(col, row) > 0)
			return true;
	}
	return false;
}

static void take_rows(struct sheet_of *s)
{
	for (int row = ROW_RESULT; row < NR_COSTS; row++)
		if (has_row(s, row))
			s->row[s->nr_rows++] = row;
}

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

/* As wide as the widest number, if there is room. */
static int column_width(const struct sheet_of *s, int w)
{
	int nr = (int)s->v->c->nr, best = MIN_COL, room;
	char number[32];

	for (int i = 0; i < nr; i++) {
		best = max_int(best,
			(int)strlen(s->v->c->run[i].era->name) + 3);
		for (int k = 0; k < s->nr_rows && s->col[i].there; k++) {
			int row = s->row[k];

			if (row == ROW_RESULT)
				continue;
			best = max_int(best,
				1 + snprintf(number, sizeof(number),
					    "%" PRIu64,
					    number_in(&s->col[i], row)));
		}
	}
	room = nr ? (w - s->name_w) / nr : 0;
	best = best < room ? best : room;
	return best > MAX_COL ? MAX_COL : max_int(best, MIN_COL);
}

static void prepare(struct sheet_of *s, struct compare_view *v, int w)
{
	*s = (struct sheet_of){ .v = v };
	take_columns(s);
	take_rows(s);
	s->name_w = w - MIN_COL * (int)v->c->nr;
	s->name_w = s->name_w > NAME_W ? NAME_W : max_int(s->name_w, MIN_NAME);
	s->col_w = column_width(s, w);
	v->rows = s->nr_rows;
}

/* -- the table ----------------------------------------------------------- */

static void put_right(struct canvas *cv, int x, int y, int w, enum style style,
	const char *text)
{
	int left = w - text_width(text);

	canvas_put_cut(cv, x + max_int(left, 0), y, w, style, text);
}

/* Its number, which the bars explain, where the name is too long. */
static const char *head_name(
	const struct sheet_of *s, unsigned i, char *buf, size_t size)
{
	const char *name = s->v->c->run[i].era->name;

	if ((int)strlen(name) < s->col_w)
		return name;
	snprintf(buf, size, "%u", i + 1);
	return buf;
}

static void draw_head(const struct sheet_of *s, struct canvas *cv, int y)
{
	for (unsigned i = 0; i < s->v->c->nr; i++) {
		int x = s->name_w + (int)i * s->col_w;
		char buf[16];
		const char *name = head_name(s, i, buf, sizeof(buf));

		put_right(cv, x + 1, y, s->col_w - 1, era_style(i), name);
		if ((int)i == s->v->current)
			canvas_glyph(cv, x + s->col_w - 1 - (int)strlen(name),
				y, ST_STRONG, GL_NOW);
		if ((int)i == s->v->cursor)
			canvas_mark(cv,
				(struct rect){ x + 1, y, s->col_w - 1, 1 },
				STYLE_CURSOR);
	}
}

static const char *row_name(int row)
{
	return row == ROW_RESULT   ? _("result")
	       : row == ROW_FAULTS ? "faults"
				   : cost_name((enum cost_id)row);
}

static void draw_cell(
	const struct sheet_of *s, struct canvas *cv, unsigned i, int row, int y)
{
	const struct column *col = &s->col[i];
	int x = s->name_w + (int)i * s->col_w, w = s->col_w - 1;
	char text[32];
	uint64_t n;

	if (!col->there) {
		put_right(cv, x + 1, y, w, ST_DIM, "-");
		return;
	}
	if (row == ROW_RESULT) {
		put_right(cv, x + 1, y, w, ST_WARN, col->result);
		return;
	}
	n = number_in(col, row);
	put_right(cv, x + 1, y, w, n ? ST_COST : ST_DIM,
		compare_number(text, sizeof(text), n, w));
}

static void draw_table(const struct sheet_of *s, struct canvas *cv, int h)
{
	draw_head(s, cv, 0);
	for (int y = 1; y < h && s->v->top + y - 1 < s->nr_rows; y++) {
		int row = s->row[s->v->top + y - 1];
		bool chosen = row >= 0 && s->v->c->set >> row & 1;

		canvas_put_cut(cv, 0, y, s->name_w - 1,
			row == ROW_RESULT ? ST_WARN
			: chosen	  ? ST_STRONG
					  : ST_TEXT,
			row_name(row));
		for (unsigned i = 0; i < s->v->c->nr; i++)
			draw_cell(s, cv, i, row, y);
	}
}

/* -- bars ---------------------------------------------------------------- */

static uint64_t most(const struct sheet_of *s)
{
	uint64_t n, best = 0;

	for (unsigned i = 0; i < s->v->c->nr; i++) {
		n = s->col[i].there
			    ? compare_cost(&s->col[i].costs, s->v->c->set)
			    : 0;
		best = n > best ? n : best;
	}
	return best;
}

/* "1 2.6.11   1234 ▬▬▬▬▬▬" */
static void draw_bar(const struct sheet_of *s, struct canvas *cv, unsigned i,
	struct rect r, uint64_t best)
{
	uint64_t n = compare_cost(&s->col[i].costs, s->v->c->set);
	int x = r.x + 17, room = r.x + r.w - x, len;
	char text[32];

	canvas_printf(cv, r.x, r.y, 1, era_style(i), "%u", i + 1);
	if ((int)i == s->v->current)
		canvas_glyph(cv, r.x + 1, r.y, ST_STRONG, GL_NOW);
	canvas_put(cv, r.x + 2, r.y, 7, era_style(i),
		s->v->c->run[i].era->name);
	if (!s->col[i].there) {
		canvas_put_cut(cv, r.x + 9, r.y, r.w - 9, ST_DIM,
			s->v->c->run[i].paging ? _("no such step")
			: s->v->c->run[i].why  ? s->v->c->run[i].why
					       : _("not run"));
		return;
	}
	put_right(cv, r.x + 9, r.y, 7, n ? ST_COST : ST_DIM,
		compare_number(text, sizeof(text), n, 7));
	len = room < 1 || !best ? 0
				: (int)((double)n / (double)best * room + 0.5);
	for (int k = 0; k < len || (k < 1 && n && room > 0); k++)
		canvas_glyph(cv, x + k, r.y, era_style(i), GL_BAR);
}

static void draw_bars(const struct sheet_of *s, struct canvas *cv, struct rect r)
{
	uint64_t best = most(s);
	char name[256];

	canvas_put_cut(cv, r.x, r.y, r.w, ST_STRONG,
		compare_set_name(s->v->c->set, name, sizeof(name)));
	for (unsigned i = 0; i < s->v->c->nr && (int)i + 1 < r.h; i++) {
		struct rect line = { r.x, r.y + 1 + (int)i, r.w, 1 };

		draw_bar(s, cv, i, line, best);
		if ((int)i == s->v->cursor)
			canvas_mark(cv, line, STYLE_CURSOR);
	}
}

/* -- curves -------------------------------------------------------------- */

struct plot {
	struct rect r; /* of the lines */
	uint64_t top;  /* the number of the highest row */
	const struct compare *c;
};

/* The point of the curves in column @x. */
static unsigned point_at(const struct plot *p, int x)
{
	return p->r.w < 2 ? 0
			  : (unsigned)((uint64_t)(p->c->points - 1) *
				       (uint64_t)x / (uint64_t)(p->r.w - 1));
}

static int row_of(const struct plot *p, unsigned i, int x)
{
	uint64_t n = p->c->run[i].curve[point_at(p, x)];

	return p->r.y + p->r.h - 1 -
	       (int)((double)n / (double)p->top * (p->r.h - 1) + 0.5);
}

static void draw_curve(const struct plot *p, struct canvas *cv, unsigned i)
{
	for (int x = 0; x + 1 < p->r.w; x++) {
		int from = row_of(p, i, x), to = row_of(p, i, x + 1);

		canvas_hline(cv, p->r.x + x, from, 2, era_style(i), LINE_THIN);
		if (from != to)
			canvas_vline(cv, p->r.x + x + 1,
				from < to ? from : to,
				1 + (from < to ? to - from : from - to),
				era_style(i), LINE_THIN);
	}
}

/* Every curve has its number on it, each in columns of its own: where curves
 * lie upon each other all their numbers are seen. */
static void number_curve(const struct plot *p, struct canvas *cv, unsigned i)
{
	int nr = (int)p->c->nr, apart = 4 * nr;

	for (int x = 4 * (int)i + 3; x < p->r.w; x += apart)
		canvas_printf(cv, p->r.x + x, row_of(p, i, x), 1, era_style(i),
			"%u", i + 1);
}

static void draw_axes(const struct plot *p, struct canvas *cv)
{
	int bottom = p->r.y + p->r.h;
	char text[32];

	put_right(cv, 0, p->r.y, AXIS_W - 1, ST_DIM,
		compare_number(text, sizeof(text), p->top, AXIS_W - 1));
	put_right(cv, 0, bottom - 1, AXIS_W - 1, ST_DIM, "0");
	canvas_vline(cv, p->r.x - 1, p->r.y, p->r.h + 1, ST_BORDER, LINE_THIN);
	canvas_hline(cv, p->r.x - 1, bottom, p->r.w + 1, ST_BORDER, LINE_THIN);
	canvas_put(cv, p->r.x, bottom + 1, -1, ST_DIM, "0");
	snprintf(text, sizeof(text), _("step %" PRIu32), p->c->steps);
	put_right(cv, p->r.x, bottom + 1, p->r.w, ST_DIM, text);
}

/* Where the step is that is looked at. */
static void draw_here(const struct plot *p, struct canvas *cv, uint32_t step)
{
	int x;

	if (!step || !p->c->steps || step > p->c->steps)
		return;
	x = (int)((uint64_t)step * (uint64_t)(p->r.w - 1) / p->c->steps);
	canvas_vline(cv, p->r.x + x, p->r.y, p->r.h, ST_DIM, LINE_DASHED);
	canvas_glyph(cv, p->r.x + x, p->r.y + p->r.h, ST_TIMELINE_NOW, GL_UP);
}

static void draw_curves(
	const struct sheet_of *s, struct canvas *cv, struct rect r)
{
	struct plot p = { .r = { r.x + AXIS_W, r.y + 1, r.w - AXIS_W, r.h - 3 },
		.c = s->v->c };
	char name[256];

	compare_curves(s->v->c);
	canvas_printf(cv, r.x, r.y, r.w, ST_STRONG,
		_("%s, added up over the steps"),
		compare_set_name(s->v->c->set, name, sizeof(name)));
	for (unsigned i = 0; i < p.c->nr; i++)
		if (p.c->run[i].curve[p.c->points - 1] > p.top)
			p.top = p.c->run[i].curve[p.c->points - 1];
	draw_axes(&p, cv);
	draw_here(&p, cv, s->v->step);
	if (!p.top)
		return;
	for (unsigned i = 0; i < p.c->nr; i++)
		if (p.c->run[i].paging)
			draw_curve(&p, cv, i);
	for (unsigned i = 0; i < p.c->nr; i++)
		if (p.c->run[i].paging)
			number_curve(&p, cv, i);
}

/* -- all of it ----------------------------------------------------------- */

static int table_width(const struct sheet_of *s)
{
	return s->name_w + (int)s->v->c->nr * s->col_w;
}

/* The bars stand beside the table where it is wide enough. */
static bool beside(const struct sheet_of *s, int w)
{
	return w >= table_width(s) + 3 + BARS_W;
}

int compare_height(const struct compare_view *v, int w)
{
	struct compare_view view = *v;
	struct sheet_of s;
	int bars = (int)v->c->nr + 1;

	prepare(&s, &view, w);
	return (beside(&s, w) ? max_int(s.nr_rows + 1, bars)
			      : s.nr_rows + 2 + bars) +
	       1 + BEST_CURVE_H;
}

void compare_draw(struct canvas *cv, int w, int h, struct compare_view *v)
{
	int bars = (int)v->c->nr + 1, table, used, x;
	struct sheet_of s;

	prepare(&s, v, w);
	if (beside(&s, w)) {
		table = s.nr_rows + 1 < h ? s.nr_rows + 1 : h;
		x = table_width(&s) + 3;
		used = max_int(table, bars < h ? bars : h);
		draw_bars(&s, cv, (struct rect){ x, 0, w - x, h });
	} else {
		table = s.nr_rows + 1;
		if (table > h - bars - 1)
			table = max_int(h - bars, 3);
		used = table + (h - table > bars);
		draw_bars(&s, cv, (struct rect){ 0, used, w, h - used });
		used += bars;
	}
	draw_table(&s, cv, table);
	if (h - used - 1 >= CURVE_H)
		draw_curves(&s, cv, (struct rect){ 0, used + 1, w, h - used - 1 });
}
