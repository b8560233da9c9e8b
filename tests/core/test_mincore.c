/*
 * mincore in each kernel: 2.x asks the page cache alone, later the PTE first.
 * What 6.18 answers was recorded on a running 6.18.44.
 */
#include "filerun.h"

#include "core/swap.h"

#include <errno.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define EACH_ERA(e) for (int e = 0; e < 5; e++)

static bool is_2(int e)
{
	return e < 3;
}

static void start(const char *era, const char *text)
{
	begin_swapping(era, NULL, 4ull << 20);
	script(text);
}

static int core(uint64_t addr, uint64_t len)
{
	struct op op = make_op(OP_MINCORE, pid_of("P"));

	set_arg(&op, "addr", addr);
	set_arg(&op, "len", len);
	return run_op(&op);
}

/* A mapped page is in memory, the zero page and one of PROT_NONE, too; 2.x does
 * not know of anonymous memory. */
static void anonymous(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "map 10-18; touch 10; read 11; touch 12; protect "
			       "12-13 none");
		script(is_2(e) ? "mincore 10-18 00000000 =ENOMEM"
			       : "mincore 10-18 11100000");
		finish();
	}
}

/* What is in swap counts while the swap cache has it. */
static void swapped(void **state)
{
	(void)state;
	for (int e = 3; e < 5; e++) {
		start(eras[e], "map 10-14; touch 10-14; out 10-12; advise 11-12 "
			       "willneed; mincore 10-14 0111");
		finish();
	}
}

/* A file's page counts where nothing is mapped; it is the cache's page that
 * 2.x speaks of, even where a private copy is mapped. */
static void files(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		for (int tmpfs = 0; tmpfs < 2; tmpfs++) {
			start(eras[e], tmpfs ? "file F 8 tmpfs; truncate F 0; "
					       "truncate F 8"
					     : "file F 8 hole");
			script("fwrite F 0 1; fwrite F 5 1; fmap 10-18 F 0 rw "
			       "shared; fmap 20-28 F 0 rw private");
			script("mincore 10-18 10000100");
			/* its page is copied from the file's, which comes */
			script("write 21 9; mincore 20-28 11000100");
			script("truncate F 1");
			script("mincore 20-28 10000000");
			finish_files();
		}
	}
}

/* The cache's page goes, the private copy stays: only 2.x says no. */
static void private_copy(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "file F 4; fmap 10-14 F 0; write 11 9");
		truncate_inode_pages(run.m, file_named("F"), 0);
		script(is_2(e) ? "mincore 10-14 0000" : "mincore 10-14 0100");
		finish_files();
	}
}

/* tmpfs in swap: 2.x does not look there. */
static void tmpfs_in_swap(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "share 10-14; touch 10-14");
		script("advise 10-14 dontneed; reclaim 4; reclaim 4; reclaim "
		       "4");
		unsigned there = 0;
		for (unsigned i = 0; i < 4; i++)
			there += entry_page(cache_entry(file_at("P", 10), i)) !=
				NULL;
		expect_num(core(addr_of(10), 4 * PAGE_SIZE), 0);
		for (unsigned i = 0; i < 4 && !is_2(e); i++) {
			uint64_t entry = cache_entry(file_at("P", 10), i);

			there += (entry & ENTRY_BITS) == ENTRY_SWAP &&
				swap_cache_page(run.m, entry >> 2);
		}
		expect_num(run.res.nr_found, there);
		finish_files();
	}
}

/* 2.x goes on after a hole; later the vector ends before it. */
static void a_hole(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		start(eras[e], "file F 8; fmap 10-18 F 0 rw shared; read 10; "
			       "read 17; unmap 12-14; read 11; read 14");
		expect_num(core(addr_of(10), 8 * PAGE_SIZE), -ENOMEM);
		unsigned before = 0, after = 0;
		for (unsigned i = 0; i < run.res.nr_found; i++) {
			before += run.found[i].addr < addr_of(12);
			after += run.found[i].addr >= addr_of(14);
		}
		expect_num(before, 2);
		expect_num(after != 0, is_2(e));
		expect_num(core(addr_of(12), PAGE_SIZE), -ENOMEM);
		expect_num(run.res.nr_found, 0);
		finish_files();
	}
}

static void order_of_checks(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		uint64_t top = is_2(e) ? UINT32_MAX : UINT64_MAX;

		start(eras[e], "share 10-14; touch 10");
		uint64_t limit = machine_paging(run.m)->task_size;
		expect_num(core(addr_of(10) + 1, 0), -EINVAL);
		expect_num(core(addr_of(10), 0), 0);
		expect_num(core(addr_of(10), 1), 0);
		expect_num(run.res.nr_found, 1);
		expect_num(core(addr_of(10), top), e < 2 ? 0 : -ENOMEM);
		expect_num(core(addr_of(10), top - PAGE_SIZE + 1),
			e < 2 ? -EINVAL : -ENOMEM);
		expect_num(core(limit, PAGE_SIZE), -ENOMEM);
		expect_num(core(limit, 0), e == 2 ? -ENOMEM : 0);
		finish_files();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(anonymous),
		cmocka_unit_test(swapped),
		cmocka_unit_test(files),
		cmocka_unit_test(private_copy),
		cmocka_unit_test(tmpfs_in_swap),
		cmocka_unit_test(a_hole),
		cmocka_unit_test(order_of_checks),
	};

	return cmocka_run_group_tests_name("mincore", tests, NULL,
		run_teardown);
}
