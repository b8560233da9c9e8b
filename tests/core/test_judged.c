/*
 * Rules of 6.18 that the comparison with a running 6.18.44 has shown
 * (tests/kernel), and what earlier kernels do instead.
 */
#include "filerun.h"

#include <stdio.h>

#define MIB (1ull << 20)

static void start(const char *era, const char *text)
{
	struct machine_config config = { .ram = 4 * MIB };

	begin_with(era, NULL, &config);
	script(text);
}

static uint64_t flags(const char *task, uint64_t page)
{
	return vma_at(task, page)->vm_flags;
}

/* dup_mmap takes VM_LOCKED_MASK away. */
static void child_is_not_locked_on_fault(void **state)
{
	(void)state;
	start("6.18", "map 10-13; onfault 10-12; fork C");
	expect_num(flags("P", 10) & VM_LOCKED_MASK, VM_LOCKED_MASK);
	expect_num(flags("C", 10) & VM_LOCKED_MASK, 0);
	finish();
}

/* mprotect_fixup: "trigger COW to avoid major fault on access". */
static void locked_and_made_writable(void **state)
{
	static const char *const lists[] = {
		"map 10-13 r; mlock 10-13; protect 10-13 rw",
		"map 10-13 r; mlock 10-13; protect 10-20 rw =ENOMEM",
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		start("6.18", lists[i]);
		expect_num(frame("P", 12)->kind, PAGE_ANON);
		expect_text(pte_text("P", 12), "WDA");
		finish();
	}
	start("4.0", lists[0]);
	assert_true(is_zero_page(frame("P", 12)));
	finish();
}

/* Only an anonymous VMA without pages gives back what was promised. */
static void a_private_file_stays_charged(void **state)
{
	(void)state;
	start("6.18", "file F 4; fmap 10-14 F 0 rw private; protect 10-12 r;"
		      "map 20-24 rw; protect 20-22 r");
	assert_true(flags("P", 10) & VM_ACCOUNT);
	assert_false(flags("P", 20) & VM_ACCOUNT);
	finish_files();
}

/* vma_has_recency: which flags keep an unmapping from telling of use. */
static void unmapping_tells_of_use(void **state)
{
	static const struct {
		const char *era, *advice;
		bool told;
	} rows[] = {
		{ "2.6.11", "normal", true }, { "2.6.11", "sequential", true },
		{ "2.6.11", "random", true }, { "4.0", "normal", true },
		{ "4.0", "sequential", false }, { "4.0", "random", true },
		{ "6.18", "normal", true }, { "6.18", "sequential", false },
		{ "6.18", "random", false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct page *page;
		char text[64];

		start(rows[i].era, "file F 4 tmpfs; fmap 10-11 F 0 rw shared");
		snprintf(text, sizeof text, "advise 10-11 %s; write 10 5",
			rows[i].advice);
		script(text);
		page = frame("P", 10);
		((struct page *)(uintptr_t)page)->flags &= ~PG(REFERENCED);
		script("unmap 10-11");
		expect_num(has_flag(page, PG(REFERENCED)), rows[i].told);
		finish_files();
	}
}

/* shmem_get_folio_gfp (SGP_WRITE) marks; the write path of other files has
 * ceased to. */
static void write_to_tmpfs_is_use(void **state)
{
	(void)state;
	start("6.18", "file F 4 hole; file G 4 tmpfs; fwrite F 5 1;"
		      "fwrite G 5 1");
	expect_num(has_flag(cached("F", 5), PG(REFERENCED)), false);
	expect_num(has_flag(cached("G", 5), PG(REFERENCED)), true);
	script("fwrite F 5 2; fwrite G 5 2");
	expect_num(has_flag(cached("F", 5), PG(ACTIVE)), false);
	expect_num(has_flag(cached("G", 5), PG(ACTIVE)), true);
	finish_files();
}

/* copy_pte_range allocates before it looks. */
static void fork_copies_empty_tables(void **state)
{
	(void)state;
	start("6.18", "map 10-12; touch 10; advise 10-11 dontneed; fork C");
	expect_num(mm_of("C")->nr_ptes, mm_of("P")->nr_ptes);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(child_is_not_locked_on_fault),
		cmocka_unit_test(locked_and_made_writable),
		cmocka_unit_test(a_private_file_stays_charged),
		cmocka_unit_test(unmapping_tells_of_use),
		cmocka_unit_test(write_to_tmpfs_is_use),
		cmocka_unit_test(fork_copies_empty_tables),
	};

	return cmocka_run_group_tests_name("judged", tests, NULL,
		run_teardown);
}
