/* The loop on pipes: what comes in which order, and when it stops waiting. */
#include "tui/loop.h"
#include "tui/signals.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

static struct input *in;
static struct loop *loop;
static int tty[2]; /* [0] is read by the loop, [1] written by us */
static struct input_event ev;

static int set_up(void **state)
{
	(void)state;
	setenv("TERM", "xterm-256color", 1);
	in = input_new(true);
	return pipe(tty) || !signals_open() || !(loop = loop_new(tty[0], in));
}

static int tear_down(void **state)
{
	(void)state;
	loop_delete(loop);
	input_delete(in);
	signals_close();
	close(tty[0]);
	if (tty[1] >= 0)
		close(tty[1]);
	return 0;
}

static void type(const char *bytes)
{
	assert_int_equal(write(tty[1], bytes, strlen(bytes)), strlen(bytes));
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void next_is(int timeout, const char *key)
{
	assert_true(loop_wait(loop, timeout, &ev));
	assert_int_equal(ev.kind, INPUT_KEY);
	assert_string_equal(ev.key, key);
}

static void keys_come_in_order(void **state)
{
	(void)state;
	type("ab\033[A");
	next_is(-1, "a");
	next_is(0, "b");
	next_is(0, "Up");
	assert_false(loop_wait(loop, 0, &ev));
}

static void it_waits_as_long_as_it_should(void **state)
{
	long start = now_ms();

	(void)state;
	assert_false(loop_wait(loop, 60, &ev));
	assert_in_range(now_ms() - start, 60, 5000);
}

static void escape_takes_its_own_time(void **state)
{
	long start = now_ms();

	(void)state;
	type("\033");
	assert_false(loop_wait(loop, 0, &ev));
	next_is(-1, "Esc");
	assert_in_range(now_ms() - start, 50, 5000);
}

/* An animation that waits 10 ms at a time must not keep Esc away. */
static void short_waits_do_not_hold_escape_back(void **state)
{
	int waits = 0;

	(void)state;
	type("\033");
	while (!loop_wait(loop, 10, &ev))
		assert_in_range(++waits, 0, 50);
	assert_string_equal(ev.key, "Esc");
}

static void many_signals_are_one_event(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		raise(SIGWINCH);
		raise(SIGCONT);
	}
	assert_true(loop_wait(loop, -1, &ev));
	assert_int_equal(ev.kind, INPUT_RESUME);
	assert_true(loop_wait(loop, 0, &ev));
	assert_int_equal(ev.kind, INPUT_RESIZE);
	assert_false(loop_wait(loop, 0, &ev));
}

static void the_end_comes_after_the_last_key_and_stays(void **state)
{
	(void)state;
	type("z");
	close(tty[1]);
	tty[1] = -1;
	next_is(-1, "z");
	for (int i = 0; i < 3; i++) {
		assert_true(loop_wait(loop, -1, &ev));
		assert_int_equal(ev.kind, INPUT_END);
		assert_int_equal(ev.signal, 0);
	}
}

static void a_signal_ends_it_at_once(void **state)
{
	(void)state;
	raise(SIGTERM);
	type("zzz");
	assert_true(loop_wait(loop, -1, &ev));
	assert_int_equal(ev.kind, INPUT_END);
	assert_int_equal(ev.signal, SIGTERM);
	assert_true(loop_interrupted(loop));
}

static void an_interrupt_takes_the_keys_before_it(void **state)
{
	(void)state;
	assert_false(loop_interrupted(loop));
	type("ab");
	assert_false(loop_interrupted(loop));
	type("\003c");
	assert_true(loop_interrupted(loop));
	next_is(0, "c");
	type("d");
	assert_false(loop_interrupted(loop));
	next_is(0, "d");
	raise(SIGINT);
	assert_true(loop_interrupted(loop));
	assert_false(loop_wait(loop, 0, &ev));
}

static void a_watched_descriptor_is_told(void **state)
{
	int fds[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	loop_watch(loop, fds[0]);
	assert_false(loop_wait(loop, 0, &ev));
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_true(loop_wait(loop, -1, &ev));
	assert_int_equal(ev.kind, INPUT_WATCH);
	assert_int_equal(read(fds[0], &byte, 1), 1);
	assert_false(loop_wait(loop, 0, &ev));
	loop_watch(loop, -1);
	close(fds[0]);
	close(fds[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys_come_in_order),
		TEST(it_waits_as_long_as_it_should),
		TEST(escape_takes_its_own_time),
		TEST(short_waits_do_not_hold_escape_back),
		TEST(many_signals_are_one_event),
		TEST(the_end_comes_after_the_last_key_and_stays),
		TEST(a_signal_ends_it_at_once),
		TEST(an_interrupt_takes_the_keys_before_it),
		TEST(a_watched_descriptor_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
