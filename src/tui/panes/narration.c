/*
 * What the scenario says at this position: narration, asides, the question
 * that comes next, and how the checks of the operation went.
 */
#include "tui/pane.h"

#include "view/format.h"
#include "view/lang.h"

#include <stdio.h>
#include <string.h>

struct paper {
	struct pane_view *view;
	const struct look *look;
	struct canvas *cv;
	int y;	  /* line of the content, from 0 */
	bool gap; /* an empty line is due before what comes next */
};

/* A paragraph with a mark in front of it, if there is one. */
static void put_marked(struct paper *p, enum style style, int mark,
	enum style mark_style, const char *text)
{
	int indent = mark < 0 ? 0 : 2, y;

	if (!text || !*text)
		return;
	p->y += p->gap && p->y;
	p->gap = false;
	y = p->y - p->view->top;
	if (mark >= 0)
		canvas_glyph(p->cv, 0, y, mark_style, (enum glyph)mark);
	p->y += canvas_wrap(
		p->cv, indent, y, p->view->w - indent, 10000, 0, style, text);
}

static void put(struct paper *p, enum style style, const char *text)
{
	put_marked(p, style, -1, style, text);
}

static void gap(struct paper *p)
{
	/* In a few lines there is no room for empty ones. */
	p->gap = p->view->h > 5;
}

/* The first lines: what this is about. */
static void put_summary(struct paper *p)
{
	const struct source_info *info = p->look->info;

	if (!info || p->look->pos.op)
		return;
	put(p, ST_SCENE, look_text(p->look, info->title));
	gap(p);
	put(p, ST_NARRATION, look_text(p->look, info->summary));
}

static void put_scene(struct paper *p)
{
	const struct note *scene = look_note(p->look, NOTE_SCENE);

	/* In a small pane the title bar says it. */
	if (!scene || p->view->h < 5)
		return;
	gap(p);
	put(p, ST_SCENE, look_text(p->look, scene->text));
}

static void put_say(struct paper *p)
{
	const struct note *say = look_note(p->look, NOTE_SAY);

	if (!say)
		return;
	gap(p);
	put(p, p->look->presenter ? ST_STRONG : ST_NARRATION,
		look_text(p->look, say->text));
}

/* -- what belongs to the operation -------------------------------------- */

static void put_expect(struct paper *p, const struct note *note)
{
	put_marked(p, note->ok ? ST_GOOD : ST_BAD,
		note->ok ? GL_CHECK : GL_CROSS, note->ok ? ST_GOOD : ST_BAD,
		look_text(p->look, note->text));
}

static void put_error(struct paper *p, const struct note *note)
{
	put_marked(p, ST_BAD, GL_CROSS, ST_BAD, look_text(p->look, note->text));
}

static void put_print(struct paper *p, const struct note *note)
{
	put_marked(
		p, ST_TEXT, GL_RIGHT, ST_DIM, look_text(p->look, note->text));
}

static void put_note(struct paper *p, const struct note *note)
{
	put_marked(p, ST_NARRATION, GL_DOT, ST_DIM,
		look_text(p->look, note->text));
}

/* A question that has been passed: its answer, and why. */
static void put_answer(struct paper *p, const struct note *note)
{
	char text[300];

	gap(p);
	put(p, ST_QUESTION, look_text(p->look, note->text));
	if (note->answer && note->answer <= note->nr_choices) {
		snprintf(text, sizeof(text), "%u) %s", note->answer,
			look_text(p->look, note->choice[note->answer - 1]));
		put_marked(p, ST_STRONG, GL_RIGHT, ST_STRONG, text);
	}
	if (note->why.en)
		put(p, ST_NARRATION, look_text(p->look, note->why));
}

/* A question before its operation. */
static void put_question(struct paper *p, const struct note *note)
{
	char text[300];

	gap(p);
	put_marked(p, ST_QUESTION, GL_NOW, ST_QUESTION,
		look_text(p->look, note->text));
	for (unsigned i = 0; i < note->nr_choices; i++) {
		snprintf(text, sizeof(text), "  %u) %s", i + 1,
			look_text(p->look, note->choice[i]));
		put(p, ST_QUESTION, text);
	}
}

typedef void put_fn(struct paper *p, const struct note *note);
/* Shown once the operation has run. */
static put_fn *const after[] = {
	[NOTE_EXPECT] = put_expect,
	[NOTE_ERROR] = put_error,
	[NOTE_PRINT] = put_print,
	[NOTE_ASK] = put_answer,
	[NOTE_PAUSE] = NULL,
};

static void put_notes(
	struct paper *p, uint32_t op, put_fn *const *table, size_t n)
{
	for (size_t i = history_notes_of(p->look->h, op);
		i < history_note_count(p->look->h); i++) {
		const struct note *note = history_note(p->look->h, i);

		if (note->op != op)
			return;
		if (note->kind < n && table[note->kind])
			table[note->kind](p, note);
	}
}

static void put_step(struct paper *p)
{
	static put_fn *const inside[NOTE_ERROR + 1] = {
		[NOTE_NOTE] = put_note,
	};
	static put_fn *const before[NOTE_ERROR + 1] = {
		[NOTE_ASK] = put_question,
	};
	uint32_t op = p->look->pos.op;

	if (op > look_lesson_end(p->look))
		return;
	gap(p);
	put_notes(p, op, inside, NOTE_ERROR + 1);
	if (!pos_is_whole(p->look->pos))
		return;
	put_notes(p, op, after, NOTE_ERROR + 1);
	if (op < look_lesson_end(p->look))
		put_notes(p, op + 1, before, NOTE_ERROR + 1);
}

/* What a refused operation was refused with. */
static void put_refusal(struct paper *p)
{
	char op[160], result[80], text[260];

	if (!p->look->step || p->look->step->status >= 0 ||
		!pos_is_whole(p->look->pos))
		return;
	format_op(op, sizeof(op), p->look->m, &p->look->step->op);
	format_result(result, sizeof(result), p->look->m, p->look->step);
	snprintf(text, sizeof(text), "%s: %s", op, result);
	put_marked(p, ST_WARN, GL_CROSS, ST_WARN, text);
}

static void narration_draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct paper p = { view, look, cv, 0, false };

	/* Another position begins at its top. */
	if (view->own[0] != (long)look->pos.op + 1)
		view->top = 0;
	view->own[0] = (long)look->pos.op + 1;
	put_summary(&p);
	put_scene(&p);
	put_say(&p);
	put_refusal(&p);
	put_step(&p);
	view->lines = p.y;
	if (!p.y)
		put(&p, ST_DIM,
			history_branch(look->h) ?
				_("What was done by hand. b leads back to the "
				  "scenario.") :
			history_note_count(look->h) ||
					(look->info && look->info->text &&
						*look->info->text) ?
				_("The scenario says nothing here. ] leads to "
				  "the next scene.") :
				_("Operations are made by hand: o shows them, "
				  ": types one."));
}

const struct pane pane_narration = {
	.name = "narration",
	.title = N_("Narration"),
	.note = N_("what the scenario says here, its question and checks"),
	.min_w = 20,
	.min_h = 1,
	.draw = narration_draw,
};
