/*
 * Out of memory around swap: the area is full, a hog leaves a few frames, and
 * something needs one for a page of the area.  It is done or refused; nothing
 * is lost, and what is refused succeeds once there is memory again.
 */
#include "run.h"
#include "swap_by_hand.h"

#include "core/swap.h"

#include <string.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(*eras))

/* P has pages 10 to 13 in all of the area, shared with C; page 14 is mapped. */
static void set_up(const char *era)
{
	struct machine_config config = { .ram = 1 << 20,
		.tune = tunables_default(era_find(era)) };
	config.tune.no_oom_killer = true;
	config.swap = 6 << PAGE_SHIFT; /* 4 or 5 slots */
	begin_with(era, NULL, &config);
	script("map 10-16; touch 10-15; fork C");
	for (unsigned page = 10; page < 14; page++)
		assert_true(hand_swap_out(run.m, frame("P", page)));
	if (nr_swap_pages(run.m))
		assert_true(hand_swap_out(run.m, frame("P", 14)));
	expect_num(nr_swap_pages(run.m), 0);
	script("spawn H; H: map 2000-2150; H: map 2150-2300; "
	       "H: touch 2000");
}

/* H writes pages until @left frames are free. */
static void hog(unsigned left)
{
	for (unsigned page = 2001; free_frames(run.m) > left; page++)
		expect_num(try_write(pid_of("H"), addr_of(page), 1), 0);
}

static bool is_oom(int status)
{
	if (status)
		expect_text(status_name(status), "OOM");
	return status;
}

/* A read and a write of a swapped page, with so many frames. */
static void fault_under_pressure(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		unsigned refused = 0;
		for (unsigned left = 0; left < 4; left++) {
			set_up(eras[e]);
			value_t before = run.m->swap_info.value[2];
			hog(left);
			refused += is_oom(try_read(pid_of("P"), addr_of(11)));
			refused += is_oom(
				try_write(pid_of("C"), addr_of(11), 77));
			script("H: exit");
			assert_true(value_at("P", 11) == before);
			expect_num(try_write(pid_of("C"), addr_of(11), 78), 0);
			expect_num(value_at("C", 11), 78);
			assert_true(value_at("P", 11) == before);
			finish();
		}
		assert_true(refused);
	}
}

/* fork copies entries; it may want tables, VMAs and nodes, not the pages. */
static void fork_under_pressure(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++)
		for (unsigned left = 0; left < 8; left++) {
			set_up(eras[e]);
			value_t before = run.m->swap_info.value[1];
			uint32_t users = swap_count(run.m, 1);
			hog(left);
			int status = try_fork(pid_of("C"), "G");
			if (status)
				expect_text(status_name(status), "ENOMEM");
			expect_num(swap_count(run.m, 1), users + !status);
			script("H: exit");
			assert_true(value_at("C", 10) == before);
			finish();
		}
}

/* swapoff brings back as much as there is room for, and stays on. */
static void swapoff_under_pressure(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++)
		for (unsigned left = 0; left < 6; left++) {
			struct op op = make_op(OP_SWAPOFF, 0);
			set_up(eras[e]);
			value_t before[4];
			memcpy(before, run.m->swap_info.value + 1,
				sizeof(before));
			hog(left);
			int status = run_op(&op);
			if (status)
				expect_text(status_name(status), "ENOMEM");
			assert_int_equal(run.m->swap_info.on, status != 0);
			script("H: exit");
			for (unsigned i = 0; i < 4; i++) {
				assert_true(value_at("P", 10 + i) == before[i]);
				assert_true(value_at("C", 10 + i) == before[i]);
			}
			finish();
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fault_under_pressure),
		cmocka_unit_test(fork_under_pressure),
		cmocka_unit_test(swapoff_under_pressure),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
