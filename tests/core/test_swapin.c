/*
 * Coming back from swap: the fault, what may be written in place, what fork,
 * munmap and exit do to entries.  Pages are swapped out by hand, so that each
 * statement begins from a state that is known.
 */
#include "run.h"
#include "swap_by_hand.h"

#include "core/mechanism.h"
#include "core/swap.h"

static void start(const char *era, const char *text)
{
	begin_with(era, NULL,
		&(struct machine_config){ .swap = 64 << PAGE_SHIFT });
	script(text);
}

static void check(void)
{
	struct check_failure f = { "nothing", NO_REF, 0, 0 };
	if (!machine_check(run.m, &f))
		fail_msg("rule %s: %llu, not %llu", f.rule,
			(unsigned long long)f.got, (unsigned long long)f.want);
}

static uint64_t swap_out(const char *task, uint64_t page)
{
	struct page *p = frame(task, page);
	assert_non_null(p);
	uint64_t slot = hand_swap_out(run.m, p);
	assert_true(slot);
	check();
	return slot;
}

/* Out of its PTEs but still in the cache, clean. */
static struct page *to_cache(const char *task, uint64_t page)
{
	struct page *p = frame(task, page);
	assert_true(hand_unmap(run.m, p));
	hand_write(run.m, p);
	check();
	return p;
}

/* The slot in the PTE there, 0 when it is no swap entry. */
static uint64_t slot_at(const char *task, uint64_t page)
{
	pteval_t pte = pte_at(task, page);
	return pte_is_swap(run.m, pte) ? swap_slot(run.m, pte) : 0;
}

static uint64_t map_of(uint64_t slot)
{
	return swap_map_raw(run.m, slot);
}

static bool in_cache(const struct page *page)
{
	return page->flags & PG(SWAPCACHE);
}

static void expect_counts_of(const struct page *page, int mapcount, int refs)
{
	expect_num(page_mapcount(page), mapcount);
	expect_num(page->_refcount, refs);
}

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(*eras))

/* MM_SWAPENTS, which 4.0 has and 2.6.11 has not. */
static unsigned counted(unsigned n)
{
	return ops_of(run.m)->swapents ? n : 0;
}

/* -- in every kernel ----------------------------------------------------------- */

/* What was written comes back, by a fault that reads, into another frame or
 * not; the next access takes no fault that reads. */
static void what_was_written_comes_back(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		start(eras[e], "map 10-14; touch 10; touch 11");
		value_t ten = value_at("P", 10), eleven = value_at("P", 11);
		swap_out("P", 10);
		swap_out("P", 11);
		expect_num(slot_at("P", 10), 1);
		expect_num(slot_at("P", 11), 2);
		expect_num(mm_of("P")->anon_rss, 0);
		expect_num(mm_of("P")->swapents, counted(2));
		assert_true(value_at("P", 11) == eleven);
		expect_num(cost(COST_IO_READS), 1);
		expect_num(mm_of("P")->maj_flt, 1);
		assert_true(value_at("P", 10) == ten);
		expect_num(mm_of("P")->maj_flt, 2);
		expect_num(mm_of("P")->anon_rss, 2);
		expect_num(mm_of("P")->swapents, 0);
		assert_true(value_at("P", 10) == ten);
		expect_num(run.res.faults, 0);
		finish();
	}
}

/* A page still in the cache: a fault that reads nothing, the same frame; one
 * that must be read is a major fault. */
static void t8_9_cache_hit_is_minor(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		start(eras[e], "map 10-14; touch 10");
		struct page *p = to_cache("P", 10);
		value_t value = value_at("P", 10);
		assert_true(value == p->value);
		assert_ptr_equal(frame("P", 10), p);
		expect_num(cost(COST_IO_READS), 0);
		expect_num(mm_of("P")->maj_flt, 0);
		swap_out("P", 10);
		assert_true(value_at("P", 10) == value);
		expect_num(cost(COST_IO_READS), 1);
		expect_num(mm_of("P")->maj_flt, 1);
		finish();
	}
}

/* T11.6: fork adds one to each slot; T11.7: the last exit frees it. */
static void t11_6_fork_counts_slots(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		start(eras[e], "map 10-14; touch 10-14");
		for (unsigned i = 10; i < 14; i++)
			swap_out("P", i);
		script("fork C");
		for (unsigned slot = 1; slot <= 4; slot++)
			expect_num(map_of(slot), 2);
		expect_num(mm_of("C")->swapents, counted(4));
		script("exit");
		expect_num(map_of(1), 1);
		script("C: exit");
		expect_num(map_of(1), 0);
		expect_num(run.m->swap_info.inuse_pages, 0);
		finish();
	}
}

/* T11.7, T611-31: the cached page goes with the last PTE that needs it. */
static void t11_7_last_exit_frees_the_cached_page(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		start(eras[e], "map 10-14; touch 10; fork C");
		struct page *p = to_cache("P", 10);
		script("exit");
		assert_true(in_cache(p));
		script("C: exit");
		expect_num(p->kind, PAGE_FREE);
		expect_num(map_of(1), 0);
		finish();
	}
}

/* munmap, DONTNEED and mremap of entries. */
static void entries_are_unmapped_and_moved(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		start(eras[e], "map 10-14; touch 10-14");
		value_t value = value_at("P", 12);
		for (unsigned i = 10; i < 14; i++)
			swap_out("P", i);
		script("unmap 10-11; advise 11-12 dontneed");
		expect_num(map_of(1) + map_of(2), 0);
		assert_true(value_at("P", 11) == 0);
		script("move 12-14 40; protect 40-42 r; protect 40-42 rw");
		expect_num(slot_at("P", 40), 3);
		expect_num(slot_at("P", 12), 0);
		assert_true(value_at("P", 40) == value);
		script("touch 40");
		expect_num(slot_at("P", 41), 4);
		finish();
	}
}

/* T60-22: a page that was not written to since it came back is not written
 * again; its slot still holds it. */
static void t60_22_clean_pages_are_not_written_again(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		start(eras[e], "map 10-14; touch 10");
		swap_out("P", 10);
		script("read 10");
		struct page *p = frame("P", 10);
		assert_true(in_cache(p));
		assert_false(has_flag(p, PG(DIRTY)));
		hand_unmap(run.m, p);
		assert_false(has_flag(p, PG(DIRTY)));
		expect_num(slot_at("P", 10), 1);
		hand_free(run.m, p);
		check();
		finish();
	}
}

/* -- 2.4 to 2.6.11: references and swap_map decide -------------------------------- */

static const char *const counting[] = { "2.4", "2.6.0", "2.6.11" };

/* T24-14: in the cache, in no PTE; a read is a minor fault. */
static void t24_14_read_from_the_cache(void **state)
{
	(void)state;
	for (size_t e = 0; e < 3; e++) {
		start(counting[e], "map 10-14; touch 10; fork C");
		struct page *a = frame("P", 10);
		assert_true(hand_unmap(run.m, a));
		expect_num(map_of(1), 3);
		script("C: read 10");
		expect_num(cost(COST_IO_READS), 0);
		assert_ptr_equal(frame("C", 10), a);
		expect_counts_of(a, 1, 2);
		expect_num(map_of(1), 2);
		assert_false(pte_write(run.m, pte_at("C", 10)));
		finish();
	}
}

/* T24-15: C writes: copied while P's entry needs the slot, and while P maps the
 * page; in place when nobody does, and then it stays in the cache. */
static void t24_15_write_after_the_read(void **state)
{
	(void)state;
	for (size_t e = 0; e < 3; e++) {
		start(counting[e], "map 10-14; touch 10; fork C");
		hand_unmap(run.m, frame("P", 10));
		script("C: read 10; C: touch 10");
		expect_num(cost(COST_COPIES), 1);
		start(counting[e], "map 10-14; touch 10; fork C");
		hand_unmap(run.m, frame("P", 10));
		script("C: read 10; read 10");
		expect_num(map_of(1), 1);
		expect_num(frame("P", 10)->_refcount, 3);
		script("C: touch 10");
		expect_num(cost(COST_COPIES), 1);
		script("touch 10");
		expect_num(cost(COST_COPIES), 0);
		expect_num(map_of(1), 1);
		assert_true(in_cache(frame("P", 10)));
		finish();
	}
}

/* T24-16: a write fault on an entry that P alone has, the page in the cache:
 * writable in the same fault; with swap more than half full the slot is freed. */
static void t24_16_write_fault_on_the_entry(void **state)
{
	(void)state;
	for (size_t e = 0; e < 3; e++) {
		start(counting[e], "map 10-14; touch 10");
		struct page *a = to_cache("P", 10);
		script("touch 10");
		expect_num(run.res.faults, 1);
		assert_ptr_equal(frame("P", 10), a);
		expect_text(pte_text("P", 10), "WDA");
		expect_num(map_of(1), 1);
		assert_true(in_cache(a));
		begin_with(counting[e], NULL,
			&(struct machine_config){ .swap = 5 << PAGE_SHIFT });
		script("map 10-14; touch 10-13; out 11-13");
		a = to_cache("P", 10);
		assert_true(vm_swap_full(run.m));
		script("touch 10");
		expect_num(run.res.faults, 1);
		assert_false(in_cache(a));
		expect_num(map_of(3), 0);
		finish();
	}
}

/* Aligned blocks of 2^page_cluster slots, as far as they are used; T11.5. */
static void t11_5_readahead(void **state)
{
	struct machine_config config = { .swap = 64 << PAGE_SHIFT };
	(void)state;
	begin_with("2.6.11", NULL, &config);
	config.tune = run.m->tune;
	config.tune.page_cluster = 3;
	begin_with("2.6.11", NULL, &config);
	script("map 10-40; touch 10-40");
	for (unsigned i = 10; i < 34; i++)
		swap_out("P", i);
	expect_num(slot_at("P", 27), 18);
	script("unmap 27-28"); /* slot 18 is free now */
	expect_num(slot_at("P", 30), 21);
	script("read 30");
	expect_num(cost(COST_IO_READS), 3);
	for (unsigned slot = 1; slot <= 24; slot++)
		expect_num(swap_cache_page(run.m, slot) != NULL,
			slot == 16 || slot == 17 || slot == 21);
	expect_num(map_of(16), 2);
	expect_num(map_of(21), 1);
	script("read 26");
	expect_num(cost(COST_IO_READS), 0);
	finish();
}

/* -- 2.6.11 ----------------------------------------------------------------------- */

/* Two sharers, after the page was freed: 11.4's table, golden steps 7 to 9. */
static void t11_1_two_sharers_2_6_11(void **state)
{
	(void)state;
	start("2.6.11", "map 10-14; touch 10; fork C");
	uint64_t slot = swap_out("P", 10);
	expect_num(map_of(slot), 2);
	script("C: read 10");
	struct page *n1 = frame("C", 10);
	expect_counts_of(n1, 1, 2);
	expect_num(map_of(slot), 2);
	expect_text(pte_text("C", 10), "--A");
	expect_text(where("C", 10), "R 10");
	expect_num(n1->lru_list, LRU_ACTIVE_ANON);
	script("C: touch 10");
	assert_ptr_not_equal(frame("C", 10), n1);
	expect_counts_of(frame("C", 10), 1, 1);
	expect_counts_of(n1, 0, 1);
	expect_num(map_of(slot), 2);
	script("read 10");
	assert_ptr_equal(frame("P", 10), n1);
	expect_num(cost(COST_IO_READS), 0);
	expect_counts_of(n1, 1, 2);
	expect_num(map_of(slot), 1);
	expect_text(pte_text("P", 10), "--A");
	script("touch 10");
	assert_ptr_equal(frame("P", 10), n1);
	expect_num(map_of(slot), 1); /* it stays in the cache */
	assert_true(in_cache(n1));
	assert_false(has_flag(n1, PG(DIRTY)));
	finish();
}

/* T60-21 as in 2.6.0: a write swap-in by the only owner: one fault, the slot
 * stays, only the PTE is dirty. */
static void t60_21_write_by_the_owner(void **state)
{
	(void)state;
	start("2.6.11", "map 10-14; touch 10");
	uint64_t slot = swap_out("P", 10);
	script("touch 10");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 0);
	expect_text(pte_text("P", 10), "WDA");
	expect_num(map_of(slot), 1);
	assert_true(in_cache(frame("P", 10)));
	assert_false(has_flag(frame("P", 10), PG(DIRTY)));
	finish();
}

/* T611-14: a write swap-in while the other still needs the slot: one fault that
 * maps and copies. */
static void t611_14_write_with_a_sharer(void **state)
{
	(void)state;
	start("2.6.11", "map 10-14; touch 10; fork C");
	uint64_t slot = swap_out("P", 10);
	script("touch 10");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 1);
	expect_counts_of(frame("P", 10), 1, 1);
	assert_false(in_cache(frame("P", 10)));
	const struct page *cached = swap_cache_page(run.m, slot);
	assert_non_null(cached);
	expect_counts_of(cached, 0, 1);
	expect_num(map_of(slot), 2);
	finish();
}

/* T611-10 to 13: unmapped it keeps mapping and index, back it has the same. */
static void t611_13_mapping_is_the_same(void **state)
{
	(void)state;
	start("2.6.11", "map 10-14; touch 11; fork C");
	struct page *a = frame("P", 11);
	uintptr_t mapping = a->mapping;
	hand_unmap(run.m, a);
	check();
	assert_true(a->mapping == mapping);
	expect_num(a->index, BASE_PAGE + 11);
	expect_num(a->private, 1);
	expect_counts_of(a, 0, 1);
	expect_num(map_of(1), 3);
	script("read 11");
	expect_text(where("P", 11), "R 11");
	expect_counts_of(a, 1, 2);
	finish();
}

/* More than half of swap used: the page leaves the cache as it comes back. */
static void half_full_frees_the_slot(void **state)
{
	(void)state;
	begin_with("2.6.11", NULL,
		&(struct machine_config){ .swap = 5 << PAGE_SHIFT });
	script("map 10-14; touch 10-13");
	for (unsigned i = 10; i < 13; i++)
		swap_out("P", i);
	assert_true(vm_swap_full(run.m));
	script("read 10");
	assert_false(in_cache(frame("P", 10)));
	assert_true(has_flag(frame("P", 10), PG(DIRTY)));
	expect_counts_of(frame("P", 10), 1, 1);
	expect_num(map_of(1), 0);
	finish();
}

/* -- 4.0 ------------------------------------------------------------------------------ */

static void n40_42_slot_counts_ptes(void **state)
{
	(void)state;
	start("4.0", "map 10-14; touch 10; fork C");
	struct page *p = to_cache("P", 10);
	expect_num(map_of(1), 0x42);
	expect_num(mm_of("P")->swapents, 1);
	expect_num(mm_of("C")->swapents, 1);
	assert_true(in_cache(p));
	hand_free(run.m, p);
	expect_num(map_of(1), 2);
	finish();
}

static void n40_43_fork_and_exit(void **state)
{
	(void)state;
	start("4.0", "map 10-14; touch 10");
	swap_out("P", 10);
	script("fork C");
	expect_num(map_of(1), 2);
	script("C: exit");
	expect_num(map_of(1), 1);
	finish();
}

/* A read lands on the root, read-only; the write after it reuses the page and
 * moves it back. */
static void n40_44_read_then_write(void **state)
{
	(void)state;
	start("4.0", "map 10-14; touch 10; fork C; C: touch 10");
	expect_text(where("C", 10), "C' 10");
	swap_out("C", 10);
	script("C: read 10");
	expect_text(where("C", 10), "R 10");
	expect_text(pte_text("C", 10), "--A");
	struct page *p = frame("C", 10);
	expect_num(p->lru_list, LRU_INACTIVE_ANON);
	assert_true(in_cache(p));
	script("C: touch 10");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 0);
	expect_text(where("C", 10), "C' 10");
	assert_false(in_cache(p));
	assert_true(has_flag(p, PG(DIRTY)));
	expect_num(map_of(1), 0);
	finish();
}

static void n40_45_write(void **state)
{
	(void)state;
	start("4.0", "map 10-14; touch 10; fork C; C: touch 10");
	swap_out("C", 10);
	script("C: touch 10");
	expect_num(run.res.faults, 1);
	expect_text(where("C", 10), "C' 10");
	expect_text(pte_text("C", 10), "WDA");
	expect_num(map_of(1), 0);
	assert_false(in_cache(frame("C", 10)));
	finish();
}

static void n40_46_shared_write_copies(void **state)
{
	(void)state;
	start("4.0", "map 10-14; touch 10; fork C");
	swap_out("P", 10);
	script("C: touch 10");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 1);
	struct page *cached = swap_cache_page(run.m, 1);
	assert_non_null(cached);
	expect_num(map_of(1), 0x41);
	script("touch 10");
	expect_num(cost(COST_IO_READS), 0);
	expect_num(cost(COST_COPIES), 0);
	assert_ptr_equal(frame("P", 10), cached);
	expect_text(where("P", 10), "R 10");
	expect_num(map_of(1), 0);
	finish();
}

/* -- 6.18 ------------------------------------------------------------------------------- */

/* N6-27, N6-28 (S1): an exclusive page stays so in the entry: after a read the
 * PTE is writable, a write takes no fault. */
static void n6_28_exclusive_read(void **state)
{
	(void)state;
	start("6.18", "map 10-14; touch 10");
	swap_out("P", 10);
	assert_true(pte_swp_exclusive(run.m, pte_at("P", 10)));
	expect_num(map_of(1), 1);
	script("read 10");
	expect_text(pte_text("P", 10), "W-A");
	assert_true(has_flag(frame("P", 10), PG(ANON_EXCLUSIVE)));
	script("touch 10");
	expect_num(run.res.faults, 0);
	finish();
}

/* N6-29 (S2): fork takes the exclusive bit from the parent's entry, too. */
static void n6_29_fork_of_an_entry(void **state)
{
	(void)state;
	start("6.18", "map 10-14; touch 10");
	swap_out("P", 10);
	script("fork C");
	expect_num(map_of(1), 2);
	assert_false(pte_swp_exclusive(run.m, pte_at("P", 10)));
	assert_false(pte_swp_exclusive(run.m, pte_at("C", 10)));
	finish();
}

/* N6-30, N6-31 (S3, S4): child reads and writes: copy; the parent then reuses
 * what is in the cache. */
static void n6_30_child_copies_parent_reuses(void **state)
{
	(void)state;
	start("6.18", "map 10-14; touch 10");
	swap_out("P", 10);
	script("fork C; C: read 10");
	struct page *old = frame("C", 10);
	expect_counts_of(old, 1, 2);
	expect_text(pte_text("C", 10), "--A");
	assert_false(has_flag(old, PG(ANON_EXCLUSIVE)));
	script("C: touch 10");
	expect_num(cost(COST_COPIES), 1);
	expect_counts_of(old, 0, 1);
	assert_true(in_cache(old));
	script("read 10");
	expect_num(cost(COST_IO_READS), 0);
	assert_ptr_equal(frame("P", 10), old);
	assert_true(in_cache(old));
	script("touch 10");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 0);
	assert_false(in_cache(old));
	assert_true(has_flag(old, PG(DIRTY)));
	assert_true(has_flag(old, PG(ANON_EXCLUSIVE)));
	expect_num(map_of(1), 0);
	finish();
}

/* N6-32 (S5): a write with no other user: one fault, not in the cache. */
static void n6_32_write(void **state)
{
	(void)state;
	start("6.18", "map 10-14; touch 10");
	swap_out("P", 10);
	script("touch 10");
	expect_num(run.res.faults, 1);
	assert_false(in_cache(frame("P", 10)));
	expect_num(map_of(1), 0);
	finish();
}

/* N6-33: a fresh page that is not exclusive: the root; one that never left the
 * cache keeps its mapping. */
static void n6_33_mapping(void **state)
{
	(void)state;
	start("6.18", "map 10-14; touch 10; fork C; C: touch 10; C: touch 11; "
		      "C: fork G");
	expect_text(where("C", 10), "C' 10");
	swap_out("C", 10);
	struct page *kept = to_cache("C", 11);
	script("G: read 10; G: read 11");
	expect_text(where("G", 10), "R 10");
	assert_ptr_equal(frame("G", 11), kept);
	expect_text(where("G", 11), "C' 11");
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_comes_back),
		cmocka_unit_test(t8_9_cache_hit_is_minor),
		cmocka_unit_test(t11_6_fork_counts_slots),
		cmocka_unit_test(t11_7_last_exit_frees_the_cached_page),
		cmocka_unit_test(entries_are_unmapped_and_moved),
		cmocka_unit_test(t60_22_clean_pages_are_not_written_again),
		cmocka_unit_test(t24_14_read_from_the_cache),
		cmocka_unit_test(t24_15_write_after_the_read),
		cmocka_unit_test(t24_16_write_fault_on_the_entry),
		cmocka_unit_test(t11_5_readahead),
		cmocka_unit_test(t11_1_two_sharers_2_6_11),
		cmocka_unit_test(t60_21_write_by_the_owner),
		cmocka_unit_test(t611_14_write_with_a_sharer),
		cmocka_unit_test(t611_13_mapping_is_the_same),
		cmocka_unit_test(half_full_frees_the_slot),
		cmocka_unit_test(n40_42_slot_counts_ptes),
		cmocka_unit_test(n40_43_fork_and_exit),
		cmocka_unit_test(n40_44_read_then_write),
		cmocka_unit_test(n40_45_write),
		cmocka_unit_test(n40_46_shared_write_copies),
		cmocka_unit_test(n6_28_exclusive_read),
		cmocka_unit_test(n6_29_fork_of_an_entry),
		cmocka_unit_test(n6_30_child_copies_parent_reuses),
		cmocka_unit_test(n6_32_write),
		cmocka_unit_test(n6_33_mapping),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
