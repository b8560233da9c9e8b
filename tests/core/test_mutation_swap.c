/*
 * Mutations of a machine that has swapped: each breaks one thing as a wrong
 * kernel would, and the rule named with it must report it.
 *
 * The state: page 10 is out, its slot 1 held by P and C; page 11 is in the
 * cache at slot 2, clean, mapped by C and held by P; page 12 is out, its slot 3
 * held by P alone (exclusive where the kernel knows that).
 */
#include "mutate.h"
#include "swap_by_hand.h"

#include "core/mechanism.h"
#include "core/swap.h"

static struct swap_info_struct *si(void)
{
	return &run.m->swap_info;
}

static struct page *cached(void)
{
	return swap_cache_page(run.m, 2);
}

static void set_up(const char *era)
{
	begin_with(era, NULL,
		&(struct machine_config){ .swap = 64 << PAGE_SHIFT });
	script("map 10-14; touch 10-12; fork C");
	expect_num(hand_swap_out(run.m, frame("P", 10)), 1);
	expect_num(hand_swap_out(run.m, frame("P", 11)), 2);
	script("C: read 11; touch 12");
	expect_num(hand_swap_out(run.m, frame("P", 12)), 3);
}

static void lost_swap_duplicate(void)
{
	si()->swap_map[1]--;
}

static void double_free(void)
{
	swap_free(run.m, 3);
}

static void slot_never_freed(void)
{
	poke("P", 10, 0, all_bits());
	mm_of("P")->swapents -= ops_of(run.m)->swapents;
}

static void slot_taken_twice(void)
{
	poke("P", 10, mk_swap_pte(run.m, 3), all_bits());
}

static void cache_count_lost(void)
{
	if (si()->swap_map[2] & SWAP_HAS_CACHE)
		si()->swap_map[2] &= ~SWAP_HAS_CACHE;
	else
		si()->swap_map[2]--;
}

static void cache_forgets_its_page(void)
{
	si()->cache[2] = 0;
}

static void cache_has_another_page(void)
{
	si()->cache[2]++;
}

static void page_forgets_the_cache(void)
{
	cached()->flags &= ~PG(SWAPCACHE);
}

static void page_names_another_slot(void)
{
	/* a whole slot in each kernel's entries */
	cached()->private += ops_of(run.m)->swap_in_index ? 0 : 1;
	cached()->index += ops_of(run.m)->swap_in_index ? 0x100 : 0;
}

static void clean_page_differs(void)
{
	cached()->value++;
}

static void disk_differs(void)
{
	si()->value[2]++;
}

static void cache_reference_lost(void)
{
	cached()->_refcount--;
}

static void cache_reference_kept(void)
{
	cached()->_refcount++;
}

static void swapents_not_counted(void)
{
	mm_of("P")->swapents--;
}

static void rss_of_a_swapped_page(void)
{
	mm_of("P")->anon_rss++;
}

static void inuse_not_counted(void)
{
	si()->inuse_pages--;
}

static void lowest_bit_too_high(void)
{
	si()->lowest_bit = 10;
}

static void highest_bit_too_low(void)
{
	si()->highest_bit = 10;
}

static void exclusive_entry_of_two(void)
{
	poke("P", 10, pte_swp_mkexclusive(run.m, 0), 0);
}

static void exclusive_page_of_two(void)
{
	cached()->flags |= PG(ANON_EXCLUSIVE);
}

static void writable_beside_an_entry(void)
{
	poke("C", 11, machine_paging(run.m)->rw, 0);
}

static void entry_of_the_header(void)
{
	poke("P", 12, swp_to_pte(run.m, (struct swp_entry){ 0, 64 }),
		all_bits());
}

static void migration_entry_left(void)
{
	poke("P", 12, mk_migration_pte(run.m, 1, false, false), all_bits());
}

static void cluster_count_wrong(void)
{
	si()->cluster_info[0].count++;
}

static void used_after_swapoff(void)
{
	si()->on = false;
}

/* What MADV_FREE gave up has no place in swap. */
static void cached_page_given_up(void)
{
	cached()->flags &= ~PG(SWAPBACKED);
}

static const struct mutation mutations[] = {
	M(lost_swap_duplicate, EVERY, "swap_map"),
	M(double_free, EVERY, "swap_map"),
	M(slot_never_freed, EVERY, "swap_map"),
	M(slot_taken_twice, EVERY, "swap_map"),
	M(cache_count_lost, EVERY, "swap_map"),
	M(cache_forgets_its_page, EVERY, "swap_map"),
	M(cache_has_another_page, EVERY, "swap_cache"),
	M(page_forgets_the_cache, EVERY, "swap_cache"),
	M(page_names_another_slot, EVERY, "swap_cache"),
	M(cached_page_given_up, AVC, "swapbacked lru"),
	M(clean_page_differs, EVERY, "swap_value"),
	M(disk_differs, EVERY, "swap_value"),
	M(cache_reference_lost, EVERY, "refcount"),
	M(cache_reference_kept, EVERY, "refcount"),
	M(swapents_not_counted, EVERY, "swapents"),
	M(rss_of_a_swapped_page, EVERY, "rss"),
	M(inuse_not_counted, EVERY, "swap_inuse"),
	M(lowest_bit_too_high, EVERY & ~K618, "swap_bounds"),
	M(highest_bit_too_low, EVERY & ~K618, "swap_bounds"),
	M(exclusive_entry_of_two, K618, "exclusive"),
	M(exclusive_page_of_two, K618, "exclusive"),
	M(writable_beside_an_entry, EVERY, "writable"),
	M(entry_of_the_header, EVERY, "pte"),
	M(migration_entry_left, AVC, "pte"),
	M(cluster_count_wrong, K618, "swap_cluster"),
	M(used_after_swapoff, EVERY, "swap_inuse"),
};

static void each_is_reported(void **state)
{
	(void)state;
	run_mutations_after(set_up, mutations,
		sizeof(mutations) / sizeof(*mutations));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
