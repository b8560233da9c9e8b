/*
 * The OOM killers: each kernel's points, and who dies.  T10.9.
 */
#include "core/oom_kill.h"
#include "core/reclaim.h"
#include "run.h"

/* T10.9: total_vm 50000, 1000 s of processor time, 4 hours old. */
static void begin_killing(const char *era)
{
	begin(era);
	run.m->tune.no_oom_killer = false;
}

static void t10_9_badness_examples(void **state)
{
	(void)state;
	struct oom_facts f = { .total_vm = 50000,
		.cpu_time = 1000 * 1000 >> 13,
		.run_time = 4 * 3600 >> 10 };

	expect_num(badness_2_6_11(&f), 4545);
	f.niced = true;
	expect_num(badness_2_6_11(&f), 9090);
	f.niced = false;
	f.admin = f.rawio = true;
	expect_num(badness_2_6_11(&f), 284);
}

static void shifts_and_thousandths(void **state)
{
	(void)state;
	struct oom_facts f = { .total_vm = 100, .children_vm = 28, .adj = -2 };

	expect_num(badness_2_6_11(&f), 32);
	expect_num(badness_2_4(&f), 100);
	f.adj = 3;
	expect_num(badness_2_6_11(&f), 1024);
	f = (struct oom_facts){ .rss = 200, .swapents = 50, .tables = 7,
		.tables_below_pud = 6, .total_pages = 4096, .adj = 10 };
	expect_num(badness_4_0(&f), 256 + 40);
	expect_num(badness_6_18(&f), 257 + 40);
	f.admin = true;
	expect_num(badness_4_0(&f), 256 - 7 + 40);
	expect_num(badness_6_18(&f), 257 + 40);
	f.adj = -1000;
	expect_num(badness_4_0(&f), 0);
	f.adj = -500;
	expect_num(badness_4_0(&f), 1);
}

static void roots(void **state)
{
	(void)state;
	for (uint64_t x = 0; x < 5000; x++) {
		uint64_t r = int_sqrt(x);
		assert_true(r * r <= x && (r + 1) * (r + 1) > x);
	}
	expect_num(int_sqrt(UINT64_MAX), UINT32_MAX);
}

static bool alive(const char *task)
{
	return task_of(task)->mm != NULL;
}

/* A small, a large and an equally large task; the kernel is told to kill. */
static void three(const char *era)
{
	begin_killing(era);
	script("map 0-2; touch 0-2; spawn BIG; BIG: map 0-9; BIG: touch 0-9;"
	       "spawn SAME; SAME: map 0-9; SAME: touch 0-9");
	assert_true(out_of_memory(run.m));
}

static void the_largest_dies_the_first_of_equals(void **state)
{
	(void)state;
	three("2.6.11");
	assert_true(alive("P") && !alive("BIG") && alive("SAME"));
	three("4.0");
	assert_true(alive("P") && !alive("BIG") && alive("SAME"));
}

static void in_6_18_the_last_of_equals(void **state)
{
	(void)state;
	three("6.18");
	assert_true(alive("P") && alive("BIG") && !alive("SAME"));
}

/* 2.6.11 counts the children's memory and kills the first child; 4.0 kills the
 * child with the most points; 6.18 spares children. */
static void family_of(const char *era)
{
	begin_killing(era);
	script("map 0-9; touch 0-4; fork C1; fork C2; C2: touch 4-8;"
	       "touch 8-9; touch 4-8");
	assert_true(out_of_memory(run.m));
}

static void children(void **state)
{
	(void)state;
	family_of("2.6.11");
	assert_true(alive("P") && !alive("C1") && alive("C2"));
	family_of("4.0");
	assert_true(alive("P") && alive("C1") && !alive("C2"));
	family_of("6.18");
	assert_true(!alive("P") && alive("C1") && alive("C2"));
}

static void nobody_dies_when_switched_off(void **state)
{
	(void)state;
	begin_killing("4.0");
	script("map 0-9; touch 0-9");
	run.m->tune.no_oom_killer = true;
	assert_false(out_of_memory(run.m));
	assert_true(alive("P"));
	finish();
}

/* The caller ends with its operation, not in the middle of it. */
static void the_one_who_asks_is_spared_for_the_moment(void **state)
{
	(void)state;
	begin_killing("6.18");
	script("map 0-9; touch 0-9");
	run.m->current_pid = pid_of("P");
	assert_false(out_of_memory(run.m));
	assert_true(alive("P"));
	assert_true(run.m->oom_current);
	expect_num(run.m->nr_killed, 1);
	expect_num(run.m->killed[0], pid_of("P"));
	run.m->oom_current = false;
	run.m->current_pid = 0;
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t10_9_badness_examples),
		cmocka_unit_test(shifts_and_thousandths),
		cmocka_unit_test(roots),
		cmocka_unit_test(the_largest_dies_the_first_of_equals),
		cmocka_unit_test(in_6_18_the_last_of_equals),
		cmocka_unit_test(children),
		cmocka_unit_test(nobody_dies_when_switched_off),
		cmocka_unit_test(the_one_who_asks_is_spared_for_the_moment),
	};

	return cmocka_run_group_tests_name(
		"oom_kill", tests, NULL, run_teardown);
}
