/*
 * The prio tree of 2.6.11: the worked examples, named by the statements T9 and
 * T611, and random trees against the one shape that their definition allows.
 */
#include "maps.h"
#include "recorder.h"

#include <stdio.h>
#include <string.h>

#define expect_text(got, want) assert_string_equal(got, want)
#define PRIO 2 /* in form_era */

static unsigned bits(void)
{
	return maps.file->i_mmap.prio.index_bits;
}

static void put_all(const char *names, const unsigned (*interval)[2])
{
	for (unsigned i = 0; names[i]; i++) {
		char name[2] = { names[i], 0 };
		maps_put(name, interval[i][0], interval[i][1], 0);
		expect_text(maps_broken(), "");
	}
}

static const unsigned example_1[][2] = { { 0, 5 }, { 0, 2 }, { 0, 4 }, { 2, 3 },
	{ 0, 0 }, { 1, 4 }, { 2, 2 }, { 0, 1 } };

/* T9.3 */
static void t9_3_shape_and_queries(void **state)
{
	static const char *const want[] = { "A C B H E", "A C F B H",
		"A C F B D G", "A C F D", "A C F", "A", "" };
	(void)state;
	maps_begin(PRIO);
	put_all("ABCDEFGH", example_1);
	assert_int_equal(bits(), 3);
	expect_text(maps_shape(), "A 1LC 2LF 3LB 4LH 5LE 2RD 3LG");
	for (unsigned page = 0; page < 7; page++)
		expect_text(maps_query(page, page), want[page]);
	expect_text(maps_query(2, 5), "A C F B D G");
	expect_text(maps_query(0, I_MMAP_END), "A C F B H E D G");
}

/* The same tree whatever came first. */
static void t9_3_any_order(void **state)
{
	static const unsigned back[][2] = { { 0, 1 }, { 2, 2 }, { 1, 4 },
		{ 0, 0 }, { 2, 3 }, { 0, 4 }, { 0, 2 }, { 0, 5 } };
	(void)state;
	maps_begin(PRIO);
	put_all("HGFEDCBA", back);
	expect_text(maps_shape(), "A 1LC 2LF 3LB 4LH 5LE 2RD 3LG");
}

/* What a query for page 0 looks at: F is visited in vain, the right subtree
 * of C begins beyond. */
static void t9_3_events(void **state)
{
	static const char *const want[] = { "I_MMAP_WALK", "I_MMAP_HIT",
		"I_MMAP_HIT", "I_MMAP_MISS", "I_MMAP_HIT", "I_MMAP_HIT",
		"I_MMAP_HIT", "I_MMAP_BEYOND", "I_MMAP_FOUND" };
	struct recorder r = { 0 };
	(void)state;
	maps_begin(PRIO);
	put_all("ABCDEFGH", example_1);
	record_start(&r, maps.m);
	maps_query(0, 0);
	record_stop(&r, maps.m);
	assert_int_equal(r.count, 11); /* and the lock */
	for (unsigned i = 0; i < 9; i++)
		expect_text(event_text(maps.m, &r.event[i + 1]), want[i]);
	assert_int_equal(r.event[4].o.id, maps_find("F")->id);
	assert_int_equal(r.event[8].o.id, maps_find("C")->id);
	assert_int_equal(r.event[8].n, 2); /* bit 1 set */
	assert_int_equal(r.event[9].n, 5);
	record_free(&r);
}

/* Example 2: more bits, the old top becomes a spine. */
static void example_2_expansion(void **state)
{
	struct recorder r = { 0 };
	unsigned popped = 0, grown = 0;
	(void)state;
	maps_begin(PRIO);
	maps_put("A", 0, 0, 0);
	maps_put("B", 1, 1, 0);
	maps_put("C", 0, 1, 0);
	assert_int_equal(bits(), 1);
	expect_text(maps_shape(), "C 1LA 1RB");
	record_start(&r, maps.m);
	maps_put("D", 40, 41, 0);
	record_stop(&r, maps.m);
	assert_int_equal(bits(), 6);
	expect_text(maps_shape(), "D 1LC 2LB 3LA");
	expect_text(maps_broken(), "");
	for (unsigned i = 0; i < r.count; i++) {
		popped += r.event[i].id == EV_PRIO_POP;
		grown += r.event[i].id == EV_PRIO_EXPAND &&
			r.event[i].old == 1 && r.event[i].new == 6;
	}
	assert_int_equal(popped, 3);
	assert_int_equal(grown, 1);
	record_free(&r);
	maps_drop(maps_find("D")); /* the bits stay */
	assert_int_equal(bits(), 6);
	maps_drop(maps_find("A"));
	maps_drop(maps_find("B"));
	maps_drop(maps_find("C"));
	assert_int_equal(bits(), 1);
	assert_true(i_mmap_empty(maps.file));
}

/* Only the tops of two of the three levels come off; the rest hangs below. */
static void expansion_keeps_the_rest(void **state)
{
	(void)state;
	maps_begin(PRIO);
	put_all("ABCDEFGH", example_1);
	maps_put("X", 9, 31, 0);
	assert_int_equal(bits(), 5);
	expect_text(maps_shape(), "X 1LA 2LC 3LF 4LB 5LH 6LE 4RD 5LG");
	expect_text(maps_broken(), "");
}

/* Example 3: the mappings of one library. */
static void example_3_library(void **state)
{
	(void)state;
	maps_begin(PRIO);
	maps_put("T1", 0, 3, 0);
	assert_int_equal(bits(), 2);
	maps_put("D1", 4, 5, 0);
	assert_int_equal(bits(), 3);
	expect_text(maps_shape(), "D1 1LT1");
	maps_put("T2", 0, 3, 0);
	maps_put("D2", 4, 5, 0);
	maps_put("W3", 0, 5, 0);
	maps_put("T4", 0, 3, 0);
	maps_put("T5", 0, 3, 0);
	expect_text(maps_shape(), "W3 1LT1+T2+T4+T5 1RD1+D2");
	expect_text(maps_query(1, 1), "W3 T1 T2 T4 T5");
	expect_text(maps_query(4, 4), "W3 D1 D2");
	maps.m->op_costs.n[COST_TREE_NODES] = 0;
	expect_text(maps_query(6, 6), "");
	assert_int_equal(maps.m->op_costs.n[COST_TREE_NODES], 1);
	maps_drop(maps_find("T1"));
	expect_text(maps_shape(), "W3 1LT2+T4+T5 1RD1+D2");
	maps_drop(maps_find("W3"));
	expect_text(maps_shape(), "D1+D2 1LT2+T4+T5");
	expect_text(maps_broken(), "");
}

/* T9.5, T611-25: fork adds no tree node and compares none. */
static void t9_5_fork(void **state)
{
	struct vm_area_struct *parent;
	(void)state;
	maps_begin(PRIO);
	put_all("ABCDEFGH", example_1);
	parent = maps_find("D");
	memset(&maps.m->op_costs, 0, sizeof(maps.m->op_costs));
	maps_fork("d", parent);
	assert_int_equal(maps.m->op_costs.n[COST_TREE_NODES], 0);
	assert_int_equal(maps.m->op_costs.n[COST_LIST_NODES], 1);
	expect_text(maps_shape(), "A 1LC 2LF 3LB 4LH 5LE 2RD+d 3LG");
	expect_text(maps_broken(), "");
}

/* vma_prio_tree_add: behind a member, at the end of a tree node's set. */
static void order_of_a_family(void **state)
{
	struct vm_area_struct *p, *c1, *c2;
	(void)state;
	maps_begin(PRIO);
	p = maps_put("P", 0, 3, 0);
	c1 = maps_fork("C1", p);
	c2 = maps_fork("C2", p);
	maps_fork("C3", p);
	expect_text(maps_shape(), "P+C1+C2+C3");
	maps_fork("G1", c1);
	maps_fork("G2", c2);
	expect_text(maps_shape(), "P+C1+G1+C2+G2+C3");
	expect_text(maps_query(0, 0), "P C1 G1 C2 G2 C3");
	maps_put("N", 0, 3, 0);
	expect_text(maps_shape(), "P+C1+G1+C2+G2+C3+N");
	expect_text(maps_broken(), "");
}

/* T9.6: a tree node with siblings goes, the tree's shape does not change. */
static void t9_6_removal(void **state)
{
	struct recorder r = { 0 };
	unsigned shifts = 0;
	(void)state;
	maps_begin(PRIO);
	put_all("ABCDEFGH", example_1);
	maps_fork("a", maps_find("A"));
	maps_fork("c", maps_find("C"));
	maps_fork("k", maps_find("C"));
	record_start(&r, maps.m);
	maps_drop(maps_find("A"));
	maps_drop(maps_find("C"));
	record_stop(&r, maps.m);
	expect_text(maps_shape(), "a 1Lc+k 2LF 3LB 4LH 5LE 2RD 3LG");
	maps_drop(maps_find("k"));
	maps_fork("n", maps_find("c"));
	expect_text(maps_shape(), "a 1Lc+n 2LF 3LB 4LH 5LE 2RD 3LG");
	expect_text(maps_broken(), "");
	for (unsigned i = 0; i < r.count; i++)
		shifts += r.event[i].id == EV_PRIO_SHIFT;
	assert_int_equal(shifts, 0);
	record_free(&r);
}

/* One without: the path of larger heap indices moves up by one. */
static void removal_shifts_a_path(void **state)
{
	(void)state;
	maps_begin(PRIO);
	put_all("ABCDEFGH", example_1);
	maps_drop(maps_find("A"));
	expect_text(maps_shape(), "C 1LF 2LB 3LH 4LE 2RD 3LG");
	expect_text(maps_broken(), "");
}

/* The overflow part turns right at a size with its top bit set. */
static void size_bits_decide(void **state)
{
	(void)state;
	maps_begin(PRIO);
	maps_put("T", 1, 0xffffffff, 0);
	maps_put("A", 0, 0xffffffff, 0);
	for (unsigned i = 0; i < 32; i++) {
		char name[MAPS_NAME];
		snprintf(name, sizeof(name), "%u", i);
		maps_put(name, 0, 0xfffffffe - i, 0);
	}
	maps_put("B", 0, 0x80000001, 0);
	maps_put("C", 0, 5, 0);
	assert_int_equal(bits(), 32);
	assert_non_null(strstr(maps_shape(), " 33LC 33R31 34LB"));
	expect_text(maps_broken(), "");
	expect_text(maps_query(0x80000002, 0x80000002) + 4, "0 1 2 3 4 5 6 7 8 "
		"9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 "
		"30 31");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t9_3_shape_and_queries),
		cmocka_unit_test(t9_3_any_order),
		cmocka_unit_test(t9_3_events),
		cmocka_unit_test(example_2_expansion),
		cmocka_unit_test(expansion_keeps_the_rest),
		cmocka_unit_test(example_3_library),
		cmocka_unit_test(t9_5_fork),
		cmocka_unit_test(order_of_a_family),
		cmocka_unit_test(t9_6_removal),
		cmocka_unit_test(removal_shifts_a_path),
		cmocka_unit_test(size_bits_decide),
	};
	return cmocka_run_group_tests(tests, NULL, maps_teardown);
}
