/* Bookmarks and the state folder. */
#include "tui/app.h"
#include "tui/marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/rmapscope-state-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[120];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static void marks_come_back(void **state)
{
	struct marks m = { 0 }, read = { 0 };
	struct pos pos = { 9, 14, 2 };

	(void)state;
	setenv("XDG_STATE_HOME", folder, 1);
	assert_true(marks_set(&m, "/a b.lua", "x", pos));
	assert_true(marks_set(&m, "/a b.lua", "y", pos_after(3)));
	assert_true(marks_set(&m, "/a b.lua", "y", pos_after(4)));
	assert_int_equal(m.nr, 2);
	assert_true(marks_save(&m));
	marks_load(&read);
	assert_int_equal(read.nr, 2);
	assert_int_equal(
		pos_cmp(marks_find(&read, "/a b.lua", "x")->pos, pos), 0);
	assert_int_equal(marks_find(&read, "/a b.lua", "y")->pos.op, 4);
	assert_null(marks_find(&read, "/other.lua", "x"));
	assert_true(app_mark_find("/a b.lua", "x", &pos));
	assert_false(app_mark_find("/a b.lua", "z", &pos));
	marks_release(&m);
	marks_release(&read);
}

static void names_that_would_break_the_file(void **state)
{
	struct marks m = { 0 };

	(void)state;
	assert_false(marks_set(&m, "a", "", pos_after(1)));
	assert_false(marks_set(&m, "a", "b\tc", pos_after(1)));
	assert_false(marks_set(&m, "a\nb", "c", pos_after(1)));
	assert_false(marks_set(
		&m, "a", "a name that is longer than 31 bytes", pos_after(1)));
	assert_int_equal(m.nr, 0);
	marks_release(&m);
}

static void lines_that_are_no_marks_are_passed_over(void **state)
{
	struct marks m = { 0 };
	char *path;
	FILE *f;

	(void)state;
	setenv("XDG_STATE_HOME", folder, 1);
	path = state_path("marks", true);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("nonsense\n/a\tx\tno position\n/a\ty\t5\n\t\t\n", f);
	fclose(f);
	free(path);
	marks_load(&m);
	assert_int_equal(m.nr, 1);
	assert_int_equal(marks_find(&m, "/a", "y")->pos.op, 5);
	marks_release(&m);
}

static void without_a_home_nothing_is_kept(void **state)
{
	struct marks m = { 0 };
	const char *home = getenv("HOME");
	char *before = home ? strdup(home) : NULL;

	(void)state;
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	assert_null(state_path("marks", false));
	assert_true(marks_set(&m, "a", "x", pos_after(1)));
	assert_false(marks_save(&m));
	setenv("HOME", "/nonexistent/home", 1);
	assert_false(marks_save(&m));
	assert_int_equal(access("/nonexistent", F_OK), -1);
	setenv("HOME", "/proc", 1);
	assert_false(marks_save(&m));
	setenv("HOME", "relative", 1);
	assert_null(state_path("marks", false));
	setenv("XDG_STATE_HOME", "relative", 1);
	assert_null(state_path("marks", false));
	marks_release(&m);
	if (before)
		setenv("HOME", before, 1);
	free(before);
}

static void typed_lines_come_back(void **state)
{
	struct lineedit *le = lineedit_new(), *read = lineedit_new();

	(void)state;
	setenv("XDG_STATE_HOME", folder, 1);
	lineedit_remember(le, "step 3");
	lineedit_remember(le, "goto end");
	assert_true(lines_save(le));
	lines_load(read);
	assert_string_equal(lineedit_history(read, 0), "goto end");
	assert_string_equal(lineedit_history(read, 1), "step 3");
	assert_null(lineedit_history(read, 2));
	lineedit_delete(le);
	lineedit_delete(read);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_come_back),
		cmocka_unit_test(names_that_would_break_the_file),
		cmocka_unit_test(lines_that_are_no_marks_are_passed_over),
		cmocka_unit_test(without_a_home_nothing_is_kept),
		cmocka_unit_test(typed_lines_come_back),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
