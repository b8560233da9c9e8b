/* Notes are copied, kept in order and found by their operation. */
#include "history/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct history *open_history(void)
{
	struct machine_config config = { .ram = 1 << 20 };

	return history_new(&config);
}

static void add(
	struct history *h, enum note_kind kind, uint32_t op, const char *text)
{
	struct note n = { .kind = kind, .op = op, .text.en = text };

	history_add_note(h, &n);
}

static void found_by_operation(void **state)
{
	struct history *h = open_history();

	(void)state;
	assert_int_equal(history_notes_of(h, 0), 0);
	add(h, NOTE_SCENE, 1, "scene");
	add(h, NOTE_EXPECT, 1, "held");
	add(h, NOTE_SAY, 2, "next");
	add(h, NOTE_PRINT, 1, "printed after the say");
	add(h, NOTE_EXPECT, 2, "held too");
	add(h, NOTE_SAY, 5, "last");
	assert_int_equal(history_note_count(h), 6);
	assert_int_equal(history_notes_of(h, 0), 0);
	assert_int_equal(history_notes_of(h, 1), 0);
	assert_int_equal(history_notes_of(h, 2), 2);
	assert_int_equal(history_notes_of(h, 3), 5);
	assert_int_equal(history_notes_of(h, 5), 5);
	assert_int_equal(history_notes_of(h, 6), 6);
	assert_null(history_note(h, 6));
	history_delete(h);
}

static void copied_whole(void **state)
{
	struct history *h = open_history();
	char en[] = "which page?";
	char zh[] = "\xe5\x93\xaa\xe9\xa1\xb5?";
	struct note n = { .kind = NOTE_ASK,
		.op = 3,
		.line = 7,
		.text = { en, zh },
		.choice = { { "one", NULL }, { zh, zh } },
		.nr_choices = 2,
		.answer = 2,
		.panes = "frames walk",
		.point = { REF_PAGE, 33, 0 } };
	const struct note *kept;

	(void)state;
	n.file = history_file(h, "lib.lua");
	history_add_note(h, &n);
	memset(en, 'x', sizeof(en) - 1);
	memset(zh, 'x', sizeof(zh) - 1);
	kept = history_note(h, 0);
	assert_string_equal(kept->text.en, "which page?");
	assert_string_equal(kept->text.zh, "\xe5\x93\xaa\xe9\xa1\xb5?");
	assert_string_equal(kept->choice[1].zh, kept->text.zh);
	assert_null(kept->choice[0].zh);
	assert_null(kept->why.en);
	assert_string_equal(kept->panes, "frames walk");
	assert_int_equal(kept->answer, 2);
	assert_true(ref_eq(kept->point, n.point));
	assert_string_equal(history_file_name(h, kept->file), "lib.lua");
	assert_string_equal(history_file_name(h, 0), "");
	assert_int_equal(history_file(h, "lib.lua"), n.file);
	history_delete(h);
}

static void many_stay_where_they_are(void **state)
{
	struct history *h = open_history();
	const struct note *first;

	(void)state;
	add(h, NOTE_SAY, 1, "first");
	first = history_note(h, 0);
	for (uint32_t i = 2; i < 5000; i++)
		add(h, NOTE_SAY, i, i % 2 ? "odd" : "even");
	assert_ptr_equal(first, history_note(h, 0));
	assert_string_equal(first->text.en, "first");
	for (uint32_t i = 1; i < 5000; i++)
		assert_int_equal(history_notes_of(h, i), i - 1);
	history_delete(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_by_operation),
		cmocka_unit_test(copied_whole),
		cmocka_unit_test(many_stay_where_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
