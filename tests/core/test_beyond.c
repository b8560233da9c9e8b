/*
 * What is true beside the reverse map: address splits, address spaces, faults.
 * Named by the statements T2 to T8.
 */
#include "run.h"

#include <stdio.h>
#include <string.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))
/* Indices: before anon_vma, and before 4.0. */
#define BY_FLAGS(i) ((i) < 2)
#define IS_2(i) ((i) < 3)

/* An address and its indices, top first. */
struct split {
	const char *arch;
	uint64_t addr;
	unsigned index[MAX_LEVELS];
};

static const struct split splits[] = {
	{ "i386", 0x080495b0, { 32, 73 } },
	{ "i386", 0x40000000, { 256, 0 } },
	{ "i386", 0xbffeb000, { 767, 1003 } },
	{ "i386", 0xffffe000, { 1023, 1022 } },
	{ "pae", 0x080495b0, { 0, 64, 73 } },
	{ "pae", 0x40000000, { 1, 0, 0 } },
	{ "pae", 0xbffeb000, { 2, 511, 491 } },
	{ "pae", 0xf8800000, { 3, 452, 0 } },
	{ "x86_64", 0x080495b0, { 0, 0, 64, 73 } },
	{ "x86_64", 0x40000000, { 0, 1, 0, 0 } },
	{ "x86_64", 0x00007ffff7dd5a10, { 255, 511, 446, 469 } },
	{ "x86_64", 0xffffffff81000000, { 511, 510, 8, 0 } },
	{ "x86_64-la57", 0x080495b0, { 0, 0, 0, 64, 73 } },
	{ "x86_64-la57", 0x00007ffff7dd5a10, { 0, 255, 511, 446, 469 } },
	{ "x86_64-la57", 0xffffffff81000000, { 511, 511, 510, 8, 0 } },
};

/* Every worked split of an address. */
static void t2_1_splits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
		const struct paging *p = paging_find(splits[i].arch);
		for (unsigned l = 0; l < p->nr_levels; l++)
			expect_num(paging_index(p, l, splits[i].addr),
				splits[i].index[l]);
		expect_num(p->level[p->nr_levels - 1].shift, PAGE_SHIFT);
	}
}

/* A walk takes as many table reads as there are levels: 2, 3, 4, 5. */
static void t2_2_walk_depth(void **state)
{
	static const struct {
		const char *era, *arch;
		unsigned depth;
	} row[] = { { "2.6.11", "i386", 2 }, { "2.6.11", "pae", 3 },
		{ "4.0", "x86_64", 4 }, { "6.18", "x86_64-la57", 5 } };
	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct walk w;
		begin_on(row[i].era, row[i].arch, 0);
		script("map 10-14; touch 11");
		paging_walk(run.m, mm_of("P"), addr_of(11) + 5, &w);
		assert_true(w.mapped);
		expect_num(w.depth, row[i].depth);
		expect_num(w.pfn, page_pfn(run.m, frame("P", 11)));
		expect_num(w.offset, 5);
		paging_walk(run.m, mm_of("P"), 0x123000, &w);
		assert_false(w.mapped);
		finish();
	}
}

/* A PROT_NONE entry is present for the kernel, but every access fails. */
static void t2_7_prot_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14; write 10 7; protect 10-14 n");
		assert_true(pte_present(run.m, pte_at("P", 10)));
		assert_true(pte_protnone(run.m, pte_at("P", 10)));
		expect_num(page_mapcount(frame("P", 10)), 1);
		script("read 10 =SIGSEGV; write 10 8 =SIGSEGV; "
		       "protect 10-14 rw");
		expect_num(value_at("P", 10), 7);
		finish();
	}
}

/* The value of a PROT_NONE and of an ordinary entry, i386. */
static void t2_7_prot_none_i386(void **state)
{
	(void)state;
	begin_on("2.6.11", "i386", 0);
	script("map 10-14; touch 10");
	uint64_t pfn = page_pfn(run.m, frame("P", 10));
	expect_num(pte_at("P", 10), pfn << 12 | 0x067);
	script("protect 10-14 n");
	expect_num(pte_at("P", 10), pfn << 12 | 0x0e0);
	finish();
}

/* ---- address spaces ---- */

/* find_vma gives the VMA above a hole, and none above all. */
static void t7_1_find_vma(void **state)
{
	(void)state;
	begin("2.6.11");
	script("map 10-14; map 20-24");
	assert_ptr_equal(vma_lookup(mm_of("P"), addr_of(16)), vma_at("P", 20));
	assert_ptr_equal(vma_lookup(mm_of("P"), addr_of(14)), vma_at("P", 20));
	assert_ptr_equal(vma_lookup(mm_of("P"), addr_of(13)), vma_at("P", 10));
	assert_null(vma_lookup(mm_of("P"), addr_of(24)));
	finish();
}

/* List, tree and map_count agree. */
static void t7_2_list_and_tree(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		if (!strcmp(eras[i], "6.18")) /* test_maple.c */
			continue;
		begin(eras[i]);
		script("map 10-30; protect 12-14 r; protect 16-18 r; "
		       "unmap 20-22; map 40-44; unmap 13-17");
		const struct mm_struct *mm = mm_of("P");
		const struct vm_area_struct *v = mm->mmap;
		unsigned n = 0;
		for (struct rb_node *r = rb_first(&mm->mm_rb); r;
			r = rb_next(r), v = v->vm_next, n++)
			assert_ptr_equal(
				container_of(r, struct vm_area_struct, vm_rb),
				v);
		assert_null(v);
		expect_num(mm->map_count, n);
		finish();
	}
}

/* Three maps made in the order 1, 3, 2 end as one VMA... */
static void t7_3_three_maps(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14; map 18-22; map 14-18");
		expect_text(vmas("P"), "10-22rw");
		finish();
	}
}

/* ... or two, when the outer ones were written. */
static void t7_4_three_maps_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14; map 18-22; touch 10; touch 18; map 14-18");
		expect_text(vmas("P"),
			BY_FLAGS(i) ? "10-22rw" : "10-18rw 18-22rw");
		finish();
	}
}

/* mprotect of the middle page: 3 VMAs; restored: 1. */
static void t7_5_mprotect_middle(void **state)
{
	static const char *const touches[] = { "", "touch 10; touch 12" };
	(void)state;
	for (size_t i = 0; i < NR_ERAS * 2; i++) {
		begin(eras[i / 2]);
		script("map 10-13");
		script(touches[i % 2]);
		script("protect 11-12 r");
		expect_text(vmas("P"), "10-11rw 11-12r 12-13rw");
		script("protect 11-12 rw");
		expect_text(vmas("P"), "10-13rw");
		finish();
	}
}

/* munmap of the middle page: the upper VMA's pgoff is two more. */
static void t7_6_munmap_middle(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-13; unmap 11-12");
		expect_text(vmas("P"), "10-11rw 12-13rw");
		expect_num(vma_at("P", 12)->vm_pgoff,
			BY_FLAGS(i) ? 2 : BASE_PAGE + 12);
		finish();
	}
}

static int map_anywhere(uint64_t len)
{
	struct op op = make_op(OP_MMAP, pid_of("P"));
	set_arg(&op, "len", len);
	return run_op(&op);
}

/* The first free place, and the next below it. */
static void t7_7_placement(void **state)
{
	static const struct {
		const char *era, *arch;
		uint64_t base;
	} row[] = { { "2.6.11", "i386", 0xb8000000 },
		{ "2.6.11", "pae", 0xb8000000 }, { "4.0", "i386", 0xb8000000 },
		{ "4.0", "x86_64", 0x7ffff7fff000 },
		{ "6.18", "x86_64", 0x7ffff7fff000 } };
	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		begin_on(row[i].era, row[i].arch, 0);
		expect_num(map_anywhere(0x15000), 0);
		expect_num(run.res.value, row[i].base - 0x15000);
		expect_num(run.res.len, 0x15000);
		expect_num(map_anywhere(0x2000), 0);
		expect_num(run.res.value, row[i].base - 0x17000);
		finish();
	}
}

/* mmap of nothing: the address up to 2.6.11, EINVAL later. */
static void t7_8_zero_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		struct op op = make_op(OP_MMAP, pid_of("P"));
		set_arg(&op, "addr", addr_of(10));
		set_arg(&op, "len", 0);
		expect_text(status_name(run_op(&op)), 
			IS_2(i) ? "OK" : "EINVAL");
		if (IS_2(i))
			expect_num(run.res.value, addr_of(10));
		expect_text(vmas("P"), "");
		finish();
	}
}

/* brk below its start or into a mapping: the old break is returned. */
static void t7_9_brk_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		uint64_t base = mm_of("P")->start_brk;
		script("brk 2");
		expect_num(run.res.value, base + 0x2000);
		expect_num(try_brk(pid_of("P"), 0x1000), 0);
		expect_num(run.res.value, base + 0x2000);
		expect_num(try_mmap(pid_of("P"), base + 0x5000, 0x1000,
				   PROT_R | PROT_W),
			0);
		script("brk 6");
		expect_num(run.res.value, base + 0x2000);
		script("brk 0");
		expect_num(run.res.value, base);
		expect_num(count_heap_vmas("P"), 0);
		finish();
	}
}

/* T7.10: page tables go when nothing is mapped under them. */
static void t7_10_page_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		unsigned before = count_frames(PAGE_TABLE);
		script("map 10-12; touch 10; map 12-14 r; read 12");
		assert_true(count_frames(PAGE_TABLE) > before);
		script("unmap 12-14");
		assert_true(count_frames(PAGE_TABLE) > before);
		script("unmap 10-12");
		expect_num(count_frames(PAGE_TABLE), before);
		finish();
	}
}

/* Errors of the calls that change mappings. */
static void t14_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		uint32_t pid = pid_of("P");
		script("map 10-14; unmap 20-24; protect 12-18 r =ENOMEM");
		expect_text(vmas("P"), "10-12rw 12-14r");
		expect_text(status_name(try_munmap(pid, addr_of(10) + 1, 4096)),
			"EINVAL");
		expect_text(
			status_name(try_munmap(pid, addr_of(10), 0)), "EINVAL");
		expect_text(status_name(try_mprotect(
				    pid, addr_of(10) + 1, 4096, PROT_R)),
			"EINVAL");
		expect_text(status_name(try_mremap(
				    pid, addr_of(10) + 1, 4096, 8192)),
			"EINVAL");
		expect_text(
			status_name(try_mremap(pid, addr_of(30), 4096, 8192)),
			"EFAULT");
		expect_text(status_name(try_mremap(pid, addr_of(13), 4096, 0)),
			BY_FLAGS(i) ? "OK" : "EINVAL");
		assert_true(!vma_at("P", 13) == BY_FLAGS(i));
		script("resize 10-12 16 =ENOMEM");
		script("exit; map 10-14 =ESRCH");
		finish();
	}
}

/* ---- faults ---- */

/* Read, then write: zero page without rss, then a frame; one fault each. */
static void t8_1_read_then_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14");
		uint64_t flt = mm_of("P")->min_flt;
		script("read 10");
		expect_num(run.res.value, 0);
		expect_num(run.res.faults, 1);
		expect_num(mm_of("P")->anon_rss, 0);
		script("touch 10");
		expect_num(run.res.faults, 1);
		expect_num(mm_of("P")->anon_rss, 1);
		expect_num(mm_of("P")->min_flt - flt, 2);
		assert_false(is_zero_page(frame("P", 10)));
		finish();
	}
}

/* Write first: one fault, writable and dirty; the next takes none. */
static void t8_2_write_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14; touch 10");
		expect_num(run.res.faults, 1);
		expect_text(pte_text("P", 10), "WDA");
		script("touch 10");
		expect_num(run.res.faults, 0);
		script("read 10");
		expect_num(run.res.faults, 0);
		finish();
	}
}

/* The processor sets A on a read and A and D on a write. */
static void t2_accessed_and_dirty(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14; touch 10; fork C");
		expect_text(pte_text("C", 10), "-D-");
		script("C: read 10");
		expect_num(run.res.faults, 0);
		expect_text(pte_text("C", 10), "-DA");
		expect_num(try_rmap(frame("P", 10), false), 0);
		/* 2.4's scan is no page_referenced() */
		expect_text(pte_text("C", 10), i ? "-D-" : "-DA");
		finish();
	}
}

/* After fork the first writer copies, the second reuses. */
static void t8_5_copy_and_reuse(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS * 2; i++) {
		begin(eras[i / 2]);
		script("map 10-14; write 10 5; fork C");
		script(i % 2 ? "write 10 6" : "C: write 10 6");
		expect_num(cost(COST_COPIES), 1);
		script(i % 2 ? "C: write 10 7" : "write 10 7");
		expect_num(cost(COST_COPIES), 0);
		expect_num(run.res.faults, 1);
		expect_num(value_at("P", 10), i % 2 ? 6 : 7);
		expect_num(value_at("C", 10), i % 2 ? 7 : 6);
		finish();
	}
}

/* Holes and forbidden accesses: SIGSEGV, and nothing changes. */
static void t8_6_bad_accesses(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-12; map 12-14 r; write 10 3; "
		       "read 9 =SIGSEGV; write 14 1 =SIGSEGV; "
		       "read 12; write 12 1 =SIGSEGV; write 13 1 =SIGSEGV");
		assert_null(frame("P", 13));
		expect_text(status_name(try_read(pid_of("P"),
				    machine_paging(run.m)->task_size)),
			"SIGSEGV");
		expect_num(value_at("P", 10), 3);
		finish();
	}
}

/* 8.1: up to 2.6.11 a page that may only be written can be read once it is
 * there; later kernels let the first read in too. */
static void t8_1_write_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		begin(eras[i]);
		script("map 10-14 w; map 14-18 x");
		script(IS_2(i) ? "read 10 =SIGSEGV" : "read 10");
		script("write 10 5; read 14; write 14 1 =SIGSEGV");
		expect_num(value_at("P", 10), 5);
		finish();
	}
}

/* Out of memory is a result: the machine goes on and gives all back. */
static void oom_is_a_result(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_ERAS; i++) {
		int status = 0;
		unsigned n = 0;
		begin_on(eras[i], NULL, 1 << 20);
		script("map 10-150; touch 10-40; fork C; fork D; fork E");
		static const char *const task[] = { "C", "D", "E", "P" };
		for (unsigned t = 0; t < 4 && !status; t++)
			for (unsigned p = 10; p < 150 && !status; p++, n++)
				status = try_write(pid_of(task[t]), addr_of(p),
					t * 1000 + p);
		expect_text(status_name(status), "OOM");
		assert_true(n > 30);
		expect_num(value_at("C", 10), 10);
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(t2_1_splits),
		cmocka_unit_test(t2_2_walk_depth),
		cmocka_unit_test(t2_7_prot_none),
		cmocka_unit_test(t2_7_prot_none_i386),
		cmocka_unit_test(t7_1_find_vma),
		cmocka_unit_test(t7_2_list_and_tree),
		cmocka_unit_test(t7_3_three_maps),
		cmocka_unit_test(t7_4_three_maps_written),
		cmocka_unit_test(t7_5_mprotect_middle),
		cmocka_unit_test(t7_6_munmap_middle),
		cmocka_unit_test(t7_7_placement),
		cmocka_unit_test(t7_8_zero_length),
		cmocka_unit_test(t7_9_brk_refused),
		cmocka_unit_test(t7_10_page_tables),
		cmocka_unit_test(t14_errors),
		cmocka_unit_test(t8_1_read_then_write),
		cmocka_unit_test(t8_2_write_first),
		cmocka_unit_test(t2_accessed_and_dirty),
		cmocka_unit_test(t8_5_copy_and_reuse),
		cmocka_unit_test(t8_6_bad_accesses),
		cmocka_unit_test(t8_1_write_only),
		cmocka_unit_test(oom_is_a_result),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
