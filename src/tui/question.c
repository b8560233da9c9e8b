/*
 * Questions: asked before their operation runs, answered by a digit, and
 * compared once the operation has run.  Going on never needs an answer.
 */
#include "tui/state.h"

#include "view/lang.h"

#include <stdio.h>
#include <stdlib.h>

static struct answer *answer_slot(struct app *a, size_t note)
{
	struct answer *more;

	for (size_t i = 0; i < a->nr_answers; i++)
		if (a->answers[i].note == note)
			return &a->answers[i];
	more = realloc(a->answers, (a->nr_answers + 1) * sizeof(*more));
	if (!more)
		return NULL;
	a->answers = more;
	more[a->nr_answers] = (struct answer){ .note = note };
	return &more[a->nr_answers++];
}

const struct answer *app_answer_of(const struct app *a, size_t note)
{
	for (size_t i = 0; i < a->nr_answers; i++)
		if (a->answers[i].note == note)
			return &a->answers[i];
	return NULL;
}

/* The question that belongs to operation @op; NULL: none. */
static const struct note *question_of(
	const struct app *a, uint32_t op, size_t *index)
{
	for (size_t i = history_notes_of(a->h, op);
		i < history_note_count(a->h); i++) {
		const struct note *note = history_note(a->h, i);

		if (note->op != op)
			return NULL;
		if (note->kind == NOTE_ASK) {
			*index = i;
			return note;
		}
	}
	return NULL;
}

const struct note *app_question(const struct app *a, size_t *index)
{
	struct pos p = history_pos(a->h);
	const struct answer *answer;
	const struct note *note;
	size_t i;

	if (!a->set.questions || !pos_is_whole(p) ||
		p.op > app_lesson_length(a))
		return NULL;
	if (p.op == app_lesson_length(a) && p.op != a->source_len)
		return NULL;
	note = question_of(a, p.op + 1, &i);
	answer = note ? app_answer_of(a, i) : NULL;
	if (!note || (answer && answer->passed))
		return NULL;
	if (index)
		*index = i;
	return note;
}

bool app_answer(struct app *a, unsigned choice)
{
	struct answer *answer;
	const struct note *note;
	size_t i;

	note = app_question(a, &i);
	if (!note)
		return app_fail(a, _("No question is open here."));
	if (choice < 1 || choice > note->nr_choices)
		return app_fail(a, _("The answers are 1 to %u; Space goes on."),
			note->nr_choices);
	answer = answer_slot(a, i);
	if (!answer)
		return app_fail(a, _("out of memory"));
	answer->choice = choice;
	app_say(a, _("Your answer is %u. Space shows what happens."), choice);
	return true;
}

void app_question_pass(struct app *a)
{
	struct answer *answer;
	size_t i;

	if (!app_question(a, &i))
		return;
	answer = answer_slot(a, i);
	if (answer)
		answer->passed = true;
}

void app_question_check(struct app *a)
{
	struct pos p = history_pos(a->h);
	const struct answer *answer;
	size_t i;

	a->verdict = NO_NOTE;
	if (!pos_is_whole(p) || !p.op || p.op > app_lesson_length(a) ||
		!question_of(a, p.op, &i))
		return;
	answer = app_answer_of(a, i);
	if (answer && answer->choice && answer->passed) {
		a->verdict = i;
		/* Going back asks again. */
		((struct answer *)answer)->passed = false;
	}
}

/* -- drawing ------------------------------------------------------------ */

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

/* Lines that a question, or what became of it, needs in @w columns. */
static int question_height(
	const struct app *a, const struct note *note, struct canvas *cv, int w)
{
	int h = 1 + wrapped(cv, look_text(&a->look, note->text), w);

	if (a->verdict != NO_NOTE)
		return h + wrapped(cv, look_text(&a->look, note->why), w - 2);
	for (unsigned i = 0; i < note->nr_choices; i++)
		h += wrapped(cv, look_text(&a->look, note->choice[i]), w - 6);
	return h;
}

/* A question lies over the narration, whose text has been read, so that the
 * panes can be looked at; what became of it lies below, so that both can. */
static struct rect box_place(const struct app *a, const struct canvas *cv)
{
	struct rect r = { cv->w / 16, 1, cv->w - cv->w / 8, 0 }, over;

	if (r.w > 90)
		r.w = 90;
	if (frame_outer(a, pane_index("narration"), &over) && over.w >= 50)
		r = over;
	if (a->verdict != NO_NOTE)
		r.y = cv->h;
	return r;
}

static void box_open(struct app *a, struct box *b, struct canvas *cv,
	const struct note *note)
{
	struct rect r = box_place(a, cv);

	r.h = question_height(a, note, cv, r.w - 4) + 2;
	r.h = r.h < cv->h - 4 ? r.h : cv->h - 4;
	if (r.y + r.h > cv->h - 2)
		r.y = cv->h - 2 - r.h;
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

static void draw_verdict(struct app *a, struct box *b, const struct note *note,
	const struct answer *answer)
{
	bool right = answer->choice == note->answer;
	char text[400];

	if (!note->answer)
		snprintf(text, sizeof(text), _("Your answer: %u) %s"),
			answer->choice,
			look_text(&a->look, note->choice[answer->choice - 1]));
	else
		snprintf(text, sizeof(text),
			right ? _("Right: %u) %s")
			      : _("Not so; the answer is %u) %s"),
			note->answer,
			look_text(&a->look, note->choice[note->answer - 1]));
	canvas_glyph(b->cv, b->r.x, b->y, right ? ST_GOOD : ST_BAD,
		right ? GL_CHECK : GL_CROSS);
	box_text(b, 2, right || !note->answer ? ST_GOOD : ST_BAD, text);
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
	if (a->verdict != NO_NOTE && answer && answer->choice) {
		draw_verdict(a, &b, note, answer);
		return;
	}
	for (unsigned k = 0; k < note->nr_choices; k++)
		box_choice(a, &b, note, k, answer ? answer->choice : 0);
	box_text(&b, 0, ST_DIM,
		note->nr_choices
			? _("A digit answers, Space goes on, Esc closes.")
			: _("Think of an answer; Space goes on, Esc closes."));
}
