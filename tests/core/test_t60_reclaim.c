/*
 * Linux 2.6.0: what reclaim does with a page, by its chain.  Each test is one
 * statement, T60-nn.
 */
#define cost cost_of_machine /* emit.h has one, too */
#include "core/io.h"
#include "core/lru.h"
#include "core/rmap_chain.h"
#include "core/reclaim.h"
#include "core/swap.h"
#undef cost

#include "filerun.h"
#include "recorder.h"
#include "run.h"
#include "scan_by_hand.h"

#include <string.h>

#define SLOTS 64ull

static void start(const char *text)
{
	begin_with("2.6.0", NULL,
		&(struct machine_config){ .swap = SLOTS << PAGE_SHIFT });
	script(text);
}

/* Page 10 of P, and of C, old, where the next scan meets it; another page
 * behind it. */
static struct page *shared(void)
{
	struct page *a;

	start("map 10-12; touch 10-12; fork C");
	hand_deactivate(frame("P", 11));
	a = frame("P", 10);
	hand_idle(a);
	hand_deactivate(a);
	return a;
}

static bool in_cache(const struct page *page)
{
	return page->mapping == (uintptr_t)&run.m->swapper_space &&
		has_flag(page, PG(SWAPCACHE));
}

/* The order in which PTEs of frame @pfn go: "CP". */
static const char *unmap_order(const struct recorder *r)
{
	static char text[16];
	unsigned n = 0;

	for (unsigned i = 0; i < r->count && n < sizeof(text) - 1; i++)
		if (r->event[i].id == EV_CLEAR_PTE)
			text[n++] = *task_find(run.m, r->event[i].o.id)->name;
	text[n] = 0;
	return text;
}

/* Step by step: the slot, both PTEs, the newest mapper first. */
static void t60_10_counts_on_the_way(void **state)
{
	struct recorder r = { .room = 0 };
	struct page *a = shared();

	(void)state;
	expect_num(a->_refcount, 2);
	lru_isolate(run.m, a);
	a->flags |= PG(LOCKED);
	assert_true(add_to_swap(run.m, a));
	assert_true(in_cache(a));
	expect_num(a->_refcount, 4);
	expect_num(swap_map_raw(run.m, 1), 1);
	record_start(&r, run.m);
	expect_num(try_to_unmap(run.m, a, 0), UNMAP_SUCCESS);
	record_stop(&r, run.m);
	expect_text(unmap_order(&r), "CP");
	record_free(&r);
	expect_num(swap_map_raw(run.m, 1), 3);
	expect_num(a->_refcount, 2);
	expect_num(pte_at("P", 10), 0x100);
	expect_num(pte_at("C", 10), 0x100);
	a->flags &= ~PG(LOCKED);
	lru_putback(run.m, a);
	hand_check();
	finish();
}

/* The whole scan: written and kept, at the tail when the disk has it; the next
 * one frees it. */
static void t60_10_two_scans_free_it(void **state)
{
	struct page *a = shared();

	(void)state;
	expect_num(hand_shrink(a), 0);
	expect_num(page_mapcount(a), 0);
	expect_num(swap_map_raw(run.m, 1), 3);
	assert_true(has_flag(a, PG(WRITEBACK)));
	assert_false(hand_at_tail(a));
	io_end_all(run.m);
	hand_check();
	assert_true(in_cache(a));
	expect_num(a->_refcount, 1);
	expect_num(a->lru_list, LRU_INACTIVE_ANON);
	assert_true(hand_at_tail(a));
	expect_num(hand_shrink(a), 1);
	expect_num(a->kind, PAGE_FREE);
	expect_num(swap_map_raw(run.m, 1), 2);
	hand_check();
	finish();
}

/* P's page table lock is held: its PTE stays, the page is kept. */
static void t60_11_busy_mm(void **state)
{
	struct page *a = shared();

	(void)state;
	mm_of("P")->page_table_lock.writer = pid_of("P");
	expect_num(hand_shrink(a), 0);
	mm_of("P")->page_table_lock.writer = 0;
	hand_check();
	expect_num(pte_at("C", 10), 0x100);
	assert_ptr_equal(frame("P", 10), a);
	expect_mapcount("P", 10, 1);
	assert_false(has_flag(a, PG(DIRECT)));
	expect_num(a->pte.chain->idx, run.m->tune.nrpte - 1u);
	expect_num(a->pte.chain->ptes[run.m->tune.nrpte - 1],
		pte_address(run.m, mm_of("P"), addr_of(10)));
	assert_true(in_cache(a));
	expect_num(a->lru_list, LRU_INACTIVE_ANON);
	expect_num(swap_map_raw(run.m, 1), 2);
	finish();
}

/* P has locked it: C's PTE goes first, then the page is active again; C finds
 * it in the cache. */
static void t60_12_locked_by_the_oldest(void **state)
{
	struct page *a = shared();

	(void)state;
	set_locked("P", 10, true);
	expect_num(hand_shrink(a), 0);
	hand_check();
	expect_num(pte_at("C", 10), 0x100);
	assert_ptr_equal(frame("P", 10), a);
	expect_num(a->lru_list, LRU_ACTIVE_ANON);
	script("C: read 10");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_IO_READS), 0);
	expect_num(mm_of("C")->maj_flt, 0);
	assert_ptr_equal(frame("C", 10), a);
	set_locked("P", 10, false);
	finish();
}

/* The newest mapper has locked it: nothing is unmapped. */
static void t60_12_locked_by_the_newest(void **state)
{
	struct page *a = shared();

	(void)state;
	set_locked("C", 10, true);
	expect_num(hand_shrink(a), 0);
	hand_check();
	assert_ptr_equal(frame("P", 10), a);
	assert_ptr_equal(frame("C", 10), a);
	expect_num(page_mapcount(a), 2);
	expect_num(swap_map_raw(run.m, 1), 1);
	expect_num(a->lru_list, LRU_ACTIVE_ANON);
	set_locked("C", 10, false);
	finish();
}

/* A clean page of a file: the PTE is empty, no slot, no write. */
static void t60_13_clean_file_page(void **state)
{
	struct page *a;

	(void)state;
	start("file F 4; fmap 10-14 F 0 r private; read 10");
	a = frame("P", 10);
	hand_idle(a);
	hand_deactivate(a);
	expect_num(hand_shrink(a), 1);
	expect_num(pte_at("P", 10), 0);
	expect_num(a->kind, PAGE_FREE);
	expect_num(mm_of("P")->file_rss, 0);
	expect_num(run.m->swap_info.inuse_pages, 0);
	assert_null(cached("F", 0));
	hand_check();
	expect_text(text_at("P", 10), "F#0");
	expect_num(cost(COST_IO_READS), 1);
	finish_files();
}

/* Unmapped as a whole it counts once less in nr_mapped, by a chain too. */
static void t60_14_unmapped(void **state)
{
	(void)state;
	for (unsigned forks = 0; forks < 3; forks++) {
		uint64_t mapped;
		struct page *a;

		start("map 10-12; touch 10-12");
		for (unsigned i = 0; i < forks; i++)
			script(i ? "fork D" : "fork C");
		a = frame("P", 10);
		hand_idle(a);
		hand_deactivate(a);
		mapped = run.m->nr_mapped;
		expect_num(hand_shrink(a), 0);
		hand_check();
		expect_num(page_mapcount(a), 0);
		assert_null(a->pte.chain);
		assert_false(has_flag(a, PG(DIRECT)));
		expect_num(run.m->nr_mapped, mapped - 1);
		io_end_all(run.m);
		finish();
	}
}

static unsigned young_ptes(void)
{
	unsigned n = 0;

	for (uint64_t p = 10; p < 1034; p++)
		n += vma_at("P", p) && pte_young(run.m, pte_at("P", p));
	return n;
}

/* 79% mapped: nothing leaves the active list, but the scan has cleared young
 * bits; 80%: what was not used goes. */
static void t60_15_mapped_ratio(void **state)
{
	(void)state;
	for (unsigned percent = 79; percent <= 80; percent++) {
		struct zone *z;
		uint64_t total, pages;

		start("map 10-1034");
		z = &run.m->zones[0];
		total = z->spanned_pages;
		pages = (total * percent + 99) / 100;
		for (uint64_t i = 10; i < 10 + pages; i++)
			expect_num(try_write(pid_of("P"), addr_of(i), 1), 0);
		expect_num(run.m->nr_mapped * 100 / total, percent);
		expect_num(z->prev_priority, 12);
		expect_num(run.m->tune.swappiness, 60);
		expect_num(young_ptes(), pages);
		z->refill_counter = 128;
		hand_reclaim(1);
		assert_true(young_ptes() < pages);
		expect_num(z->nr_lru[LRU_ACTIVE_ANON] < pages, percent == 80);
		finish();
	}
}

static void t60_16_young_on_the_inactive_list(void **state)
{
	struct page *a;

	(void)state;
	start("map 10-12; touch 10-12");
	a = frame("P", 10);
	a->flags &= ~PG(REFERENCED);
	hand_deactivate(a);
	assert_true(pte_young(run.m, pte_at("P", 10)));
	expect_num(hand_shrink(a), 0);
	hand_check();
	assert_ptr_equal(frame("P", 10), a);
	assert_false(pte_young(run.m, pte_at("P", 10)));
	expect_num(a->lru_list, LRU_ACTIVE_ANON);
	expect_num(run.m->swap_info.inuse_pages, 0);
	finish();
}

/* T10.6 as well: used once, mapped by nobody; that its file is mapped by
 * somebody makes the difference. */
static void t60_17_mapping_in_use(void **state)
{
	static const char *const eras[] = { "2.6.0", "2.6.11" };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		bool mapped = i & 1;
		struct page *a;

		begin(eras[i / 2]);
		script("file F 4; fread F 2");
		if (mapped)
			script("fmap 10-11 F 0 r private");
		a = cached("F", 2);
		expect_num(page_mapcount(a), 0);
		hand_deactivate(a);
		a->flags |= PG(REFERENCED);
		expect_num(hand_shrink(a), !mapped);
		hand_check();
		expect_num(cached("F", 2) == a, mapped);
		expect_num(a->kind == PAGE_FREE, !mapped);
		if (mapped)
			expect_num(a->lru_list, LRU_ACTIVE_ANON);
		finish_files();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(t60_10_counts_on_the_way),
		cmocka_unit_test(t60_10_two_scans_free_it),
		cmocka_unit_test(t60_11_busy_mm),
		cmocka_unit_test(t60_12_locked_by_the_oldest),
		cmocka_unit_test(t60_12_locked_by_the_newest),
		cmocka_unit_test(t60_13_clean_file_page),
		cmocka_unit_test(t60_14_unmapped),
		cmocka_unit_test(t60_15_mapped_ratio),
		cmocka_unit_test(t60_16_young_on_the_inactive_list),
		cmocka_unit_test(t60_17_mapping_in_use),
	};

	return cmocka_run_group_tests_name(
		"t60_reclaim", tests, NULL, run_teardown);
}
