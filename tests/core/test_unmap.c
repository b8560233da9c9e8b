/*
 * page_referenced and try_to_unmap of each generation: the result, what is
 * unmapped when it stops, and the counts.  Statements of the sheets by their
 * numbers.
 */
#define cost cost_of_machine /* emit.h has one, too */
#include "core/fault.h"
#include "core/lru.h"
#include "core/pgtable.h"
#include "core/reclaim.h"
#include "core/swap.h"
#include "core/swapops.h"
#undef cost

#include "run.h"

static const char *const eras[] = { "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

static void begin_swap(const char *era, const char *text)
{
	begin_with(era, NULL, &(struct machine_config){ .swap = 1 << 20 });
	script(text);
}

static void make_old(const char *task, uint64_t page)
{
	set_pte(run.m, mm_of(task), addr_of(page),
		pte_mkold(run.m, pte_at(task, page)), EV_SET_PTE);
}

static void make_young(const char *task, uint64_t page)
{
	set_pte(run.m, mm_of(task), addr_of(page),
		pte_mkyoung(run.m, pte_at(task, page)), EV_SET_PTE);
}

/* As shrink_list holds it: isolated, locked, in the swap cache. */
static struct page *in_hand(const char *task, uint64_t at)
{
	struct page *page = frame(task, at);
	assert_true(lru_isolate(run.m, page));
	assert_true(trylock_page(run.m, page));
	assert_true(add_to_swap(run.m, page));
	return page;
}

static bool is_swapped(const char *task, uint64_t page)
{
	return pte_is_swap(run.m, pte_at(task, page));
}

/* T611-10, N40-42: both PTEs become the entry, each counts. */
static void a_shared_page_leaves_two_entries(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin_swap(eras[e], "map 10-14; touch 10; fork C");
		make_old("P", 10);
		make_old("C", 10);
		struct page *page = in_hand("P", 10);
		uint64_t slot = page_swap_slot(run.m, page);
		uintptr_t mapping = page->mapping;
		expect_num(page->_refcount, 4);
		expect_num(swap_count(run.m, slot), 0);
		expect_num(try_to_unmap(run.m, page, 0), UNMAP_SUCCESS);
		expect_num(page_mapcount(page), 0);
		expect_num(page->_refcount, 2);
		expect_num(swap_count(run.m, slot), 2);
		expect_num(swap_slot(run.m, pte_at("P", 10)), slot);
		expect_num(swap_slot(run.m, pte_at("C", 10)), slot);
		expect_num(mm_of("P")->anon_rss, 0);
		expect_num(mm_of("C")->anon_rss, 0);
		expect_num(mm_of("C")->swapents, e > 0);
		assert_true(page->mapping == mapping);
		assert_true(has_flag(page, PG(DIRTY)));
		assert_false(pte_swp_exclusive(run.m, pte_at("P", 10)));
	}
}

/* T611-11, N40-49: a PTE that was used again stops the walk; N6-48: not that of
 * 6.18.  The list of 2.6.11 begins with the child, the tree with the parent. */
static void use_since_the_last_look_stops_it(void **state)
{
	static const struct {
		const char *era, *first, *second;
	} rows[] = { { "2.6.11", "C", "P" }, { "4.0", "P", "C" } };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (int late = 0; late < 2; late++) {
			const char *used = late ? rows[i].second : rows[i].first;
			begin_swap(rows[i].era, "map 10-14; touch 10; fork C");
			make_old("P", 10);
			make_old("C", 10);
			make_young(used, 10);
			struct page *page = in_hand("P", 10);
			expect_num(try_to_unmap(run.m, page, 0), UNMAP_FAIL);
			expect_num(page_mapcount(page), late ? 1 : 2);
			expect_num(is_swapped(rows[i].first, 10), late);
			assert_false(is_swapped(rows[i].second, 10));
			expect_num(swap_count(run.m, page_swap_slot(run.m, page)),
				late);
			/* the look has cleared it: next time it goes */
			assert_false(pte_young(run.m, pte_at(used, 10)));
			expect_num(try_to_unmap(run.m, page, 0), UNMAP_SUCCESS);
		}
	}
	begin_swap("6.18", "map 10-14; touch 10; fork C");
	make_young("P", 10);
	make_young("C", 10);
	expect_num(try_to_unmap(run.m, in_hand("P", 10), 0), UNMAP_SUCCESS);
}

/* T611-12: one reference more than cache, caller and PTEs; later kernels find
 * out when they remove it from the cache. */
static void unknown_references_stop_2_6_11(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin_swap(eras[e], "map 10-14; touch 10");
		make_old("P", 10);
		struct page *page = in_hand("P", 10);
		get_page(run.m, page);
		expect_num(try_to_unmap(run.m, page, 0),
			e ? UNMAP_SUCCESS : UNMAP_FAIL);
		expect_num(is_swapped("P", 10), e > 0);
	}
}

/* T611-29, N40-50, B3.4: a locked VMA in the middle; those before it are done.
 * Order of visits: D C P in 2.6.11, P C D later. */
static void a_locked_vma_stops_it(void **state)
{
	static const enum unmap_result want[] = { UNMAP_FAIL, UNMAP_MLOCK,
		UNMAP_FAIL };
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin_swap(eras[e], "map 10-14; touch 10; fork C; fork D");
		make_old("P", 10);
		make_old("C", 10);
		make_old("D", 10);
		set_locked("C", 10, true);
		struct page *page = in_hand("P", 10);
		expect_num(try_to_unmap(run.m, page, 0), want[e]);
		expect_num(is_swapped("D", 10), e == 0);
		expect_num(is_swapped("P", 10), e > 0);
		assert_false(is_swapped("C", 10));
		expect_num(has_flag(page, PG(MLOCKED)), e > 0);
		expect_num(try_to_unmap(run.m, page, TTU_IGNORE_MLOCK),
			e ? UNMAP_SUCCESS : UNMAP_FAIL);
	}
}

/* 4.0: only if mmap_sem can be had at once (corrections 9). */
static void a_held_mmap_sem_hides_vm_locked(void **state)
{
	(void)state;
	begin_swap("4.0", "map 10-14; touch 10; fork C");
	make_old("P", 10);
	make_old("C", 10);
	set_locked("P", 10, true);
	struct page *page = in_hand("P", 10);
	mm_of("P")->mmap_lock.writer = 1;
	expect_num(try_to_unmap(run.m, page, 0), UNMAP_AGAIN);
	mm_of("P")->mmap_lock.writer = 0;
	assert_true(is_swapped("C", 10));
	assert_false(is_swapped("P", 10));
	assert_false(has_flag(page, PG(MLOCKED)));
}

/* N6-27: the entry says that the page was exclusive. */
static void exclusive_goes_into_the_entry(void **state)
{
	(void)state;
	begin_swap("6.18", "map 10-14; touch 10");
	struct page *page = in_hand("P", 10);
	assert_true(has_flag(page, PG(ANON_EXCLUSIVE)));
	expect_num(try_to_unmap(run.m, page, 0), UNMAP_SUCCESS);
	assert_false(has_flag(page, PG(ANON_EXCLUSIVE)));
	assert_true(pte_swp_exclusive(run.m, pte_at("P", 10)));
	expect_num(swap_count(run.m, page_swap_slot(run.m, page)), 1);
}

/* What the walks of page_referenced count and clear. */
static void references_are_counted_and_cleared(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		uint64_t flags = 0;
		begin(eras[e]);
		script("map 10-14; touch 10; fork C; C: read 10; read 10");
		struct page *page = frame("P", 10);
		uint32_t referenced = page->flags & PG(REFERENCED);
		expect_num(!!referenced, e == 0);
		expect_num(page_referenced(run.m, page, false, &flags),
			2 + (e == 0));
		assert_false(has_flag(page, PG(REFERENCED)));
		assert_false(pte_young(run.m, pte_at("P", 10)));
		assert_false(pte_young(run.m, pte_at("C", 10)));
		expect_num(flags & VM_WRITE, e ? VM_WRITE : 0);
		expect_num(page_referenced(run.m, page, false, &flags), 0);
		/* later kernels leave PG_referenced to the caller */
		page->flags |= PG(REFERENCED);
		expect_num(page_referenced(run.m, page, false, &flags), e == 0);
		expect_num(has_flag(page, PG(REFERENCED)), e > 0);
		finish();
	}
}

/* A3.5, B3.3: VM_LOCKED is told and ends the walk; hints of the VMA. */
static void vma_flags_change_what_counts(void **state)
{
	static const int seq[] = { 1, 0, 0 }, rnd[] = { 1, 1, 0 };
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		uint64_t flags;
		begin(eras[e]);
		script("map 10-14; touch 10; map 20-24; touch 20");
		struct page *page = frame("P", 10);
		page->flags &= ~PG(REFERENCED);
		set_locked("P", 10, true);
		expect_num(page_referenced(run.m, page, true, &flags), e == 0);
		expect_num(flags & VM_LOCKED, e ? VM_LOCKED : 0);
		expect_num(pte_young(run.m, pte_at("P", 10)), e > 0);
		expect_num(has_flag(page, PG(MLOCKED)), e == 2);

		page = frame("P", 20);
		page->flags &= ~PG(REFERENCED);
		vma_at("P", 20)->vm_flags |= VM_SEQ_READ;
		expect_num(page_referenced(run.m, page, true, &flags), seq[e]);
		make_young("P", 20);
		vma_at("P", 20)->vm_flags ^= VM_SEQ_READ | VM_RAND_READ;
		expect_num(page_referenced(run.m, page, true, &flags), rnd[e]);
	}
}

/* Nothing is there: 4.0 and 6.18 do not even take the lock; an mm that maps
 * nothing at all is passed by in 2.6.11. */
static void absent_ptes_are_passed_by(void **state)
{
	static const unsigned locks[] = { 3, 2, 2 };
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("map 10-14; touch 10; fork C; C: advise 10-14 dontneed");
		expect_walk(frame("P", 10), true, 2, 1);
		/* 2.6.11: C has no page left */
		expect_num(cost(COST_LOCKS), e ? locks[e] : 2);
		script("C: touch 11");
		expect_walk(frame("P", 10), true, 2, 1);
		expect_num(cost(COST_LOCKS), locks[e]);
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shared_page_leaves_two_entries),
		cmocka_unit_test(use_since_the_last_look_stops_it),
		cmocka_unit_test(unknown_references_stop_2_6_11),
		cmocka_unit_test(a_locked_vma_stops_it),
		cmocka_unit_test(a_held_mmap_sem_hides_vm_locked),
		cmocka_unit_test(exclusive_goes_into_the_entry),
		cmocka_unit_test(references_are_counted_and_cleared),
		cmocka_unit_test(vma_flags_change_what_counts),
		cmocka_unit_test(absent_ptes_are_passed_by),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
