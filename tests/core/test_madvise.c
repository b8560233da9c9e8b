/*
 * madvise in each kernel: which advice it knows, the order of its checks, and
 * what each does.  The answers for 6.18 were recorded on a running 6.18.44.
 */
#include "filerun.h"

#include "core/mechanism.h"
#include "core/swap.h"

#include <errno.h>
#include <stdio.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define EACH_ERA(e) for (int e = 0; e < 5; e++)
#define MIB (1ull << 20)

static bool is_2(int e)
{
	return e < 3;
}

static void start_at(const char *era, const char *text)
{
	struct machine_config config = { .ram = 4 * MIB, .swap = MIB };

	begin_with(era, NULL, &config);
	script(text);
}

static void start(const char *text)
{
	start_at("6.18", text);
}

static int advise(uint64_t addr, uint64_t len, enum advice advice)
{
	return try_madvise(pid_of("P"), addr, len, advice);
}

/* -- which, and in which order ---------------------------------------------- */

static const enum advice all_advices[] = { ADVICE_NORMAL, ADVICE_RANDOM,
	ADVICE_SEQUENTIAL, ADVICE_WILLNEED, ADVICE_DONTNEED, ADVICE_REMOVE,
	ADVICE_DONTFORK, ADVICE_DOFORK, ADVICE_MERGEABLE, ADVICE_UNMERGEABLE,
	ADVICE_HUGEPAGE, ADVICE_NOHUGEPAGE, ADVICE_DONTDUMP, ADVICE_DODUMP,
	ADVICE_FREE, ADVICE_WIPEONFORK, ADVICE_KEEPONFORK, ADVICE_COLD,
	ADVICE_PAGEOUT, ADVICE_POPULATE_READ, ADVICE_POPULATE_WRITE,
	ADVICE_DONTNEED_LOCKED, ADVICE_COLLAPSE, ADVICE_GUARD_INSTALL,
	ADVICE_GUARD_REMOVE, ADVICE_HWPOISON, ADVICE_SOFT_OFFLINE };
#define NR_ADVICES (sizeof all_advices / sizeof *all_advices)

/* How many of the list above each kernel knows, in its order. */
static const unsigned known[] = { 5, 5, 5, 14, 25 };

static void each_kernel_knows_its_own(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start_at(eras[e], "");
		for (unsigned i = 0; i < NR_ADVICES; i++) {
			/* no page at all is right for what is known */
			int want = i < known[e] || is_2(e) ? 0 : -EINVAL;

			expect_num(advise(addr_of(10), 0, all_advices[i]),
				want);
			want = i < known[e] || is_2(e) ? -ENOMEM : -EINVAL;
			expect_num(advise(addr_of(10), PAGE_SIZE,
					   all_advices[i]),
				want);
		}
		script("map 10-12");
		for (unsigned i = known[e]; i < NR_ADVICES; i++)
			expect_num(advise(addr_of(10), PAGE_SIZE,
					   all_advices[i]),
				-EINVAL);
		finish();
	}
}

static void order_of_checks(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		uint64_t top = is_2(e) ? UINT32_MAX : UINT64_MAX;

		start_at(eras[e], "map 10-14; touch 10-14");
		expect_num(advise(addr_of(10) + 1, 0, ADVICE_DONTNEED),
			-EINVAL);
		expect_num(advise(addr_of(10) + 1, 1, (enum advice)77),
			-EINVAL);
		/* so long that it wraps to nothing: 2.4, 2.6.0 do nothing */
		expect_num(advise(addr_of(10), top, ADVICE_DONTNEED),
			e < 2 ? 0 : -EINVAL);
		expect_num(advise(addr_of(10), top - 2 * PAGE_SIZE + 1,
				   ADVICE_DONTNEED),
			-EINVAL);
		/* a part of a page is all of it */
		expect_num(advise(addr_of(10), 1, ADVICE_DONTNEED), 0);
		assert_null(frame("P", 10));
		assert_non_null(frame("P", 11));
		finish();
	}
}

/* A hole is told at the end, and the rest is done. */
static void holes(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start_at(eras[e], "map 10-18; touch 10-18; unmap 12-14");
		script("advise 10-16 dontneed =ENOMEM");
		assert_null(frame("P", 11));
		assert_null(frame("P", 15));
		assert_non_null(frame("P", 16));
		script("advise 16-24 dontneed =ENOMEM");
		assert_null(frame("P", 17));
		script("advise 12-14 dontneed =ENOMEM");
		script("mlock 14-15; touch 15-18; advise 10-18 dontneed "
		       "=EINVAL");
		assert_non_null(frame("P", 15));
		finish();
	}
}

/*
 * Answers of a running 6.18.44 for the first 4 of 8 pages of: private anonymous
 * memory, shared anonymous memory, tmpfs shared and private, a file shared and
 * private, locked memory.  0; I EINVAL; A EACCES.
 */
static const struct recorded {
	const char *advice;
	const char *answers;
} recorded[] = {
	{ "normal", "0000000" }, { "random", "0000000" },
	{ "sequential", "0000000" }, { "willneed", "0000000" },
	{ "dontneed", "000000I" }, { "free", "0IIIIII" },
	{ "remove", "I00A0AI" }, { "dontfork", "0000000" },
	{ "dofork", "0000000" }, { "mergeable", "0000000" },
	{ "unmergeable", "0000000" }, { "hugepage", "0000000" },
	{ "nohugepage", "0000000" }, { "dontdump", "0000000" },
	{ "dodump", "0000000" }, { "wipeonfork", "0IIIII0" },
	{ "keeponfork", "0000000" }, { "cold", "000000I" },
	{ "pageout", "000000I" }, { "populate_read", "0000000" },
	{ "populate_write", "0000000" }, { "dontneed_locked", "0000000" },
	{ "collapse", "IIIIIII" }, { "guard_install", "000000I" },
	{ "guard_remove", "0000000" },
};
static const char *const kinds[] = { "map 10-18", "share 10-18",
	"file F 8 tmpfs; fmap 10-18 F 0 rw shared",
	"file F 8 tmpfs; fmap 10-18 F 0 rw private",
	"file F 8; fmap 10-18 F 0 rw shared",
	"file F 8; fmap 10-18 F 0 rw private", "map 10-18; mlock 10-18" };

static void t6_answers_of_a_running_kernel(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof recorded / sizeof *recorded; i++) {
		for (unsigned k = 0; k < 7; k++) {
			int want = recorded[i].answers[k] == 'I' ? -EINVAL
				: recorded[i].answers[k] == 'A'	 ? -EACCES
								 : 0;
			start(kinds[k]);
			expect_num(advise(addr_of(10), 4 * PAGE_SIZE,
					   (enum advice)advice_parse(
						   recorded[i].advice)),
				want);
			finish_files();
		}
	}
}

/* -- vm_flags ---------------------------------------------------------------- */

static const struct flag {
	enum advice on, off;
	uint64_t flag;
} flags_4_0[] = {
	{ ADVICE_DONTFORK, ADVICE_DOFORK, VM_DONTCOPY },
	{ ADVICE_DONTDUMP, ADVICE_DODUMP, VM_DONTDUMP },
	{ ADVICE_MERGEABLE, ADVICE_UNMERGEABLE, VM_MERGEABLE },
};

/* A flag cuts the VMA and joins it again; in 4.0 and 6.18. */
static void flags_cut_and_join(void **state)
{
	(void)state;
	for (int e = 3; e < 5; e++) {
		for (unsigned i = 0; i < 3; i++) {
			start_at(eras[e], "map 10-18");
			expect_num(advise(addr_of(12), 2 * PAGE_SIZE,
					   flags_4_0[i].on),
				0);
			expect_text(vmas("P"), "10-12rw 12-14rw 14-18rw");
			assert_true(vma_at("P", 12)->vm_flags &
				flags_4_0[i].flag);
			expect_num(advise(addr_of(12), 2 * PAGE_SIZE,
					   flags_4_0[i].off),
				0);
			expect_text(vmas("P"), "10-18rw");
			finish();
		}
	}
}

/* 2.x cuts even where nothing changes and never joins (2.6.13 began to). */
static void t2_flags_only_cut(void **state)
{
	(void)state;
	for (int e = 0; e < 3; e++) {
		start_at(eras[e], "map 10-18; advise 12-14 normal");
		expect_num(count_vmas("P"), 3);
		script("advise 12-14 random; advise 12-14 normal");
		expect_num(count_vmas("P"), 3);
		finish();
	}
}

/* 4.0: said twice is an error, and so is shared memory; 6.18 does not mind. */
static void hugepage(void **state)
{
	(void)state;
	for (int e = 3; e < 5; e++) {
		int twice = e == 3 ? -EINVAL : 0;

		start_at(eras[e], "map 10-18; share 20-28");
		script("advise 10-18 hugepage");
		assert_true(vma_at("P", 10)->vm_flags & VM_HUGEPAGE);
		expect_num(advise(addr_of(10), PAGE_SIZE, ADVICE_HUGEPAGE),
			twice);
		script("advise 10-18 nohugepage");
		assert_true(vma_at("P", 10)->vm_flags & VM_NOHUGEPAGE);
		assert_false(vma_at("P", 10)->vm_flags & VM_HUGEPAGE);
		expect_num(advise(addr_of(20), PAGE_SIZE, ADVICE_HUGEPAGE),
			twice);
		finish_files();
	}
}

/* No VMA can be had for it: EAGAIN, as every kernel says. */
static void out_of_vmas(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start_at(eras[e], "map 10-18");
		mm_of("P")->map_count = ops_of(run.m)->max_map_count + 1;
		run.res.found = NULL;
		struct op op = make_op(OP_MADVISE, pid_of("P"));
		set_arg(&op, "addr", addr_of(12));
		set_arg(&op, "len", PAGE_SIZE);
		set_arg(&op, "advice", ADVICE_RANDOM);
		expect_num(machine_run(run.m, &op, &run.res),
			e == 0 ? -ENOMEM : -EAGAIN);
		mm_of("P")->map_count = count_vmas("P");
		finish();
	}
}

/* -- what is not needed -------------------------------------------------------- */

/* Private memory reads as zero then; a file gives its page again. */
static void dontneed(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start_at(eras[e], "file F 4; map 10-14; touch 10-14; fmap "
				  "20-24 F 0; write 21 5; share 30-32; write "
				  "30 7; out 11");
		script("advise 10-14 dontneed; advise 20-24 dontneed; advise "
		       "30-32 dontneed");
		expect_num(value_at("P", 10), 0);
		expect_num(value_at("P", 11), 0);
		expect_text(text_at("P", 21), "F#1");
		expect_text(text_at("P", 30), "7");
		finish_files();
	}
}

/* DONTNEED of all that a table maps frees the table, unless a marker is in it
 * (measured: VmPTE). */
static void t6_dontneed_frees_tables(void **state)
{
	uint64_t page = 512 - BASE_PAGE % 512; /* the first of a table */
	char text[80];
	uint32_t tables;

	(void)state;
	start("");
	snprintf(text, sizeof text, "map %d-%d; touch %d; touch %d; touch %d",
		(int)page, (int)page + 1024, (int)page, (int)page + 100,
		(int)page + 600);
	script(text);
	tables = mm_of("P")->nr_ptes;
	expect_num(advise(addr_of(page + 1), 511 * PAGE_SIZE,
			   ADVICE_DONTNEED),
		0);
	expect_num(advise(addr_of(page), PAGE_SIZE, ADVICE_DONTNEED), 0);
	expect_num(mm_of("P")->nr_ptes, tables);
	expect_num(advise(addr_of(page), 512 * PAGE_SIZE, ADVICE_DONTNEED), 0);
	expect_num(mm_of("P")->nr_ptes, tables - 1);
	expect_num(advise(addr_of(page + 700), PAGE_SIZE,
			   ADVICE_GUARD_INSTALL),
		0);
	expect_num(advise(addr_of(page), 1024 * PAGE_SIZE, ADVICE_DONTNEED),
		0);
	expect_num(mm_of("P")->nr_ptes, tables - 1);
	finish();
}

/* A locked page goes only if that is said. */
static void t6_dontneed_locked(void **state)
{
	(void)state;
	start("map 10-14; mlock 10-14; advise 10-12 dontneed =EINVAL; advise "
	      "10-12 dontneed_locked");
	assert_null(frame("P", 10));
	assert_non_null(frame("P", 12));
	assert_true(vma_at("P", 10)->vm_flags & VM_LOCKED);
	finish();
}

/* -- MADV_FREE ------------------------------------------------------------------ */

static void t6_free_marks_the_page(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; advise 10-12 free");
	const struct page *page = frame("P", 10);

	assert_non_null(page);
	assert_false(has_flag(page, PG(SWAPBACKED)));
	assert_false(has_flag(page, PG(DIRTY)));
	expect_num(page->lru_list, LRU_INACTIVE_FILE);
	expect_text(pte_text("P", 10), "W--");
	assert_true(has_flag(frame("P", 12), PG(SWAPBACKED)));
	expect_num(frame("P", 12)->lru_list, LRU_INACTIVE_ANON);
	assert_int_not_equal(value_at("P", 10), 0); /* it is still there */
	finish();
}

/* Reclaim drops what is clean and gives back what was written. */
static void t6_free_under_pressure(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; advise 10-12 free; write 11 99");
	const struct page *written = frame("P", 11);

	assert_false(has_flag(written, PG(SWAPBACKED)));
	script("advise 10-12 pageout");
	assert_null(frame("P", 10));
	expect_num(cost(COST_IO_WRITES), 0);
	assert_ptr_equal(frame("P", 11), written);
	assert_true(has_flag(written, PG(SWAPBACKED)));
	assert_true(has_flag(written, PG(ACTIVE)));
	expect_num(value_at("P", 10), 0);
	expect_num(value_at("P", 11), 99);
	finish();
}

/* The same by the scan of the lists. */
static void t6_free_and_reclaim(void **state)
{
	unsigned gone = 0;

	(void)state;
	start("map 10-40; touch 10-40; advise 10-40 free; write 20 77");
	script("reclaim 20; reclaim 20");
	for (unsigned i = 10; i < 40; i++)
		gone += !frame("P", i);
	assert_true(gone >= 20);
	assert_true(run.m->swap_info.inuse_pages <= 1); /* what was written */
	expect_num(value_at("P", 20), 77);
	finish();
}

/* A page that others map loses its mark all the same (measured), but stays
 * theirs; a copy in swap goes at once, of a shared cached page nothing. */
static void t6_free_of_shared_pages(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; fork C; advise 10-11 free");
	assert_false(has_flag(frame("C", 10), PG(SWAPBACKED)));
	expect_text(pte_text("P", 10), "---");
	expect_text(pte_text("C", 10), "-D-");
	script("C: advise 10-11 pageout; C: read 10");
	assert_int_not_equal(run.res.value, 0);
	script("out 11; advise 11-12 free");
	expect_num(value_at("P", 11), 0);
	script("C: read 11");
	assert_int_not_equal(run.res.value, 0);
	finish();
}

/* -- MADV_COLD, MADV_PAGEOUT ------------------------------------------------------ */

static void t6_cold(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; fork C; C: exit; touch 10-14");
	struct page *page = frame("P", 10);

	page->flags |= PG(ACTIVE); /* as reclaim makes it */
	struct zone *z = &run.m->zones[0];
	list_del(&page->lru);
	list_add(&page->lru, &z->lru[LRU_ACTIVE_ANON]);
	page->lru_list = LRU_ACTIVE_ANON;
	z->nr_lru[LRU_INACTIVE_ANON]--;
	z->nr_lru[LRU_ACTIVE_ANON]++;
	script("advise 10-12 cold");
	expect_num(page->lru_list, LRU_INACTIVE_ANON);
	assert_true(has_flag(page, PG(WORKINGSET)));
	expect_text(pte_text("P", 10), "WD-");
	expect_text(pte_text("P", 12), "WDA");
	script("fork C; touch 10; C: touch 10; read 12; advise 12-13 cold");
	expect_text(pte_text("P", 12), "-DA"); /* two map it */
	finish();
}

static void t6_pageout_to_swap(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; advise 10-12 pageout");
	assert_null(frame("P", 10));
	assert_true(pte_is_swap(run.m, pte_at("P", 10)));
	assert_true(pte_swp_exclusive(run.m, pte_at("P", 10)));
	expect_num(cost(COST_IO_WRITES), 2);
	expect_num(mm_of("P")->swapents, 2);
	assert_non_null(frame("P", 12));
	assert_int_not_equal(value_at("P", 10), 0);
	script("fork C; advise 12-14 pageout");
	assert_non_null(frame("P", 12)); /* C maps it, too */
	finish();
}

/* Measured: a page that finds no place in swap is even made active. */
static void t6_pageout_without_swap(void **state)
{
	(void)state;
	begin("6.18");
	script("map 10-14; touch 10-14; advise 10-14 pageout");
	assert_non_null(frame("P", 10));
	expect_num(frame("P", 10)->lru_list, LRU_ACTIVE_ANON);
	script("advise 10-14 cold");
	expect_num(frame("P", 10)->lru_list, LRU_INACTIVE_ANON);
	finish();
}

/* Measured: a clean page of a file leaves the cache, a dirty one only its
 * mapping. */
static void t6_pageout_of_a_file(void **state)
{
	(void)state;
	start("file F 8; fmap 10-18 F 0 rw shared; read 10; read 11; write 12 "
	      "9; advise 10-14 pageout");
	for (unsigned i = 10; i < 14; i++)
		assert_null(frame("P", i));
	assert_null(cached("F", 0));
	assert_non_null(cached("F", 2));
	script("mincore 10-14 0010");
	finish_files();
}

/* -- POPULATE ---------------------------------------------------------------------- */

static void t6_populate(void **state)
{
	(void)state;
	start("map 10-18; advise 10-12 populate_read; advise 12-14 "
	      "populate_write");
	assert_true(is_zero_page(frame("P", 10)));
	expect_text(pte_text("P", 12), "WDA");
	expect_num(run.res.faults, 0); /* the task took none */
	/* what cannot be done ends it, what was done stays */
	script("protect 16-18 r; advise 10-18 populate_write =EINVAL");
	expect_text(pte_text("P", 15), "WDA");
	assert_null(frame("P", 16));
	script("advise 10-18 populate_read; protect 10-11 none; advise 10-12 "
	       "populate_read =EINVAL");
	script("unmap 13-14; advise 12-18 populate_read =ENOMEM");
	finish();
}

/* Beyond the end of the file: EFAULT, where a touch gets SIGBUS. */
static void t6_populate_beyond_the_end(void **state)
{
	(void)state;
	start("file F 2 tmpfs; fmap 10-18 F 0 rw shared; advise 10-18 "
	      "populate_write =EFAULT");
	expect_text(pte_text("P", 10), "WDA");
	assert_non_null(frame("P", 11));
	script("advise 14-15 populate_read =EFAULT; read 14 =SIGBUS");
	finish_files();
}

/* -- guards ------------------------------------------------------------------------- */

static bool guarded(const char *task, uint64_t page)
{
	return pte_is_guard(run.m, pte_at(task, page));
}

static void t6_guard(void **state)
{
	(void)state;
	start("map 10-18; touch 10-18; advise 12-14 guard_install");
	expect_text(vmas("P"), "10-18rw"); /* nothing to see in maps */
	assert_true(vma_at("P", 10)->vm_flags & VM_MAYBE_GUARD);
	expect_num(mm_of("P")->anon_rss, 6);
	script("read 12 =SIGSEGV; write 13 1 =SIGSEGV; touch 11; touch 14");
	script("mincore 10-18 11001111");
	/* 31 and 4 << 5: as pagemap shows it */
	expect_num(pte_to_swp(run.m, pte_at("P", 12)).type, 31);
	expect_num(pte_to_swp(run.m, pte_at("P", 12)).offset, 4);
	script("advise 10-18 guard_remove; read 12");
	expect_num(run.res.value, 0);
	finish();
}

/* A guard lasts. */
static void t6_what_leaves_a_guard(void **state)
{
	(void)state;
	start("map 10-18; touch 10-18; advise 12-14 guard_install");
	script("advise 10-18 dontneed; advise 10-18 free; advise 10-18 cold; "
	       "advise 10-18 pageout; advise 10-18 willneed; reclaim 4");
	assert_true(guarded("P", 12));
	script("protect 12-14 r; read 12 =SIGSEGV; protect 12-14 rw");
	script("fork C; C: read 12 =SIGSEGV; C: exit");
	script("move 10-18 30; read 32 =SIGSEGV; read 31; move 30-38 10");
	script("advise 12-13 guard_install; mlock 10-18 =ENOMEM");
	assert_non_null(frame("P", 11)); /* what is before it */
	assert_null(frame("P", 14));
	script("advise 10-11 guard_install =EINVAL; advise 12-13 guard_remove; "
	       "read 12; munlock 10-18");
	script("advise 10-14 populate_write =EFAULT; advise 14-18 "
	       "populate_write");
	script("advise 10-18 wipeonfork; fork C; C: read 13; C: exit");
	script("unmap 13-14; map 13-14; read 13");
	finish();
}

/* A hole in the range: ENOMEM, and the rest is guarded. */
static void t6_guard_over_a_hole(void **state)
{
	(void)state;
	start("map 10-18; unmap 12-13; advise 10-18 guard_install =ENOMEM");
	script("read 11 =SIGSEGV; read 13 =SIGSEGV; read 17 =SIGSEGV; advise "
	       "10-18 guard_remove =ENOMEM; read 17");
	finish();
}

/* Of a shared file the truncation leaves them, and fork copies the tables even
 * without an anon_vma. */
static void t6_guard_in_a_file(void **state)
{
	(void)state;
	start("file F 8 tmpfs; fmap 10-18 F 0 rw shared; touch 10-18; advise "
	      "12-14 guard_install; fork C");
	assert_null(vma_at("P", 10)->anon_vma);
	assert_true(guarded("C", 12));
	assert_non_null(frame("C", 15));
	script("mincore 10-18 11111111"); /* the file has the page */
	script("truncate F 0; read 12 =SIGSEGV; read 10 =SIGBUS; truncate F 8");
	script("read 12 =SIGSEGV; read 10; advise 10-18 remove; read 13 "
	       "=SIGSEGV");
	finish_files();
}

/* The flag sticks: it keeps no VMAs apart, and what joins has it. */
static void t6_guard_flag_is_sticky(void **state)
{
	(void)state;
	start("map 10-14 r; map 16-20 r; advise 10-11 guard_install; map 14-16 "
	      "r");
	expect_text(vmas("P"), "10-20r");
	assert_true(vma_at("P", 19)->vm_flags & VM_MAYBE_GUARD);
	/* VM_ACCOUNT, which a faulted VMA keeps, is what parts them now */
	script("advise 10-11 guard_remove; protect 12-14 rw; protect 12-14 r");
	assert_true(vma_at("P", 12)->vm_flags & VM_MAYBE_GUARD);
	/* two faulted VMAs and a gap: anon_vmas decide, as ever */
	script("map 30-34; map 35-38; advise 30-31 guard_install; advise 35-36 "
	       "guard_install; map 34-35");
	expect_text(vmas("P"), "10-12r 12-14r 14-20r 30-35rw 35-38rw");
	finish();
}

/* -- REMOVE, WILLNEED --------------------------------------------------------------- */

/* A hole in the file: shared mappings lose the page, private copies do not. */
static void remove_punches_a_hole(void **state)
{
	(void)state;
	for (int e = 3; e < 5; e++) {
		for (int tmpfs = 0; tmpfs < 2; tmpfs++) {
			start_at(eras[e],
				tmpfs ? "file F 8 tmpfs" : "file F 8");
			script("fmap 10-18 F 0 rw private; fmap 20-28 F 0 rw "
			       "shared; write 11 9; read 12; write 21 4; "
			       "write 23 4; advise 21-23 remove");
			expect_text(text_at("P", 11), "9");
			expect_num(value_at("P", 12), 0);
			expect_num(value_at("P", 21), 0);
			expect_text(text_at("P", 23), "4");
			expect_text(text_in("F", 2), "0");
			expect_num(file_named("F")->i_size, 8);
			script("protect 20-28 r");
			expect_num(advise(addr_of(20), PAGE_SIZE,
					   ADVICE_REMOVE),
				e == 3 ? -EACCES : 0);
			script("protect 20-28 rw; truncate F 2; advise 26-28 "
			       "remove");
			finish_files();
		}
	}
}

/* 4.0, 6.18: what is in swap is read, but mapped only when it is touched. */
static void willneed_reads_swap(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start_at(eras[e], "map 10-14; touch 10-14; out 10-12");
		script(is_2(e) ? "advise 10-14 willneed =EBADF"
			       : "advise 10-14 willneed");
		expect_num(cost(COST_IO_READS), is_2(e) ? 0 : 2);
		assert_null(frame("P", 10));
		script("read 10");
		expect_num(cost(COST_IO_READS), is_2(e) ? 1 : 0);
		finish();
	}
}

/* -- files that shrink and grow under mappings ----------------------------------------- */

/* What is beyond the end goes, private copies as well (live-6.18, surprise 13);
 * an access there gets SIGBUS until the file grows again, then it reads zero. */
static void truncation_under_mappings(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		for (int tmpfs = 0; tmpfs < 2; tmpfs++) {
			start_at(eras[e],
				tmpfs ? "file F 4 tmpfs" : "file F 4");
			script("fmap 10-14 F 0 rw private; fmap 20-24 F 0 rw "
			       "shared; write 11 9; write 12 9; write 23 5; "
			       "fork C; truncate F 2");
			expect_text(text_at("P", 11), "9");
			assert_null(frame("P", 12));
			assert_null(frame("C", 12));
			script("read 12 =SIGBUS; write 12 1 =SIGBUS; read 23 "
			       "=SIGBUS; C: read 12 =SIGBUS; read 21");
			script("truncate F 4");
			expect_num(value_at("P", 12), 0);
			expect_num(value_at("P", 23), 0);
			script("write 13 3; write 22 6");
			expect_text(text_in("F", 3), "0");
			expect_text(text_in("F", 2), "6");
			finish_files();
		}
	}
}

/* A hole of tmpfs: to read it makes a page of the file, shared by all. */
static void holes_of_tmpfs(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start_at(eras[e], "file F 0 tmpfs; truncate F 4; fmap 10-14 F "
				  "0 rw private; fmap 20-24 F 0 rw shared");
		expect_num(value_at("P", 11), 0);
		assert_false(is_zero_page(frame("P", 11)));
		assert_ptr_equal(frame("P", 11), cached("F", 1));
		script("write 21 8");
		expect_text(text_at("P", 11), "8");
		script("write 11 7; read 21");
		expect_num(run.res.value, 8);
		script("read 24 =SIGSEGV; truncate F 1; read 21 =SIGBUS");
		finish_files();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kernel_knows_its_own),
		cmocka_unit_test(order_of_checks),
		cmocka_unit_test(holes),
		cmocka_unit_test(t6_answers_of_a_running_kernel),
		cmocka_unit_test(flags_cut_and_join),
		cmocka_unit_test(t2_flags_only_cut),
		cmocka_unit_test(hugepage),
		cmocka_unit_test(out_of_vmas),
		cmocka_unit_test(dontneed),
		cmocka_unit_test(t6_dontneed_frees_tables),
		cmocka_unit_test(t6_dontneed_locked),
		cmocka_unit_test(t6_free_marks_the_page),
		cmocka_unit_test(t6_free_under_pressure),
		cmocka_unit_test(t6_free_and_reclaim),
		cmocka_unit_test(t6_free_of_shared_pages),
		cmocka_unit_test(t6_cold),
		cmocka_unit_test(t6_pageout_to_swap),
		cmocka_unit_test(t6_pageout_without_swap),
		cmocka_unit_test(t6_pageout_of_a_file),
		cmocka_unit_test(t6_populate),
		cmocka_unit_test(t6_populate_beyond_the_end),
		cmocka_unit_test(t6_guard),
		cmocka_unit_test(t6_what_leaves_a_guard),
		cmocka_unit_test(t6_guard_over_a_hole),
		cmocka_unit_test(t6_guard_in_a_file),
		cmocka_unit_test(t6_guard_flag_is_sticky),
		cmocka_unit_test(remove_punches_a_hole),
		cmocka_unit_test(willneed_reads_swap),
		cmocka_unit_test(truncation_under_mappings),
		cmocka_unit_test(holes_of_tmpfs),
	};

	return cmocka_run_group_tests_name("madvise", tests, NULL,
		run_teardown);
}
