/*
 * The box of a question: what is asked before a step, and afterwards what
 * became of the answer.
 */
#include "tui/state.h"

#include "view/lang.h"

#include <stdio.h>

struct box {
	struct canvas *cv;
	struct rect r; /* inside the border */
	int y;	       /* next line */
};

/* Lines that @text takes in @w columns. */
static int wrapped(struct canvas *cv, const char *text, int w)
{
	return *text ? canvas_wrap(cv, 0, 0, w, 0, 0, ST_TEXT, text) : 0;
}

/* What became of an answer. */
struct verdict {
	enum style style;
	enum glyph mark;
	char text[500];
};

/* The answer by its number and words. */
static const char *right_answer(
	const struct app *a, const struct note *note, char *buf, size_t size)
{
	if (!note->answer || note->answer > note->nr_choices)
		return NULL;
	snprintf(buf, size, "%u) %s", note->answer,
		look_text(&a->look, note->choice[note->answer - 1]));
	return buf;
}

/* Right and wrong are for those who chose; who went on is just told. */
static void verdict_of(
	const struct app *a, const struct note *note, struct verdict *v)
{
	const struct answer *answer = app_answer_of(a, a->verdict);
	char buf[300];
	const char *right = right_answer(a, note, buf, sizeof(buf));

	*v = (struct verdict){ .style = ST_STRONG, .mark = GL_RIGHT };
	if (right && answer && answer->choice) {
		bool good = answer->choice == note->answer;

		v->style = good ? ST_GOOD : ST_BAD;
		v->mark = good ? GL_CHECK : GL_CROSS;
		snprintf(v->text, sizeof(v->text),
			good ? _("Right: %s") : _("Not so; the answer is %s"),
			right);
	} else if (right && answer && answer->text[0]) {
		snprintf(v->text, sizeof(v->text),
			_("Your answer: %s. The answer is %s"), answer->text,
			right);
	} else if (right) {
		snprintf(
			v->text, sizeof(v->text), _("The answer is %s"), right);
	} else if (answer && answer->text[0]) {
		snprintf(v->text, sizeof(v->text), _("Your answer: %s"),
			answer->text);
	}
}

static int verdict_height(
	const struct app *a, const struct note *note, struct canvas *cv, int w)
{
	struct verdict v;

	verdict_of(a, note, &v);
	return wrapped(cv, look_text(&a->look, note->text), w) +
	       wrapped(cv, v.text, w - 2) +
	       wrapped(cv, look_text(&a->look, note->why), w - 2);
}

static const char *key_hint(const struct note *note)
{
	return note->nr_choices
		       ? _("A digit answers, Space goes on, Esc closes.")
		       : _("A types an answer, Space goes on, Esc closes.");
}

/* An answer in words of one's own to the open question, or NULL. */
static const char *typed_answer(const struct app *a, const struct note *note)
{
	const struct answer *answer = NULL;
	size_t i;

	if (app_question(a, &i) == note)
		answer = app_answer_of(a, i);
	return answer && !answer->choice && answer->text[0] ? answer->text
							    : NULL;
}

/* Lines that a question, or what became of it, needs in @w columns. */
static int question_height(
	const struct app *a, const struct note *note, struct canvas *cv, int w)
{
	int h = 1 + wrapped(cv, look_text(&a->look, note->text), w);

	if (a->verdict != NO_NOTE)
		return verdict_height(a, note, cv, w);
	for (unsigned i = 0; i < note->nr_choices; i++)
		h += wrapped(cv, look_text(&a->look, note->choice[i]), w - 6);
	h += typed_answer(a, note) ? 1 : 0;
	return h + wrapped(cv, key_hint(note), w) - 1;
}

/* A question must not hide what it asks about, nor what was just said: it
 * lies over the path of the step that is over, or another pane that may be
 * missed, if it fits there; of a fault's tree the top, as its way ends below.
 * The rest of such a pane, with what came last, stays in sight. */
static bool over_pane(const struct app *a, const struct note *note,
	struct canvas *cv, struct rect *r)
{
	static const char *const names[] = { "path", "script", "costs",
		"fault" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!frame_outer(a, pane_index(names[i]), r) || r->w < 34)
			continue;
		if (question_height(a, note, cv, r->w - 4) + 2 > r->h)
			continue;
		r->h = 0;
		return true;
	}
	return false;
}

/* Else at the bottom. */
static struct rect box_place(
	const struct app *a, const struct note *note, struct canvas *cv)
{
	struct rect r;

	if (over_pane(a, note, cv, &r))
		return r;
	r = (struct rect){ cv->w / 16, cv->h, cv->w - cv->w / 8, 0 };
	r.w = r.w > 90 ? 90 : r.w;
	return r;
}

static void box_open(struct app *a, struct box *b, struct canvas *cv,
	const struct note *note)
{
	struct rect r = box_place(a, note, cv);
	int bottom = a->area.y + a->area.h - (r.y == cv->h);

	r.h = question_height(a, note, cv, r.w - 4) + 2;
	r.h = r.h < cv->h - 4 ? r.h : cv->h - 4;
	/* Inside of the border of what it lies over. */
	if (r.y + r.h > bottom)
		r.y = bottom > r.h ? bottom - r.h : 0;
	canvas_fill(cv, r, ST_QUESTION);
	canvas_box(cv, r, ST_QUESTION, LINE_THIN);
	canvas_printf(cv, r.x + 2, r.y, r.w - 4, ST_TITLE_FOCUS, " %s ",
		a->verdict != NO_NOTE ? _("It has happened")
				      : _("Before it happens"));
	b->cv = cv;
	b->r = (struct rect){ r.x + 2, r.y + 1, r.w - 4, r.h - 2 };
	b->y = b->r.y;
}

static void box_text(
	struct box *b, int indent, enum style style, const char *text)
{
	int room = b->r.y + b->r.h - b->y;

	if (room > 0)
		b->y += canvas_wrap(b->cv, b->r.x + indent, b->y,
			b->r.w - indent, room, 0, style, text);
}

static void box_choice(struct app *a, struct box *b, const struct note *note,
	unsigned i, unsigned chosen)
{
	bool now = chosen == i + 1;
	char command[32];
	int y = b->y;

	if (y >= b->r.y + b->r.h)
		return;
	if (now)
		canvas_glyph(b->cv, b->r.x + 1, y, ST_MENU_NOW, GL_NOW);
	canvas_printf(b->cv, b->r.x + 3, y, 3, ST_BAR_KEY, "%u)", i + 1);
	box_text(b, 6, now ? ST_MENU_NOW : ST_QUESTION,
		look_text(&a->look, note->choice[i]));
	snprintf(command, sizeof(command), "answer %u", i + 1);
	frame_hotspot(a, (struct rect){ b->r.x, y, b->r.w, b->y - y }, command);
}

static void draw_verdict(
	const struct app *a, struct box *b, const struct note *note)
{
	struct verdict v;

	verdict_of(a, note, &v);
	if (v.text[0])
		canvas_glyph(b->cv, b->r.x, b->y, v.style, v.mark);
	box_text(b, 2, v.style, v.text);
	box_text(b, 2, ST_NARRATION, look_text(&a->look, note->why));
}

void question_draw(struct app *a, struct canvas *cv)
{
	const struct answer *answer;
	const struct note *note;
	size_t i = a->verdict;
	struct box b;

	note = i != NO_NOTE ? history_note(a->h, i) : app_question(a, &i);
	if (!note || a->menu.open)
		return;
	answer = app_answer_of(a, i);
	box_open(a, &b, cv, note);
	box_text(&b, 0, ST_QUESTION, look_text(&a->look, note->text));
	if (a->verdict != NO_NOTE) {
		draw_verdict(a, &b, note);
		return;
	}
	for (unsigned k = 0; k < note->nr_choices; k++)
		box_choice(a, &b, note, k, answer ? answer->choice : 0);
	if (typed_answer(a, note))
		box_text(&b, 3, ST_MENU_NOW, typed_answer(a, note));
	box_text(&b, 0, ST_DIM, key_hint(note));
}
