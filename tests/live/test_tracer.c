/* A real program is traced: its operations, its faults by both sources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live/tracer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define AREA 0x200000000000ull
#define PAGES 8

/* What the program does that is traced: this one, called with an argument. */
static int be_traced(void)
{
	volatile char *p = mmap((void *)AREA, PAGES * 4096,
		PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	for (int i = 0; i < PAGES / 2; i++)
		p[i * 4096] = 1;
	if (!fork()) {
		p[0] = p[2 * 4096] = 2;
		_exit(p[(PAGES - 1) * 4096]);
	}
	wait(NULL);
	return munmap((void *)AREA, PAGES * 4096) ? 1 : 5;
}

static char *self;

static bool record(struct recording *rec, bool no_events)
{
	static char word[] = "traced";
	char *argv[] = { self, word, NULL };
	struct tracer_request req = { .argv = argv, .no_events = no_events };
	const char *why;
	int status;

	if (!tracer_run(&req, rec, &status, &why)) {
		print_message("# not traced: %s\n", why);
		return false;
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 5);
	return true;
}

static size_t count(const struct recording *rec, enum rec_kind kind,
	uint32_t task, uint64_t addr)
{
	size_t n = 0;

	for (size_t i = 0; i < rec->nr_ops; i++)
		n += rec->op[i].kind == kind && rec->op[i].task == task &&
			(rec->op[i].addr & ~4095ull) == addr;
	return n;
}

static void check(const struct recording *rec)
{
	assert_int_equal(rec->nr_tasks, 2);
	assert_int_equal(rec->op[0].kind, REC_SPAWN);
	assert_int_equal(count(rec, REC_MMAP, 0, AREA), 1);
	assert_int_equal(count(rec, REC_MUNMAP, 0, AREA), 1);
	assert_int_equal(count(rec, REC_MUNMAP, 1, AREA), 0);
	for (uint64_t i = 0; i < PAGES; i++) {
		uint64_t a = AREA + i * 4096;

		assert_int_equal(count(rec, REC_WRITE, 0, a) +
			count(rec, REC_WRITE, 1, a),
			(i < PAGES / 2) + (i == 0 || i == 2));
		/* a difference does not tell which of the two it was */
		if (!rec->diffs)
			assert_int_equal(count(rec, REC_WRITE, 0, a),
				i < PAGES / 2);
		assert_int_equal(count(rec, REC_READ, 1, a), i == PAGES - 1);
	}
}

static void by_events(void **state)
{
	struct recording rec = { 0 };

	(void)state;
	if (!record(&rec, false))
		skip();
	check(&rec);
	recording_free(&rec);
}

static void by_differences(void **state)
{
	struct recording rec = { 0 };

	(void)state;
	if (!record(&rec, true))
		skip();
	assert_true(rec.diffs);
	check(&rec);
	recording_free(&rec);
}

/* A program that is not there is an error; nothing is left running. */
static void no_program(void **state)
{
	static char program[] = "/nowhere/program";
	char *argv[] = { program, NULL };
	struct tracer_request req = { .argv = argv };
	struct recording rec = { 0 };
	const char *why = NULL;
	int status;

	(void)state;
	assert_false(tracer_run(&req, &rec, &status, &why));
	assert_non_null(why);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	recording_free(&rec);
}

/* What is more than asked for is not kept, and the program goes on. */
static void a_limit(void **state)
{
	struct recording rec = { .max_ops = 20 };

	(void)state;
	if (!record(&rec, false))
		skip();
	assert_true(rec.full);
	assert_int_equal(rec.nr_ops, 20);
	recording_free(&rec);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_events),
		cmocka_unit_test(by_differences),
		cmocka_unit_test(no_program),
		cmocka_unit_test(a_limit),
	};

	(void)argv;
	if (argc > 1)
		return be_traced();
	/* a sanitizer in the traced program wants to trace it, too */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	self = realpath("/proc/self/exe", NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
