/*
 * The decision tree of a page fault.  The way that the fault of this operation
 * has taken is lit up to the current event, with the answer behind each
 * question; the rest is dim.  Where there are too few lines for all of it,
 * questions that were not asked are left out.
 */
#include "tui/panes/fault_model.h"
#include "tui/panes/pad.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TREE_X 2  /* column of the top; before it the marks of the way */
#define INDENT 2  /* columns of a level */
#define TOP 1     /* lines above the tree */

/* What is drawn. */
struct tree {
	struct pad *s;
	struct fault_way way;
	bool any;                    /* is there a fault? */
	bool shown[MAX_FAULT_ROWS];  /* the row has a line */
};

static const char *const ends[NR_FAULT_ENDS] = {
	[FAULT_UNSAID] = "",
	[FAULT_MINOR] = N_("a minor fault"),
	[FAULT_MAJOR] = N_("a major fault"),
	[FAULT_SIGSEGV] = "SIGSEGV",
	[FAULT_SIGBUS] = "SIGBUS",
	[FAULT_OOM] = N_("out of memory"),
};

/* -- the lines on top ------------------------------------------------------ */

/* "fault 2 of 5: write of parent:7ffff7ffd000". */
static void name_fault(const struct tree *t, char *buf, size_t size)
{
	const struct event *ev = t->way.started;
	char where[64];
	struct ref at = ev->id == EV_CALL && ev->fn == FN_HANDLE_MM ? ev->p
								    : ev->o;

	format_ref(where, sizeof(where), t->s->m, at);
	snprintf(buf, size, _("fault %u of %u: a %s of %s%s"), t->way.which,
		t->way.count, ev->n ? _("write") : _("read"), where,
		t->way.fault.by_kernel ? _(", by get_user_pages") : "");
}

static void put_top(struct tree *t, int y)
{
	struct pad *s = t->s;
	char text[192];
	int x = 1;

	if (!t->any) {
		pad_cut(s, 1, y, s->w - 1, ST_TEXT, NO_REF,
			s->look->step ? _("this operation takes no page fault")
				      : _("no operation yet"));
		return;
	}
	name_fault(t, text, sizeof(text));
	x += pad_cut(s, x, y, s->w - x, ST_STRONG, NO_REF, text);
	if (!t->way.ended)
		return;
	x += 2;
	x += pad_glyph(s, x, y, ST_TEXT, NO_REF, GL_RIGHT) + 1;
	pad_cut(s, x, y, s->w - x,
		t->way.ended <= FAULT_MAJOR ? ST_GOOD : ST_BAD, NO_REF,
		_(ends[t->way.ended]));
}

/* -- which rows ------------------------------------------------------------- */

static bool is_lit(const struct tree *t, unsigned i)
{
	return t->any && fault_lit(&t->way, t->s->look, i);
}

static int count_shown(const struct tree *t)
{
	int n = 0;

	for (unsigned i = 0; i < nr_fault_rows; i++)
		n += t->shown[i];
	return n;
}

/* All, or if that is too much the answers to questions that were asked. */
static void choose(struct tree *t)
{
	for (unsigned i = 0; i < nr_fault_rows; i++)
		t->shown[i] = t->way.exists[i];
	if (!t->any || count_shown(t) + TOP <= t->s->h)
		return;
	for (unsigned i = 0; i < nr_fault_rows; i++) {
		int parent = fault_parent(&t->way, i);

		bool asked = parent < 0 || is_lit(t, (unsigned)parent);

		if (!is_lit(t, i) && (!asked || !fault_rows[i].proof[0].id ||
					     fault_rows[i].fn == FN_TRY_TO_FREE))
			t->shown[i] = false;
	}
}

/* -- a row ------------------------------------------------------------------- */

/* Is there a later row of the same depth under the same parent? */
static bool goes_on(const struct tree *t, unsigned i, unsigned depth)
{
	for (i++; i < nr_fault_rows && fault_rows[i].depth >= depth; i++)
		if (t->shown[i] && fault_rows[i].depth == depth)
			return true;
	return false;
}

static void put_branches(const struct tree *t, unsigned i, int y)
{
	unsigned depth = fault_rows[i].depth;

	for (unsigned d = 1; d <= depth; d++) {
		int x = TREE_X + ((int)d - 1) * INDENT;
		bool on = goes_on(t, i, d);
		enum style style = is_lit(t, i) ? ST_TEXT : ST_DIM;

		if (d == depth)
			pad_line(t->s, x, y,
				LINE_N | LINE_E | (on ? LINE_S : 0u), style,
				LINE_THIN);
		else if (on)
			pad_line(t->s, x, y, LINE_N | LINE_S, ST_DIM,
				LINE_THIN);
	}
}

/* What of its event a lit row shows, after a blank; "" for nothing. */
static struct ref detail(const struct tree *t, unsigned i, char *buf,
	size_t size)
{
	const struct event *ev = &t->s->look->events[t->way.by[i] - 1];
	struct ref ref = NO_REF;
	char name[64];

	buf[0] = 0;
	if (fault_rows[i].show == SHOW_N)
		snprintf(buf, size, _(" (count %" PRIu64 ")"), ev->n);
	else if (fault_rows[i].show == SHOW_O)
		ref = ev->o;
	else if (fault_rows[i].show == SHOW_P)
		ref = ev->p;
	if (ref.kind == REF_PAGE)
		snprintf(buf, size, _(" (frame %s)"),
			format_ref(name, sizeof(name), t->s->m, ref));
	else if (ref.kind)
		snprintf(buf, size, " (%s)",
			format_ref(name, sizeof(name), t->s->m, ref));
	return object_exists(t->s->m, ref) ? ref : NO_REF;
}

/* The words of a row: "yes (vma3): handle_mm_fault". */
static struct ref say_row(const struct tree *t, unsigned i, char *buf,
	size_t size)
{
	const struct fault_row *row = &fault_rows[i];
	const char *fn = row->fn == ANYWHERE
		? NULL
		: machine_era(t->s->m)->fn[row->fn];
	struct ref ref = NO_REF;
	char more[96] = "";

	if (is_lit(t, i))
		ref = detail(t, i, more, sizeof(more));
	if (row->label)
		snprintf(buf, size, "%s%s%s%s%s%s", _(row->label), more,
			fn || row->text ? ": " : "", fn ? fn : "",
			fn && row->text ? ", " : "",
			row->text ? _(row->text) : "");
	else
		snprintf(buf, size, "%s%s%s%s", fn ? fn : "", more,
			fn && row->text ? ", " : "",
			row->text ? _(row->text) : "");
	return ref;
}

/* The answer to the question of row @i, " yes"; "" if it is not known.  What it
 * is about stands in the row of the answer. */
static void say_answer(const struct tree *t, unsigned i, char *buf, size_t size)
{
	const struct look *look = t->s->look;
	int answer = is_lit(t, i) ? fault_answer(&t->way, look, i) : -1;

	buf[0] = 0;
	if (answer >= 0 && fault_rows[answer].label)
		snprintf(buf, size, " %s", _(fault_rows[answer].label));
}

/* The question, and its answer when it is known; without room for both the
 * answer is what counts. */
static void put_question(const struct tree *t, unsigned i, int x, int y,
	enum style style)
{
	const char *ask = _(fault_rows[i].ask);
	struct pad *s = t->s;
	char answer[192];

	say_answer(t, i, answer, sizeof(answer));
	x += 2;
	if (answer[0] && x + text_width(ask) + text_width(answer) > s->w)
		ask = "?";
	x += pad_cut(s, x, y, s->w - x, style, NO_REF, ask);
	if (answer[0] && x < s->w)
		pad_cut(s, x, y, s->w - x, ST_GOOD, NO_REF, answer);
}

static void put_row(const struct tree *t, unsigned i, int y)
{
	struct pad *s = t->s;
	bool lit = is_lit(t, i), now = lit && (int)i == t->way.now;
	enum style style = now ? ST_EVENT_NOW : lit ? ST_STRONG : ST_DIM;
	int x = TREE_X + fault_rows[i].depth * INDENT;
	char text[256];
	struct ref ref;

	put_branches(t, i, y);
	ref = say_row(t, i, text, sizeof(text));
	if (now)
		pad_here(s, y);
	if (lit)
		pad_glyph(s, 0, y, style, NO_REF, now ? GL_NOW : GL_CHECK);
	x += pad_cut(s, x, y, s->w - x, style, ref, text);
	if (fault_rows[i].ask && x + 2 < s->w)
		put_question(t, i, x, y, lit ? ST_TEXT : ST_DIM);
}

/* -- the pane ----------------------------------------------------------------- */

static int content(struct pad *s)
{
	struct tree t = { .s = s };
	int y = TOP;

	t.any = s->look->step && fault_find(&t.way, s->look);
	if (!s->look->step)
		fault_rows_of(&t.way, s->m);
	choose(&t);
	for (unsigned i = 0; i < nr_fault_rows; i++)
		if (t.shown[i])
			put_row(&t, i, y++);
	put_top(&t, pad_sticky(s, TOP));
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

const struct pane pane_fault = {
	.name = "fault",
	.title = N_("The fault's decisions"),
	.note = N_("the decision tree of a page fault; the way that this one "
		   "takes is lit, with the answer to each question"),
	.min_w = 30,
	.min_h = 4,
	.draw = draw,
	.move = move,
	.seek = seek,
};
