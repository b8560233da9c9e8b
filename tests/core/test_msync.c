/*
 * msync in each kernel: what MS_ASYNC, MS_SYNC and MS_INVALIDATE do to pages
 * that a shared mapping has changed, and the order of the checks.
 */
#include "filerun.h"

#include <errno.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define EACH_ERA(e) for (int e = 0; e < 5; e++)

static bool is_2(int e)
{
	return e < 3;
}

static void start(const char *era, const char *text)
{
	begin(era);
	script(text);
}

static int sync_range(uint64_t addr, uint64_t len, const char *how)
{
	struct op op = make_op(OP_MSYNC, pid_of("P"));

	set_arg(&op, "addr", addr);
	set_arg(&op, "len", len);
	if (how)
		set_arg(&op, how, 1);
	return run_op(&op);
}

static bool dirty(uint64_t index)
{
	return has_flag(cached("F", index), PG(DIRTY));
}

/* The written page: who knows of it before, and after MS_ASYNC. */
static void async(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "file F 8; fmap 10-18 F 0 rw shared; write 11 5");
		expect_num(dirty(1), !is_2(e)); /* 2.x: the PTE alone */
		script("msync 10-18 async");
		/* 2.4 begins to write, 2.6 marks the page, later nothing */
		expect_num(cost(COST_IO_WRITES), e == 0);
		expect_num(dirty(1), e != 0);
		expect_text(pte_text("P", 11), is_2(e) ? "W-A" : "WDA");
		finish_files();
	}
}

/* MS_SYNC writes; 2.x the whole file, later the range alone. */
static void sync_writes(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "file F 8; fmap 10-18 F 0 rw shared; write 11 5; "
			       "fwrite F 6 7; msync 10-12 sync");
		expect_num(cost(COST_IO_WRITES), is_2(e) ? 2 : 1);
		assert_false(dirty(1));
		expect_num(dirty(6), !is_2(e));
		expect_text(value_text(disk_read(file_named("F"), 1)), "5");
		/* the next write is seen again */
		expect_text(pte_text("P", 11), is_2(e) ? "W-A" : "--A");
		script("write 11 6");
		expect_num(run.res.faults, !is_2(e));
		expect_num(dirty(1), !is_2(e));
		script("msync 10-18 sync");
		expect_text(value_text(disk_read(file_named("F"), 1)), "6");
		finish_files();
	}
}

/* Only the dirty bits of the range are gathered. */
static void t2_only_the_range(void **state)
{
	(void)state;
	for (int e = 0; e < 3; e++) {
		start(eras[e], "file F 8; fmap 10-18 F 0 rw shared; write 11 5; "
			       "write 15 5; msync 10-12");
		assert_true(dirty(1));
		assert_false(dirty(5));
		expect_num(cost(COST_IO_WRITES), 0);
		finish_files();
	}
}

/* Private, anonymous, tmpfs: nothing is written. */
static void nothing_to_write(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "file F 8; file T 4 tmpfs; fmap 10-18 F 0 rw "
			       "private; map 20-24; touch 10-12; touch 20-24; "
			       "fmap 30-34 T 0 rw shared; write 31 4; share "
			       "40-44; touch 40");
		script("msync 10-18 sync");
		expect_num(cost(COST_IO_WRITES), 0);
		script("msync 20-24 sync; msync 30-34 sync");
		expect_num(cost(COST_IO_WRITES), 0);
		script("msync 40-44 sync");
		expect_num(cost(COST_IO_WRITES), 0);
		finish_files();
	}
}

static void order_of_checks(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		uint64_t top = is_2(e) ? UINT32_MAX : UINT64_MAX;
		int overflow = e < 2 ? -EINVAL : -ENOMEM;

		start(eras[e], "file F 8; fmap 10-18 F 0 rw shared");
		script("msync 10-18 async sync =EINVAL; msync 10-18; msync "
		       "10-18 async invalidate");
		expect_num(sync_range(addr_of(10) + 1, PAGE_SIZE, "sync"),
			-EINVAL);
		expect_num(sync_range(addr_of(10), 0, "sync"), 0);
		/* a length that wraps to nothing is none */
		expect_num(sync_range(addr_of(10), top, "sync"), 0);
		expect_num(sync_range(addr_of(10), top - PAGE_SIZE + 1,
				   "sync"),
			overflow);
		finish_files();
	}
}

/* A hole is told at the end; the rest is written. */
static void a_hole(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "file F 8; fmap 10-18 F 0 rw shared; write 15 5; "
			       "unmap 12-14; msync 10-18 sync =ENOMEM");
		expect_num(cost(COST_IO_WRITES), 1);
		script("msync 12-14 sync =ENOMEM; msync 12-14 async =ENOMEM; "
		       "msync 16-24 sync =ENOMEM");
		finish_files();
	}
}

/* MS_INVALIDATE of locked memory; what comes before is done. */
static void invalidate(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "file F 8; fmap 10-18 F 0 rw shared; mlock 14-16; "
			       "write 10 3; write 17 3; msync 10-18 sync "
			       "invalidate =EBUSY");
		assert_false(dirty(0));
		expect_num(cost(COST_IO_WRITES), 1);
		script("msync 16-18 sync invalidate; msync 14-16 sync");
		finish_files();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(async),
		cmocka_unit_test(sync_writes),
		cmocka_unit_test(t2_only_the_range),
		cmocka_unit_test(nothing_to_write),
		cmocka_unit_test(order_of_checks),
		cmocka_unit_test(a_hole),
		cmocka_unit_test(invalidate),
	};

	return cmocka_run_group_tests_name("msync", tests, NULL, run_teardown);
}
