/*
 * What surprised when a running 6.18 was measured.  Each test is one of the
 * numbered surprises of that sheet, n6_sNN.
 */
#include "run.h"

#include <stdio.h>

static void start(const char *text)
{
	begin("6.18");
	script(text);
}

static bool exclusive(const char *task, uint64_t page)
{
	return has_flag(frame(task, page), PG(ANON_EXCLUSIVE));
}

/* @task writes page 10: the number of faults, and whether it was copied. */
static void expect_write(const char *task, unsigned faults, unsigned copies)
{
	expect_num(try_write(pid_of(task), addr_of(10), 77), 0);
	expect_num(run.res.faults, faults);
	expect_num(cost(COST_COPIES), copies);
}

/* 7: the last sharer's page is not exclusive until it writes. */
static void n6_s7_last_sharer(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: exit");
	expect_mapcount("P", 10, 1);
	assert_false(exclusive("P", 10));
	expect_write("P", 1, 0);
	assert_true(exclusive("P", 10));
	finish();
}

/* Two VMAs of one anon_vma get two in the child: the split never heals. */
static void n6_s2_split_before_fork(void **state)
{
	(void)state;
	start("map 10-18; touch 10; protect 14-18 r; fork C; "
	      "C: protect 14-18 rw; protect 14-18 rw");
	expect_text(own("C", 10), "C'");
	expect_text(own("C", 14), "C'2");
	expect_text(vmas("C"), "10-14rw 14-18rw");
	expect_text(vmas("P"), "10-18rw");
	finish();
}

/* Never faulted, then read-only: the charge is returned, halves merge. */
static void n6_s6_account_returned(void **state)
{
	(void)state;
	start("map 10-14; map 14-18 r; protect 10-14 r");
	expect_text(vmas("P"), "10-18r");
	finish();
}

/* After one fault the flag stays and keeps the halves apart. */
static void n6_s6_account_stays(void **state)
{
	(void)state;
	start("map 10-14; touch 10; map 14-18 r; protect 10-14 r");
	expect_text(vmas("P"), "10-14r 14-18r");
	finish();
}

/* 8: eight generations that fork and exit: 3 anon_vmas, 3 and 6 AVCs. */
static void n6_s8_exact_counts(void **state)
{
	char text[64], name[8] = "G";
	(void)state;
	start("map 10-14; touch 10; fork C; exit; C: fork G; C: exit");
	for (unsigned i = 0; i < 8; i++) {
		snprintf(text, sizeof(text), "%s: fork X%u", name, i);
		script(text);
		expect_counts(3, 6);
		snprintf(text, sizeof(text), "%s: exit", name);
		script(text);
		expect_counts(3, 3);
		snprintf(name, sizeof(name), "X%u", i);
	}
	finish();
}

/* 8: what each step allocates: split +k, mremap +k-k, WIPEONFORK 0. */
static void n6_s8_allocations(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: fork G");
	expect_counts(3, 6);
	script("G: protect 12-14 r");
	expect_counts(3, 9);
	script("G: move 10-12 40");
	expect_counts(3, 9);
	script("map 50-54; fork D");
	expect_counts(4, 11);
	finish();
}

/* 9: a faulted VMA merges only back where it was faulted, and heals. */
static void n6_s9_move_heals(void **state)
{
	(void)state;
	start("map 10-14; touch 10; map 14-18; move 14-18 30");
	expect_text(vmas("P"), "10-14rw 30-34rw");
	script("move 30-34 20");
	expect_text(vmas("P"), "10-14rw 20-24rw");
	script("move 20-24 14");
	expect_text(vmas("P"), "10-18rw");
	expect_text(chain("P", 10), "[R]");
	expect_counts(1, 1);
	finish();
}

/* 10: a move takes several VMAs and their gaps with it. */
static void n6_s10_move_many(void **state)
{
	(void)state;
	start("map 10-14; map 14-16 r; map 18-20; write 10 5; write 19 6; "
	      "map 46-47; write 46 7; move 10-20 40");
	expect_text(vmas("P"), "40-44rw 44-46r 46-47rw 48-50rw");
	expect_num(value_at("P", 40), 5);
	expect_num(value_at("P", 49), 6);
	expect_num(value_at("P", 46), 7);
	finish();
}

/* 10: but not from a gap, and not when it grows. */
static void n6_s10_refused(void **state)
{
	(void)state;
	start("map 10-14; map 14-16 r; map 40-42; move 9-13 40 =EFAULT; "
	      "resize 10-16 18 =EFAULT; resize 10-16 12");
	expect_text(vmas("P"), "10-12rw 40-42rw");
	finish();
}

/* 11: MREMAP_DONTUNMAP of a whole VMA empties the source. */
static void n6_s11_dontunmap(void **state)
{
	struct op op;
	(void)state;
	start("map 10-14; write 10 5");
	op = make_op(OP_MREMAP, pid_of("P"));
	set_arg(&op, "addr", addr_of(10));
	set_arg(&op, "old_len", 4 * PAGE_SIZE);
	set_arg(&op, "new_len", 4 * PAGE_SIZE);
	set_arg(&op, "to", addr_of(30));
	set_arg(&op, "maymove", 1);
	set_arg(&op, "fixed", 1);
	set_arg(&op, "dontunmap", 1);
	expect_num(run_op(&op), 0);
	expect_text(vmas("P"), "10-14rw 30-34rw");
	expect_text(chain("P", 10), "[]");
	expect_text(own("P", 10), "-");
	expect_text(chain("P", 30), "[R]");
	expect_text(where("P", 30), "R 10");
	expect_counts(1, 1);
	expect_num(value_at("P", 10), 0);
	expect_num(value_at("P", 30), 5);
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(n6_s2_split_before_fork),
		cmocka_unit_test(n6_s6_account_returned),
		cmocka_unit_test(n6_s6_account_stays),
		cmocka_unit_test(n6_s7_last_sharer),
		cmocka_unit_test(n6_s8_exact_counts),
		cmocka_unit_test(n6_s8_allocations),
		cmocka_unit_test(n6_s9_move_heals),
		cmocka_unit_test(n6_s10_move_many),
		cmocka_unit_test(n6_s10_refused),
		cmocka_unit_test(n6_s11_dontunmap),
	};
	return run_on_archs("6.18", tests, sizeof(tests) / sizeof(tests[0]));
}
