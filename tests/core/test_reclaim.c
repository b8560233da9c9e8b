/*
 * Who is reclaimed, from 2.6 on: which pages leave the active list, what a scan
 * does with one at the end of the inactive list, how far it scans.  Statements
 * of the sheets by their numbers.
 */
#include "core/lru.h"
#include "core/vmscan.h"
#include "core/workingset.h"

#include "filerun.h"
#include "run.h"
#include "scan_by_hand.h"
#include "swap_by_hand.h"

static const char *const all_eras[] = { "2.4", "2.6.0", "2.6.11", "4.0",
	"6.18" };

static void start(const char *era, const char *text)
{
	begin_with(era, NULL,
		&(struct machine_config){ .swap = 64 << PAGE_SHIFT });
	script(text);
}

static bool young(const char *task, uint64_t page)
{
	return pte_young(run.m, pte_at(task, page));
}

static uint64_t listed(enum lru_list list)
{
	return run.m->zones[0].nr_lru[list];
}

/* -- from active to inactive ------------------------------------------------- */

/* Machine with @percent of its frames mapped by anonymous pages. */
static void map_share(const char *era, unsigned percent)
{
	uint64_t pages;

	start(era, "map 0-1024");
	pages = (run.m->zones[0].spanned_pages * percent + 99) / 100;
	for (uint64_t i = 0; i < pages; i++)
		expect_num(try_write(pid_of("P"), addr_of(i), 1), 0);
	expect_num(run.m->nr_mapped * 100 / run.m->zones[0].spanned_pages,
		percent);
}

/* Swappiness 60: which share must be mapped before mapped pages go. */
static void t10_4_swap_tendency(void **state)
{
	static const unsigned share[] = { 0, 0, 30, 56, 68, 74, 78, 80, 80, 80,
		80, 80, 80 };

	(void)state;
	for (unsigned percent = 40; percent <= 80; percent += 20)
		for (unsigned e = 1; e <= 2; e++) {
			struct zone *z;

			map_share(all_eras[e], percent);
			z = &run.m->zones[0];
			for (unsigned p = 0; p <= 12; p++) {
				z->prev_priority = (uint8_t)p;
				expect_num(wants_mapped(run.m, z),
					percent >= share[p]);
			}
		}
}

/* Old pages of files and @pages anonymous ones just written: one scan finds
 * enough of the former. */
static void one_scan_2_6_11(unsigned prev_priority)
{
	struct zone *z;

	start("2.6.11", "file F 40; map 10-50; touch 10-50");
	for (unsigned i = 0; i < 40; i++)
		expect_num(try_pread("F", i), 0);
	z = &run.m->zones[0];
	z->prev_priority = (uint8_t)prev_priority;
	z->nr_scan_active = z->nr_scan_inactive = 32;
	expect_num(hand_reclaim(1), 32);
}

/* While mapped pages are to stay nobody asks whether they were used; then
 * everybody is asked. */
static void t611_30_accessed_bits_are_left_alone(void **state)
{
	unsigned old = 0;

	(void)state;
	one_scan_2_6_11(12);
	for (unsigned i = 10; i < 50; i++) {
		assert_true(young("P", i));
		expect_num(frame("P", i)->lru_list, LRU_ACTIVE_ANON);
	}
	expect_num(run.m->zones[0].nr_scan_active, 0); /* it was scanned */
	finish_files();

	one_scan_2_6_11(1);
	for (unsigned i = 10; i < 50; i++)
		old += !young("P", i);
	assert_true(old >= 32);
	finish_files();
}

/* 1000 active pages, priority 12: one more for each call, so the 32nd scans. */
static void t10_8_a_scan_comes_due(void **state)
{
	struct zone *z;

	(void)state;
	begin_on("2.6.11", NULL, 8 << 20);
	script("map 0-1000; touch 0-1000");
	z = &run.m->zones[0];
	expect_num(listed(LRU_ACTIVE_ANON), 1000);
	for (unsigned calls = 1; calls <= 64; calls++) {
		hand_reclaim(0);
		expect_num(z->nr_scan_active, calls % 32);
		expect_num(z->nr_scan_inactive, calls % 32);
	}
	finish();
}

/* One reference does not keep an anonymous page active; it is asked for and
 * forgotten. */
static void n40_48_used_pages_are_deactivated(void **state)
{
	(void)state;
	for (unsigned e = 3; e <= 4; e++) {
		struct page *a;

		start(all_eras[e], "map 10-14; touch 10-12");
		a = frame("P", 10);
		hand_activate(a);
		assert_true(young("P", 10));
		shrink_active_list(run.m, lru_zone(run.m, a), 1,
			LRU_ACTIVE_ANON);
		hand_check();
		expect_num(a->lru_list, LRU_INACTIVE_ANON);
		assert_false(young("P", 10));
		expect_num(has_flag(a, PG(WORKINGSET)), e == 4);
		finish();
	}
}

#define GIB (1ull << (30 - PAGE_SHIFT)) /* frames */

/* T10.10: how small the inactive list may be, by the zone's size. */
static void n40_52_inactive_ratio(void **state)
{
	static const struct {
		uint64_t pages, ratio;
	} zones[] = { { 1024, 1 }, { GIB - 1, 1 }, { GIB, 3 },
		{ 10 * GIB, 10 } };

	(void)state;
	start("4.0", "");
	for (unsigned i = 0; i < 4; i++) {
		struct zone z = { .managed_pages = zones[i].pages };

		z.nr_lru[LRU_INACTIVE_ANON] = 100;
		z.nr_lru[LRU_ACTIVE_ANON] = 100 * zones[i].ratio;
		assert_false(vmscan_4_0.inactive_is_low(run.m, &z, false));
		z.nr_lru[LRU_ACTIVE_ANON]++;
		assert_true(vmscan_4_0.inactive_is_low(run.m, &z, false));
		/* files: as many, whatever the size */
		z.nr_lru[LRU_INACTIVE_FILE] = z.nr_lru[LRU_ACTIVE_FILE] = 100;
		assert_false(vmscan_4_0.inactive_is_low(run.m, &z, true));
		z.nr_lru[LRU_ACTIVE_FILE]++;
		assert_true(vmscan_4_0.inactive_is_low(run.m, &z, true));
	}
	finish();
}

/* 6.18: by what the lists have now, for files alike. */
static void n6_52_inactive_is_low(void **state)
{
	(void)state;
	start("6.18", "");
	for (unsigned file = 0; file < 2; file++) {
		struct zone z = { .managed_pages = 16 * GIB };
		uint64_t *inactive = &z.nr_lru[file ? LRU_INACTIVE_FILE
						    : LRU_INACTIVE_ANON];
		uint64_t *active = &z.nr_lru[file ? LRU_ACTIVE_FILE
						  : LRU_ACTIVE_ANON];

		*inactive = *active = 100; /* less than 1 GiB: 1 */
		assert_false(vmscan_6_18.inactive_is_low(run.m, &z, file));
		++*active;
		assert_true(vmscan_6_18.inactive_is_low(run.m, &z, file));
		*inactive = GIB / 4; /* 1 GiB: 3 */
		*active = 3 * GIB / 4;
		assert_false(vmscan_6_18.inactive_is_low(run.m, &z, file));
		++*active;
		assert_true(vmscan_6_18.inactive_is_low(run.m, &z, file));
	}
	finish();
}

/* -- at the end of the inactive list ------------------------------------------ */

/* Read once, page after page: none gets to the active list. */
static void t10_2_streaming(void **state)
{
	(void)state;
	for (unsigned e = 0; e < 5; e++) {
		enum lru_list active = e < 3 ? LRU_ACTIVE_ANON
					     : LRU_ACTIVE_FILE;

		start(all_eras[e], "file F 1200");
		for (unsigned i = 0; i < 1200; i++) {
			expect_num(try_pread("F", i), 0);
			expect_num(listed(active), 0);
		}
		assert_true(file_named("F")->i_mapping.nrpages < 1024);
		finish_files();
	}
}

/* T10.7: 2.6 finds out only when it unmaps, and the page stays on the lists;
 * later it is put away. */
static void t10_7_locked_pages(void **state)
{
	(void)state;
	for (unsigned e = 1; e < 5; e++) {
		struct page *a;

		start(all_eras[e], "map 10-14; touch 10-12");
		a = frame("P", 10);
		set_locked("P", 10, true);
		for (unsigned round = 0; round < (e < 3 ? 3 : 1); round++) {
			hand_idle(a);
			hand_deactivate(a);
			expect_num(hand_shrink(a), 0);
			assert_ptr_equal(frame("P", 10), a);
			expect_num(a->lru_list,
				e < 3 ? LRU_ACTIVE_ANON : LRU_UNEVICTABLE);
			expect_num(has_flag(a, PG(MLOCKED)), e >= 3);
		}
		set_locked("P", 10, false);
	}
}

/* A swapped page that PTEs have left still names its anon_vma... */
static void t611_34_mapping_outlives_the_ptes(void **state)
{
	(void)state;
	for (unsigned e = 2; e < 5; e++) {
		struct page *a;
		uintptr_t mapping;

		start(all_eras[e], "map 10-14; touch 10-12");
		a = frame("P", 10);
		mapping = a->mapping;
		assert_true(mapping & PAGE_MAPPING_ANON);
		expect_num(hand_unmap(run.m, a), 1);
		expect_num(page_mapcount(a), 0);
		assert_true(a->mapping == mapping);
		finish();
	}
}

/* ... which a walk must not follow: it may be gone. */
static void n40_56_stale_mapping(void **state)
{
	(void)state;
	for (unsigned e = 2; e < 5; e++) {
		struct page *a;

		start(all_eras[e], "map 10-12; touch 10-12");
		a = frame("P", 10);
		expect_num(hand_unmap(run.m, a), 1);
		expect_num(try_rmap(a, false), 0);
		expect_num(cost(COST_VISITED), 0);
		expect_num(run.res.nr_found, 0);
		finish();
	}
}

/* N6-49: a dirty page of a file is left to the flusher; others are written. */
static void n6_49_who_is_written(void **state)
{
	struct page *file, *shmem, *anon;

	(void)state;
	start("6.18", "file F 4; fwrite F 0 5; share 20-22; touch 20; "
		      "map 10-12; touch 10");
	file = cached("F", 0);
	shmem = frame("P", 20);
	anon = frame("P", 10);
	file->flags &= ~PG(REFERENCED);
	hand_deactivate(file);
	expect_num(hand_shrink(file), 0);
	assert_true(has_flag(file, PG(DIRTY)));
	assert_true(has_flag(file, PG(RECLAIM)));
	assert_false(has_flag(file, PG(WRITEBACK)));
	expect_num(file->lru_list, LRU_ACTIVE_FILE);
	for (unsigned i = 0; i < 2; i++) {
		struct page *page = i ? anon : shmem;

		hand_idle(page);
		hand_deactivate(page);
		expect_num(hand_shrink(page), 0);
		assert_true(has_flag(page, PG(WRITEBACK)));
		assert_false(has_flag(page, PG(DIRTY)));
		expect_num(page->lru_list, LRU_INACTIVE_ANON);
	}
}

/* N6-53: who leaves the active list is marked, and its return is charged to
 * its kind. */
static void n6_53_refault_of_the_working_set(void **state)
{
	struct zone *z;
	struct page *page;

	(void)state;
	start("6.18", "file F 4; fread F 0; fread F 1; map 10-20; touch 10-20");
	z = &run.m->zones[0];
	hand_activate(cached("F", 1));
	page = cached("F", 0);
	page->flags &= ~PG(REFERENCED);
	hand_activate(page);
	shrink_active_list(run.m, z, 1, LRU_ACTIVE_FILE);
	expect_num(page->lru_list, LRU_INACTIVE_FILE);
	assert_true(has_flag(page, PG(WORKINGSET)));
	page->flags &= ~PG(REFERENCED);
	hand_deactivate(page);
	expect_num(hand_shrink(page), 1);
	z->anon_cost = z->file_cost = 0;
	z->nr_lru[LRU_ACTIVE_ANON] += 400; /* so that costs are not halved */
	struct op op = make_op(OP_PREAD, file_named("F")->id);
	set_arg(&op, "page", 0);
	expect_num(machine_run(run.m, &op, &run.res), 0);
	z->nr_lru[LRU_ACTIVE_ANON] -= 400;
	hand_check();
	page = cached("F", 0);
	expect_num(page->lru_list, LRU_ACTIVE_FILE);
	assert_true(has_flag(page, PG(WORKINGSET)));
	expect_num(z->file_cost, 32);
	expect_num(z->anon_cost, 0);
	finish_files();
}

/* -- what keeps it from all of this -------------------------------------------- */

/* N40-51, and so in each generation. */
static void n40_51_fork_does_not_lock(void **state)
{
	(void)state;
	for (unsigned e = 0; e < 5; e++) {
		start(all_eras[e], "map 10-14; touch 10");
		set_locked("P", 10, true);
		script("fork C");
		assert_true(vma_at("P", 10)->vm_flags & VM_LOCKED);
		assert_false(vma_at("C", 10)->vm_flags & VM_LOCKED);
		set_locked("P", 10, false);
		finish();
	}
}

/* N6-51: a quarter of min apart, or a thousandth of the zone if that is
 * more. */
static void n6_51_watermarks(void **state)
{
	struct tunables tune = tunables_default(era_find("6.18"));
	const struct zone *z;

	(void)state;
	tune.pages_min = 9790;
	begin_with("6.18", NULL,
		&(struct machine_config){ .ram = 64 << 20, .tune = tune });
	z = &run.m->zones[0];
	expect_num(z->pages_min, 9790);
	expect_num(z->pages_low, 12237);
	expect_num(z->pages_high, 14684);
	tune.pages_min = 40;
	begin_with("6.18", NULL,
		&(struct machine_config){ .ram = 64 << 20, .tune = tune });
	z = &run.m->zones[0];
	assert_true(z->managed_pages / 1000 > 10);
	expect_num(z->pages_low, 40 + z->managed_pages / 1000);
	expect_num(z->pages_high, 40 + 2 * (z->managed_pages / 1000));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(t10_4_swap_tendency),
		cmocka_unit_test(t611_30_accessed_bits_are_left_alone),
		cmocka_unit_test(t10_8_a_scan_comes_due),
		cmocka_unit_test(n40_48_used_pages_are_deactivated),
		cmocka_unit_test(n40_52_inactive_ratio),
		cmocka_unit_test(n6_52_inactive_is_low),
		cmocka_unit_test(t10_2_streaming),
		cmocka_unit_test(t10_7_locked_pages),
		cmocka_unit_test(t611_34_mapping_outlives_the_ptes),
		cmocka_unit_test(n40_56_stale_mapping),
		cmocka_unit_test(n6_49_who_is_written),
		cmocka_unit_test(n6_53_refault_of_the_working_set),
		cmocka_unit_test(n40_51_fork_does_not_lock),
		cmocka_unit_test(n6_51_watermarks),
	};

	return cmocka_run_group_tests_name(
		"reclaim", tests, NULL, run_teardown);
}
