/*
 * swapoff: all of it comes back, to whom it belongs, and how much is looked at
 * for that in each kernel.
 */
#include "run.h"
#include "swap_by_hand.h"

#include "core/swap.h"

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(*eras))

static void start(const char *era, const char *text)
{
	begin_with(era, NULL,
		&(struct machine_config){ .swap = 64 << PAGE_SHIFT });
	script(text);
}

static void swap_out(const char *task, uint64_t first, uint64_t end)
{
	for (uint64_t page = first; page < end; page++)
		assert_true(hand_swap_out(run.m, frame(task, page)));
}

static int swapoff(void)
{
	struct op op = make_op(OP_SWAPOFF, 0);
	return run_op(&op);
}

static void no_entry_left(const char *task, uint64_t first, uint64_t end)
{
	for (uint64_t page = first; page < end; page++)
		assert_true(pte_present(run.m, pte_at(task, page)));
	expect_num(mm_of(task)->swapents, 0);
}

/* T11.8: no swap PTE in any mm; every PTE that came back is old. */
static void t11_8_everything_comes_back(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		start(eras[e], "map 10-14; touch 10-14; fork C; C: touch 10");
		value_t p10 = value_at("P", 10), c10 = value_at("C", 10);
		value_t p11 = value_at("P", 11);
		swap_out("P", 10, 14);
		swap_out("C", 10, 11);
		script("C: read 12"); /* one in the cache, mapped by C */
		expect_num(swapoff(), 0);
		no_entry_left("P", 10, 14);
		no_entry_left("C", 10, 14);
		expect_text(pte_text("P", 10), "---");
		expect_text(pte_text("C", 13), "---");
		assert_ptr_equal(frame("P", 13), frame("C", 13));
		expect_num(page_mapcount(frame("P", 13)), 2);
		assert_true(has_flag(frame("P", 13), PG(DIRTY)));
		assert_false(has_flag(frame("P", 13), PG(SWAPCACHE)));
		assert_true(value_at("P", 10) == p10);
		assert_true(value_at("C", 10) == c10);
		assert_true(value_at("C", 11) == p11);
		script("touch 11; C: touch 11; C: touch 10");
		assert_true(value_at("P", 11) != value_at("C", 11));
		expect_num(nr_swap_pages(run.m), 0);
		expect_num(total_swap_pages(run.m), 0);
		expect_num(get_swap_page(run.m), 0);
		finish();
	}
}

/* Without an area there is nothing to switch off. */
static void twice_is_einval(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		expect_num(swapoff(), -22);
		start(eras[e], "map 10-14");
		expect_num(swapoff(), 0);
		expect_num(swapoff(), -22);
		finish();
	}
}

/* It does not fit: what came back is there, the rest stays, nothing is lost,
 * and swap is still on. */
static void no_memory(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin_with(eras[e], NULL,
			&(struct machine_config){ .ram = 512 << 10,
				.swap = 64 << PAGE_SHIFT });
		script("map 10-140; touch 10-40");
		swap_out("P", 10, 40);
		for (unsigned page = 40; page < 140 && free_frames(run.m) > 12;
			page++)
			expect_num(try_write(pid_of("P"),
					   addr_of(page), page), 0);
		expect_num(swapoff(), -12);
		assert_true(run.m->swap_info.on);
		assert_true(nr_swap_pages(run.m) > 0);
		script("unmap 40-140");
		expect_num(swapoff(), 0);
		no_entry_left("P", 10, 40);
		finish();
	}
}

/* What is left in the cache without a user is dropped. */
static void unused_cache_is_dropped(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		start(eras[e], "map 10-14; touch 10; fork C");
		swap_out("P", 10, 11);
		script("C: touch 10; unmap 10-11");
		expect_num(swapoff(), 0);
		expect_num(run.m->swap_info.inuse_pages, 0);
		expect_num(count_frames(PAGE_ANON), 1);
		finish();
	}
}

/* 2.6.11: a page that knows its anon_vma is looked for at one address in each
 * VMA; one that has to be read anew is looked for everywhere. */
static void how_much_is_looked_at(void **state)
{
	(void)state;
	start("2.6.11", "map 10-20; touch 10-20");
	hand_unmap(run.m, frame("P", 19));
	expect_num(swapoff(), 0);
	/* the entry found, read again and set */
	expect_num(cost(COST_PTES), 2);
	expect_num(cost(COST_MMS), 1);
	start("2.6.11", "map 10-20; touch 10-20");
	swap_out("P", 19, 20);
	expect_num(swapoff(), 0);
	expect_num(cost(COST_PTES), 11);
	expect_num(cost(COST_IO_READS), 1);
	/* 10 pages: slot by slot each mm again; 6.18 looks once */
	start("4.0", "map 10-20; touch 10-20");
	swap_out("P", 10, 20);
	expect_num(swapoff(), 0);
	expect_num(cost(COST_MMS), 10);
	expect_num(cost(COST_PTES), 10 + (1 + 10) * 10 / 2);
	start("6.18", "map 10-20; touch 10-20");
	swap_out("P", 10, 20);
	expect_num(swapoff(), 0);
	expect_num(cost(COST_MMS), 1);
	expect_num(cost(COST_PTES), 20);
}

/* 2.6.11 and 4.0 make active what came back; 6.18 does not; an exclusive entry
 * gives an exclusive page. */
static void where_it_comes_back(void **state)
{
	(void)state;
	start("4.0", "map 10-14; touch 10");
	swap_out("P", 10, 11);
	expect_num(swapoff(), 0);
	expect_num(frame("P", 10)->lru_list, LRU_ACTIVE_ANON);
	start("6.18", "map 10-14; touch 10");
	swap_out("P", 10, 11);
	expect_num(swapoff(), 0);
	expect_num(frame("P", 10)->lru_list, LRU_INACTIVE_ANON);
	assert_true(has_flag(frame("P", 10), PG(ANON_EXCLUSIVE)));
	script("touch 10");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 0);
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(t11_8_everything_comes_back),
		cmocka_unit_test(twice_is_einval),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(unused_cache_is_dropped),
		cmocka_unit_test(how_much_is_looked_at),
		cmocka_unit_test(where_it_comes_back),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
