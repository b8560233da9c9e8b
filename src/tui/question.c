/*
 * Questions: asked before their operation runs, answered by a digit or in
 * words, and compared once the operation has run.  Going on never needs an
 * answer; the right one is shown all the same.
 */
#include "tui/state.h"

#include "view/lang.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The choice that is typed as its text; 0: none. */
static unsigned choice_named(
	const struct app *a, const struct note *note, const char *text)
{
	for (unsigned i = 0; i < note->nr_choices; i++)
		if (!strcasecmp(look_text(&a->look, note->choice[i]), text))
			return i + 1;
	return 0;
}

/* The choice that @text means: its number or words; 0: an answer in words of
 * one's own.  False: a number that there is not. */
static bool choice_parse(struct app *a, const struct note *note,
	const char *text, unsigned *choice)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*choice = choice_named(a, note, text);
	if (*choice || *end || end == text || !note->nr_choices)
		return true;
	*choice = (unsigned)n;
	return (n >= 1 && n <= note->nr_choices) ||
	       app_fail(a, _("The answers are 1 to %u; Space goes on."),
		       note->nr_choices);
}

bool app_answer(struct app *a, const char *text)
{
	struct answer *answer;
	const struct note *note;
	unsigned choice;
	size_t i;

	note = app_question(a, &i);
	if (!note)
		return app_fail(a, _("No question is open here."));
	if (!choice_parse(a, note, text, &choice))
		return false;
	answer = answer_slot(a, i);
	if (!answer)
		return app_fail(a, _("out of memory"));
	answer->choice = choice;
	snprintf(answer->text, sizeof(answer->text), "%s", text);
	if (choice)
		app_say(a, _("Your answer is %u. Space shows what happens."),
			choice);
	else
		app_say(a,
			_("Your answer is \"%s\". Space shows what happens."),
			answer->text);
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
	if (answer && answer->passed) {
		a->verdict = i;
		/* Going back asks again. */
		((struct answer *)answer)->passed = false;
	}
}
