/*
 * KSM in 4.0 and 6.18: what ksmd merges and when, what a write, fork, swap,
 * migration and exit do to a KSM page, and how its PTEs are found.  Numbers
 * marked "measured" were counted on a running 6.18.
 */
#define cost cost_of_machine /* emit.h has one, too */
#include "core/fault.h"
#include "core/ksm.h"
#include "core/page_alloc.h"
#include "core/pgtable.h"
#include "core/reclaim.h"
#include "core/swap.h"
#undef cost

#include "recorder.h"
#include "run.h"

#include <errno.h>

static const char *const eras[] = { "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

#define SETS_OUT                                                               \
	(void)state;                                                           \
	for (size_t e = 0; e < NR_ERAS; e++)

static struct ksm *ksm(void)
{
	return &run.m->ksm;
}

/* ksmd looks at @pages; 0: to the end of its round.  How many it merged. */
static uint64_t scan(uint64_t pages)
{
	struct op op = make_op(OP_KSM, 0);
	if (pages)
		set_arg(&op, "pages", pages);
	expect_num(run_op(&op), 0);
	return run.res.value;
}

static uint64_t rounds(unsigned n)
{
	uint64_t merged = 0;
	while (n--)
		merged += scan(0);
	return merged;
}

static void expect_counts_of(uint64_t shared, uint64_t sharing,
	uint64_t unshared)
{
	expect_num(ksm()->pages_shared, shared);
	expect_num(ksm()->pages_sharing, sharing);
	expect_num(ksm()->pages_unshared, unshared);
}

static bool same_frame(uint64_t a, uint64_t b)
{
	return frame("P", a) == frame("P", b);
}

/* Pages 10 and 11 of P hold 5, merged. */
static void begin_merged(const char *era)
{
	begin(era);
	script("map 10-14; advise 10-14 mergeable; write 10 5; write 11 5");
	expect_num(rounds(2), 1);
	expect_num(frame("P", 10)->kind, PAGE_KSM);
}

/* -- merging ---- */

/* Measured: after one round nothing, after two AABB is two KSM pages. */
static void the_second_round_merges(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-18; write 10 1; write 11 1; write 12 2; "
		       "write 13 2; advise 10-18 mergeable");
		struct page *kept = frame("P", 11);
		uint64_t free = free_frames(run.m);
		expect_num(scan(0), 0);
		expect_counts_of(0, 0, 0);
		expect_num(frame("P", 10)->kind, PAGE_ANON);
		expect_num(scan(0), 2);
		expect_counts_of(2, 2, 0);
		assert_true(same_frame(10, 11) && same_frame(12, 13));
		assert_ptr_equal(frame("P", 10), kept); /* of the later one */
		/* two frames are saved; items and nodes took slabs */
		expect_num(count_frames(PAGE_KSM), 2);
		expect_num(count_frames(PAGE_ANON), 0);
		assert_true(free_frames(run.m) + 2 >= free);
		expect_mapcount("P", 10, 2);
		expect_text(pte_text("P", 10), "--A");
		expect_num(scan(0), 0);
		expect_num(value_at("P", 10), 1);
		expect_num(value_at("P", 13), 2);
		expect_num(run.m->ksm.pages_scanned, 12);
		finish();
	}
}

/* N40-55: mapping is a stable_node with both low bits. */
static void the_mapping_is_a_stable_node(void **state)
{
	SETS_OUT
	{
		begin_merged(eras[e]);
		struct page *page = frame("P", 10);
		struct stable_node *node = page_stable_node(page);
		expect_num(page->mapping & 3, 3);
		assert_null(page_anon_vma(page));
		expect_num(node->kpfn, page_pfn(run.m, page));
		expect_num(node->rmap_hlist_len, 2);
		assert_false(has_flag(page, PG(ANON_EXCLUSIVE)));
		/* each item holds its anon_vma */
		expect_num(anon_named("R")->refcount, 3);
		finish();
	}
}

static void only_mergeable_ranges(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-14; write 10 5; write 11 5; write 12 5");
		script("advise 10-12 mergeable");
		expect_num(rounds(3), 1);
		assert_true(same_frame(10, 11));
		assert_false(same_frame(10, 12));
		expect_text(vmas("P"), "10-12rw 12-14rw");
		finish();
	}
}

static void different_content_stays_apart(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-14; write 10 5; write 11 6; write 12 7; "
		       "advise 10-14 mergeable");
		expect_num(rounds(3), 0);
		expect_counts_of(0, 0, 3);
		finish();
	}
}

/* oldchecksum: a page that is written each round is no candidate. */
static void a_changing_page_is_left_alone(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-14; write 10 5; write 11 5; "
		       "advise 10-14 mergeable");
		scan(0);
		script("write 10 6; write 11 6");
		expect_num(scan(0), 0);
		expect_counts_of(0, 0, 0);
		expect_num(scan(0), 1);
		finish();
	}
}

/* Measured on 6.18: two rounds; 4.0 searches the stable tree before it looks
 * at the checksum. */
static void joining_takes_one_round_or_two(void **state)
{
	SETS_OUT
	{
		begin_merged(eras[e]);
		script("write 12 5");
		expect_num(scan(0), e == 0);
		expect_num(scan(0), e == 1);
		expect_counts_of(1, 2, 0);
		expect_mapcount("P", 12, 3);
		finish();
	}
}

/* A reference that nobody explains: the batch of new pages.  A round begins
 * with draining it. */
static void a_page_in_a_batch_is_not_merged(void **state)
{
	SETS_OUT
	{
		struct machine_config config = { .tune =
			tunables_default(era_find(eras[e])) };
		config.tune.lru_batches = true;
		begin_with(eras[e], NULL, &config);
		script("map 10-14; write 10 5; write 12 5; "
		       "advise 10-14 mergeable");
		scan(0); /* the checksums */
		scan(1); /* a round begins; 10 is a candidate */
		script("advise 12-13 dontneed; write 12 5");
		expect_num(frame("P", 12)->_refcount, 2);
		expect_num(scan(0), 0);
		expect_num(frame("P", 12)->kind, PAGE_ANON);
		expect_num(scan(0), 1);
		finish();
	}
}

/* fork makes two mms share a page: merging a page with itself is nothing. */
static void a_forked_page_is_not_merged_with_itself(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-14; write 10 5; advise 10-14 mergeable; fork C");
		expect_num(rounds(3), 0);
		expect_num(frame("P", 10)->kind, PAGE_ANON);
		expect_num(ksm()->pages_unshared, 1);
		finish();
	}
}

/* live-6.18, surprise 16 (the frames were counted): a page that a child who
 * never asked shares becomes a KSM page for both. */
static void a_child_that_never_asked_shares(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-14; write 10 5; write 11 5; fork C; "
		       "advise 10-14 mergeable");
		expect_num(rounds(2), 1);
		expect_num(frame("P", 10)->kind, PAGE_KSM);
		expect_mapcount("P", 10, 3); /* P twice, C once */
		assert_ptr_equal(frame("C", 11), frame("P", 10));
		expect_num(frame("C", 10)->kind, PAGE_ANON);
		script("C: exit");
		expect_mapcount("P", 10, 2);
		finish();
	}
}

/* Measured: 300 equal pages are two KSM pages in 6.18. */
static void a_node_has_256_items_at_most(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-310; advise 10-310 mergeable");
		for (unsigned i = 10; i < 310; i++)
			expect_num(try_write(pid_of("P"), addr_of(i), 7), 0);
		rounds(2);
		expect_counts_of(1 + e, 299 - e, 0);
		expect_num(rounds(2), 0);
		finish();
	}
}

/* Measured with one page that stays alone: rounds in which it is left out. */
static void smart_scan_leaves_old_pages_out(void **state)
{
	static const char skipped[] = "0000101101111011111111010";
	(void)state;
	begin("6.18");
	script("map 10-11; write 10 5; advise 10-11 mergeable");
	for (unsigned i = 0; i < 24; i++) {
		uint64_t before = ksm()->pages_skipped;
		scan(0);
		expect_num(ksm()->pages_skipped - before, skipped[i] == '1');
	}
	expect_num(ksm()->pages_skipped, 16);
	expect_num(ksm()->pages_scanned, 8);
	finish();
	begin("4.0");
	script("map 10-11; write 10 5; advise 10-11 mergeable");
	rounds(24);
	expect_num(ksm()->pages_scanned, 24);
	finish();
}

/* -- writing ---- */

/* N6-15 (and 4.0 do_wp_page): always a copy, for the last one too. */
static void a_write_always_copies(void **state)
{
	SETS_OUT
	{
		begin_merged(eras[e]);
		struct page *page = frame("P", 10);
		script("write 10 9");
		expect_num(cost(COST_COPIES), 1);
		assert_ptr_not_equal(frame("P", 10), page);
		expect_mapcount("P", 11, 1);
		expect_num(frame("P", 11)->kind, PAGE_KSM);
		script("write 11 8");
		expect_num(cost(COST_COPIES), 1);
		expect_num(frame("P", 11)->kind, PAGE_ANON);
		expect_num(page->kind, PAGE_FREE);
		expect_num(value_at("P", 10), 9);
		/* the node is stale until somebody meets it */
		expect_counts_of(1, 1, 0);
		rounds(2);
		expect_counts_of(0, 0, 2);
		finish();
	}
}

/* break_ksm: 4.0 by a write fault, 6.18 without one: nothing may be written
 * there yet, but the page is the process's own. */
static void unmergeable_takes_apart(void **state)
{
	static const char *const pte[] = { "WDA", "--A" };
	SETS_OUT
	{
		begin_merged(eras[e]);
		uint64_t faults = mm_of("P")->min_flt;
		script("advise 10-14 unmergeable");
		assert_false(same_frame(10, 11));
		expect_num(frame("P", 10)->kind, PAGE_ANON);
		expect_text(pte_text("P", 10), pte[e]);
		expect_num(has_flag(frame("P", 10), PG(ANON_EXCLUSIVE)), e);
		/* handle_mm_fault counts them itself since 5.9 */
		expect_num(mm_of("P")->min_flt, faults + (e ? 2 : 0));
		expect_num(value_at("P", 11), 5);
		script("write 10 6");
		expect_num(cost(COST_COPIES), 0);
		expect_num(rounds(3), 0);
		expect_counts_of(0, 0, 0);
		/* an mm without any MERGEABLE range is forgotten */
		assert_null(mm_of("P")->ksm_slot);
		finish();
	}
}

static void what_cannot_be_mergeable(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		struct op op = make_op(OP_MMAP, pid_of("P"));
		set_arg(&op, "len", 4 << PAGE_SHIFT);
		set_arg(&op, "shared", 1);
		expect_num(run_op(&op), 0);
		expect_num(try_madvise(pid_of("P"), run.res.value,
				   4 << PAGE_SHIFT, ADVICE_MERGEABLE), 0);
		assert_null(mm_of("P")->ksm_slot);
		finish();
	}
}

/* mremap takes apart first; the flag moves along. */
static void a_move_takes_apart(void **state)
{
	SETS_OUT
	{
		begin_merged(eras[e]);
		script("move 10-12 50");
		assert_false(same_frame(50, 51));
		expect_num(frame("P", 50)->kind, PAGE_ANON);
		expect_num(value_at("P", 51), 5);
		assert_true(vma_at("P", 50)->vm_flags & VM_MERGEABLE);
		expect_num(rounds(3), 1);
		assert_true(same_frame(50, 51));
		finish();
	}
}

/* -- the walk ---- */

/* N40-55: every item, the newest first, its VMAs at its address. */
static void a_walk_finds_all(void **state)
{
	SETS_OUT
	{
		begin_merged(eras[e]);
		expect_num(try_rmap(frame("P", 10), true), 0);
		expect_text(found(), "P11,P10");
		script("spawn Q; Q: map 30-34; Q: write 30 5; "
		       "Q: advise 30-34 mergeable");
		rounds(2);
		expect_num(try_rmap(frame("P", 10), true), 0);
		expect_text(found(), "Q30,P11,P10");
		expect_num(try_rmap(frame("P", 10), false), 0);
		expect_num(run.res.nr_found, 3);
		finish();
	}
}

/* The second pass: mms that were forked since. */
static void a_walk_finds_new_forks(void **state)
{
	SETS_OUT
	{
		begin_merged(eras[e]);
		script("fork C");
		expect_mapcount("C", 10, 4);
		expect_num(try_rmap(frame("P", 10), true), 0);
		expect_text(found(), "P11,P10,C11,C10");
		expect_counts_of(1, 1, 0);
		/* measured: then ksmd adds the child's addresses */
		rounds(1);
		expect_counts_of(1, 3, 0);
		expect_num(try_rmap(frame("P", 10), true), 0);
		expect_text(found(), "C11,C10,P11,P10");
		finish();
	}
}

/* Once the parent's items are gone nothing leads to the child's PTEs, until
 * ksmd comes to it. */
static void a_fork_can_be_lost_for_a_while(void **state)
{
	SETS_OUT
	{
		begin_merged(eras[e]);
		script("fork C; write 10 1; write 11 1");
		struct page *page = frame("C", 10);
		rounds(1); /* P's items leave; C's are added */
		struct op op = make_op(OP_RMAP, page_pfn(run.m, page));
		set_arg(&op, "full", 1);
		expect_num(run_op(&op), 0);
		expect_num(run.res.value, 2);
		expect_num(page_mapcount(page), 2);
		finish();
	}
}

/* -- swap, migration ---- */

/* Out by the walk; what comes back belongs to the first who wants it, another
 * family gets a copy. */
static void a_ksm_page_goes_to_swap(void **state)
{
	SETS_OUT
	{
		begin_swapping(eras[e], NULL, 0);
		script("map 10-14; advise 10-14 mergeable; write 10 5");
		script("spawn Q; Q: map 30-34; Q: advise 30-34 mergeable; "
		       "Q: write 30 5");
		rounds(2);
		struct page *page = frame("P", 10);
		expect_num(page->kind, PAGE_KSM);
		struct op op = make_op(OP_RECLAIM, 0);
		set_arg(&op, "pages", 8);
		for (int i = 0; i < 4 && page->kind == PAGE_KSM; i++)
			expect_num(run_op(&op), 0);
		expect_num(page->kind, PAGE_FREE);
		expect_num(swap_count(run.m, swap_slot(run.m, pte_at("P", 10))),
			2);
		expect_num(value_at("Q", 30), 5);
		expect_num(frame("Q", 30)->kind, PAGE_ANON);
		expect_num(value_at("P", 10), 5);
		assert_ptr_not_equal(frame("P", 10), frame("Q", 30));
		script("write 10 6; Q: write 30 7");
		expect_num(value_at("P", 10), 6);
		finish();
	}
}

/* Still in the cache it is the KSM page that comes back. */
static void a_ksm_page_comes_back_from_the_cache(void **state)
{
	SETS_OUT
	{
		begin_swapping(eras[e], NULL, 0);
		script("map 10-14; advise 10-14 mergeable; write 10 5; "
		       "write 11 5");
		rounds(2);
		struct page *page = frame("P", 10);
		get_page(run.m, page); /* somebody looks at it */
		trylock_page(run.m, page);
		add_to_swap(run.m, page);
		expect_num(try_to_unmap(run.m, page, TTU_IGNORE_ACCESS),
			UNMAP_SUCCESS);
		unlock_page(run.m, page);
		put_page(run.m, page);
		script("read 10");
		assert_ptr_equal(frame("P", 10), page);
		script("write 11 6");
		assert_ptr_not_equal(frame("P", 11), page);
		expect_mapcount("P", 10, 1);
		finish();
	}
}

/* One slot, two families: both get it back. */
static void swapoff_brings_back_both(void **state)
{
	SETS_OUT
	{
		begin_swapping(eras[e], NULL, 0);
		script("map 10-14; advise 10-14 mergeable; write 10 5");
		script("spawn Q; Q: map 30-34; Q: advise 30-34 mergeable; "
		       "Q: write 30 5");
		rounds(2);
		script("out 10; swapoff");
		expect_num(frame("P", 10)->kind, PAGE_ANON);
		assert_ptr_not_equal(frame("P", 10), frame("Q", 30));
		expect_num(value_at("P", 10), 5);
		expect_num(value_at("Q", 30), 5);
		finish();
	}
}

/* N40-54: the node follows (ksm_migrate_page). */
static void a_ksm_page_migrates(void **state)
{
	SETS_OUT
	{
		begin_merged(eras[e]);
		struct page *old = frame("P", 10);
		struct stable_node *node = page_stable_node(old);
		struct op op = make_op(OP_MIGRATE, page_pfn(run.m, old));
		expect_num(run_op(&op), 0);
		struct page *new = frame("P", 10);
		assert_ptr_not_equal(new, old);
		assert_ptr_equal(frame("P", 11), new);
		assert_ptr_equal(page_stable_node(new), node);
		expect_num(node->kpfn, page_pfn(run.m, new));
		expect_num(new->kind, PAGE_KSM);
		finish();
	}
}

/* -- exit ---- */

/* ksmd holds the mm until it passes: __ksm_exit leaves the slot. */
static void an_exited_mm_waits_for_ksmd(void **state)
{
	SETS_OUT
	{
		begin_merged(eras[e]);
		struct mm_struct *mm = mm_of("P");
		script("spawn Q; exit");
		expect_num(run.m->caches[CACHE_KSM_MM_SLOT].nr_objects, 1);
		expect_num(run.m->caches[CACHE_MM].nr_objects, 2);
		expect_num(mm->mm_users, 0);
		expect_num(count_frames(PAGE_KSM), 0);
		expect_counts_of(1, 1, 0); /* stale */
		scan(0);
		expect_num(run.m->caches[CACHE_KSM_MM_SLOT].nr_objects, 0);
		expect_num(run.m->caches[CACHE_KSM_RMAP_ITEM].nr_objects, 0);
		expect_num(run.m->caches[CACHE_KSM_STABLE_NODE].nr_objects, 0);
		expect_num(run.m->caches[CACHE_MM].nr_objects, 1);
		expect_counts_of(0, 0, 0);
		finish();
	}
}

/* Without items, and not under the cursor, it goes at once. */
static void an_mm_never_scanned_goes_at_once(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-14; touch 10; advise 10-14 mergeable; fork C");
		expect_num(run.m->caches[CACHE_KSM_MM_SLOT].nr_objects, 2);
		script("C: exit");
		expect_num(run.m->caches[CACHE_KSM_MM_SLOT].nr_objects, 1);
		finish();
	}
}

static void an_mm_exits_under_the_cursor(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-14; touch 10-14; advise 10-14 mergeable; "
		       "spawn Q; Q: map 10-14; Q: touch 10-14; "
		       "Q: advise 10-14 mergeable");
		scan(2);
		assert_ptr_equal(ksm()->slot, mm_of("P")->ksm_slot);
		expect_num(ksm()->address, addr_of(12));
		script("exit");
		expect_num(run.m->caches[CACHE_KSM_RMAP_ITEM].nr_objects, 2);
		scan(1);
		assert_ptr_equal(ksm()->slot, mm_of("Q")->ksm_slot);
		expect_num(run.m->caches[CACHE_KSM_RMAP_ITEM].nr_objects, 1);
		finish();
	}
}

/* remove_trailing_rmap_items, get_next_rmap_item: pages that are gone. */
static void items_of_unmapped_pages_go(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-14; touch 10-14; advise 10-14 mergeable");
		scan(0);
		expect_num(run.m->caches[CACHE_KSM_RMAP_ITEM].nr_objects, 4);
		script("unmap 11-12; advise 13-14 dontneed");
		scan(0);
		expect_num(run.m->caches[CACHE_KSM_RMAP_ITEM].nr_objects, 2);
		finish();
	}
}

/* -- others ---- */

static void older_kernels_have_none(void **state)
{
	static const char *const old[] = { "2.4", "2.6.0", "2.6.11" };
	(void)state;
	for (int i = 0; i < 3; i++) {
		begin(old[i]);
		struct op op = make_op(OP_KSM, 0);
		expect_num(run_op(&op), -ENOSYS);
		script("map 10-14; advise 10-14 mergeable =EINVAL");
		finish();
	}
}

/* A page of zeros merges like any other (use_zero_pages is off). */
static void zeros_merge_too(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-14; write 10 0; write 11 0; read 12; "
		       "advise 10-14 mergeable");
		expect_num(rounds(2), 1);
		assert_true(same_frame(10, 11));
		assert_false(is_zero_page(frame("P", 10)));
		assert_true(is_zero_page(frame("P", 12)));
		finish();
	}
}

/* The lock of a page goes over to the one that stays. */
static void a_locked_page_merges(void **state)
{
	SETS_OUT
	{
		begin(eras[e]);
		script("map 10-14; write 10 5; write 11 5; "
		       "advise 10-14 mergeable");
		struct op op = make_op(OP_MLOCK, pid_of("P"));
		set_arg(&op, "addr", addr_of(10));
		set_arg(&op, "len", 2 << PAGE_SHIFT);
		expect_num(run_op(&op), 0);
		expect_num(rounds(3), 1);
		assert_true(has_flag(frame("P", 10), PG(MLOCKED)));
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_second_round_merges),
		cmocka_unit_test(the_mapping_is_a_stable_node),
		cmocka_unit_test(only_mergeable_ranges),
		cmocka_unit_test(different_content_stays_apart),
		cmocka_unit_test(a_changing_page_is_left_alone),
		cmocka_unit_test(joining_takes_one_round_or_two),
		cmocka_unit_test(a_page_in_a_batch_is_not_merged),
		cmocka_unit_test(a_forked_page_is_not_merged_with_itself),
		cmocka_unit_test(a_child_that_never_asked_shares),
		cmocka_unit_test(a_node_has_256_items_at_most),
		cmocka_unit_test(smart_scan_leaves_old_pages_out),
		cmocka_unit_test(a_write_always_copies),
		cmocka_unit_test(unmergeable_takes_apart),
		cmocka_unit_test(what_cannot_be_mergeable),
		cmocka_unit_test(a_move_takes_apart),
		cmocka_unit_test(a_walk_finds_all),
		cmocka_unit_test(a_walk_finds_new_forks),
		cmocka_unit_test(a_fork_can_be_lost_for_a_while),
		cmocka_unit_test(a_ksm_page_goes_to_swap),
		cmocka_unit_test(a_ksm_page_comes_back_from_the_cache),
		cmocka_unit_test(swapoff_brings_back_both),
		cmocka_unit_test(a_ksm_page_migrates),
		cmocka_unit_test(an_exited_mm_waits_for_ksmd),
		cmocka_unit_test(an_mm_never_scanned_goes_at_once),
		cmocka_unit_test(an_mm_exits_under_the_cursor),
		cmocka_unit_test(items_of_unmapped_pages_go),
		cmocka_unit_test(older_kernels_have_none),
		cmocka_unit_test(zeros_merge_too),
		cmocka_unit_test(a_locked_page_merges),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
