/*
 * clone with CLONE_VM and vfork: one address space with several tasks.
 */
#include "run.h"

#include "core/oom_kill.h"
#include "core/reclaim.h"

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };

#define FOR_ERAS(era)                                                          \
	for (unsigned i_ = 0; i_ < 5; i_++)                                    \
		for (const char *era = eras[i_]; era; era = NULL)

static void one_mm_two_tasks(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("map 10-14; touch 10");
		unsigned free = (unsigned)free_frames(run.m);
		script("clone T");
		expect_num(free_frames(run.m), free);
		assert_ptr_equal(mm_of("P"), mm_of("T"));
		expect_num(mm_of("P")->mm_users, 2);
		expect_num(task_of("T")->parent, pid_of("P"));
		expect_num(run.res.costs.n[COST_PTES], 0);
		expect_num(run.res.costs.n[COST_COPIES], 0);
		finish();
	}
}

static void each_sees_what_the_other_does(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("map 10-14; clone T; T: write 10 7; T: map 20-22");
		expect_num(value_at("P", 10), 7);
		expect_num(run.res.faults, 0);
		assert_ptr_equal(frame("P", 10), frame("T", 10));
		expect_mapcount("P", 10, 1);
		script("write 20 8");
		expect_num(value_at("T", 20), 8);
		script("T: unmap 10-14; read 10 =SIGSEGV; write 10 1 =SIGSEGV");
		finish();
	}
}

static void without_vm_it_is_fork(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("map 10-14; touch 10");
		struct op op = make_op(OP_CLONE, pid_of("P"));
		set_text(&op, "C");
		expect_num(run_op(&op), 0);
		struct task_struct *child =
			task_find(run.m, (uint32_t)run.res.value);
		assert_ptr_not_equal(child->mm, mm_of("P"));
		expect_mapcount("P", 10, 2);
		expect_num(try_exit(child->pid), 0);
		finish();
	}
}

static void the_last_one_frees_it(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("map 10-14; touch 10-14; clone T; exit");
		assert_null(task_of("P")->mm);
		expect_num(mm_of("T")->mm_users, 1);
		expect_num(count_frames(PAGE_ANON), 4);
		script("T: touch 10-14; T: exit");
		expect_num(count_frames(PAGE_ANON), 0);
		finish();
	}
}

/* The mm goes by the pid of one of its tasks; whose that is, is gone first. */
static void the_mm_goes_by_the_pid_of_a_user(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("map 10-14; touch 10; clone T; clone U; T: exit");
		expect_num(mm_of("P")->id, pid_of("P"));
		script("exit");
		expect_num(mm_of("U")->id, pid_of("U"));
		assert_ptr_equal(mm_owner(run.m, mm_of("U")), task_of("U"));
		try_rmap(frame("U", 10), true);
		expect_text(found(), "U10");
		finish();
	}
}

static void a_walk_meets_the_mm_once(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("map 10-14; touch 10; clone T; T: fork C");
		try_rmap(frame("P", 10), true);
		expect_num(run.res.nr_found, 2);
		expect_mapcount("P", 10, 2);
		script("T: touch 10"); /* one copy for P and T */
		assert_ptr_equal(frame("P", 10), frame("T", 10));
		assert_ptr_not_equal(frame("C", 10), frame("T", 10));
		finish();
	}
}

static void vfork_parent_cannot_run(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("map 10-14; touch 10; vfork C; touch 10 =EBUSY;"
		       "read 10 =EBUSY; fork D =EBUSY; exit =EBUSY;"
		       "wait =EBUSY; C: write 10 9; C: vfork G;"
		       "C: read 10 =EBUSY; G: exit; C: read 10; C: exit");
		expect_num(value_at("P", 10), 9);
		expect_num(task_of("P")->vfork_child, 0);
		script("wait C; wait =ECHILD");
		finish();
	}
}

static void vfork_costs_nothing_a_page(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		script("map 10-60; touch 10-60; vfork C");
		expect_num(cost(COST_PTES), 0);
		expect_num(cost(COST_VMAS), 0);
		expect_num(cost(COST_TLB_FLUSHES), 0);
		script("C: exit; fork D");
		assert_true(cost(COST_PTES) >= 50);
		finish();
	}
}

/* Killing one would free nothing. */
static void the_oom_killer_takes_all_of_the_mm(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		run.m->tune.no_oom_killer = false;
		script("map 0-2; touch 0-2; spawn BIG; BIG: map 0-9;"
		       "BIG: touch 0-9; BIG: clone T");
		assert_true(out_of_memory(run.m));
		assert_null(task_of("BIG")->mm);
		assert_null(task_of("T")->mm);
		assert_non_null(task_of("P")->mm);
		expect_num(count_frames(PAGE_ANON), 2);
		run.m->nr_killed = 0;
		finish();
	}
}

/* The one that asks for memory shares the victim's mm: it ends with its
 * operation, and nothing is free before. */
static void the_one_who_asks_may_share_it(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		begin(era);
		run.m->tune.no_oom_killer = false;
		script("map 0-9; touch 0-9; clone T");
		run.m->current_pid = pid_of("T");
		assert_false(out_of_memory(run.m));
		assert_true(run.m->oom_current);
		assert_null(task_of("P")->mm);
		assert_non_null(task_of("T")->mm);
		expect_num(run.m->nr_killed, 2);
		run.m->oom_current = false;
		run.m->current_pid = 0;
		finish();
	}
}

/* And by an operation that uses all memory up. */
static void out_of_memory_with_two_tasks(void **state)
{
	(void)state;
	FOR_ERAS(era)
	{
		struct machine_config config = { .ram = 1 << 20 };
		config.tune = tunables_default(era_find(era));
		begin_with(era, NULL, &config);
		run.m->tune.no_oom_killer = false;
		script("map 0-100; map 200-300; map 400-500; clone T");
		int status = 0;
		for (uint64_t p = 0; p < 500 && !status; p++)
			if (p % 200 < 100)
				status = try_write(pid_of("T"), addr_of(p), 1);
		expect_num(status, STATUS_OOM);
		assert_null(task_of("P")->mm);
		assert_null(task_of("T")->mm);
		expect_num(run.res.nr_killed, 2);
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_mm_two_tasks),
		cmocka_unit_test(each_sees_what_the_other_does),
		cmocka_unit_test(without_vm_it_is_fork),
		cmocka_unit_test(the_last_one_frees_it),
		cmocka_unit_test(the_mm_goes_by_the_pid_of_a_user),
		cmocka_unit_test(a_walk_meets_the_mm_once),
		cmocka_unit_test(vfork_parent_cannot_run),
		cmocka_unit_test(vfork_costs_nothing_a_page),
		cmocka_unit_test(the_oom_killer_takes_all_of_the_mm),
		cmocka_unit_test(the_one_who_asks_may_share_it),
		cmocka_unit_test(out_of_memory_with_two_tasks),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
