/* Questions as a student or a lecturer meets them. */
#include "lesson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_pos(const struct app *a, uint32_t op, uint32_t event)
{
	assert_int_equal(history_pos(a->h).op, op);
	assert_int_equal(history_pos(a->h).event, event);
}

static void a_question_is_answered(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "goto 6");
	lesson_shows(a, "Before it happens");
	lesson_keys(a, "9");
	lesson_shows(a, "The answers are 1 to 2");
	lesson_keys(a, "2 Space");
	assert_pos(a, 7, WHOLE);
	lesson_shows(a, "Not so; the answer is 1) the old one");
	lesson_shows(a, "Only the child's entry is changed.");
	lesson_keys(a, "u 1 . . s");
	lesson_shows(a, "Right: 1) the old one");
	lesson_keys(a, "Esc");
	lesson_lacks(a, "It has happened");
	lesson_close(a);
}

static void an_answer_can_be_typed(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "goto 6");
	lesson_shows(a, "Before it happens");
	lesson_keys(a, "A t h e Space o l d Space o n e Enter Space");
	lesson_shows(a, "Right: 1) the old one");
	lesson_keys(a, "u");
	lesson_run(a, "answer neither");
	lesson_shows(a, "neither");
	lesson_keys(a, "Space");
	lesson_shows(a, "Your answer: neither. The answer is 1) the old one");
	lesson_keys(a, "A");
	lesson_shows(a, "No question is open here.");
	lesson_close(a);
}

/* A question without choices takes any words, and says why afterwards. */
static void an_open_question(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);
	struct note ask = {
		.kind = NOTE_ASK,
		.op = 9,
		.text = { "How many PTEs?", NULL },
		.why = { "One for each page.", NULL },
	};

	(void)state;
	history_add_note(a->h, &ask);
	lesson_run(a, "goto 8");
	lesson_shows(a, "How many PTEs?");
	lesson_keys(a, "3 1 Enter");
	lesson_shows(a, "Your answer is \"31\"");
	lesson_keys(a, "Esc");
	lesson_lacks(a, "Before it happens");
	lesson_close(a);
}

/* It hides neither what it asks about nor what was said. */
static void a_question_lies_over_the_old_path(void **state)
{
	static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct app *a = lesson_open("cow", sizes[i][0], sizes[i][1]);

		lesson_run(a, "goto 6");
		for (int k = 0; k < 2; k++) {
			lesson_shows(
				a, k ? "It has happened" : "Before it happens");
			lesson_shows(a, "Address spaces");
			lesson_shows(a, "Narration");
			lesson_shows(a,
				k ? "frame of its own" : "map the same frames");
			lesson_shows(a, "frame  4b");
			lesson_keys(a, "Space");
		}
		/* Where that is not in sight: at the bottom. */
		lesson_keys(a, "Esc 1 z");
		lesson_run(a, "goto 6");
		lesson_shows(a, "Before it happens");
		lesson_shows(a, "frame  4b");
		lesson_close(a);
	}
}

static void a_question_never_blocks(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "goto 6");
	lesson_keys(a, "Space");
	assert_pos(a, 7, WHOLE);
	/* Who only went on is told, but not judged. */
	lesson_shows(a, "It has happened");
	lesson_shows(a, "The answer is 1) the old one");
	lesson_lacks(a, "Right");
	lesson_keys(a, "Esc u Esc");
	lesson_lacks(a, "Before it happens");
	lesson_run(a, "set questions off");
	lesson_keys(a, "U");
	lesson_run(a, "goto 6");
	lesson_lacks(a, "Before it happens");
	lesson_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_is_answered),
		cmocka_unit_test(an_answer_can_be_typed),
		cmocka_unit_test(an_open_question),
		cmocka_unit_test(a_question_lies_over_the_old_path),
		cmocka_unit_test(a_question_never_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
