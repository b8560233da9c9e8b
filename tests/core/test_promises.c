/*
 * What is refused before anything is used: setrlimit(), overcommit and the
 * number of VMAs, with each kernel's errno and exact border.
 */
#include "core/tunables.h"
#include "run.h"

#include <errno.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
enum { E24, E260, E2611, E40, E618 };
#define EACH_ERA(e) for (int e = 0; e < 5; e++)
#define P pid_of("P")

static int limit(const char *name, uint64_t bytes)
{
	struct op op = make_op(OP_SETRLIMIT, P);

	set_arg(&op, name, bytes);
	return run_op(&op);
}

static int map(uint64_t page, uint64_t pages, const char *flag)
{
	struct op op = make_op(OP_MMAP, P);

	set_arg(&op, "addr", addr_of(page));
	set_arg(&op, "fixed", 1);
	set_arg(&op, "len", pages << PAGE_SHIFT);
	if (flag)
		set_arg(&op, flag, 1);
	return run_op(&op);
}

static void tuned(const char *era, uint8_t mode, uint32_t maps)
{
	struct machine_config config = { .ram = 4 << 20, .swap = 1 << 20 };

	config.tune = tunables_default(era_find(era));
	config.tune.overcommit = mode;
	if (maps)
		config.tune.max_map_count = maps;
	begin_with(era, NULL, &config);
}

/* RLIMIT_AS is for all; replacing what is there needs no room where the kernel
 * subtracts it or unmaps first. */
static void rlimit_as(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		begin(eras[e]);
		expect_num(limit("as", 8 * PAGE_SIZE), 0);
		expect_num(map(0, 8, NULL), 0);
		expect_num(map(20, 1, NULL), -ENOMEM);
		expect_num(map(4, 4, NULL), 0);
		expect_num(try_mremap(P, addr_of(0), 8 * PAGE_SIZE,
				   9 * PAGE_SIZE), -ENOMEM);
		script("fork C");
		finish();
	}
}

/* RLIMIT_DATA is for the heap; since 4.7 for all private writable memory. */
static void rlimit_data(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		uint64_t heap;

		begin(eras[e]);
		heap = mm_of("P")->start_brk;
		expect_num(limit("data", 4 * PAGE_SIZE), 0);
		expect_num(map(0, 5, NULL), e == E618 ? -ENOMEM : 0);
		expect_num(try_brk(P, heap + 5 * PAGE_SIZE), 0);
		expect_num(run.res.value, heap);
		expect_num(try_brk(P, heap + 4 * PAGE_SIZE), 0);
		expect_num(run.res.value, heap + 4 * PAGE_SIZE);
		expect_num(try_mmap(P, addr_of(50), PAGE_SIZE, PROT_R), 0);
		expect_num(try_mprotect(P, addr_of(50), PAGE_SIZE,
				   PROT_R | PROT_W),
			e == E618 ? -ENOMEM : 0);
		finish();
	}
}

/* mlock: before 2.6.11 nobody without the right may, later so much. */
static void rlimit_memlock(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		struct op op;

		begin(eras[e]);
		expect_num(limit("memlock", 4 * PAGE_SIZE), 0);
		expect_num(map(0, 8, NULL), 0);
		op = make_op(OP_MLOCK, P);
		set_arg(&op, "addr", addr_of(0));
		set_arg(&op, "len", 5 * PAGE_SIZE);
		expect_num(run_op(&op), -ENOMEM);
		set_arg(&op, "len", 4 * PAGE_SIZE);
		expect_num(run_op(&op), e < E2611 ? -EPERM : 0);
		/* 6.18 does not count what is locked already */
		expect_num(run_op(&op),
			e == E618 ? 0 : e < E2611 ? -EPERM : -ENOMEM);
		expect_num(map(20, 1, "locked"),
			e == E24 ? 0 : e == E260 ? -EPERM : -EAGAIN);
		expect_num(limit("memlock", 0), 0);
		expect_num(run_op(&op), e < E2611 ? -ENOMEM : -EPERM);
		finish();
	}
}

/* Mode 2 promises half of the memory and the swap; 2.4 knows no such mode. */
static void overcommit_never(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		uint64_t pages;

		tuned(eras[e], 2, 0);
		pages = run.m->nr_frames + (run.m->swap >> PAGE_SHIFT);
		expect_num(map(0, pages, NULL), e == E24 ? 0 : -ENOMEM);
		expect_num(map(0, pages, "noreserve"), e == E24 ? 0 : -ENOMEM);
		if (e != E24) {
			expect_num(map(0, 100, NULL), 0);
			expect_num(run.m->committed, 100);
			script("fork C");
			expect_num(run.m->committed, 200);
			expect_num(map(0, 50, NULL), 0);
			expect_num(run.m->committed, 200);
			script("unmap 0-100");
			expect_num(run.m->committed, 100);
		}
		finish();
	}
}

static void overcommit_always(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		tuned(eras[e], 1, 0);
		expect_num(map(0, run.m->nr_frames * 4, NULL), 0);
		finish();
	}
}

/* mmap may make one VMA more than the limit; cutting may not, but in 2.4;
 * munmap since 2.6.20 only where it makes a hole. */
static void max_map_count(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		tuned(eras[e], 0, 4);
		for (int i = 0; i < 5; i++)
			expect_num(map((uint64_t)i * 10, 4, NULL), 0);
		expect_num(map(60, 1, NULL), -ENOMEM);
		expect_num(try_munmap(P, addr_of(1), PAGE_SIZE), -ENOMEM);
		expect_num(try_munmap(P, addr_of(10), PAGE_SIZE),
			e == E24 || e >= E40 ? 0 : -ENOMEM);
		expect_num(try_mprotect(P, addr_of(21), PAGE_SIZE, PROT_R),
			e == E24 ? 0 : -ENOMEM);
		finish();
	}
}

/* 6.18: MREMAP_FIXED is refused five VMAs early. */
static void mremap_keeps_some_vmas(void **state)
{
	(void)state;
	for (int e = E40; e <= E618; e++) {
		tuned(eras[e], 0, 8);
		for (int i = 0; i < 3; i++)
			expect_num(map((uint64_t)i * 10, 4, NULL), 0);
		expect_num(try_mremap_to(P, addr_of(0), PAGE_SIZE, PAGE_SIZE,
				   addr_of(50)), e == E618 ? -ENOMEM : 0);
		finish();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rlimit_as),
		cmocka_unit_test(rlimit_data),
		cmocka_unit_test(rlimit_memlock),
		cmocka_unit_test(overcommit_never),
		cmocka_unit_test(overcommit_always),
		cmocka_unit_test(max_map_count),
		cmocka_unit_test(mremap_keeps_some_vmas),
	};

	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
