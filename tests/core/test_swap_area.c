/*
 * The swap area: entries as each kernel and geometry writes them into a PTE,
 * which slot is next, and what swap_map counts.
 */
#include "run.h"

#include "core/io.h"
#include "core/swap.h"
#include "core/swapops.h"

static void begin_swap(const char *era, const char *arch, uint64_t pages)
{
	begin_with(era, arch,
		&(struct machine_config){ .swap = pages << PAGE_SHIFT });
}

/* -- entries ------------------------------------------------------------------- */

static const struct {
	const char *era, *arch;
	uint64_t slot;
	pteval_t pte;
	uint64_t val; /* swp_entry_t.val */
} raw[] = {
	{ "2.4", "i386", 1, 0x100, 0x100 },
	{ "2.4", "pae", 1, 1ull << 37, 1ull << 37 },
	{ "2.6.0", "i386", 1, 0x100, 1 },
	{ "2.6.0", "i386", 0x1234, 0x123400, 0x1234 },
	{ "2.6.11", "i386", 1, 0x100, 1 },
	{ "2.6.11", "i386", 0xabcdef, 0xabcdef00, 0xabcdef },
	{ "2.6.11", "pae", 1, 1ull << 37, 1 },
	{ "4.0", "x86_64", 1, 0x200, 1 },
	{ "4.0", "x86_64", 5, 0xa00, 5 },
	{ "4.0", "i386", 1, 0x200, 1 },
	{ "4.0", "pae", 3, 3ull << 37, 3 },
	{ "6.18", "x86_64", 1, 0x07fffffffffffc00, 1 },
	{ "6.18", "x86_64-la57", 2, 0x07fffffffffffa00, 2 },
};

static void swap_entries_have_the_kernels_bits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(raw) / sizeof(*raw); i++) {
		begin_swap(raw[i].era, raw[i].arch, 0);
		pteval_t pte = mk_swap_pte(run.m, raw[i].slot);
		assert_true(pte == raw[i].pte);
		assert_true(pte_is_swap(run.m, pte));
		assert_false(pte_present(run.m, pte));
		assert_false(pte_is_migration(run.m, pte));
		assert_true(swap_slot(run.m, pte) == raw[i].slot);
		assert_true(swp_val(run.m, pte_to_swp(run.m, pte)) ==
			raw[i].val);
	}
}

/* Type 1, offset 0x1234 in a PTE of i386: neither present nor the offset of a
 * nonlinear page (_PAGE_FILE). */
static void t2_6_a_type_and_an_offset(void **state)
{
	static const char *const two[] = { "2.4", "2.6.0", "2.6.11" };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		begin_swap(two[i], "i386", 0);
		pteval_t pte = swp_to_pte(run.m,
			(struct swp_entry){ 1, 0x1234 });
		expect_num(pte, 0x00123402);
		assert_false(pte_present(run.m, pte));
		assert_false(pte & 0x40);
		struct swp_entry back = pte_to_swp(run.m, pte);
		expect_num(back.type, 1);
		expect_num(back.offset, 0x1234);
	}
}

/* T11.9: encode and decode are inverse, and never look present or empty. */
static void t11_9_entries_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(raw) / sizeof(*raw); i++) {
		begin_swap(raw[i].era, raw[i].arch, 0);
		for (uint64_t slot = 1; slot < 1u << 23; slot = slot * 3 + 1) {
			pteval_t pte = mk_swap_pte(run.m, slot);
			assert_true(swap_slot(run.m, pte) == slot);
			assert_true(pte_is_swap(run.m, pte));
			assert_false(pte_swp_exclusive(run.m, pte));
		}
	}
}

/* 6.18 has a bit beside the entry; older kernels have none. */
static void exclusive_bit_only_in_6_18(void **state)
{
	(void)state;
	begin_swap("6.18", NULL, 0);
	pteval_t pte = mk_swap_pte(run.m, 7);
	pteval_t marked = pte_swp_mkexclusive(run.m, pte);
	assert_true(marked == (pte | 8));
	assert_true(pte_swp_exclusive(run.m, marked));
	assert_true(swap_slot(run.m, marked) == 7);
	assert_true(pte_swp_clear_exclusive(run.m, marked) == pte);
	begin_swap("4.0", NULL, 0);
	pte = mk_swap_pte(run.m, 7);
	assert_true(pte_swp_mkexclusive(run.m, pte) == pte);
	assert_false(pte_swp_exclusive(run.m, pte | 8));
}

static void migration_entries_keep_their_kind(void **state)
{
	(void)state;
	begin_swap("4.0", NULL, 0);
	pteval_t w = mk_migration_pte(run.m, 0x123, true, false);
	assert_true(pte_is_migration(run.m, w));
	assert_false(pte_is_swap(run.m, w));
	assert_true(migration_is_write(run.m, w));
	assert_true(pte_to_swp(run.m, w).offset == 0x123);
	pteval_t r = migration_mk_readable(run.m, w);
	assert_true(pte_is_migration(run.m, r));
	assert_false(migration_is_write(run.m, r));
	begin_swap("6.18", NULL, 0);
	pteval_t x = mk_migration_pte(run.m, 0x123, false, true);
	assert_true(migration_is_exclusive(run.m, x));
	assert_false(migration_is_write(run.m, x));
	assert_false(migration_is_exclusive(
		run.m, migration_mk_readable(run.m, x)));
	begin_swap("2.6.11", NULL, 0);
	assert_false(pte_is_migration(run.m, mk_swap_pte(run.m, 0x123)));
}

/* -- which slot ------------------------------------------------------------------ */

static void drop(uint64_t slot)
{
	swapcache_free(run.m, slot);
}

static void expect_slots(uint64_t first, uint64_t last)
{
	for (uint64_t slot = first; slot <= last; slot++)
		expect_num(get_swap_page(run.m), slot);
}

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(*eras))

/* Without swap there is nothing; slot 0 is the header; the end is respected. */
static void area_has_an_end(void **state)
{
	static const uint64_t last[NR_ERAS] = { 6, 6, 6, 7, 7 };
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		expect_num(nr_swap_pages(run.m), 0);
		expect_num(get_swap_page(run.m), 0);
		assert_false(vm_swap_full(run.m));
		begin_swap(eras[e], NULL, 8);
		expect_num(nr_swap_pages(run.m), last[e]);
		expect_slots(1, last[e]);
		expect_num(nr_swap_pages(run.m), 0);
		assert_true(vm_swap_full(run.m));
		expect_num(get_swap_page(run.m), 0);
		drop(3);
		expect_num(get_swap_page(run.m), 3);
		expect_num(get_swap_page(run.m), 0);
	}
}

/* The half-full line: more than half of the area is used. */
static void half_full(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin_swap(eras[e], NULL, 11);
		uint64_t total = total_swap_pages(run.m);
		expect_slots(1, total / 2);
		assert_false(vm_swap_full(run.m));
		get_swap_page(run.m);
		assert_true(vm_swap_full(run.m));
	}
}

/* T11.2: 257 in a row, then a new search, which finds the next. */
static void t11_2_a_fresh_area_is_consecutive(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin_swap(eras[e], NULL, 1024);
		expect_slots(1, 257);
		expect_slots(258, 600);
	}
}

/* T11.3: a slot freed below does not matter while the cluster lasts. */
static void t11_3_the_cluster_hint_wins(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin_swap(eras[e], NULL, 65);
		expect_slots(1, 5);
		drop(2);
		expect_num(get_swap_page(run.m), 6);
		if (e < 4)
			expect_num(run.m->swap_info.lowest_bit, 2);
		expect_slots(7, 63);
		/* 4.0 uses the device's last page, too */
		if (e > 2)
			expect_num(get_swap_page(run.m), 64);
		expect_num(get_swap_page(run.m), 2);
	}
}

/* 2.6.11: after a cluster, 256 free slots in a row are preferred to a hole. */
static void a_new_cluster_wants_256_free_slots(void **state)
{
	(void)state;
	begin_swap("2.6.11", NULL, 1024);
	expect_slots(1, 257);
	drop(3);
	expect_num(get_swap_page(run.m), 258);
	begin_swap("2.6.11", NULL, 400);
	expect_slots(1, 257);
	drop(3);
	expect_num(get_swap_page(run.m), 3);
	begin_swap("4.0", NULL, 1024);
	expect_slots(1, 256);
	drop(3);
	expect_num(get_swap_page(run.m), 257);
}

/* 6.18: a cluster where slots were freed comes before one never used. */
static void clusters_of_6_18(void **state)
{
	(void)state;
	begin_swap("6.18", NULL, 1024);
	expect_slots(1, 255); /* cluster 0 and the header: full */
	drop(7);
	drop(9);
	expect_num(get_swap_page(run.m), 7);
	expect_num(get_swap_page(run.m), 9);
	expect_slots(256, 300);
	drop(8); /* another cluster than the one in use */
	expect_slots(301, 511);
	expect_num(get_swap_page(run.m), 8);
	expect_num(get_swap_page(run.m), 512);
}

/* -- counts ------------------------------------------------------------------------ */

/* Until 2.6.11 the cache is a user like others; later it has a flag. */
static void swap_map_counts_by_the_kernels_rule(void **state)
{
	(void)state;
	begin_swap("2.6.11", NULL, 16);
	uint64_t slot = get_swap_page(run.m);
	expect_num(swap_map_raw(run.m, slot), 1);
	swap_duplicate(run.m, slot);
	expect_num(swap_map_raw(run.m, slot), 2);
	swap_free(run.m, slot);
	drop(slot);
	expect_num(swap_map_raw(run.m, slot), 0);
	begin_swap("4.0", NULL, 16);
	slot = get_swap_page(run.m);
	expect_num(swap_map_raw(run.m, slot), 0x40);
	swap_duplicate(run.m, slot);
	expect_num(swap_map_raw(run.m, slot), 0x41);
	drop(slot);
	expect_num(swap_map_raw(run.m, slot), 1);
	expect_num(nr_swap_pages(run.m), 14);
	swap_free(run.m, slot);
	expect_num(nr_swap_pages(run.m), 15);
}

/* 4.0: 62 users fit into the byte; more are counted in a page of digits. */
static void swap_map_continues(void **state)
{
	(void)state;
	begin_swap("4.0", NULL, 16);
	uint64_t slot = get_swap_page(run.m);
	for (int i = 0; i < 62; i++)
		swap_duplicate(run.m, slot);
	expect_num(swap_map_raw(run.m, slot), 0x40 | 0x3e);
	swap_duplicate(run.m, slot);
	expect_num(swap_map_raw(run.m, slot), 0x40 | 0x80);
	expect_num(swap_count(run.m, slot), 63);
	swap_duplicate(run.m, slot);
	expect_num(swap_map_raw(run.m, slot), 0x40 | 0x81);
}

/* -- the cache ----------------------------------------------------------------------- */

/* A page enters the cache, is written and leaves it; its slot holds the word. */
static void cache_in_and_out(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin_swap(eras[e], NULL, 16);
		script("map 10-14; write 10 A");
		struct page *page = frame("P", 10);
		value_t value = page->value;
		uint32_t flags = page->flags;
		page->flags |= PG(LOCKED);
		assert_true(add_to_swap(run.m, page));
		uint64_t slot = page_swap_slot(run.m, page);
		expect_num(slot, 1);
		expect_num(page->_refcount, 2);
		assert_true(has_flag(page, PG(SWAPCACHE)));
		assert_true(has_flag(page, PG(DIRTY)));
		assert_true(has_flag(page, PG(UPTODATE)));
		assert_ptr_equal(swap_cache_page(run.m, slot), page);
		/* 2.4 has counted the first PTE */
		expect_num(swap_count(run.m, slot), e == 0);
		if (!swap_count(run.m, slot))
			swap_duplicate(run.m, slot);
		swap_writepage(run.m, page);
		io_end_all(run.m);
		assert_false(has_flag(page, PG(DIRTY)));
		assert_true(run.m->swap_info.value[slot] == value);
		swap_free(run.m, slot);
		page->flags &= ~PG(LOCKED);
		/* two references, the PTE's and the cache's: no one else */
		assert_true(try_to_free_swap(run.m, page));
		assert_true(has_flag(page, PG(DIRTY)));
		assert_false(has_flag(page, PG(SWAPCACHE)));
		expect_num(page->_refcount, 1);
		expect_num(swap_map_raw(run.m, slot), 0);
		expect_num(run.m->swap_info.inuse_pages, 0);
		page->flags = flags;
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(swap_entries_have_the_kernels_bits),
		cmocka_unit_test(t2_6_a_type_and_an_offset),
		cmocka_unit_test(t11_9_entries_round_trip),
		cmocka_unit_test(exclusive_bit_only_in_6_18),
		cmocka_unit_test(migration_entries_keep_their_kind),
		cmocka_unit_test(area_has_an_end),
		cmocka_unit_test(half_full),
		cmocka_unit_test(t11_2_a_fresh_area_is_consecutive),
		cmocka_unit_test(t11_3_the_cluster_hint_wins),
		cmocka_unit_test(a_new_cluster_wants_256_free_slots),
		cmocka_unit_test(clusters_of_6_18),
		cmocka_unit_test(swap_map_counts_by_the_kernels_rule),
		cmocka_unit_test(swap_map_continues),
		cmocka_unit_test(cache_in_and_out),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
