/*
 * exit leaves a zombie, wait takes notice of it; init does so at once.
 */
#include "run.h"

#include <errno.h>
#include <string.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };

#define FOR_ERAS(era)                                                          \
	for (unsigned i_ = 0; i_ < 5; i_++)                                    \
		for (const char *era = eras[i_]; era; era = NULL)

static void no_child(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("wait =ECHILD; spawn Q; wait =ECHILD; Q: wait =ECHILD");
		finish();
	}
}

static void a_living_child_would_be_waited_for(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("fork C; wait =EAGAIN; C: exit; wait C; wait =ECHILD");
		assert_true(task_of("C")->reaped);
		finish();
	}
}

static void one_that_exited_is_met_though_others_live(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("fork A; fork B; fork C; B: exit; wait B; wait =EAGAIN");
		finish();
	}
}

/* sys_wait4 of 2.4 begins with the youngest, p_cptr; later the list of
 * children begins with the oldest. */
static void which_of_two_is_met_first(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("fork A; fork B; B: exit; A: exit");
		if (i_ == 0)
			script("wait B; wait A; wait =ECHILD");
		else
			script("wait A; wait B; wait =ECHILD");
		finish();
	}
}

static void a_zombie_cannot_act(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("map 10-12; fork C; C: exit; C: read 10 =ESRCH;"
		       "C: exit =ESRCH; wait C; C: exit =ESRCH");
		assert_false(strcmp(task_of("C")->name, "C"));
		finish();
	}
}

static void grandchildren_are_not_met(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("fork C; C: fork G; G: exit; wait =EAGAIN; C: wait G;"
		       "C: wait =ECHILD");
		finish();
	}
}

static void init_waits_at_once(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("fork A; A: fork B; A: fork C; B: exit");
		assert_false(task_of("B")->reaped);
		script("A: exit"); /* its zombie is init's now */
		assert_true(task_of("B")->reaped);
		assert_false(task_of("A")->reaped);
		script("C: exit"); /* an orphan */
		assert_true(task_of("C")->reaped);
		script("wait A; exit");
		assert_true(task_of("P")->reaped);
		finish();
	}
}

static void threads_are_waited_for_too(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("map 10-12; clone T; wait =EAGAIN; T: touch 10; T: exit;"
		       "read 10; wait T; wait =ECHILD");
		finish();
	}
}

/* A fork that fails leaves nothing to wait for. */
static void a_child_that_never_was(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		struct machine_config config = { .ram = 1 << 20 };
		begin_with(era, NULL, &config);
		script("map 0-100; map 200-300; map 400-500");
		int status = 0;
		for (uint64_t p = 0; p < 500 && !status; p++)
			if (p % 200 < 100)
				status = try_write(pid_of("P"), addr_of(p), 1);
		expect_num(status, STATUS_OOM);
		expect_num(try_fork(pid_of("P"), "C"), -ENOMEM);
		script("wait =ECHILD");
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_child),
		cmocka_unit_test(a_living_child_would_be_waited_for),
		cmocka_unit_test(one_that_exited_is_met_though_others_live),
		cmocka_unit_test(which_of_two_is_met_first),
		cmocka_unit_test(a_zombie_cannot_act),
		cmocka_unit_test(grandchildren_are_not_met),
		cmocka_unit_test(init_waits_at_once),
		cmocka_unit_test(threads_are_waited_for_too),
		cmocka_unit_test(a_child_that_never_was),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
