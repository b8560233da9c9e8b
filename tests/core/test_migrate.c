/*
 * Migration in 4.0 and 6.18: every PTE goes over to the new frame, with what
 * its entry keeps; who cannot move stays as it was.
 */
#define cost cost_of_machine /* emit.h has one, too */
#include "core/fault.h"
#include "core/lru.h"
#include "core/pgtable.h"
#include "core/reclaim.h"
#include "core/swap.h"
#include "core/swapops.h"
#undef cost

#include "recorder.h"
#include "run.h"

#include <string.h>

static const char *const eras[] = { "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

static int try_migrate(const struct page *page)
{
	struct op op = make_op(OP_MIGRATE, page_pfn(run.m, page));
	return run_op(&op);
}

/* N40-54, N6-54. */
static void a_shared_page_moves_for_both(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("map 10-14; write 10 5; fork C; read 10");
		struct page *old = frame("P", 10);
		uintptr_t mapping = old->mapping;
		uint64_t index = old->index;
		bool young = pte_young(run.m, pte_at("P", 10));
		expect_num(try_migrate(old), 0);
		struct page *new = frame("P", 10);
		assert_ptr_not_equal(new, old);
		assert_ptr_equal(frame("C", 10), new);
		expect_num(old->kind, PAGE_FREE);
		expect_mapcount("P", 10, 2);
		assert_true(new->mapping == mapping && new->index == index);
		expect_num(value_at("C", 10), 5);
		assert_true(young);
		finish();
	}
}

/* 4.0 loses the accessed bits, 6.18 keeps them. */
static void accessed_and_dirty_bits(void **state)
{
	static const char *const want[] = { "W--", "WDA" };
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("map 10-14; write 10 5");
		expect_num(try_migrate(frame("P", 10)), 0);
		expect_text(pte_text("P", 10), want[e]);
		assert_true(has_flag(frame("P", 10), PG(DIRTY)));
		script("write 10 6"); /* writable still: no fault */
		expect_num(run.res.faults, 0);
		finish();
	}
}

/* N40-17: no early stop on the way back. */
static void all_vmas_are_visited_on_the_way_back(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("map 10-14; touch 10; fork C; C: touch 10");
		expect_num(try_migrate(frame("P", 10)), 0);
		/* to the entry: 1 visit; back: P and C */
		expect_num(cost(COST_VISITED), 3);
		expect_num(cost(COST_MATCHED), 2);
		finish();
	}
}

/* Exclusive goes through the entry. */
static void exclusive_comes_back(void **state)
{
	(void)state;
	begin("6.18");
	script("map 10-14; touch 10; map 20-24; touch 20; fork C");
	script("C: exit; touch 10"); /* exclusive again, 20 is not */
	assert_true(has_flag(frame("P", 10), PG(ANON_EXCLUSIVE)));
	assert_false(has_flag(frame("P", 20), PG(ANON_EXCLUSIVE)));
	expect_num(try_migrate(frame("P", 10)), 0);
	expect_num(try_migrate(frame("P", 20)), 0);
	assert_true(has_flag(frame("P", 10), PG(ANON_EXCLUSIVE)));
	assert_false(has_flag(frame("P", 20), PG(ANON_EXCLUSIVE)));
	script("protect 10-14 r; touch 20");
	expect_num(try_migrate(frame("P", 10)), 0); /* readable, exclusive */
	assert_true(has_flag(frame("P", 10), PG(ANON_EXCLUSIVE)));
	expect_text(pte_text("P", 10), "-DA");
	finish();
}

/* Somebody has a reference: all PTEs are as they were. */
static void an_extra_reference_undoes_it(void **state)
{
	static const char *const want[] = { "-D-", "-DA" };
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("map 10-14; write 10 5; fork C");
		struct page *old = frame("P", 10);
		struct op op = make_op(OP_MIGRATE, page_pfn(run.m, old));
		uint64_t free = free_frames(run.m);
		old->_refcount++;
		expect_text(status_name(machine_run(run.m, &op, &run.res)),
			"EAGAIN");
		old->_refcount--;
		assert_true(machine_check(run.m, NULL));
		assert_ptr_equal(frame("P", 10), old);
		assert_ptr_equal(frame("C", 10), old);
		expect_num(free_frames(run.m), free);
		/* 4.0: the dirty bit is the page's now */
		expect_text(pte_text("P", 10), e ? want[e] : "---");
		expect_num(value_at("C", 10), 5);
		finish();
	}
}

static void what_cannot_move(void **state)
{
	static const struct {
		const char *era, *error;
	} rows[] = { { "2.4", "ENOSYS" }, { "2.6.0", "ENOSYS" },
		{ "2.6.11", "ENOSYS" }, { "4.0", "EINVAL" },
		{ "6.18", "EINVAL" } };
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rows[i].era);
		script("map 10-14; read 10");
		expect_text(status_name(try_migrate(frame("P", 10))),
			rows[i].error); /* the zero page */
		finish();
	}
}

/* A page in the swap cache: 4.0 leaves swap entries, 6.18 migration entries. */
static void a_page_in_the_swap_cache(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin_with(eras[e], NULL,
			&(struct machine_config){ .swap = 1 << 20 });
		script("map 10-14; write 10 5; fork C");
		struct page *old = frame("P", 10);
		trylock_page(run.m, old);
		assert_true(add_to_swap(run.m, old));
		unlock_page(run.m, old);
		uint64_t slot = page_swap_slot(run.m, old);
		expect_num(try_migrate(old), 0);
		struct page *new = swap_cache_page(run.m, slot);
		assert_ptr_not_equal(new, old);
		assert_non_null(new);
		expect_num(page_swap_slot(run.m, new), slot);
		expect_num(page_mapcount(new), e ? 2 : 0);
		expect_num(swap_count(run.m, slot), e ? 0 : 2);
		expect_num(value_at("P", 10), 5);
		expect_num(value_at("C", 10), 5);
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shared_page_moves_for_both),
		cmocka_unit_test(accessed_and_dirty_bits),
		cmocka_unit_test(all_vmas_are_visited_on_the_way_back),
		cmocka_unit_test(exclusive_comes_back),
		cmocka_unit_test(an_extra_reference_undoes_it),
		cmocka_unit_test(what_cannot_move),
		cmocka_unit_test(a_page_in_the_swap_cache),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
