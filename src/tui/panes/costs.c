/* What the operation costs, as far as it has come, and all up to here. */
#include "tui/pane.h"

#include "core/cost.h"
#include "view/lang.h"

#include <inttypes.h>

#define NAME_W 12
#define NUMBER_W 8
#define BAR_W 10   /* of the bars where the notes have room beside them */
#define BAR_MAX 30 /* and where they have none */
#define NOTE_W 38  /* of the longest note, in English */

struct sums {
	const struct costs *op; /* of this operation */
	uint64_t total[NR_COSTS];
	uint64_t most; /* largest of op */
};

static void sum_up(const struct look *look, struct sums *s)
{
	s->op = &look->m->op_costs;
	s->most = 1;
	for (int i = 0; i < NR_COSTS; i++) {
		s->total[i] = look->m->total.n[i] + s->op->n[i];
		/* Bytes would dwarf everything that is counted. */
		if (i != COST_SLAB_BYTES && s->op->n[i] > s->most)
			s->most = s->op->n[i];
	}
}

static void draw_bar(
	struct canvas *cv, int x, int y, int w, uint64_t n, uint64_t most)
{
	int len = n >= most ? w : (int)(n * (uint64_t)w / most);

	if (n && !len)
		len = 1;
	for (int i = 0; i < len; i++)
		canvas_glyph(cv, x + i, y, ST_COST_BAR, GL_BAR);
}

static void draw_row(const struct pane_view *view, const struct sums *s,
	struct canvas *cv, int y, enum cost_id id)
{
	enum style style = s->op->n[id] ? ST_COST : ST_DIM;
	int x = NAME_W + 2 * NUMBER_W + 1;
	bool notes = view->w - x - BAR_W > NOTE_W;
	int bar = notes ? BAR_W : view->w - x < BAR_MAX ? view->w - x : BAR_MAX;

	canvas_put(cv, 0, y, NAME_W, style, cost_name(id));
	canvas_printf(cv, NAME_W, y, NUMBER_W, style, "%*" PRIu64, NUMBER_W - 1,
		s->op->n[id]);
	canvas_printf(cv, NAME_W + NUMBER_W, y, NUMBER_W, ST_DIM, "%*" PRIu64,
		NUMBER_W - 1, s->total[id]);
	if (bar > 0)
		draw_bar(cv, x, y, bar, s->op->n[id], s->most);
	if (notes)
		canvas_put_cut(cv, x + bar + 1, y, view->w - x - bar - 1,
			ST_DIM, _(cost_meaning(id)));
}

/* Rows with something in them first; the others when there is room. */
static int collect(const struct sums *s, enum cost_id id[NR_COSTS])
{
	int n = 0;

	for (int pass = 0; pass < 3; pass++)
		for (int i = 0; i < NR_COSTS; i++) {
			int kind = s->op->n[i] ? 0 : s->total[i] ? 1 : 2;

			if (kind == pass)
				id[n++] = (enum cost_id)i;
		}
	return n;
}

static void costs_draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	enum cost_id id[NR_COSTS];
	struct sums s;
	int n;

	sum_up(look, &s);
	n = collect(&s, id);
	view->lines = n + 1;
	if (view->top > n - 1)
		view->top = n - 1;
	canvas_printf(cv, NAME_W, 0, NUMBER_W, ST_DIM, "%*s", NUMBER_W - 1,
		_("here"));
	canvas_printf(cv, NAME_W + NUMBER_W, 0, NUMBER_W, ST_DIM, "%*s",
		NUMBER_W - 1, _("in all"));
	for (int y = 1; y < view->h && view->top + y - 1 < n; y++)
		draw_row(view, &s, cv, y, id[view->top + y - 1]);
}

const struct pane pane_costs = {
	.name = "costs",
	.title = N_("Costs"),
	.note = N_("what this operation has cost so far, and all before it"),
	.min_w = 24,
	.min_h = 2,
	.draw = costs_draw,
};
