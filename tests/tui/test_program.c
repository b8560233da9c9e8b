/* The whole program on a pty: scenarios seen, stepped, changed and left. */
#include "vt.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64]; /* of this test's files and of the program's state */

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/rmapscope-program-XXXXXX");
	return mkdtemp(folder) && !setenv("XDG_STATE_HOME", folder, 1) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static const char *program(void)
{
	const char *path = getenv("RMAPSCOPE");

	return path ? path : SRCDIR "/build/rmapscope";
}

/* Start on @scenario with one option more, or NULL. */
static struct vt *start(const char *scenario, const char *option, int w, int h)
{
	const char *argv[] = { program(), scenario, option, NULL };

	return vt_start(&(struct vt_options){ .argv = argv, .w = w, .h = h });
}

static void quits(struct vt *vt)
{
	vt_keys(vt, "Q");
	assert_int_equal(vt_wait(vt), 0);
	assert_true(vt_restored(vt));
	vt_delete(vt);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static const char *file_name(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* Type @key until the screen shows @text. */
static void type_until(struct vt *vt, char key, const char *text)
{
	char many[201];

	memset(many, key, sizeof(many) - 1);
	many[200] = 0;
	for (int i = 0; i < 200 && !vt_has(vt, text); i++)
		vt_type(vt, many);
	if (!vt_has(vt, text))
		fail_msg("%s never came:\n%s", text, vt_screen(vt));
}

/* To the end and back to the start, event by event: the same screen. */
static void event_by_event(void **state)
{
	static const char *const eras[] = { "--era=2.6.11", "--era=4.0",
		"--era=6.18" };

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct vt *vt = start("fork-cow", eras[i / 2], i % 2 ? 200 : 80,
			i % 2 ? 60 : 24);
		char *first;

		vt_keys(vt,
			": s e t Space q u e s t i o n s Space o f f Enter");
		vt_keys(vt, "C-l Esc");
		first = strdup(vt_screen(vt));
		type_until(vt, '.', "This is the end.");
		type_until(vt, ',', "This is the start.");
		vt_keys(vt, "Esc");
		vt_expect(vt, "step 0/");
		usleep(100000);
		vt_keys(vt, "C-l");
		assert_string_equal(vt_screen(vt), first);
		free(first);
		quits(vt);
	}
}

static void a_step_is_one_write(void **state)
{
	struct vt *vt = start("fork-cow", NULL, 120, 40);
	long before;

	(void)state;
	vt_keys(vt, "s s s");
	before = vt_writes(vt);
	vt_keys(vt, "s");
	assert_int_equal(vt_writes(vt) - before, 1);
	before = vt_writes(vt);
	vt_keys(vt, "u");
	assert_int_equal(vt_writes(vt) - before, 1);
	quits(vt);
}

static void waiting_costs_nothing(void **state)
{
	struct vt *vt = start("fork-cow", NULL, 80, 24);
	long before;

	(void)state;
	vt_keys(vt, "s");
	before = vt_cpu_us(vt);
	usleep(500000);
	assert_int_equal(vt_cpu_us(vt) - before, 0);
	quits(vt);
}

static void any_size(void **state)
{
	static const int sizes[][2] = { { 1, 1 }, { 2, 30 }, { 59, 16 },
		{ 60, 15 }, { 60, 16 }, { 300, 100 }, { 80, 24 } };
	struct vt *vt = start("fork-cow", NULL, 80, 24);

	(void)state;
	vt_keys(vt, "] ]");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		vt_resize(vt, sizes[i][0], sizes[i][1]);
		vt_keys(vt, "s u");
		if (sizes[i][0] == 59)
			assert_true(vt_has(vt, "needs a window of 60x16"));
	}
	assert_true(vt_has(vt, "Act 3"));
	quits(vt);
}

static void the_key_bar_is_made_of_buttons(void **state)
{
	struct vt *vt = start("fork-cow", NULL, 80, 24);

	(void)state;
	vt_mouse(vt, 0, 2, 23, true);
	vt_mouse(vt, 0, 2, 23, false);
	assert_true(vt_has(vt, "step 1/"));
	quits(vt);
}

static void playing(void **state)
{
	struct vt *vt = start("act-1-first-write", NULL, 80, 24);

	(void)state;
	vt_type(vt, ":set questions off\r:play 50\r");
	assert_true(vt_expect(vt, "Stopped. c goes on."));
	assert_false(vt_has(vt, "step 0/"));
	quits(vt);
}

static void a_changed_file_is_run_again(void **state)
{
	const char *path = file_name("changes.lua");
	struct vt *vt;

	(void)state;
	write_file(path, "local p = spawn 'first'\np:mmap { pages = 1 }\n");
	vt = start(path, NULL, 80, 24);
	vt_keys(vt, "s s");
	assert_true(vt_has(vt, "first"));
	/* Another size: the time may be the same. */
	write_file(path, "local p = spawn 'the_second'\np:mmap { pages=1 }\n");
	assert_true(vt_expect(vt, "the_second"));
	assert_true(vt_has(vt, "step 2/2"));
	write_file(path, "local p = spawn 'third'\np:nothing()\n");
	assert_true(vt_expect(vt, "changes.lua:2:"));
	assert_true(vt_has(vt, "the_second"));
	quits(vt);
}

static void a_script_that_never_ends(void **state)
{
	const char *path = file_name("endless.lua");
	struct vt *vt;

	(void)state;
	write_file(path, "spawn 'one'\n");
	vt = start(path, NULL, 80, 24);
	write_file(path, "spawn 'two'\nwhile true do end\n");
	assert_true(vt_expect(vt, "C-c stops it"));
	vt_keys(vt, "C-c");
	assert_true(vt_expect(vt, "step 0/1"));
	vt_keys(vt, "s");
	assert_true(vt_has(vt, "two"));
	quits(vt);
}

static void the_last_position_is_known(void **state)
{
	struct vt *vt = start("fork-cow", NULL, 80, 24);

	(void)state;
	vt_keys(vt, "s s s m a");
	quits(vt);
	vt = start("fork-cow", NULL, 80, 24);
	assert_true(vt_has(vt, "Last time you were at step 3"));
	vt_keys(vt, "' '");
	assert_true(vt_has(vt, "step 3/"));
	quits(vt);
	vt = start("fork-cow", "--at=@a", 80, 24);
	assert_true(vt_has(vt, "step 3/"));
	quits(vt);
}

static void stopped_and_continued(void **state)
{
	struct vt *vt = start("fork-cow", NULL, 80, 24);

	(void)state;
	vt_keys(vt, "s C-z");
	assert_true(vt_stopped(vt));
	vt_resize(vt, 120, 40);
	vt_continue(vt);
	assert_true(vt_has(vt, "step 1/"));
	assert_true(vt_has(vt, "rmapscope"));
	quits(vt);
}

static void ended_from_outside(void **state)
{
	struct vt *vt = start("fork-cow", NULL, 80, 24);

	(void)state;
	vt_keys(vt, ". .");
	vt_signal(vt, SIGTERM);
	assert_int_equal(vt_wait(vt), 128 + SIGTERM);
	assert_true(vt_restored(vt));
	vt_delete(vt);
}

/* A paste is text for the prompt and nothing elsewhere. */
static void pasting(void **state)
{
	struct vt *vt = start("fork-cow", NULL, 80, 24);

	(void)state;
	vt_type(vt, "\033[200~Qsss\033[201~");
	assert_true(vt_has(vt, "step 0/"));
	vt_type(vt, ":\033[200~goto 4\033[201~");
	vt_keys(vt, "Enter");
	assert_true(vt_has(vt, "step 4/"));
	quits(vt);
}

static void the_list_of_scenarios(void **state)
{
	struct vt *vt = start(NULL, NULL, 80, 24);

	(void)state;
	assert_true(vt_has(vt, "(empty machine)"));
	assert_true(vt_has(vt, "fork-cow"));
	vt_type(vt, "\r:op spawn me\r");
	assert_true(vt_has(vt, "me  pid 1"));
	vt_keys(vt, "q");
	assert_true(vt_has(vt, "Scenarios"));
	vt_keys(vt, "q");
	assert_int_equal(vt_wait(vt), 0);
	assert_true(vt_restored(vt));
	vt_delete(vt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_by_event),
		cmocka_unit_test(a_step_is_one_write),
		cmocka_unit_test(waiting_costs_nothing),
		cmocka_unit_test(any_size),
		cmocka_unit_test(the_key_bar_is_made_of_buttons),
		cmocka_unit_test(playing),
		cmocka_unit_test(a_changed_file_is_run_again),
		cmocka_unit_test(a_script_that_never_ends),
		cmocka_unit_test(the_last_position_is_known),
		cmocka_unit_test(stopped_and_continued),
		cmocka_unit_test(ended_from_outside),
		cmocka_unit_test(pasting),
		cmocka_unit_test(the_list_of_scenarios),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
