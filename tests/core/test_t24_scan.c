/*
 * Linux 2.4: the virtual scan and the two lists.  Each test is one statement,
 * T24-nn; a visit is try_to_swap_out() of one PTE.
 */
#include "core/scan_2_4.h"
#include "core/swap.h"
#include "filerun.h"
#include "recorder.h"
#include "run.h"

#include <stdio.h>

#define MIB (1ull << 20)

static void start(const char *text)
{
	struct machine_config config = { .ram = 4 * MIB, .swap = MIB };

	begin_with("2.4", NULL, &config);
	script(text);
}

static void start_without_swap(const char *text)
{
	begin("2.4");
	script(text);
}

static int visit(const char *task, uint64_t page)
{
	int n = try_to_swap_out(run.m, vma_at(task, page), addr_of(page),
		frame(task, page));
	struct check_failure f;

	assert_true(machine_check(run.m, &f));
	return n;
}

static uint64_t nr(enum lru_list list)
{
	return run.m->zones[0].nr_lru[list];
}

/* Pages [from, to) of @task: old and inactive, as after a first visit and the
 * move off the active list. */
static void age(const char *task, uint64_t from, uint64_t to)
{
	for (uint64_t page = from; page < to; page++)
		visit(task, page);
	refill_inactive(run.m, nr(LRU_ACTIVE_ANON));
}

static bool young(const char *task, uint64_t page)
{
	return pte_young(run.m, pte_at(task, page));
}

static unsigned users(uint64_t slot)
{
	return run.m->swap_info.swap_map[slot];
}

/* A fresh page needs two visits and a refill before it is unmapped. */
static void t24_10_visits_before_unmapping(void **state)
{
	(void)state;
	start("map 10-11; touch 10");
	struct page *a = frame("P", 10);

	assert_true(has_flag(a, PG(REFERENCED)));
	expect_num(a->lru_list, LRU_INACTIVE_ANON);
	expect_num(visit("P", 10), 0);
	assert_false(young("P", 10));
	assert_true(has_flag(a, PG(ACTIVE)));
	assert_false(has_flag(a, PG(REFERENCED)));
	expect_num(visit("P", 10), 0);
	assert_true(has_flag(a, PG(ACTIVE)));
	refill_inactive(run.m, 1);
	expect_num(a->lru_list, LRU_INACTIVE_ANON);
	assert_true(has_flag(a, PG(REFERENCED)));
	expect_num(visit("P", 10), 1);
	assert_true(pte_is_swap(run.m, pte_at("P", 10)));
	finish();
}

/* Correction 6: a copy, whose PG_referenced is clear, needs no refill. */
static void t24_10_a_copy_needs_two_visits(void **state)
{
	(void)state;
	start("map 10-11; touch 10; fork C; C: touch 10");
	struct page *b = frame("C", 10);

	assert_false(has_flag(b, PG(REFERENCED)));
	expect_num(visit("C", 10), 0);
	assert_false(has_flag(b, PG(ACTIVE)));
	expect_num(visit("C", 10), 1);
	finish();
}

/* Touched between the refill and the next visit: active again. */
static void t24_11_touched_in_between(void **state)
{
	(void)state;
	start("map 10-11; touch 10");
	struct page *a = frame("P", 10);

	age("P", 10, 11);
	script("read 10");
	expect_num(visit("P", 10), 0);
	assert_true(has_flag(a, PG(ACTIVE)));
	assert_false(has_flag(a, PG(REFERENCED)));
	finish();
}

/* Frame A of page 10, shared by P and C, old and inactive. */
static struct page *shared(void)
{
	start("map 10-11; touch 10; fork C");
	struct page *a = frame("P", 10);

	visit("P", 10);
	visit("C", 10);
	refill_inactive(run.m, nr(LRU_ACTIVE_ANON));
	return a;
}

/* Shared by two: the first unmapping frees nothing, the second makes it
 * freeable; it is resident still, in the swap cache, dirty and inactive. */
static void t24_12_a_shared_page_needs_each_pte(void **state)
{
	(void)state;
	struct page *a = shared();

	expect_num(visit("P", 10), 0);
	expect_num(users(1), 2);
	expect_num(a->_refcount, 2);
	expect_num(pte_at("P", 10), 0x100);
	expect_num(visit("C", 10), 1);
	expect_num(users(1), 3);
	expect_num(a->_refcount, 1);
	assert_true(has_flag(a, PG(SWAPCACHE)));
	assert_true(has_flag(a, PG(DIRTY)));
	expect_num(a->lru_list, LRU_INACTIVE_ANON);
	finish();
}

static uint64_t shrink(uint64_t want)
{
	return shrink_cache(run.m, want, 1);
}

/* Pass 1 starts the write, pass 2 drops the buffers and frees the page. */
static void t24_13_two_passes_free_it(void **state)
{
	(void)state;
	struct page *a = shared();

	visit("P", 10);
	visit("C", 10);
	expect_num(shrink(1), 1);
	assert_true(has_flag(a, PG(LAUNDER)));
	script("spawn X"); /* the operation ends, and the write with it */
	expect_num(shrink(1), 0);
	expect_num(a->kind, PAGE_FREE);
	expect_num(users(1), 2);
	finish();
}

/* C reads in between: found in the swap cache, mapped read-only. */
static void t24_14_swap_cache_hit(void **state)
{
	(void)state;
	struct page *a = shared();

	visit("P", 10);
	visit("C", 10);
	script("C: read 10");
	expect_num(run.res.costs.n[COST_IO_READS], 0);
	assert_ptr_equal(frame("C", 10), a);
	expect_num(a->_refcount, 2);
	expect_num(users(1), 2);
	assert_false(pte_write(run.m, pte_at("C", 10)));
	finish();
}

/* C then writes: P's entry and the cache count 2, so it copies. */
static void t24_15_write_copies_while_an_entry_is_left(void **state)
{
	(void)state;
	struct page *a = shared();

	visit("P", 10);
	visit("C", 10);
	script("C: read 10; C: touch 10");
	assert_ptr_not_equal(frame("C", 10), a);
	expect_num(users(1), 2);
	finish();
}

/* Both have read it in: the slot has one user, the page three. */
static void t24_15_write_copies_while_both_map_it(void **state)
{
	(void)state;
	struct page *a = shared();

	visit("P", 10);
	visit("C", 10);
	script("C: read 10; read 10");
	expect_num(users(1), 1);
	expect_num(a->_refcount, 3);
	script("C: touch 10");
	assert_ptr_not_equal(frame("C", 10), a);
	script("touch 10");
	assert_ptr_equal(frame("P", 10), a);
	assert_true(has_flag(a, PG(SWAPCACHE)));
	finish();
}

/* A write to an entry that is P's alone: writable in the same fault, the slot
 * stays. */
static void t24_16_write_to_an_entry_of_ones_own(void **state)
{
	(void)state;
	start("map 10-11; touch 10");
	struct page *a = frame("P", 10);

	age("P", 10, 11);
	expect_num(visit("P", 10), 1);
	script("touch 10");
	expect_num(run.res.faults, 1);
	assert_ptr_equal(frame("P", 10), a);
	expect_text(pte_text("P", 10), "WDA");
	expect_num(users(1), 1);
	assert_true(has_flag(a, PG(SWAPCACHE)));
	finish();
}

/* A clean page of a file: the PTE is empty, nothing is written; the next access
 * is a file fault. */
static void t24_17_clean_file_page(void **state)
{
	(void)state;
	start("file F 4; fmap 10-14 F 0 rw private; read 10");
	struct page *a = frame("P", 10);

	assert_ptr_equal(a, cached("F", 0));
	age("P", 10, 11);
	expect_num(a->lru_list, LRU_INACTIVE_ANON);
	expect_num(mm_of("P")->file_rss, 1);
	expect_num(visit("P", 10), 1);
	expect_num(pte_at("P", 10), 0);
	expect_num(mm_of("P")->file_rss, 0);
	expect_num(a->_refcount, 1);
	expect_num(run.m->swap_info.inuse_pages, 0);
	assert_false(has_flag(a, PG(DIRTY)));
	expect_num(shrink(1), 0); /* and it is free at once */
	expect_num(a->kind, PAGE_FREE);
	script("read 10");
	expect_num(run.res.faults, 1);
	expect_num(run.res.costs.n[COST_IO_READS], 1);
	assert_ptr_equal(frame("P", 10), cached("F", 0));
	finish_files();
}

/* A private copy is anonymous memory, whatever its VMA maps. */
static void t24_18_copy_of_a_file_page(void **state)
{
	(void)state;
	start("file F 4; fmap 10-14 F 0 rw private; write 10 7");
	struct page *b = frame("P", 10);

	assert_ptr_not_equal(b, cached("F", 0));
	age("P", 10, 11);
	expect_num(visit("P", 10), 1);
	expect_num(pte_at("P", 10), 0x100);
	expect_num(users(1), 2);
	assert_true(has_flag(b, PG(SWAPCACHE)));
	expect_num(value_at("P", 10), 7);
	finish_files();
}

/* VM_LOCKED: each visit marks the page accessed, the PTE stays young. */
static void t24_19_locked_vma(void **state)
{
	(void)state;
	start("map 10-11; touch 10");
	struct page *a = frame("P", 10);

	set_locked("P", 10, true);
	for (int i = 0; i < 5; i++) {
		expect_num(visit("P", 10), 0);
		assert_true(young("P", 10));
	}
	assert_true(has_flag(a, PG(ACTIVE)));
	set_locked("P", 10, false);
	finish();
}

static unsigned scans_after(uint64_t pages)
{
	struct recorder rec = { 0 };
	unsigned scans = 0, mapped = 0;
	char text[64];

	snprintf(text, sizeof(text), "map 0-%u; touch 0-%u", (unsigned)pages,
		(unsigned)pages);
	start(text);
	record_start(&rec, run.m);
	shrink_cache(run.m, 32, 6);
	record_stop(&rec, run.m);
	for (unsigned i = 0; i < rec.count; i++) {
		scans += rec.event[i].id == EV_CALL &&
			rec.event[i].fn == FN_SWAP_OUT;
		mapped += rec.event[i].id == EV_SCAN_MAPPED;
	}
	expect_num(scans, 1);
	record_free(&rec);
	finish();
	return mapped;
}

/* 100 inactive pages at priority 6: 16 are scanned, one mapped one is allowed;
 * below 60 none is. */
static void t24_20_mapped_pages_start_the_scan(void **state)
{
	(void)state;
	expect_num(scans_after(100), 2);
	expect_num(scans_after(59), 1);
}

/* Stopped in the first of two VMAs: the cursor stays behind the last PTE and
 * the next call goes on there. */
static void t24_21_the_scan_goes_on(void **state)
{
	(void)state;
	start("map 10-16; map 20-26; touch 10-16; touch 20-26");
	age("P", 10, 16);
	age("P", 20, 26);
	run.m->tune.swap_cluster = 4;
	assert_true(swap_out(run.m));
	assert_ptr_equal(run.m->swap_mm, mm_of("P"));
	expect_num(mm_of("P")->swap_address, addr_of(14));
	assert_null(frame("P", 13));
	assert_non_null(frame("P", 14));
	assert_true(swap_out(run.m));
	assert_null(frame("P", 15));
	assert_null(frame("P", 21));
	assert_non_null(frame("P", 22));
	finish();
}

/* Correction 1: stopped in the last VMA, the mm counts as scanned to its end;
 * the rest of that VMA is passed over. */
static void t24_21_stopped_in_the_last_vma(void **state)
{
	(void)state;
	start("map 10-16; touch 10-16; spawn X; X: map 10-12; X: touch 10-12");
	age("P", 10, 16);
	run.m->tune.swap_cluster = 4;
	assert_true(swap_out(run.m));
	expect_num(mm_of("P")->swap_address, machine_paging(run.m)->task_size);
	assert_non_null(frame("P", 14));
	swap_out(run.m);
	assert_non_null(run.m->swap_mm);
	finish();
}

/* The mm under the cursor ends: the cursor goes to the next. */
static void t24_22_the_scanned_mm_exits(void **state)
{
	(void)state;
	start("map 10-16; map 20-22; touch 10-16; spawn X; X: map 10-12");
	struct mm_struct *next;

	age("P", 10, 16);
	run.m->tune.swap_cluster = 4;
	assert_true(swap_out(run.m));
	assert_ptr_equal(run.m->swap_mm, mm_of("P"));
	next = mm_of("P")->mmlist.next == &run.m->mmlist
		? NULL
		: container_of(mm_of("P")->mmlist.next, struct mm_struct,
			  mmlist);
	script("exit");
	assert_ptr_equal(run.m->swap_mm, next);
	finish();
}

/* Nowhere to put it: the PTE is put back. */
static void t24_25_no_swap_space(void **state)
{
	(void)state;
	start_without_swap("map 10-11; touch 10");
	struct page *a = frame("P", 10);

	age("P", 10, 11);
	pteval_t before = pte_at("P", 10);
	expect_num(visit("P", 10), 0);
	expect_num(pte_at("P", 10), before);
	expect_num(mm_of("P")->anon_rss, 1);
	expect_num(a->_refcount, 1);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t24_10_visits_before_unmapping),
		cmocka_unit_test(t24_10_a_copy_needs_two_visits),
		cmocka_unit_test(t24_11_touched_in_between),
		cmocka_unit_test(t24_12_a_shared_page_needs_each_pte),
		cmocka_unit_test(t24_13_two_passes_free_it),
		cmocka_unit_test(t24_14_swap_cache_hit),
		cmocka_unit_test(t24_15_write_copies_while_an_entry_is_left),
		cmocka_unit_test(t24_15_write_copies_while_both_map_it),
		cmocka_unit_test(t24_16_write_to_an_entry_of_ones_own),
		cmocka_unit_test(t24_17_clean_file_page),
		cmocka_unit_test(t24_18_copy_of_a_file_page),
		cmocka_unit_test(t24_19_locked_vma),
		cmocka_unit_test(t24_20_mapped_pages_start_the_scan),
		cmocka_unit_test(t24_21_the_scan_goes_on),
		cmocka_unit_test(t24_21_stopped_in_the_last_vma),
		cmocka_unit_test(t24_22_the_scanned_mm_exits),
		cmocka_unit_test(t24_25_no_swap_space),
	};

	return cmocka_run_group_tests_name(
		"t24_scan", tests, NULL, run_teardown);
}
