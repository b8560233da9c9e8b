/* The line editor: pure state, driven by key names. */
#include "tui/keyname.h"
#include "tui/lineedit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct lineedit *le;

static int set_up(void **state)
{
	(void)state;
	le = lineedit_new();
	return le ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	lineedit_delete(le);
	return 0;
}

/* Press keys by name, separated by blanks; the result of the last. */
static enum edit_result press(const char *names)
{
	char *copy = strdup(names), *rest = copy, *name;
	enum edit_result result = EDIT_IGNORED;

	while ((name = strsep(&rest, " "))) {
		struct input_event ev = { 0 };

		assert_true(keyname_parse(name, &ev));
		result = lineedit_event(le, &ev);
	}
	free(copy);
	return result;
}

/* The line with | at the cursor. */
static void line_is(const char *want)
{
	const char *text = lineedit_text(le);
	int at = (int)lineedit_cursor(le);
	char got[512];

	snprintf(got, sizeof(got), "%.*s|%s", at, text, text + at);
	assert_string_equal(got, want);
}

static void typing(void **state)
{
	(void)state;
	assert_int_equal(press("s t e p Space 1"), EDIT_DONE);
	line_is("step 1|");
	press("Left Left x");
	line_is("stepx| 1");
	press("Home a C-e z");
	line_is("astep\x78 1z|");
	press("C-a Right Delete C-d");
	line_is("a|ep\x78 1z");
}

static void characters_of_several_bytes(void **state)
{
	(void)state;
	press("\xe5\x86\x85 \xe5\xad\x98 \xc3\xa9");
	line_is("\xe5\x86\x85\xe5\xad\x98\xc3\xa9|");
	press("Left Backspace");
	line_is("\xe5\x86\x85|\xc3\xa9");
	press("Delete C-h");
	line_is("|");
	lineedit_set(le, "e\xcc\x81x"); /* e, a combining acute */
	press("Left Left");
	line_is("|e\xcc\x81x");
	press("Right");
	line_is("e\xcc\x81|x");
	press("Backspace");
	line_is("|x");
}

static void words(void **state)
{
	(void)state;
	lineedit_set(le, "op parent  mmap");
	press("C-w");
	line_is("op parent  |");
	press("C-w");
	line_is("op |");
	press("C-y");
	line_is("op parent  |");
	press("M-b M-b");
	line_is("|op parent  ");
	press("M-f");
	line_is("op| parent  ");
	press("M-d");
	line_is("op|  ");
	press("C-k");
	line_is("op|");
	press("C-u");
	line_is("|");
}

static void nothing_happens_at_the_ends(void **state)
{
	(void)state;
	press("C-k C-u C-w Left Right Delete Up Down Tab");
	line_is("|");
	lineedit_set(le, "x");
	press("C-a Left C-h C-w");
	line_is("|x");
	press("C-e Right Delete M-f");
	line_is("x|");
}

static void how_it_ends(void **state)
{
	(void)state;
	press("a");
	assert_int_equal(press("Enter"), EDIT_ACCEPT);
	assert_int_equal(press("C-j"), EDIT_ACCEPT);
	assert_int_equal(press("Esc"), EDIT_CANCEL);
	assert_int_equal(press("C-c"), EDIT_CANCEL);
	assert_int_equal(press("C-g"), EDIT_CANCEL);
	assert_int_equal(press("F5"), EDIT_IGNORED);
	assert_int_equal(press("M-x"), EDIT_IGNORED);
	assert_int_equal(press("Backspace"), EDIT_DONE);
	assert_int_equal(press("Backspace"), EDIT_CANCEL);
}

static void a_paste_is_one_line(void **state)
{
	struct input_event ev = {
		.kind = INPUT_PASTE, .text = "a\nb", .len = 3
	};

	(void)state;
	press("( ) Left");
	assert_int_equal(lineedit_event(le, &ev), EDIT_DONE);
	line_is("(a b|)");
}

static void history_by_prefix(void **state)
{
	(void)state;
	lineedit_remember(le, "step 1");
	lineedit_remember(le, "goto 7");
	lineedit_remember(le, "step 2");
	lineedit_remember(le, "step 2");
	lineedit_remember(le, "");
	assert_string_equal(lineedit_history(le, 0), "step 2");
	assert_string_equal(lineedit_history(le, 2), "step 1");
	assert_null(lineedit_history(le, 3));
	press("Up");
	line_is("step 2|");
	press("Up");
	line_is("goto 7|");
	press("Up Up Up");
	line_is("step 1|");
	press("Down Down Down Down");
	line_is("|");
	press("s t Up");
	line_is("step 2|");
	press("C-p");
	line_is("step 1|");
	press("C-n C-n");
	line_is("st|");
	press("Up x");
	line_is("step 2x|");
	press("Up");
	line_is("step 2x|");
}

static void a_full_history_drops_the_oldest(void **state)
{
	char line[32];

	(void)state;
	for (int i = 0; i < EDIT_HISTORY + 10; i++) {
		snprintf(line, sizeof(line), "line %d", i);
		lineedit_remember(le, line);
	}
	assert_string_equal(lineedit_history(le, EDIT_HISTORY - 1), "line 10");
	assert_null(lineedit_history(le, EDIT_HISTORY));
}

/* Candidates: all words of ctx that begin as the last word of the text. */
static const char *complete(
	void *ctx, const char *text, size_t n, size_t *start)
{
	const char *const *words = ctx;
	const char *blank = strrchr(text, ' ');

	*start = blank ? (size_t)(blank - text) + 1 : 0;
	for (; *words; words++)
		if (strncmp(*words, text + *start, strlen(text + *start)) ==
				0 &&
			n-- == 0)
			return *words;
	return NULL;
}

static const char *const commands[] = { "step", "stop", "suspend", "goto",
	"\xe5\x86\x85\xe5\xad\x98", "\xe5\x86\x86", NULL };

static void completion(void **state)
{
	int chosen;

	(void)state;
	lineedit_completer(le, complete, (void *)commands);
	press("g Tab");
	line_is("goto|");
	assert_null(lineedit_candidate(le, 0, &chosen));
	lineedit_set(le, "x st");
	press("Tab"); /* nothing is certain beyond what is there */
	line_is("x step|");
	assert_string_equal(lineedit_candidate(le, 1, &chosen), "stop");
	assert_int_equal(chosen, 0);
	press("Tab");
	line_is("x stop|");
	press("Tab");
	line_is("x step|");
	press("S-Tab");
	line_is("x stop|");
	press("Space");
	line_is("x stop |");
	assert_null(lineedit_candidate(le, 0, &chosen));
	lineedit_set(le, "zz");
	press("Tab");
	line_is("zz|");
}

static void completion_of_what_is_common_first(void **state)
{
	static const char *const some[] = { "branch one", "branch two", NULL };

	(void)state;
	lineedit_completer(le, complete, (void *)some);
	press("b Tab");
	line_is("branch |");
	press("Tab");
	line_is("branch one|");
	press("Tab");
	line_is("branch two|");
}

static void completion_never_splits_a_character(void **state)
{
	(void)state;
	lineedit_completer(le, complete, (void *)commands);
	press("S-Tab");
	line_is("\xe5\x86\x86|");
	lineedit_set(le, "");
	lineedit_completer(le, complete, (void *)(commands + 4));
	press("Tab"); /* two share their first two bytes of three */
	line_is("\xe5\x86\x85\xe5\xad\x98|");
}

static void drawing_follows_the_cursor(void **state)
{
	struct canvas *cv = canvas_new(10, 1);

	(void)state;
	lineedit_set(le, "0123456789abc");
	lineedit_draw(le, cv, 0, 0, 10, ST_MENU, ":");
	assert_int_equal(cv->cursor_x, 9);
	assert_int_equal(canvas_char(cv, 8, 0), 'c');
	press("C-a");
	canvas_reset(cv, 10, 1);
	lineedit_draw(le, cv, 0, 0, 10, ST_MENU, ":");
	assert_int_equal(cv->cursor_x, 1);
	assert_int_equal(canvas_char(cv, 1, 0), '0');
	assert_int_equal(canvas_char(cv, 0, 0), ':');
	lineedit_set(le, "\xe5\x86\x85\xe5\xad\x98\xe5\x86\x85\xe5\xad\x98"
			 "\xe5\x86\x85\xe5\xad\x98");
	canvas_reset(cv, 10, 1);
	lineedit_draw(le, cv, 0, 0, 10, ST_MENU, ":");
	assert_in_range(cv->cursor_x, 8, 9);
	canvas_reset(cv, 1, 1);
	lineedit_draw(le, cv, 0, 0, 1, ST_MENU, ":");
	canvas_delete(cv);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(typing),
		TEST(characters_of_several_bytes),
		TEST(words),
		TEST(nothing_happens_at_the_ends),
		TEST(how_it_ends),
		TEST(a_paste_is_one_line),
		TEST(history_by_prefix),
		TEST(a_full_history_drops_the_oldest),
		TEST(completion),
		TEST(completion_of_what_is_common_first),
		TEST(completion_never_splits_a_character),
		TEST(drawing_follows_the_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
