/*
 * Free frames that a CPU keeps at hand: sizes by each kernel's rule, batches
 * from and to the buddy, and that they block merging.  T4.5, T4.8, T4.9.
 */
#include "core/page_alloc.h"
#include "core/pcp.h"
#include "run.h"

static struct machine *make(const char *era, uint64_t frames)
{
	struct machine_config config = { .era = era_find(era),
		.tune = tunables_default(era_find(era)),
		.zone_pages = { frames },
		.zone_name = { "Normal" } };

	config.tune.pcp = true;
	config.tune.no_oom_killer = true;
	struct machine *m = machine_new(&config);
	assert_non_null(m);
	return m;
}

static void well(struct machine *m)
{
	struct check_failure f;
	assert_true(machine_check(m, &f));
}

/* Buddy and list together never lose a frame. */
static uint64_t free_both(const struct machine *m)
{
	return m->zones[0].free_pages + m->zones[0].pcp.count;
}

static void sizes(const char *era, uint64_t frames, unsigned batch,
	unsigned low, unsigned high)
{
	struct machine *m = make(era, frames);
	const struct per_cpu_pages *pcp = &m->zones[0].pcp;

	expect_num(pcp->batch, batch);
	expect_num(pcp->low, low);
	expect_num(pcp->high, high);
	machine_delete(m);
}

static void t4_5_sizes_of_each_kernel(void **state)
{
	(void)state;
	sizes("2.6.11", 65536, 16, 32, 96);
	sizes("2.6.11", 4096, 1, 2, 6);
	sizes("4.0", 65536, 15, 0, 90);
	sizes("4.0", 4096, 1, 0, 6);
	sizes("6.18", 65536, 15, 0, 60);
	sizes("6.18", 4096, 1, 0, 4);
}

/* The first allocation takes a batch and hands out one of it. */
static void t4_8_first_alloc_takes_a_batch(void **state)
{
	(void)state;
	struct machine *m = make("2.6.11", 65536);
	uint64_t before = m->zones[0].free_pages;
	struct page *page = alloc_pages(m, 0, PAGE_ANON);

	assert_non_null(page);
	expect_num(before - m->zones[0].free_pages, 16);
	expect_num(m->zones[0].pcp.count, 15);
	machine_delete(m);
}

/* With 96 at hand the next free sends 16 back first. */
static void t4_9_the_97th_free_sends_a_batch_back(void **state)
{
	(void)state;
	struct machine *m = make("2.6.11", 65536);
	struct zone *z = &m->zones[0];
	struct page *page[128];

	for (int i = 0; i < 128; i++)
		page[i] = alloc_pages(m, 0, PAGE_ANON);
	int freed = 0;
	while (z->pcp.count < 96)
		put_page(m, page[freed++]);
	uint64_t before = z->free_pages;
	put_page(m, page[freed++]);
	expect_num(z->free_pages - before, 16);
	expect_num(z->pcp.count, 96 - 16 + 1);
	machine_delete(m);
}

/* A frame at hand is free and still keeps its neighbour from merging. */
static void t4_5_frames_at_hand_block_merging(void **state)
{
	(void)state;
	struct machine *m = make("4.0", 4096);
	uint64_t all = free_both(m);
	struct page *a = alloc_pages(m, 0, PAGE_ANON);
	struct page *b = alloc_pages(m, 0, PAGE_ANON);

	put_page(m, a);
	put_page(m, b);
	expect_num(free_both(m), all);
	assert_true(m->zones[0].free_pages < all);
	assert_true(drain_all_pages(m) > 0);
	expect_num(m->zones[0].free_pages, all);
	well(m);
	machine_delete(m);
}

/* What is at hand is handed out too before memory counts as used up, and 4.0
 * gives it back to the buddy when a larger block is wanted. */
static void all_frames_can_be_had(void **state)
{
	(void)state;
	static const char *const eras[] = { "2.6.11", "4.0", "6.18" };

	for (int i = 0; i < 3; i++) {
		struct machine *m = make(eras[i], 256);
		uint64_t n = 0, all = free_both(m);

		while (alloc_pages(m, 0, PAGE_ANON))
			n++;
		expect_num(n, all);
		expect_num(free_both(m), 0);
		machine_delete(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t4_5_sizes_of_each_kernel),
		cmocka_unit_test(t4_8_first_alloc_takes_a_batch),
		cmocka_unit_test(t4_9_the_97th_free_sends_a_batch_back),
		cmocka_unit_test(t4_5_frames_at_hand_block_merging),
		cmocka_unit_test(all_frames_can_be_had),
	};

	return cmocka_run_group_tests_name("pcp", tests, NULL, run_teardown);
}
