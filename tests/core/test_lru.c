/*
 * The LRU lists: where a page starts, what using it does, and the batches in
 * which it may wait.  Statements of the sheets by their numbers.
 */
#include "run.h"

#include "core/lru.h"
#include "core/workingset.h"

static const char *const eras[] = { "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

static void begin_batches(const char *era)
{
	struct tunables tune = tunables_default(era_find(era));
	tune.lru_batches = true;
	begin_with(era, NULL, &(struct machine_config){ .tune = tune });
}

static void expect_list(const struct page *page, enum lru_list list)
{
	assert_non_null(page);
	expect_num(page->lru_list, list);
	expect_num(has_flag(page, PG(ACTIVE)), lru_is_active(list));
}

/* T611-02, N40-02, N6-02; sheet 1.6. */
static void a_new_page_starts_on_its_list(void **state)
{
	static const enum lru_list start[] = { LRU_ACTIVE_ANON, LRU_ACTIVE_ANON,
		LRU_INACTIVE_ANON };
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("map 10-14; touch 10; fork C; C: write 10 7");
		expect_list(frame("P", 10), start[e]);
		expect_list(frame("C", 10), start[e]);
		expect_num(has_flag(frame("P", 10), PG(REFERENCED)), e == 0);
		assert_false(has_flag(frame("C", 10), PG(REFERENCED)));
		finish();
	}
}

/* T10.1 and A4.2: unreferenced, referenced, active, active and referenced. */
static void use_goes_through_four_states(void **state)
{
	static const struct {
		bool active, referenced;
	} after[] = { { false, false }, { false, true }, { true, false },
		{ true, true }, { true, true } };
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("map 10-14; touch 10");
		struct page *page = frame("P", 10);
		lru_del(run.m, page);
		page->flags &= ~PG(REFERENCED);
		lru_add(run.m, page, page_lru(run.m, page));
		for (size_t i = 0; i < 5; i++) {
			expect_num(has_flag(page, PG(ACTIVE)), after[i].active);
			expect_num(has_flag(page, PG(REFERENCED)),
				after[i].referenced);
			mark_page_accessed(run.m, page);
			assert_true(machine_check(run.m, NULL));
		}
		finish();
	}
}

/* A page that waits has one reference more, no PG_lru, and no list. */
static void a_batch_holds_a_reference(void **state)
{
	static const unsigned drains_with[] = { 14, 15, 31 };
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin_batches(eras[e]);
		script("map 10-60");
		for (unsigned i = 1; i < drains_with[e]; i++) {
			expect_num(try_write(pid_of("P"), addr_of(9 + i), i), 0);
			expect_num(frame("P", 9 + i)->_refcount, 2);
			expect_num(frame("P", 9 + i)->lru_list, LRU_NONE);
			assert_false(has_flag(frame("P", 9 + i), PG(LRU)));
			expect_num(frame("P", 10)->_refcount, 2);
		}
		expect_num(try_write(pid_of("P"), addr_of(9 + drains_with[e]), 1),
			0);
		expect_num(frame("P", 10)->_refcount, 1);
		assert_true(has_flag(frame("P", 10), PG(LRU)));
		/* 4.0 drains the full one and lets the new one wait */
		expect_num(frame("P", 9 + drains_with[e])->_refcount,
			e == 1 ? 2 : 1);
		/* the oldest is at the tail */
		struct zone *z = lru_zone(run.m, frame("P", 10));
		struct list_head *tail = z->lru[frame("P", 10)->lru_list].prev;
		assert_ptr_equal(tail, &frame("P", 10)->lru);
		finish();
	}
}

/* T60-20 for 2.6.11: the batch's reference makes the parent copy. */
static void an_undrained_batch_makes_2_6_copy(void **state)
{
	(void)state;
	begin_batches("2.6.11");
	script("map 10-14; write 10 5; fork C; C: write 10 6");
	struct page *old = frame("P", 10);
	expect_num(old->_refcount, 2);
	script("write 10 7");
	assert_ptr_not_equal(frame("P", 10), old);
	expect_num(value_at("P", 10), 7);
	finish();

	begin_batches("2.6.11");
	script("map 10-14; write 10 5; fork C; C: write 10 6");
	old = frame("P", 10);
	script("map 20-21; unmap 20-21"); /* drains */
	expect_num(old->_refcount, 1);
	script("write 10 7");
	assert_ptr_equal(frame("P", 10), old);
	finish();
}

/* 4.0 looks at the mapcount; 6.18 drains its batch before it counts, here at
 * the child's fault already (N6-14). */
static void later_kernels_are_not_misled_by_a_batch(void **state)
{
	(void)state;
	for (size_t e = 1; e < NR_ERAS; e++) {
		begin_batches(eras[e]);
		script("map 10-14; write 10 5; fork C; C: write 10 6");
		struct page *old = frame("P", 10);
		expect_num(old->_refcount, e == 1 ? 2 : 1);
		script("write 10 7");
		assert_ptr_equal(frame("P", 10), old);
		expect_num(old->_refcount, e == 1 ? 2 : 1);
		finish();
	}
}

/* A frame that only its batch holds is freed when that is drained. */
static void a_batch_outlives_its_pages(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin_batches(eras[e]);
		script("map 10-14; touch 10; fork C; C: write 10 6; exit; "
		       "C: exit");
		expect_num(count_frames(PAGE_ANON), 0);
	}
}

/* 4.0: age of the eviction against the size of the active file list. */
static void refault_distance_decides(void **state)
{
	(void)state;
	begin("4.0");
	script("map 10-30; touch 10-30");
	struct page *page = frame("P", 10), *other = frame("P", 11);
	struct zone *z = lru_zone(run.m, page);
	lru_del(run.m, page);
	page->flags &= ~PG(SWAPBACKED); /* as a page of a file */
	uint64_t shadow = workingset_eviction(run.m, page);
	expect_num(z->inactive_age, 1);
	expect_num(workingset_eviction(run.m, other), 0);
	z->nr_lru[LRU_ACTIVE_FILE] = 3;
	for (unsigned i = 0; i < 4; i++) {
		page->flags &= ~PG(ACTIVE);
		z->inactive_age = 1 + i + (i == 3);
		workingset_refault(run.m, page, shadow);
		expect_num(has_flag(page, PG(ACTIVE)), i < 3);
	}
}

/* 6.18: anonymous pages, too; a working set that comes back costs its kind. */
static void refault_of_the_working_set_costs(void **state)
{
	(void)state;
	begin("6.18");
	script("map 10-30; touch 10-30");
	struct page *page = frame("P", 10);
	struct zone *z = lru_zone(run.m, page);
	lru_del(run.m, page);
	page->flags |= PG(WORKINGSET);
	uint64_t shadow = workingset_eviction(run.m, page);
	page->flags &= ~PG(WORKINGSET);
	z->inactive_age += 2; /* two more; the file lists are empty */
	workingset_refault(run.m, page, shadow);
	assert_false(has_flag(page, PG(ACTIVE)));
	z->nr_lru[LRU_INACTIVE_FILE] = 400;
	workingset_refault(run.m, page, shadow);
	assert_true(has_flag(page, PG(ACTIVE)));
	assert_true(has_flag(page, PG(WORKINGSET)));
	expect_num(z->activations[0], 1);
	expect_num(z->anon_cost, 32);
	expect_num(z->file_cost, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_page_starts_on_its_list),
		cmocka_unit_test(use_goes_through_four_states),
		cmocka_unit_test(a_batch_holds_a_reference),
		cmocka_unit_test(an_undrained_batch_makes_2_6_copy),
		cmocka_unit_test(later_kernels_are_not_misled_by_a_batch),
		cmocka_unit_test(a_batch_outlives_its_pages),
		cmocka_unit_test(refault_distance_decides),
		cmocka_unit_test(refault_of_the_working_set_costs),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
