/*
 * Mutations of tasks: who uses which mm, who waits for whom.
 *
 * The state: P and T share an mm; V, with an mm of its own, waits for its
 * vfork child W; Z is a zombie of P.
 */
#include "mutate.h"

static void set_up(const char *era)
{
	begin(era);
	script("map 10-14; touch 10; fork Z; Z: exit; fork V; clone T;"
	       "V: vfork W");
}

static void a_user_too_many(void)
{
	mm_of("P")->mm_users++;
}

static void a_user_forgotten(void)
{
	mm_of("T")->mm_users--;
}

static void named_after_nobody(void)
{
	mm_of("P")->id = 99;
}

static void named_after_a_task_that_has_another(void)
{
	mm_of("P")->id = pid_of("V");
}

static void named_after_a_zombie(void)
{
	mm_of("P")->id = pid_of("Z");
}

static void waits_for_another_child(void)
{
	task_of("P")->vfork_child = pid_of("V");
}

static void waits_for_no_child_of_its_own(void)
{
	task_of("V")->vfork_child = pid_of("T");
}

static void waits_for_a_zombie(void)
{
	task_of("P")->vfork_child = pid_of("Z");
}

static void zombie_waits(void)
{
	task_of("Z")->vfork_child = pid_of("T");
}

static void reaped_alive(void)
{
	task_of("T")->reaped = true;
}

static void zombie_that_nobody_can_wait_for(void)
{
	task_of("Z")->parent = 0;
}

static const struct mutation mutations[] = {
	M(a_user_too_many, EVERY, "mm_users"),
	M(a_user_forgotten, EVERY, "mm_users"),
	M(named_after_nobody, EVERY, "mm_owner"),
	M(named_after_a_task_that_has_another, EVERY, "mm_owner"),
	M(named_after_a_zombie, EVERY, "mm_owner"),
	M(waits_for_another_child, EVERY, "vfork"),
	M(waits_for_no_child_of_its_own, EVERY, "vfork"),
	M(waits_for_a_zombie, EVERY, "vfork"),
	M(zombie_waits, EVERY, "vfork"),
	M(reaped_alive, EVERY, "reaped"),
	M(zombie_that_nobody_can_wait_for, EVERY, "reaped"),
};

static void caught(void **state)
{
	(void)state;
	run_mutations_after(
		set_up, mutations, sizeof(mutations) / sizeof(mutations[0]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(caught),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
