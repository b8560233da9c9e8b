/*
 * What reclaim, migration and truncation may do to an operation under way, or
 * to pages that wait in a batch.
 */
#include "filerun.h"

#include <stdio.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

/* Task H writes pages until @left frames are free. */
static void hog(unsigned left)
{
	script("spawn H; H: map 2000-2080; H: map 2080-2160; "
	       "H: map 2160-2240; H: touch 2000");
	for (unsigned page = 2001; free_frames(run.m) > left; page++)
		expect_num(try_write(pid_of("H"), addr_of(page), 1), 0);
}

/* The child's page table is allocated when the parent's PTE has been seen, and
 * for that the page which it maps may be what is freed. */
static void fork_reclaims_what_it_copies(void **state)
{
	unsigned reclaimed = 0;
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++)
		for (unsigned left = 0; left < 8; left++) {
			begin_on(eras[e], NULL, 1 << 20);
			script("file F 8; fmap 10-18 F 0 rw private; write 17 5; "
			       "read 10-17");
			hog(left);
			(void)try_fork(pid_of("P"), "C"); /* the checker runs */
			reclaimed += !cached("F", 0) && !frame("P", 10);
			expect_text(text_at("P", 17), "5");
		}
	assert_true(reclaimed > 0);
}

/* 2.6.11 on: a move that fills the hole before its source makes one VMA of
 * both, and the source is no more. */
static void the_source_joins_its_target(void **state)
{
	(void)state;
	for (size_t e = 2; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("map 10-14; map 15-18; move 15-16 14");
		expect_text(vmas("P"), "10-15rw 16-18rw");
		finish();
	}
}

/* From 4.0 on the file is told before a shared page is written; a move to
 * another frame is no reason to leave that out. */
static void migration_keeps_write_notify(void **state)
{
	(void)state;
	for (size_t e = 3; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("file F 4; fmap 10-14 F 0 rw shared; read 10");
		expect_text(pte_text("P", 10), "--A");
		struct op op = make_op(OP_MIGRATE,
			page_pfn(run.m, frame("P", 10)));
		expect_num(run_op(&op), 0);
		assert_true(pte_text("P", 10)[0] == '-');
		script("write 10 7");
		assert_true(has_flag(frame("P", 10), PG(DIRTY)));
		finish_files();
	}
}

/* A page that was cut off while it waits for its list is freed when the batch
 * is drained, private copies before. */
static void truncation_and_batches(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		struct machine_config config = { 0 };
		config.tune = tunables_default(era_find(eras[e]));
		config.tune.lru_batches = true;
		begin_with(eras[e], NULL, &config);
		script("file F 6; file T 6 tmpfs; fread F 5; "
		       "fmap 10-16 F 0 rw private; write 14 5; "
		       "truncate F 4; truncate T 2");
		expect_num(try_read(pid_of("P"), addr_of(14)), STATUS_SIGBUS);
		assert_null(cached("F", 5));
		assert_null(cached("T", 3));
	}
}

/* 2.4 does not ask whether there is room for what comes back: tasks may be
 * killed while swapoff stands at their mm. */
static void swapoff_kills(void **state)
{
	struct machine_config config = { .ram = 512 << 10, .swap = 512 << 10 };
	struct op op = make_op(OP_SWAPOFF, 0);
	(void)state;
	config.tune = tunables_default(era_find("2.4"));
	for (unsigned n = 20; n < 50; n += 2) {
		char text[128];
		begin_with("2.4", NULL, &config);
		snprintf(text, sizeof(text),
			"map 10-%u; touch 10-%u; share 180-188; touch 180-188; "
			"fork A; fork B; A: touch 10-%u; B: touch 10-%u; "
			"fork C; C: touch 10-%u", n, n, n, n, n);
		script(text);
		expect_num(run_op(&op), 0);
		assert_true(n < 50 || run.res.nr_killed > 0);
		expect_num(run.m->swap_info.inuse_pages, 0);
	}
}

/* What is to be copied may be all that is left to reclaim: the fault ends all
 * the same, with a copy or without memory. */
static void a_fault_ends(const char *era, uint64_t pages_min)
{
	struct machine_config config = { .ram = 256 << 10, .swap = 128 << 10 };
	config.tune = tunables_default(era_find(era));
	config.tune.no_oom_killer = true;
	config.tune.pages_min = pages_min;
	config.tune.pcp = pages_min % 2;
	begin_with(era, NULL, &config);
	script("map 10-34");
	for (unsigned page = 10; page < 34; page++)
		(void)try_write(pid_of("P"), addr_of(page), 5);
	if (try_fork(pid_of("P"), "C"))
		return;
	for (unsigned n = 0; n < 6 * 24; n++) {
		struct op op = make_op(OP_RECLAIM, 0);
		set_arg(&op, "pages", 20);
		if (n % 6 == 0)
			run_op(&op);
		(void)try_write(pid_of("P"), addr_of(10 + n % 24), n);
		(void)try_write(pid_of("C"), addr_of(10 + n % 24), n);
	}
}

static void faults_end(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++)
		for (uint64_t pages_min = 3; pages_min < 16; pages_min += 3)
			a_fault_ends(eras[e], pages_min);
}

/* 6.18: what a mapping in the place of another was promised goes back when the
 * other cannot be taken away for want of memory. */
static void refused_mmap_promises_nothing(void **state)
{
	unsigned refused = 0;
	(void)state;
	for (unsigned left = 0; left < 2; left++)
		for (unsigned tasks = 0; tasks < 36; tasks++) {
			begin_on("6.18", NULL, 1 << 20);
			script("map 10-22; map 30-32; map 40-42; write 15 5");
			for (unsigned i = 0; i < tasks; i++) {
				char text[32];
				snprintf(text, sizeof(text),
					"spawn T%u; T%u: map 10-12", i, i);
				script(text); /* a node of the tree */
			}
			hog(left);
			uint64_t promised = run.m->committed;
			if (try_mmap(pid_of("P"), addr_of(10), 12 * PAGE_SIZE,
				    PROT_R | PROT_W)) { /* the checker ran */
				refused++;
				expect_num(run.m->committed, promised);
				expect_text(text_at("P", 15), "5");
			}
		}
	assert_true(refused > 0);
}

/* 2.4: exec may use the address space again, and none of its locked pages. */
static void exec_forgets_what_was_locked(void **state)
{
	(void)state;
	for (size_t e = 0; e < NR_ERAS; e++) {
		begin(eras[e]);
		script("file F 4; map 10-14; mlock 10-14; exec F 2 1 1");
		expect_num(mm_of("P")->locked_vm, 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fork_reclaims_what_it_copies),
		cmocka_unit_test(the_source_joins_its_target),
		cmocka_unit_test(migration_keeps_write_notify),
		cmocka_unit_test(truncation_and_batches),
		cmocka_unit_test(swapoff_kills),
		cmocka_unit_test(faults_end),
		cmocka_unit_test(refused_mmap_promises_nothing),
		cmocka_unit_test(exec_forgets_what_was_locked),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
