/*
 * Watermarks by each generation's formula, and what a scan does with a page:
 * second chances, locked pages, counts.  Statements of the sheets by their
 * numbers.
 */
#define cost cost_of_machine /* emit.h has one, too */
#include "core/fault.h"
#include "core/lru.h"
#include "core/mlock.h"
#include "core/pgtable.h"
#include "core/reclaim.h"
#include "core/swap.h"
#include "core/swapops.h"
#include "core/vmscan.h"
#include "core/watermark.h"
#undef cost

#include "run.h"

/* Sheets 1.8, 4.2: T4.1, and the reserve of T4.7. */
static void watermarks_by_formula(void **state)
{
	static const struct {
		const char *era;
		uint64_t dma, normal;        /* frames */
		uint64_t marks[2][3];        /* DMA, Normal */
		uint64_t reserve;            /* in DMA */
	} rows[] = {
		{ "2.6.11", 4096, 12288, { { 64, 80, 96 }, { 192, 240, 288 } },
			48 },
		{ "2.6.11", 4096, 28672, { { 45, 56, 67 }, { 316, 395, 474 } },
			112 },
		{ "2.6.0", 4096, 28672, { { 32, 64, 96 }, { 224, 448, 672 } },
			0 },
		{ "2.4", 4096, 28672, { { 32, 64, 96 }, { 224, 448, 672 } },
			0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin_with(rows[i].era, NULL, &(struct machine_config){
			.zone_pages = { rows[i].dma, rows[i].normal },
			.zone_name = { "DMA", "Normal" } });
		for (int z = 0; z < 2; z++) {
			const struct zone *zone = &run.m->zones[z];
			expect_num(zone->pages_min, rows[i].marks[z][0]);
			expect_num(zone->pages_low, rows[i].marks[z][1]);
			expect_num(zone->pages_high, rows[i].marks[z][2]);
		}
		expect_num(run.m->zones[0].lowmem_reserve[1], rows[i].reserve);
		expect_num(run.m->zones[1].lowmem_reserve[1], 0);
	}
}

/* A toy machine: low and high in each generation's ratio. */
static void toy_marks_by_ratio(void **state)
{
	static const struct {
		const char *era;
		uint64_t low, high;
	} rows[] = { { "2.4", 8, 12 }, { "2.6.0", 8, 12 }, { "2.6.11", 5, 6 },
		{ "4.0", 5, 6 }, { "6.18", 5, 6 } };
	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct tunables tune = tunables_default(era_find(rows[i].era));
		begin_on(rows[i].era, NULL, 1 << 20);
		assert_false(has_watermarks(run.m));
		tune.pages_min = 4;
		begin_with(rows[i].era, NULL, &(struct machine_config){
			.ram = 1 << 20, .tune = tune });
		expect_num(run.m->zones[0].pages_min, 4);
		expect_num(run.m->zones[0].pages_low, rows[i].low);
		expect_num(run.m->zones[0].pages_high, rows[i].high);
	}
}

static void begin_swap(const char *era, const char *text)
{
	begin_with(era, NULL, &(struct machine_config){ .swap = 1 << 20 });
	script(text);
}

/* Reclaim by the operation; frames freed. */
static uint64_t reclaim(uint64_t pages)
{
	struct op op = make_op(OP_RECLAIM, 0);
	set_arg(&op, "pages", pages);
	expect_num(run_op(&op), 0);
	return run.res.value;
}

/* N40-47, N6-46: one young PTE activates in 4.0 and keeps once in 6.18, which
 * activates the second time. */
static void second_chance(void **state)
{
	static const char *const eras[] = { "4.0", "6.18" };
	(void)state;
	for (size_t e = 0; e < 2; e++) {
		begin_swap(eras[e], "map 10-14; write 10 5");
		struct page *page = frame("P", 10);
		struct scan_control sc = { .want = 1 };
		for (unsigned pass = 0; pass < 2; pass++) {
			script("read 10");
			set_pte(run.m, mm_of("P"), addr_of(10),
				pte_mkyoung(run.m, pte_at("P", 10)),
				EV_SET_PTE);
			lru_isolate(run.m, page);
			page->flags &= ~PG(ACTIVE);
			list_add(&page->lru, &run.m->isolated);
			expect_num(shrink_isolated(run.m, &sc), 0);
			putback_kept(run.m, 0);
			expect_num(has_flag(page, PG(ACTIVE)),
				e == 0 || pass == 1);
			expect_num(has_flag(page, PG(REFERENCED)), e == 1);
			assert_false(pte_young(run.m, pte_at("P", 10)));
		}
		assert_ptr_equal(frame("P", 10), page);
		finish();
	}
}

/* Values survive; frames come back; every era that reclaims. */
static void pages_go_to_swap_and_come_back(void **state)
{
	static const char *const eras[] = { "2.6.0", "2.6.11", "4.0", "6.18" };
	(void)state;
	for (size_t e = 0; e < 4; e++) {
		uint64_t before, freed;
		begin_swap(eras[e], "map 10-74; touch 10-74");
		for (unsigned i = 10; i < 74; i++)
			expect_num(try_write(pid_of("P"), addr_of(i), i), 0);
		before = free_frames(run.m);
		freed = 0; /* the first calls may only write */
		for (int n = 0; n < 4 && freed < 40; n++)
			freed += reclaim(40 - freed);
		assert_true(freed >= 40);
		assert_true(free_frames(run.m) >= before + freed - 1);
		for (unsigned i = 10; i < 74; i++)
			expect_num(value_at("P", i), i);
		finish();
	}
}

/* T10.5: without swap anonymous pages stay. */
static void without_swap_nothing_goes(void **state)
{
	static const char *const eras[] = { "2.6.0", "2.6.11", "4.0", "6.18" };
	(void)state;
	for (size_t e = 0; e < 4; e++) {
		begin(eras[e]);
		script("map 10-74; touch 10-74");
		expect_num(reclaim(40), 0);
		expect_num(count_frames(PAGE_ANON), 64);
		finish();
	}
}

/* N40-50, N6-50: a scan meets VM_LOCKED: the page becomes unevictable. */
static void a_locked_page_becomes_unevictable(void **state)
{
	static const char *const eras[] = { "4.0", "6.18" };
	(void)state;
	for (size_t e = 0; e < 2; e++) {
		begin_swap(eras[e], "map 10-50; touch 10-50");
		set_locked("P", 10, true);
		expect_num(reclaim(40), 0);
		expect_num(reclaim(40), 0);
		unsigned culled = 0;
		for (unsigned i = 10; i < 50; i++) {
			bool mlocked = has_flag(frame("P", i), PG(MLOCKED));
			expect_num(frame("P", i)->lru_list == LRU_UNEVICTABLE,
				mlocked);
			culled += mlocked;
		}
		assert_true(culled >= 32); /* as many as were scanned */
		set_locked("P", 10, false);
		for (unsigned i = 10; i < 50; i++) {
			munlock_vma_page(run.m, frame("P", i));
			assert_false(frame("P", i)->lru_list ==
				LRU_UNEVICTABLE);
		}
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(watermarks_by_formula),
		cmocka_unit_test(toy_marks_by_ratio),
		cmocka_unit_test(second_chance),
		cmocka_unit_test(pages_go_to_swap_and_come_back),
		cmocka_unit_test(without_swap_nothing_goes),
		cmocka_unit_test(a_locked_page_becomes_unevictable),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
