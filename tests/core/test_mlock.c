/*
 * mlock in each kernel: VMAs cut and joined, pages faulted in, the unevictable
 * list, what reclaim and fork do about it.  T10.7, N40-50, N6-50 and what a
 * running 6.18 showed.
 */
#include "core/reclaim.h"
#include "filerun.h"

#include <errno.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define EACH_ERA(e) for (int e = 0; e < 5; e++)
#define MIB (1ull << 20)

static bool has_unevictable(void)
{
	return machine_era(run.m)->nr_lru_lists > 2;
}

static void start(const char *era, const char *text)
{
	struct machine_config config = { .ram = 4 * MIB, .swap = MIB };

	begin_with(era, NULL, &config);
	script(text);
}

/* The range is cut out, faulted in and counted; unlocked, 4.0 and 6.18 join
 * the pieces again, 2.x leaves them. */
static void lock_cuts_and_faults_in(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "map 10-16; touch 10; mlock 12-14");
		expect_num(count_vmas("P"), 3);
		expect_num(mm_of("P")->locked_vm, 2);
		expect_num(mm_of("P")->anon_rss, 3);
		expect_text(pte_text("P", 12), "WDA");
		assert_null(frame("P", 11));
		script("munlock 12-14");
		expect_num(mm_of("P")->locked_vm, 0);
		expect_num(count_vmas("P"), has_unevictable() ? 1 : 3);
		finish();
	}
}

/* The flag, the list, and back. */
static void locked_pages_are_unevictable(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "map 10-12; touch 10; mlock 10-12");
		bool five = has_unevictable();
		for (int i = 10; i < 12; i++) {
			expect_num(has_flag(frame("P", i), PG(MLOCKED)), five);
			expect_num(frame("P", i)->lru_list == LRU_UNEVICTABLE,
				five);
		}
		script("munlock 10-12");
		assert_false(has_flag(frame("P", 10), PG(MLOCKED)));
		assert_true(frame("P", 10)->lru_list < LRU_UNEVICTABLE);
		finish();
	}
}

/* T10.7 and the sheets: whatever reclaim does, they stay. */
static void t10_7_reclaim_leaves_them(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "map 10-14; touch 10-14; mlock 10-12");
		for (int i = 0; i < 12; i++)
			reclaim_pages(run.m, 8);
		script("spawn X"); /* writes end */
		assert_non_null(frame("P", 10));
		assert_non_null(frame("P", 11));
		script("munlock 10-12");
		finish();
	}
}

/* A hole: ENOMEM, and what lies before it is locked. */
static void a_hole(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "map 10-12; map 13-14; mlock 10-14 =ENOMEM");
		expect_num(mm_of("P")->locked_vm, 2);
		script("munlock 10-12");
		finish();
	}
}

/* The lock belongs to the VMA and is not inherited; the flag belongs to the
 * frame and shows in the child, until the locker lets go. */
static void fork_does_not_inherit(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "map 10-11; mlock 10-11; fork C");
		assert_false(vma_at("C", 10)->vm_flags & VM_LOCKED);
		expect_num(mm_of("C")->locked_vm, 0);
		expect_num(has_flag(frame("C", 10), PG(MLOCKED)),
			has_unevictable());
		script("exit");
		assert_false(has_flag(frame("C", 10), PG(MLOCKED)));
		finish();
	}
}

/* mlock of a page shared by copy-on-write makes a copy. */
static void lock_breaks_sharing(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "map 10-11; touch 10; fork C; mlock 10-11");
		assert_ptr_not_equal(frame("P", 10), frame("C", 10));
		script("munlock 10-11");
		finish();
	}
}

/* Of a read-only one it maps the zero page; 2.6.11 not even that. */
static void read_only_locks_nothing(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "map 10-11 r; mlock 10-11");
		if (e == 2)
			assert_null(frame("P", 10));
		else
			assert_true(is_zero_page(frame("P", 10)));
		expect_num(mm_of("P")->anon_rss, 0);
		finish();
	}
}

/* N40-50: locked by two, unlocked by one: the walk finds the other. */
static void n40_50_two_lockers(void **state)
{
	(void)state;
	start("4.0", "map 10-11; touch 10; fork C; protect 10-11 r;"
		     "C: protect 10-11 r; mlock 10-11; C: mlock 10-11");
	struct page *page = frame("P", 10);
	assert_ptr_equal(page, frame("C", 10));
	script("munlock 10-11");
	assert_true(has_flag(page, PG(MLOCKED)));
	expect_num(page->lru_list, LRU_UNEVICTABLE);
	script("C: munlock 10-11");
	assert_false(has_flag(page, PG(MLOCKED)));
	finish();
}

/* N6-50: 6.18 counts instead. */
static void n6_50_two_lockers_are_counted(void **state)
{
	(void)state;
	start("6.18", "map 10-11; touch 10; fork C; protect 10-11 r;"
		      "C: protect 10-11 r; mlock 10-11; C: mlock 10-11");
	struct page *page = frame("P", 10);
	expect_num(page->mlock_count, 2);
	script("munlock 10-11");
	assert_true(has_flag(page, PG(MLOCKED)));
	expect_num(page->mlock_count, 1);
	script("C: unmap 10-11");
	assert_false(has_flag(page, PG(MLOCKED)));
	finish();
}

/* Locked as touched: nothing is faulted in, new pages are unevictable. */
static void onfault(void **state)
{
	(void)state;
	start("4.0", "map 10-12; onfault 10-12 =ENOSYS");
	finish();
	start("6.18", "map 10-12; onfault 10-12");
	assert_null(frame("P", 10));
	script("touch 10");
	assert_true(has_flag(frame("P", 10), PG(MLOCKED)));
	expect_num(frame("P", 10)->lru_list, LRU_UNEVICTABLE);
	finish();
}

/* The whole address space, now and in future. */
static void all(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "map 10-12; map 20-22 r; mlockall current");
		expect_num(mm_of("P")->locked_vm, 4);
		expect_num(mm_of("P")->anon_rss, 2);
		script("map 30-31; mlockall future; map 40-42; brk 3");
		expect_num(mm_of("P")->locked_vm, 4 + 2 + 3);
		expect_num(mm_of("P")->anon_rss, 2 + 2 + 3);
		script("munlockall; map 50-51");
		expect_num(mm_of("P")->locked_vm, 0);
		finish();
	}
}

/* Unmapped in part, moved, grown: the count follows. */
static void the_count_follows(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "map 10-16; mlock 10-16; unmap 12-13");
		expect_num(mm_of("P")->locked_vm, 5);
		script("move 13-16 30; resize 30-33 35");
		expect_num(mm_of("P")->locked_vm, 7);
		assert_non_null(frame("P", 34));
		script("unmap 30-35; unmap 10-12");
		expect_num(mm_of("P")->locked_vm, 0);
		finish();
	}
}

/* Locked memory that grows, in place or by a move, is faulted in. */
static void locked_growth_is_faulted_in(void **state)
{
	(void)state;
	EACH_ERA(e)
		for (int moved = 0; moved < 2; moved++) {
			start(eras[e], "map 10-12; touch 10-12; mlock 10-12");
			if (moved)
				script("map 12-13 r");
			struct op op = make_op(OP_MREMAP, pid_of("P"));
			set_arg(&op, "addr", addr_of(10));
			set_arg(&op, "old_len", 2 * PAGE_SIZE);
			set_arg(&op, "new_len", 4 * PAGE_SIZE);
			set_arg(&op, "maymove", 1);
			expect_num(run_op(&op), 0);
			uint64_t at = (run.res.value >> PAGE_SHIFT) - BASE_PAGE;
			expect_num(at == 10, !moved);
			for (unsigned i = 0; i < 4; i++)
				assert_non_null(frame("P", at + i));
			expect_num(mm_of("P")->locked_vm, 4);
		}
}

/* Want of memory: EAGAIN; 2.6 says so of the first page alone, 2.4 never. */
static void lock_without_memory(void **state)
{
	static const int want[] = { 0, -EPERM, -EPERM, -EAGAIN, -EAGAIN };
	struct machine_config config = { .ram = MIB };
	(void)state;
	EACH_ERA(e)
	{
		begin_with(eras[e], NULL, &config);
		script("map 10-100; map 110-200; map 210-300; touch 10-100; "
		       "touch 110-200");
		struct op op = make_op(OP_MLOCK, pid_of("P"));
		set_arg(&op, "addr", addr_of(210));
		set_arg(&op, "len", 90 * PAGE_SIZE);
		expect_num(run_op(&op), want[e]);
	}
}

/* What cannot be faulted in is locked all the same.  2.4 does not tell; 2.6
 * says EFAULT for the first page and -1 for another, later kernels ENOMEM. */
static void lock_beyond_the_end(void **state)
{
	static const int first[] = { 0, -EFAULT, -EFAULT, -ENOMEM, -ENOMEM };
	static const int later[] = { 0, -EPERM, -EPERM, -ENOMEM, -ENOMEM };
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "file F 2; fmap 10-14 F 0 rw shared");
		struct op op = make_op(OP_MLOCK, pid_of("P"));
		set_arg(&op, "addr", addr_of(11));
		set_arg(&op, "len", 2 * PAGE_SIZE);
		expect_num(run_op(&op), later[e]);
		expect_num(mm_of("P")->locked_vm, 2);
		script("munlock 10-14");
		set_arg(&op, "addr", addr_of(12));
		set_arg(&op, "len", PAGE_SIZE);
		expect_num(run_op(&op), first[e]);
		expect_num(mm_of("P")->locked_vm, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lock_cuts_and_faults_in),
		cmocka_unit_test(locked_pages_are_unevictable),
		cmocka_unit_test(t10_7_reclaim_leaves_them),
		cmocka_unit_test(a_hole),
		cmocka_unit_test(fork_does_not_inherit),
		cmocka_unit_test(lock_breaks_sharing),
		cmocka_unit_test(read_only_locks_nothing),
		cmocka_unit_test(n40_50_two_lockers),
		cmocka_unit_test(n6_50_two_lockers_are_counted),
		cmocka_unit_test(onfault),
		cmocka_unit_test(all),
		cmocka_unit_test(the_count_follows),
		cmocka_unit_test(locked_growth_is_faulted_in),
		cmocka_unit_test(lock_beyond_the_end),
		cmocka_unit_test(lock_without_memory),
	};

	return cmocka_run_group_tests_name("mlock", tests, NULL, run_teardown);
}
