/* The terminal layer on a pty: what is seen, what is sent, how it ends. */
#include "demo.h"
#include "vt.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#ifdef __SANITIZE_ADDRESS__
/* The bad pointers here are meant: the program's own handlers take them. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "handle_segv=0:use_sigaltstack=0";
}
#endif

/* A program under AddressSanitizer shall die of its signals, too. */
static void leave_signals(void)
{
	const char *options = getenv("ASAN_OPTIONS");
	char more[1024];

	snprintf(more, sizeof more, "%s:handle_segv=0:handle_sigbus=0",
		options ? options : "");
	setenv("ASAN_OPTIONS", more, 1);
}

static struct vt *start(struct vt_options o)
{
	static const char *argv[] = { "/proc/self/exe", "demo", NULL };
	static char self[4096];

	if (!self[0] && readlink(argv[0], self, sizeof(self) - 1) < 0)
		fail_msg("no /proc");
	argv[0] = self;
	if (!o.argv)
		o.argv = argv;
	return vt_start(&o);
}

static void ends(struct vt *vt, int status)
{
	assert_int_equal(vt_wait(vt), status);
	assert_true(vt_restored(vt));
	vt_delete(vt);
}

static void quits(struct vt *vt)
{
	vt_keys(vt, "q");
	ends(vt, 3);
}

/* -- what is seen -----------------------------------------------------------
 */

static void screen_shows_the_canvas(void **state)
{
	struct vt *vt = start((struct vt_options){ .w = 20, .h = 5 });

	(void)state;
	assert_string_equal(vt_screen(vt), "┌──────────────────┐\n"
					   "│size 20x5         │\n"
					   "│                  │\n"
					   "│内存 é            │\n"
					   "└──────────────────┘\n");
	assert_true(vt_mode(vt, 1049) && vt_mode(vt, 1002) &&
		    vt_mode(vt, 1006) && vt_mode(vt, 1004) &&
		    vt_mode(vt, 2004));
	assert_false(vt_mode(vt, 25));
	quits(vt);
}

static void keys_have_names(void **state)
{
	static const char *const names[] = { "z", "Z", "Up", "S-Tab", "C-c",
		"F1", "F5", "PgDn", "Enter", "Backspace", "Space", "M-y", "C-h",
		"?" };
	struct vt *vt = start((struct vt_options){ 0 });

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char want[64];

		vt_keys(vt, names[i]);
		snprintf(want, sizeof(want), "│key %s ", names[i]);
		if (!vt_has(vt, want))
			fail_msg("%s: %s", names[i], vt_line(vt, 2));
	}
	quits(vt);
}

static void escape_comes_after_a_moment(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });

	(void)state;
	vt_keys(vt, "Esc");
	assert_true(vt_expect(vt, "key Esc"));
	vt_type(vt, "\033[");
	assert_true(vt_expect(vt, "key M-["));
	quits(vt);
}

static void mouse_focus_and_paste(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });

	(void)state;
	vt_mouse(vt, 0, 4, 7, true);
	assert_true(vt_has(vt, "mouse press 1 at 4,7 mods 0"));
	vt_mouse(vt, 32, 5, 8, true);
	assert_true(vt_has(vt, "mouse drag 1 at 5,8"));
	vt_mouse(vt, 0, 300, 200, false);
	assert_true(vt_has(vt, "mouse release 1 at 300,200"));
	vt_mouse(vt, 65 + 16, 0, 0, true);
	assert_true(vt_has(vt, "mouse wheel 5 at 0,0 mods 4"));
	vt_type(vt, "\033[I");
	assert_true(vt_has(vt, "focus in"));
	vt_type(vt, "\033[O");
	assert_true(vt_has(vt, "focus out"));
	vt_type(vt, "\033[200~q\rxq\033[201~");
	assert_true(vt_has(vt, "paste 4 q"));
	quits(vt);
}

static void the_prompt_shows_the_cursor(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });
	int x, y;
	bool shown;

	(void)state;
	vt_keys(vt, "p");
	vt_cursor(vt, &x, &y, &shown);
	assert_true(shown && x == 3 && y == 2);
	vt_keys(vt, "p");
	vt_cursor(vt, &x, &y, &shown);
	assert_false(shown);
	quits(vt);
}

/* -- sizes -------------------------------------------------------------------
 */

static void any_size_is_survived(void **state)
{
	static const int sizes[][2] = { { 40, 10 }, { 1, 1 }, { 2, 1 },
		{ 1, 7 }, { 3, 3 }, { 300, 100 }, { 5, 2 }, { 80, 24 } };
	struct vt *vt = start((struct vt_options){ 0 });
	char want[64];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		vt_resize(vt, sizes[i][0], sizes[i][1]);
	assert_true(vt_has(vt, "size 80x24"));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		vt_resize(vt, sizes[i][0], sizes[i][1]);
		vt_keys(vt, "f f z");
		snprintf(want, sizeof(want), "size %dx%d", sizes[i][0],
			sizes[i][1]);
		if (sizes[i][0] > 20)
			assert_true(vt_has(vt, want));
	}
	quits(vt);
}

static void no_size_is_80x24(void **state)
{
	struct vt *vt = start((struct vt_options){ .no_size = true });

	(void)state;
	assert_true(vt_has(vt, "size 80x24"));
	vt_resize(vt, 50, 20);
	assert_true(vt_has(vt, "size 50x20"));
	vt_resize(vt, 0, 0);
	vt_resize(vt, 80, 24);
	assert_true(vt_has(vt, "size 80x24"));
	quits(vt);
}

static void variables_do_not_lie_about_the_size(void **state)
{
	static const char *env[] = { "LINES=10", "COLUMNS=40", NULL };
	struct vt *vt = start((struct vt_options){ .env = env });

	(void)state;
	assert_true(vt_has(vt, "size 80x24"));
	quits(vt);
}

/* -- bytes --------------------------------------------------------------------
 */

static void a_frame_is_one_write(void **state)
{
	struct vt *vt = start((struct vt_options){ .w = 80, .h = 24 });
	size_t before, after;
	long writes;

	(void)state;
	for (int i = 0; i < 4; i++) {
		writes = vt_writes(vt);
		vt_output(vt, &before);
		vt_keys(vt, "f");
		assert_int_equal(vt_writes(vt), writes + 1);
		vt_output(vt, &after);
		assert_in_range(after - before, 5000, 60000);
	}
	quits(vt);
}

static void nothing_new_is_no_byte(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });
	size_t before, after;
	long writes;

	(void)state;
	vt_keys(vt, "z");
	writes = vt_writes(vt);
	vt_output(vt, &before);
	vt_keys(vt, "z");
	vt_output(vt, &after);
	assert_int_equal(after, before);
	assert_int_equal(vt_writes(vt), writes);
	quits(vt);
}

static void many_keys_are_few_frames(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });
	char keys[3001];
	long writes;

	(void)state;
	memset(keys, 'f', sizeof(keys) - 1);
	keys[sizeof(keys) - 1] = 0;
	writes = vt_writes(vt);
	vt_type(vt, keys);
	assert_in_range(vt_writes(vt) - writes, 1, 300);
	quits(vt);
}

static void waiting_costs_nothing(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });
	long cpu = vt_cpu_us(vt);

	(void)state;
	assert_true(cpu > 0);
	usleep(500000);
	assert_int_equal(vt_cpu_us(vt), cpu);
	quits(vt);
}

static void ctrl_l_paints_all(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });
	size_t before, after;

	(void)state;
	vt_output(vt, &before);
	vt_keys(vt, "C-l");
	vt_output(vt, &after);
	assert_true(after - before > 300);
	quits(vt);
}

/* -- stopping -----------------------------------------------------------------
 */

static void stop_and_go(struct vt *vt)
{
	assert_true(vt_stopped(vt));
	assert_true(vt_restored(vt));
	vt_resize(vt, 50, 12);
	vt_continue(vt);
	assert_true(vt_has(vt, "size 50x12"));
	assert_true(vt_has(vt, "resumed"));
	assert_true(vt_mode(vt, 1002) && vt_mode(vt, 2004) && vt_mode(vt, 1));
	vt_keys(vt, "Up");
	assert_true(vt_has(vt, "key Up"));
	quits(vt);
}

static void suspend_by_key(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });

	(void)state;
	vt_keys(vt, "C-z");
	stop_and_go(vt);
}

static void suspend_by_signal(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });

	(void)state;
	vt_signal(vt, SIGTSTP);
	stop_and_go(vt);
}

/* SIGSTOP cannot be caught: all modes are set again afterwards. */
static void stopped_hard(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });
	size_t before, after;

	(void)state;
	vt_signal(vt, SIGSTOP);
	assert_true(vt_stopped(vt));
	vt_output(vt, &before);
	vt_continue(vt);
	vt_output(vt, &after);
	assert_true(after > before + 300);
	assert_true(vt_has(vt, "size 80x24"));
	quits(vt);
}

/* -- endings ------------------------------------------------------------------
 */

static void dies_of(const char *keys, int sig, int status, const char *says)
{
	struct vt *vt = start((struct vt_options){ 0 });

	if (keys)
		vt_keys(vt, keys);
	if (sig)
		vt_signal(vt, sig);
	assert_int_equal(vt_wait(vt), status);
	assert_true(vt_restored(vt));
	if (says)
		assert_true(vt_has(vt, says));
	vt_delete(vt);
}

static void all_endings_give_the_terminal_back(void **state)
{
	(void)state;
	dies_of("e", 0, 4, NULL);	      /* exit() */
	dies_of("x", 0, 128 + SIGSEGV, NULL); /* a bad pointer */
	dies_of("o", 0, 128 + SIGSEGV, NULL); /* no stack left */
	dies_of("a", 0, 128 + SIGABRT, "Assertion");
	dies_of("a", 0, 128 + SIGABRT, "something is wrong");
	dies_of("w q", 0, 3, "held back");
	dies_of(NULL, SIGTERM, 128 + SIGTERM, NULL);
	dies_of(NULL, SIGHUP, 128 + SIGHUP, NULL);
	dies_of(NULL, SIGQUIT, 128 + SIGQUIT, NULL);
	dies_of(NULL, SIGBUS, 128 + SIGBUS, NULL);
	dies_of(NULL, SIGUSR1, 128 + SIGUSR1, NULL);
	dies_of(NULL, SIGUSR2, 128 + SIGUSR2, NULL);
	dies_of(NULL, SIGXCPU, 128 + SIGXCPU, NULL);
	dies_of(NULL, SIGPWR, 128 + SIGPWR, NULL);
}

static void a_hang_up_ends_it(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });
	int status;

	(void)state;
	vt_hang_up(vt);
	status = vt_wait(vt);
	assert_true(status == 0 || status == 128 + SIGHUP);
	vt_delete(vt);
}

static void interrupt_is_a_key(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });

	(void)state;
	vt_signal(vt, SIGINT);
	assert_true(vt_has(vt, "key C-c"));
	quits(vt);
}

static void own_faults_are_no_crash(void **state)
{
	struct vt *vt = start((struct vt_options){ 0 });

	(void)state;
	vt_keys(vt, "b");
	assert_true(vt_has(vt, "barrier passed"));
	vt_keys(vt, "x");
	ends(vt, 128 + SIGSEGV);
}

/* -- poor terminals -----------------------------------------------------------
 */

static void explains(struct vt_options o, const char *says)
{
	struct vt *vt = start(o);

	assert_int_equal(vt_wait(vt), 2);
	assert_true(vt_restored(vt));
	assert_true(vt_has(vt, says));
	vt_delete(vt);
}

static void bad_terminals_are_explained(void **state)
{
	static const char *unset[] = { "TERM", NULL },
			  *empty[] = { "TERM=", NULL };
	static const char *odd[] = { "TERM=no-such-thing", NULL };
	static const char *dumb[] = { "TERM=dumb", NULL };

	(void)state;
	explains((struct vt_options){ .env = unset }, "TERM is not set");
	explains((struct vt_options){ .env = empty }, "TERM is not set");
	explains((struct vt_options){ .env = odd }, "\"no-such-thing\"");
	explains((struct vt_options){ .env = dumb }, "cannot place its cursor");
	explains((struct vt_options){ .out = "/dev/null" },
		"standard output is not a terminal");
	explains((struct vt_options){ .in = "/dev/null", .no_tty = true },
		"/dev/tty");
}

static void kin_of_xterm_work(void **state)
{
	static const char *env[] = { "TERM=new-256color", NULL };
	struct vt *vt = start((struct vt_options){ .env = env });

	(void)state;
	assert_true(vt_has(vt, "size 80x24"));
	quits(vt);
}

static void input_from_a_file_reads_keys_from_the_tty(void **state)
{
	struct vt *vt = start((struct vt_options){ .in = "/dev/null" });

	(void)state;
	vt_keys(vt, "z");
	assert_true(vt_has(vt, "key z"));
	quits(vt);
}

static long most_colours(struct vt *vt)
{
	long most = -1;

	for (int x = 0; x < 80; x++)
		for (int y = 0; y < 24; y++) {
			struct vt_cell c = vt_cell(vt, x, y);

			most = c.fg > most ? c.fg : most;
			most = c.bg > most ? c.bg : most;
		}
	return most;
}

static void colours_in(const char *const *env, long least, long most)
{
	struct vt *vt = start((struct vt_options){ .env = env });

	vt_keys(vt, "f");
	assert_true(vt_has(vt, "size 80x24"));
	assert_true(most_colours(vt) >= least);
	assert_true(most_colours(vt) <= most);
	quits(vt);
}

static void colours_are_the_terminals(void **state)
{
	static const char *none[] = { "NO_COLOR=1", NULL };
	static const char *empty[] = { "NO_COLOR=", NULL };
	static const char *vt100[] = { "TERM=vt100", NULL };
	static const char *linux8[] = { "TERM=linux", NULL };

	(void)state;
	colours_in(NULL, 8, 15);
	colours_in(empty, 8, 15);
	colours_in(none, -1, -1);
	colours_in(vt100, -1, -1);
	colours_in(linux8, 4, 15);
}

static void c_locale_is_ascii(void **state)
{
	static const char *env[] = { "LC_ALL=C", NULL };
	struct vt *vt =
		start((struct vt_options){ .env = env, .w = 20, .h = 5 });

	(void)state;
	assert_string_equal(vt_screen(vt), "+------------------+\n"
					   "|size 20x5         |\n"
					   "|                  |\n"
					   "|? ?  ?            |\n"
					   "+------------------+\n");
	quits(vt);
}

static void missing_locale_is_c_utf8(void **state)
{
	static const char *env[] = { "LC_ALL=xx_YY.UTF-8", NULL };
	struct vt *vt = start((struct vt_options){ .env = env });

	(void)state;
	assert_true(vt_has(vt, "内存 é"));
	quits(vt);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screen_shows_the_canvas),
		cmocka_unit_test(keys_have_names),
		cmocka_unit_test(escape_comes_after_a_moment),
		cmocka_unit_test(mouse_focus_and_paste),
		cmocka_unit_test(the_prompt_shows_the_cursor),
		cmocka_unit_test(any_size_is_survived),
		cmocka_unit_test(no_size_is_80x24),
		cmocka_unit_test(variables_do_not_lie_about_the_size),
		cmocka_unit_test(a_frame_is_one_write),
		cmocka_unit_test(nothing_new_is_no_byte),
		cmocka_unit_test(many_keys_are_few_frames),
		cmocka_unit_test(waiting_costs_nothing),
		cmocka_unit_test(ctrl_l_paints_all),
		cmocka_unit_test(suspend_by_key),
		cmocka_unit_test(suspend_by_signal),
		cmocka_unit_test(stopped_hard),
		cmocka_unit_test(all_endings_give_the_terminal_back),
		cmocka_unit_test(a_hang_up_ends_it),
		cmocka_unit_test(interrupt_is_a_key),
		cmocka_unit_test(own_faults_are_no_crash),
		cmocka_unit_test(bad_terminals_are_explained),
		cmocka_unit_test(kin_of_xterm_work),
		cmocka_unit_test(input_from_a_file_reads_keys_from_the_tty),
		cmocka_unit_test(colours_are_the_terminals),
		cmocka_unit_test(c_locale_is_ascii),
		cmocka_unit_test(missing_locale_is_c_utf8),
	};

	if (argc > 1 && strcmp(argv[1], "demo") == 0)
		return demo_main(argc - 1, argv + 1);
	leave_signals();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
