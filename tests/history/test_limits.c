/*
 * What a history may cost, and what happens where the host has no more to
 * give.
 */
#include "history/alloc.h"
#include "history/history.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define REGION_PAGES 100u

/* A task that writes to @pages pages again and again. */
static struct history *open_writes(uint32_t writes, uint32_t pages)
{
	struct machine_config config = { .ram = 4 << 20 };
	struct history *h = history_new(&config);
	struct op op = { .id = OP_SPAWN, .given = 1, .text = "writer" };
	struct op_result res = { 0 };
	uint64_t addr;

	history_do(h, &op, &res, 0, 0);
	op = (struct op){ .id = OP_MMAP, .subject = 1 };
	op_set(&op, "len", REGION_PAGES * PAGE_SIZE);
	op_set(&op, "prot", PROT_R | PROT_W);
	assert_int_equal(history_do(h, &op, &res, 0, 0), 0);
	addr = res.value;
	for (uint32_t i = 0; i < writes; i++) {
		op = (struct op){ .id = OP_WRITE, .subject = 1 };
		op_set(&op, "addr", addr + i * 7 % pages * PAGE_SIZE);
		op_set(&op, "value", i);
		assert_int_equal(history_do(h, &op, &res, 0, 0), 0);
	}
	return h;
}

static struct history_stats stats_of(const struct history *h)
{
	struct history_stats s;

	history_stats(h, &s);
	return s;
}

static void keyframes_stay_in_their_budget(void **state)
{
	struct history *h = open_writes(20000, REGION_PAGES);
	size_t before = stats_of(h).keyframe_bytes;
	size_t budget = before / 4;

	(void)state;
	history_set_budget(h, budget);
	assert_true(stats_of(h).keyframe_bytes <= budget);
	for (uint32_t n = 0; n < 20000; n += 1777) {
		assert_int_equal(history_goto(h, pos_after(n)), 0);
		assert_true(stats_of(h).keyframe_bytes <= budget);
	}
	history_delete(h);
}

static void the_log_is_small(void **state)
{
	struct history *h = open_writes(20000, REGION_PAGES);

	(void)state;
	assert_true(stats_of(h).log_bytes < 20000 * 60);
	history_delete(h);
}

/* Operations that are run again to go from @from to @to. */
static uint64_t replayed(struct history *h, uint32_t from, uint32_t to)
{
	uint64_t before;

	assert_int_equal(history_goto(h, pos_after(from)), 0);
	before = stats_of(h).replayed;
	assert_int_equal(history_goto(h, pos_after(to)), 0);
	return stats_of(h).replayed - before;
}

static void little_is_run_again(void **state)
{
	struct history *h = open_writes(19998, REGION_PAGES);
	uint64_t before;

	(void)state;
	assert_int_equal(history_length(h), 20000);
	assert_true(replayed(h, 20000, 19999) < 200);
	assert_int_equal(replayed(h, 20000, 0), 0);
	assert_int_equal(replayed(h, 0, 20000), 0);
	for (uint32_t n = 15000; n > 14000; n -= 100)
		assert_true(replayed(h, 20000, n) < 200);
	/* Walking back costs each step a few at most, on the average. */
	before = stats_of(h).replayed;
	for (uint32_t n = 12000; n > 11000; n--)
		assert_int_equal(history_goto(h, pos_after(n)), 0);
	assert_true(stats_of(h).replayed - before < 5000);
	history_delete(h);
}

static void a_step_back_copies_what_it_changed(void **state)
{
	struct history *h = open_writes(2000, 1);
	size_t few = stats_of(h).keyframe_bytes / stats_of(h).keyframes;
	struct history *g = open_writes(2000, REGION_PAGES);
	size_t many = stats_of(g).keyframe_bytes / stats_of(g).keyframes;

	(void)state;
	assert_true(few < 4096);
	assert_true(few < many);
	history_delete(h);
	history_delete(g);
}

static void machines_that_cannot_be(void **state)
{
	struct machine_config config = { .ram = 1 };

	(void)state;
	errno = 0;
	assert_null(history_new(&config));
	assert_int_equal(errno, EINVAL);
}

static void the_configuration_is_ours(void **state)
{
	char name[] = "Low";
	struct machine_config config = { .ram = 4 << 20,
		.zone_pages = { 512, 512 },
		.zone_name = { name, "High" } };
	struct history *h = history_new(&config);

	(void)state;
	assert_non_null(h);
	memset(name, 'x', 3);
	assert_string_equal(history_config(h)->zone_name[0], "Low");
	assert_string_equal(history_machine(h)->zones[0].name, "Low");
	history_delete(h);
}

/* -- no memory ----------------------------------------------------------- */

static void say_goodbye(void)
{
	static const char bye[] = "terminal restored\n";

	if (write(2, bye, sizeof(bye) - 1) < 0)
		_exit(3);
}

static void run_out(int err)
{
	size_t room = 0;

	dup2(err, 2);
	atexit(say_goodbye);
	xgrow(NULL, &room, SIZE_MAX / 2, 64);
	_exit(0);
}

static void no_memory_is_one_sentence_and_exit_2(void **state)
{
	char text[200] = "";
	int status, fd[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (!pid)
		run_out(fd[1]);
	close(fd[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(read(fd[0], text, sizeof(text) - 1) > 0);
	close(fd[0]);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 2);
	assert_string_equal(text,
		"rmapscope: this computer has no memory left for the history\n"
		"terminal restored\n");
}

/* -- a crash handler that came later ------------------------------------- */

static volatile int crashes;

static void crash_handler(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	if (history_handles_fault(info->si_addr))
		return;
	crashes++;
}

static void a_crash_handler_asks_first(void **state)
{
	struct sigaction keep,
		sa = { .sa_sigaction = crash_handler, .sa_flags = SA_SIGINFO };
	struct op op = { .id = OP_SPAWN, .given = 1, .text = "later" };
	struct op_result res = { 0 };
	struct history *h;

	(void)state;
	setenv("RMAPSCOPE_BARRIER", "mprotect", 1);
	h = open_writes(500, REGION_PAGES);
	sigaction(SIGSEGV, &sa, &keep);
	crashes = 0;
	assert_int_equal(history_do(h, &op, &res, 0, 0), 0);
	assert_int_equal(history_goto(h, pos_after(100)), 0);
	assert_int_equal(history_goto(h, pos_after(503)), 0);
	assert_int_equal(crashes, 0);
	assert_false(history_handles_fault(NULL));
	history_delete(h);
	sigaction(SIGSEGV, &keep, NULL);
	unsetenv("RMAPSCOPE_BARRIER");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keyframes_stay_in_their_budget),
		cmocka_unit_test(the_log_is_small),
		cmocka_unit_test(little_is_run_again),
		cmocka_unit_test(a_step_back_copies_what_it_changed),
		cmocka_unit_test(machines_that_cannot_be),
		cmocka_unit_test(the_configuration_is_ours),
		cmocka_unit_test(no_memory_is_one_sentence_and_exit_2),
		cmocka_unit_test(a_crash_handler_asks_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
