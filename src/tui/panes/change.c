/*
 * An operation's VMAs before and now: as bars with the same columns, so that
 * cuts stand below each other; what the kernel decided, by the names of its
 * source; and each VMA with what it was.
 */
#include "tui/panes/change_model.h"
#include "tui/panes/pad.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LABEL_W 9  /* before a bar */
#define INDENT 4   /* of what belongs to the line above */

/* -- what the cases do ---------------------------------------------------- */

/* By the number of 2.6.11's case; r: the range. */
static const struct {
	const char *picture, *text;
} cases[] = {
	[1] = { "PPrrNN > PPPPPP", N_("the range fills the hole: prev grows "
				      "over it and over next") },
	[2] = { "PPrr > PPPP", N_("prev grows over the range") },
	[3] = { "rrNN > NNNN", N_("next grows down over the range") },
	[4] = { "PPrrNN > PPNNNN", N_("the tail of prev goes over to next") },
	[5] = { "PPrrNN > PPPPNN", N_("the head of next goes over to prev") },
	[6] = { "PPrrNN > PPPPPP", N_("the range is a whole VMA: prev grows "
				      "over it and over next") },
	[7] = { "PPrr > PPPP", N_("the range is a whole VMA: prev grows over "
				  "it") },
	[8] = { "rrNN > NNNN", N_("the range is a whole VMA: it and next "
				  "become one") },
};
#define NR_CASES (sizeof(cases) / sizeof(cases[0]))

static const char *const cuts[] = {
	[CUT_BELOW] = N_("the part below is a new VMA"),
	[CUT_ABOVE] = N_("the part above is a new VMA"),
	[CUT_MIDDLE] = N_("both sides are new VMAs"),
	[CUT_HEAD] = N_("its head is cut off"),
	[CUT_TAIL] = N_("its tail is cut off"),
	[CUT_HOLE] = N_("a hole: the part above it is a new VMA"),
};

/* Nothing leads to what is gone. */
static struct ref alive(const struct pad *s, struct ref ref)
{
	return object_exists(s->m, ref) ? ref : NO_REF;
}

/* -- bars ------------------------------------------------------------------ */

/* Where the edges lie, in columns. */
struct bars {
	const struct change *c;
	int column[CHANGE_EDGES];
	int end; /* the last column */
};

static void place_edges(struct bars *b, const struct change *c, int w)
{
	int width[CHANGE_EDGES], x = LABEL_W;

	b->c = c;
	change_spread(c, w - LABEL_W - 1, width);
	for (unsigned i = 0; i < c->nr_edges; i++) {
		b->column[i] = x;
		b->end = x;
		if (i + 1 < c->nr_edges)
			x += width[i];
	}
}

static int column_of(const struct bars *b, uint64_t at)
{
	for (unsigned i = 0; i < b->c->nr_edges; i++)
		if (b->c->edge[i] == at)
			return b->column[i];
	return b->end;
}

static enum style vma_style(const struct vma_was *v)
{
	if (v->flags & VM_SHARED)
		return ST_VMA_SHARED;
	return v->file ? ST_VMA_FILE : ST_VMA_ANON;
}

/* A bar from column to column, its name in the middle where it has room. */
static void put_bar(struct pad *s, int y, int from, int to,
	const struct vma_was *v)
{
	enum style style = vma_style(v);
	char name[48], prot[8], text[64];
	struct ref ref = ref_make(REF_VMA, v->id);
	int w = to - from - 1, len;

	pad_line(s, from, y, LINE_N | LINE_S | LINE_E, style, LINE_THIN);
	for (int x = from + 1; x < to; x++)
		pad_line(s, x, y, LINE_E | LINE_W, style, LINE_THIN);
	pad_line(s, to, y, LINE_N | LINE_S | LINE_W, style, LINE_THIN);
	format_ref(name, sizeof(name), s->m, ref);
	format_prot(prot, sizeof(prot), v->flags);
	snprintf(text, sizeof(text), "%s %s", name, prot);
	if ((int)strlen(text) > w)
		snprintf(text, sizeof(text), "%s", name);
	if ((int)strlen(text) > w)
		snprintf(text, sizeof(text), "%u", v->id);
	len = (int)strlen(text);
	if (len <= w)
		pad_put(s, from + 1 + (w - len) / 2, y, style,
			alive(s, ref), "%s", text);
}

static void put_bars(struct pad *s, const struct bars *b, int y, bool now)
{
	for (unsigned i = 0; i < b->c->nr; i++) {
		const struct change_vma *v = &b->c->vma[i];
		const struct vma_was *at = now ? &v->now : &v->before;

		if (now ? v->is : v->was)
			put_bar(s, y, column_of(b, at->start),
				column_of(b, at->end), at);
	}
}

static void put_range(struct pad *s, const struct bars *b, int y)
{
	int from = column_of(b, b->c->from), to = column_of(b, b->c->to);

	for (int x = from; x <= to; x++)
		pad_line(s, x, y,
			(x > from ? LINE_W : 0u) | (x < to ? LINE_E : 0u),
			ST_STRONG, LINE_DOUBLE);
}

/* Three lines; nothing where no VMA is concerned. */
static int put_picture(struct pad *s, const struct change *c, int y)
{
	bool whole = pos_is_whole(s->look->pos);
	struct bars b;

	if (!c->nr)
		return y;
	place_edges(&b, c, s->w);
	pad_cut(s, 1, y, LABEL_W - 1, ST_DIM, NO_REF, _("before"));
	put_bars(s, &b, y++, false);
	if (c->to > c->from) {
		pad_cut(s, 1, y, LABEL_W - 1, ST_DIM, NO_REF, _("range"));
		put_range(s, &b, y++);
	}
	pad_cut(s, 1, y, LABEL_W - 1, ST_DIM, NO_REF,
		whole ? _("after") : _("now"));
	put_bars(s, &b, y++, true);
	return y;
}

/* -- facts ----------------------------------------------------------------- */

/* What the event's number means. */
static const char *fact_text(const struct event *ev)
{
	if (ev->id == EV_VMA_CUT)
		return _(cuts[ev->n]);
	if (ev->id == EV_MERGE_CASE && ev->n < NR_CASES && cases[ev->n].text)
		return _(cases[ev->n].text);
	return "";
}

/* A text in as many lines as it needs from column @x on; returns the line
 * after it. */
static int put_wrapped(struct pad *s, int x, int y, enum style style,
	struct ref ref, const char *text)
{
	const char *p = text;

	while (*p) {
		size_t room = s->w - x > 8 ? (size_t)(s->w - x) : 8;
		size_t n = strlen(p);
		char line[256];

		if (text_width(p) > (int)room) {
			n = room;
			while (n && p[n] != ' ')
				n--;
			if (!n)
				n = strlen(p);
		}
		snprintf(line, sizeof(line), "%.*s", (int)n, p);
		pad_cut(s, x, y++, s->w - x, style, ref, line);
		p += n;
		while (*p == ' ')
			p++;
	}
	return y;
}

/* "vma_merge, case 4"; a name that tells the function stands alone. */
static void put_name(char *buf, size_t size, const struct look *look,
	const struct event *ev)
{
	const char *fn = ev->depth ? machine_era(look->m)->fn[ev->fn] : NULL;

	if (fn && strncmp(ev->field, fn, strlen(fn)) != 0)
		snprintf(buf, size, "%s, %s", fn, ev->field);
	else
		snprintf(buf, size, "%s", ev->field);
}

/* The kernel's name for what it did, and to what. */
static void name_fact(char *buf, size_t size, const struct look *look,
	const struct event *ev)
{
	char name[128], o[48], p[48];

	put_name(name, sizeof(name), look, ev);
	format_ref(o, sizeof(o), look->m, ev->o);
	if (ev->id == EV_MERGE_CASE) {
		snprintf(buf, size, _("%s: into %s"), name, o);
	} else {
		snprintf(p, sizeof(p), "%" PRIx64, ev->p.addr);
		snprintf(buf, size, _("%s: %s is cut at %s"), name, o, p);
	}
}

/* Why a neighbour stays one: "prev vma1: their vm_flags differ (-ac)". */
static void name_obstacle(char *buf, size_t size, const struct look *look,
	const struct event *ev)
{
	char why[256], name[48] = "";

	format_no_merge(why, sizeof(why), look->m, ev);
	if (ev->p.kind)
		format_ref(name, sizeof(name), look->m, ev->p);
	snprintf(buf, size, "%s%s%s: %s",
		ev->field ? ev->field : _("no merge"), name[0] ? " " : "",
		name, why);
}

static enum style fact_style(const struct look *look, size_t i)
{
	if (i >= look->done)
		return ST_DIM;
	if (i + 1 == look->done && !pos_is_whole(look->pos))
		return ST_EVENT_NOW;
	return look->events[i].id == EV_NO_MERGE ? ST_TEXT : ST_STRONG;
}

static int put_fact(struct pad *s, int y, size_t i)
{
	const struct look *look = s->look;
	const struct event *ev = &look->events[i];
	enum style style = fact_style(look, i);
	bool done = i < look->done, refused = ev->id == EV_NO_MERGE;
	char text[512];

	if (i + 1 == look->done)
		pad_here(s, y);
	if (refused)
		name_obstacle(text, sizeof(text), look, ev);
	else
		name_fact(text, sizeof(text), look, ev);
	if (done)
		pad_glyph(s, 1, y, style, NO_REF,
			refused ? GL_CROSS : GL_CHECK);
	y = put_wrapped(s, 3, y, style, alive(s, refused ? ev->p : ev->o),
		text);
	if (!fact_text(ev)[0])
		return y;
	snprintf(text, sizeof(text), "%s%s%s",
		ev->id == EV_MERGE_CASE ? cases[ev->n].picture : "",
		ev->id == EV_MERGE_CASE ? "  " : "", fact_text(ev));
	return put_wrapped(s, 3 + INDENT - 2, y, done ? ST_TEXT : ST_DIM,
		NO_REF, text);
}

static int put_facts(struct pad *s, int y)
{
	const struct look *look = s->look;
	int first = y;

	for (size_t i = 0; i < look->nr_events; i++)
		if (change_is_fact(&look->events[i]))
			y = put_fact(s, y, i);
	return y > first ? y + 1 : y;
}

/* -- the list --------------------------------------------------------------- */

/* What became of it, in a word. */
static const char *became(const struct change_vma *v)
{
	const struct vma_was *a = &v->before, *b = &v->now;

	if (!v->was)
		return _("new");
	if (!v->is)
		return _("gone");
	if (a->start == b->start && a->end == b->end) {
		if (a->flags != b->flags)
			return _("other flags");
		return change_differs(v) ? _("other anon_vma") : "";
	}
	if (a->start >= b->start && a->end <= b->end)
		return _("grown");
	if (a->start <= b->start && a->end >= b->end)
		return _("shrunk");
	return _("moved");
}

/* Words that do not fit in this line go to the next. */
struct words {
	struct pad *s;
	int x, y;
};

static void word(struct words *w, enum style style, struct ref ref,
	const char *text)
{
	int len = text_width(text);

	if (w->x + len > w->s->w && w->x > INDENT + 2) {
		w->x = INDENT + 2;
		w->y++;
	}
	w->x += pad_cut(w->s, w->x, w->y, w->s->w - w->x, style, ref, text) + 2;
}

static void put_shape(struct words *w, const struct vma_was *v,
	enum style style)
{
	char text[96], prot[8];

	snprintf(text, sizeof(text), "%" PRIx64 "-%" PRIx64 " %s", v->start,
		v->end, format_prot(prot, sizeof(prot), v->flags));
	word(w, style, NO_REF, text);
	snprintf(text, sizeof(text), "pgoff %" PRIx64, v->pgoff);
	word(w, style, NO_REF, text);
	if (!machine_era(w->s->m)->fn[FN_PREPARE])
		return; /* a kernel without anon_vmas */
	if (!v->anon_vma) {
		word(w, ST_DIM, NO_REF, _("no anon_vma"));
		return;
	}
	if (v->chain)
		snprintf(text, sizeof(text), _("av%u, chain of %u"),
			v->anon_vma, v->chain);
	else
		snprintf(text, sizeof(text), "av%u", v->anon_vma);
	word(w, style == ST_DIM ? style : ST_ANON_VMA,
		alive(w->s, ref_make(REF_ANON_VMA, v->anon_vma)), text);
}

static char mark_of(const struct change_vma *v)
{
	if (!v->was)
		return '+';
	if (!v->is)
		return '-';
	return change_differs(v) ? '*' : ' ';
}

static int put_vma(struct pad *s, int y, const struct change_vma *v)
{
	struct ref ref = ref_make(REF_VMA, v->id);
	const struct vma_was *at = v->is ? &v->now : &v->before;
	struct words w = { s, 3, y };
	char name[48];

	pad_put(s, 1, y, ST_STRONG, NO_REF, "%c", mark_of(v));
	word(&w, vma_style(at), alive(s, ref),
		format_ref(name, sizeof(name), s->m, ref));
	if (became(v)[0])
		word(&w, ST_STRONG, NO_REF, became(v));
	put_shape(&w, at, v->is ? ST_TEXT : ST_DIM);
	if (v->was && v->is && change_differs(v)) {
		w.x = INDENT + 2;
		w.y++;
		word(&w, ST_DIM, NO_REF, _("was"));
		put_shape(&w, &v->before, ST_DIM);
	}
	return w.y + 1;
}

/* -- the pane ---------------------------------------------------------------- */

static void put_title(struct pad *s)
{
	struct op_result res = { 0 };
	const struct look *look = s->look;
	const struct op *op = &look->step->op;
	char text[256], result[64];
	int x = 1;

	if (op->id == OP_BATCH && look->pos.sub)
		op = history_call(look->h, look->pos.op, look->pos.event, &res);
	if (!op || op->id == OP_BATCH) {
		pad_cut(s, x, 0, s->w - x, ST_STRONG, NO_REF,
			look->step->batch_text ? look->step->batch_text : "");
		return;
	}
	x += pad_cut(s, x, 0, s->w - x, ST_STRONG, NO_REF,
		format_op(text, sizeof(text), s->m, op));
	if (pos_is_whole(look->pos) && op == &look->step->op)
		pad_cut(s, x + 2, 0, s->w - x - 2,
			look->step->status ? ST_WARN : ST_TEXT, NO_REF,
			format_result(result, sizeof(result), s->m,
				look->step));
}

static bool any_change(const struct change *c)
{
	for (unsigned i = 0; i < c->nr; i++)
		if (change_differs(&c->vma[i]))
			return true;
	return false;
}

static int content(struct pad *s)
{
	struct change c;
	int y = 1;

	if (!change_make(&c, s->look)) {
		pad_cut(s, 1, 0, s->w - 1, ST_DIM, NO_REF,
			_("no operation yet"));
		return 1;
	}
	put_title(s);
	y = put_picture(s, &c, y);
	y = put_facts(s, c.nr ? y + 1 : y);
	if (!any_change(&c) && pos_is_whole(s->look->pos))
		y = put_wrapped(s, 1, y, ST_DIM, NO_REF,
			_("this operation changes no VMA of its task"));
	for (unsigned i = 0; i < c.nr; i++)
		y = put_vma(s, y, &c.vma[i]);
	if (c.more)
		pad_put(s, 3, y++, ST_DIM, NO_REF, _("and %u more"), c.more);
	return y;
}

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	pad_draw(view, look, cv, content);
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	return pad_move(view, look, content, move, count);
}

static void seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	const struct ref refs[] = { ref, NO_REF };

	pad_seek(view, look, content, refs);
}

const struct pane pane_change = {
	.name = "change",
	.title = N_("VMAs before and after"),
	.note = N_("what an operation makes of VMAs: cuts, the case of the "
		   "merge by its name, why neighbours stay two"),
	.min_w = 30,
	.min_h = 4,
	.draw = draw,
	.move = move,
	.seek = seek,
};
