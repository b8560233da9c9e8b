/*
 * Mutations of a machine that took advice: each breaks one thing as a wrong
 * kernel would, and the rule named with it must report it.
 *
 * The state: pages 12 and 13 of P hold guard markers, page 14 may be thrown
 * away (MADV_FREE), page 20 is a shared file's, written through its PTE.
 */
#include "filerun.h"
#include "mutate.h"

#include "core/mechanism.h"
#include "core/swapops.h"

static void set_up(const char *era)
{
	begin(era);
	script("map 10-18; touch 10-18; file F 4; fmap 20-24 F 0 rw shared; "
	       "write 20 7");
	if (ops_of(run.m)->marker_type)
		script("advise 12-14 guard_install; advise 14-15 free");
}

/* fork would forget it. */
static void marker_without_flag(void)
{
	vma("P", 12)->vm_flags &= ~VM_MAYBE_GUARD;
}

static void marker_of_another_kind(void)
{
	struct swp_entry e = pte_to_swp(run.m, pte_at("P", 12));

	e.offset = 2; /* PTE_MARKER_POISONED */
	poke("P", 12, swp_to_pte(run.m, e), all_bits());
}

static void marker_with_more(void)
{
	struct swp_entry e = pte_to_swp(run.m, pte_at("P", 12));

	e.offset |= 1; /* PTE_MARKER_UFFD_WP */
	poke("P", 12, swp_to_pte(run.m, e), all_bits());
}

static void marker_counted_as_swap(void)
{
	mm_of("P")->swapents++;
}

static void marker_left_by_munmap(void)
{
	pteval_t marker = mk_guard_pte(run.m);

	script("unmap 17-18");
	poke("P", 17, marker, all_bits());
}

static void page_counted_under_a_marker(void)
{
	mm_of("P")->anon_rss++;
}

/* MADV_FREE: the flag goes, the list does not. */
static void given_up_on_the_wrong_list(void)
{
	frame("P", 15)->flags &= ~PG(SWAPBACKED);
}

static void given_up_forgets_its_list(void)
{
	frame("P", 14)->flags |= PG(SWAPBACKED);
}

/* Writing it back cleaned the page; the PTE may be written still. */
static void synced_but_writable(void)
{
	clear_page_dirty(run.m, cached("F", 0));
}

static const struct mutation mutations[] = {
	M(marker_without_flag, K618, "marker"),
	M(marker_of_another_kind, K618, "pte"),
	M(marker_with_more, K618, "marker"),
	M(marker_counted_as_swap, K618, "swapents"),
	M(marker_left_by_munmap, K618, "pte"),
	M(page_counted_under_a_marker, EVERY, "rss"),
	M(given_up_on_the_wrong_list, AVC, "lru"),
	M(given_up_forgets_its_list, K618, "lru"),
	M(synced_but_writable, AVC, "dirty"),
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
