/*
 * VMAs that grow down: the fault below one, what forbids it in each kernel,
 * what it does to the reverse map, and what placement leaves free.
 * T8.7, T611-28, N40-53 and N6-55 among them.
 */
#include "core/tunables.h"
#include "run.h"

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
enum { E24, E260, E2611, E40, E618 };
#define EACH_ERA(e) for (int e = 0; e < 5; e++)
#define P pid_of("P")

static int map_stack(uint64_t first, uint64_t end, unsigned prot)
{
	struct op op = make_op(OP_MMAP, P);

	set_arg(&op, "addr", addr_of(first));
	set_arg(&op, "fixed", 1);
	set_arg(&op, "len", (end - first) << PAGE_SHIFT);
	set_arg(&op, "prot", prot);
	set_arg(&op, "grows_down", 1);
	return run_op(&op);
}

static void stack_at(const char *era, uint64_t first, uint64_t end)
{
	begin(era);
	expect_num(map_stack(first, end, PROT_R | PROT_W), 0);
}

static int limit(const char *name, uint64_t bytes)
{
	struct op op = make_op(OP_SETRLIMIT, P);

	set_arg(&op, name, bytes);
	return run_op(&op);
}

static int read_at_sp(uint64_t addr, uint64_t sp)
{
	struct op op = make_op(OP_READ, P);

	set_arg(&op, "addr", addr);
	set_arg(&op, "sp", sp);
	return run_op(&op);
}

static uint64_t first_page(uint64_t page)
{
	return (vma_at("P", page)->vm_start - BASE) >> PAGE_SHIFT;
}

/* One fault, and it is there down to that page; 4.0 keeps one more below. */
static void a_fault_below_lets_it_grow(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		stack_at(eras[e], 1000, 1002);
		expect_num(try_write(P, addr_of(995) + 8, 7), 0);
		expect_num(run.res.faults, 1);
		expect_num(first_page(1001), e == E40 ? 994 : 995);
		expect_num(mm_of("P")->stack_vm, e == E40 ? 8 : 7);
		expect_num(mm_of("P")->total_vm, e == E40 ? 8 : 7);
		expect_num(mm_of("P")->anon_rss, 1);
		expect_num(try_read(P, addr_of(995)), 0);
		expect_num(run.res.value, 7);
		finish();
	}
}

/* One that does not grow down stays as it is. */
static void others_do_not_grow(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		begin(eras[e]);
		script("map 1000-1002");
		expect_num(try_write(P, addr_of(999), 1), STATUS_SIGSEGV);
		expect_num(first_page(1000), 1000);
		finish();
	}
}

/* T611-28: also by a read, and vm_pgoff moves with vm_start; pages that were
 * there are found as before. */
static void t611_28_a_read_gives_it_an_anon_vma(void **state)
{
	(void)state;
	for (int e = E2611; e <= E618; e++) {
		struct vm_area_struct *vma;
		uint64_t pgoff, index;

		stack_at(eras[e], 1000, 1002);
		vma = vma_at("P", 1001);
		pgoff = vma->vm_pgoff;
		expect_num(try_write(P, addr_of(1001), 5), 0);
		index = frame("P", 1001)->index;
		expect_num(try_read(P, addr_of(990)), 0);
		assert_ptr_equal(vma_at("P", 1001), vma);
		expect_num(vma->vm_pgoff, pgoff - (e == E40 ? 11 : 10));
		expect_num(frame("P", 1001)->index, index);
		expect_num(try_rmap(frame("P", 1001), true), 0);
		expect_num(run.res.value, 1);
		finish();
	}
	stack_at("2.6.11", 1000, 1002);
	expect_num(try_read(P, addr_of(999)), 0);
	assert_non_null(vma_at("P", 1000)->anon_vma);
	assert_true(is_zero_page(frame("P", 999)));
	finish();
}

/* T8.7: 32 bytes below the stack pointer are allowed in 2.x, 65536 and 32 words
 * in 4.0, anything in 6.18. */
static void t8_7_how_far_below_the_stack_pointer(void **state)
{
	const uint64_t far[] = { 32, 32, 32, 65536 + 32 * 8 };

	(void)state;
	EACH_ERA(e)
	{
		uint64_t addr = addr_of(990) + 100;

		stack_at(eras[e], 1000, 1002);
		if (e == E618) {
			expect_num(read_at_sp(addr, addr_of(1002)), 0);
		} else {
			expect_num(read_at_sp(addr, addr + far[e] + 1),
				STATUS_SIGSEGV);
			expect_num(first_page(1000), 1000);
			expect_num(read_at_sp(addr, addr + far[e]), 0);
		}
		assert_non_null(frame("P", 990));
		/* inside the VMA nobody asks */
		expect_num(read_at_sp(addr_of(1001), addr_of(1500)), 0);
		finish();
	}
}

/* RLIMIT_STACK is for all of the VMA; 4.0 does not count its lowest page. */
static void rlimit_stack(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		stack_at(eras[e], 1000, 1002);
		expect_num(limit("stack", 10 * PAGE_SIZE), 0);
		expect_num(try_write(P, addr_of(991), 1), STATUS_SIGSEGV);
		/* 4.0: it has grown, only the guard below it was refused */
		expect_num(first_page(1000), e == E40 ? 991 : 1000);
		expect_num(try_write(P, addr_of(992), 1), 0);
		expect_num(first_page(1000), e == E40 ? 991 : 992);
		finish();
	}
}

static void rlimit_as(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		stack_at(eras[e], 1000, 1002);
		expect_num(limit("as", 6 * PAGE_SIZE), 0);
		expect_num(try_write(P, addr_of(995), 1), STATUS_SIGSEGV);
		expect_num(try_write(P, addr_of(e == E40 ? 997 : 996), 1), 0);
		expect_num(mm_of("P")->total_vm, 6);
		finish();
	}
}

/* What lies below: nothing keeps 2.x away from it, 4.0 keeps its lowest page
 * from it, 6.18 keeps 256 pages free.  N6-55. */
static void n6_55_what_lies_below(void **state)
{
	static const uint64_t lowest[] = { 701, 701, 701, 703, 957 };

	(void)state;
	EACH_ERA(e)
	{
		stack_at(eras[e], 1000, 1002);
		script("map 700-701");
		expect_num(try_write(P, addr_of(lowest[e]) - 1, 1),
			e == E618 || e == E40 ? STATUS_SIGSEGV : 0);
		expect_num(try_write(P, addr_of(lowest[e]), 1), 0);
		if (e < E40)
			expect_num(first_page(1000), 701);
		finish();
	}
}

/* The gap is only kept to what can be accessed and is no stack. */
static void n6_55_the_gap_is_not_for_prot_none(void **state)
{
	(void)state;
	stack_at("6.18", 1000, 1002);
	script("map 998-999 none");
	expect_num(try_write(P, addr_of(999), 1), 0);
	expect_num(try_write(P, addr_of(998), 1), STATUS_SIGSEGV);
	finish();
	stack_at("6.18", 1000, 1002);
	expect_num(map_stack(990, 991, PROT_R | PROT_W), 0);
	expect_num(try_write(P, addr_of(995), 1), 0);
	expect_num(first_page(1000), 995);
	finish();
}

/* 4.0: a touch of the lowest page, read or write, adds one; refused where the
 * VMA below touches it. */
static void n40_53_the_lowest_page_is_a_guard(void **state)
{
	(void)state;
	stack_at("4.0", 1000, 1002);
	expect_num(try_write(P, addr_of(1001), 1), 0);
	expect_num(first_page(1001), 1000);
	expect_num(try_read(P, addr_of(1000)), 0);
	expect_num(first_page(1001), 999);
	finish();
	stack_at("4.0", 1000, 1002);
	script("map 999-1000");
	expect_num(try_write(P, addr_of(1000), 1), STATUS_SIGSEGV);
	expect_num(try_write(P, addr_of(1001), 1), 0);
	finish();
}

/* 6.18 places nothing into the gap; others do not know it. */
static void placement_leaves_the_gap(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		struct op op;
		uint64_t top;

		begin(eras[e]);
		op = make_op(OP_MMAP, P);
		set_arg(&op, "len", PAGE_SIZE);
		set_arg(&op, "grows_down", 1);
		expect_num(run_op(&op), 0);
		top = run.res.value;
		op = make_op(OP_MMAP, P);
		set_arg(&op, "len", PAGE_SIZE);
		expect_num(run_op(&op), 0);
		if (e == E618)
			expect_num(top - run.res.value, 257 * PAGE_SIZE);
		else if (e >= E2611)
			expect_num(top - run.res.value, PAGE_SIZE);
		else
			expect_num(run.res.value - top, PAGE_SIZE);
		op = make_op(OP_MMAP, P);
		set_arg(&op, "len", PAGE_SIZE);
		set_arg(&op, "addr", top - 256 * PAGE_SIZE);
		expect_num(run_op(&op), 0);
		expect_num(run.res.value == top - 256 * PAGE_SIZE, e != E618);
		finish();
	}
}

/* A child has its own, and both grow apart. */
static void after_fork_each_grows_its_own(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		stack_at(eras[e], 1000, 1002);
		expect_num(try_write(P, addr_of(1001), 1), 0);
		script("fork C");
		expect_num(try_write(pid_of("C"), addr_of(990), 2), 0);
		expect_num(first_page(1001), 1000);
		expect_num(try_read(P, addr_of(990)), 0);
		expect_num(run.res.value, 0);
		expect_num(try_rmap(frame("C", 990), true), 0);
		expect_num(run.res.value, 1);
		expect_num(try_rmap(frame("P", 1001), true), 0);
		expect_num(run.res.value, 2);
		finish();
	}
}

/* A file cannot grow down; shared memory not since 4.0, where nothing has been
 * unmapped yet. */
static void mmap_refuses(void **state)
{
	(void)state;
	EACH_ERA(e)
	{
		struct op op;

		begin(eras[e]);
		script("map 10-12");
		op = make_op(OP_MMAP, P);
		set_arg(&op, "addr", addr_of(10));
		set_arg(&op, "fixed", 1);
		set_arg(&op, "len", 2 * PAGE_SIZE);
		set_arg(&op, "shared", 1);
		set_arg(&op, "grows_down", 1);
		expect_num(run_op(&op), e >= E40 ? -22 : 0);
		set_arg(&op, "grows_down", 0);
		set_arg(&op, "shared", 0);
		set_arg(&op, "droppable", 1);
		expect_num(run_op(&op), e == E618 ? 0 : -22);
		finish();
	}
}

/* -- at random ------------------------------------------------------------ */

static uint64_t state;

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(state >> 33) % n;
}

/* What may change where a stack can grow to. */
static void disturb(void)
{
	uint64_t page = 900 + rnd(110), len = 1 + rnd(4);

	switch (rnd(6)) {
	case 0:
		map_stack(page, page + len, PROT_R | PROT_W);
		break;
	case 1:
		try_mmap(P, addr_of(page), len << PAGE_SHIFT, rnd(8));
		break;
	case 2:
		try_munmap(P, addr_of(page), len << PAGE_SHIFT);
		break;
	case 3:
		try_mprotect(P, addr_of(page), len << PAGE_SHIFT, rnd(8));
		break;
	case 4:
		limit("stack", (uint64_t)(8 + rnd(100)) << PAGE_SHIFT);
		break;
	default:
		try_mremap(P, addr_of(page), len << PAGE_SHIFT,
			(uint64_t)(1 + rnd(8)) << PAGE_SHIFT);
	}
}

/* The checker runs after each; what was written is read again, and where an
 * access is refused no VMA has come to lie. */
static void random_growth(void **unused)
{
	(void)unused;
	EACH_ERA(e)
	{
		state = 7;
		stack_at(eras[e], 1000, 1002);
		for (int i = 0; i < 600; i++) {
			uint64_t page = 900 + rnd(110);
			int err = try_write(P, addr_of(page), (value_t)i + 1);

			if (!err) {
				expect_num(try_read(P, addr_of(page)) ? 0 : 1,
					vma_at("P", page)->vm_flags &
						(VM_READ | VM_WRITE) ? 1 : 0);
				expect_num(run.res.value, i + 1);
			}
			if (rnd(3))
				disturb();
		}
		finish();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_below_lets_it_grow),
		cmocka_unit_test(others_do_not_grow),
		cmocka_unit_test(t611_28_a_read_gives_it_an_anon_vma),
		cmocka_unit_test(t8_7_how_far_below_the_stack_pointer),
		cmocka_unit_test(rlimit_stack),
		cmocka_unit_test(rlimit_as),
		cmocka_unit_test(n6_55_what_lies_below),
		cmocka_unit_test(n6_55_the_gap_is_not_for_prot_none),
		cmocka_unit_test(n40_53_the_lowest_page_is_a_guard),
		cmocka_unit_test(placement_leaves_the_gap),
		cmocka_unit_test(after_fork_each_grows_its_own),
		cmocka_unit_test(mmap_refuses),
		cmocka_unit_test(random_growth),
	};

	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
