/*
 * Linux 4.0, address spaces: what splits, merges and moves do to chains and
 * trees.  Each test is one statement, N40-nn, A3 or C.
 */
#include "run.h"

static void start(const char *text)
{
	begin("4.0");
	script(text);
}

/* munmap of the middle: two splits, one unlinked, R's tree keeps two. */
static void n40_26_munmap_middle(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; unmap 11-12");
	expect_text(vmas("P"), "10-11rw 12-14rw");
	expect_text(members_of("R"), "P10,P12");
	expect_text(family(), "R(3/1)");
	expect_counts(1, 2);
	finish();
}

/* A split of a child's VMA copies its chain and reuses nothing. */
static void n40_27_split_copies_chain(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: fork G; C: exit");
	expect_counts(3, 4);
	script("G: protect 10-12 r");
	expect_counts(3, 7);
	expect_text(chain("G", 10), "[G',C',R]");
	expect_text(chain("G", 12), "[G',C',R]");
	expect_text(own("G", 10), "G'");
	expect_text(own("G", 12), "G'");
	finish();
}

/* A split of a VMA with chain 2 costs 2 AVCs. */
static void n40_27_split_of_chain_two(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	expect_counts(2, 3);
	script("C: protect 10-12 r");
	expect_counts(2, 5);
	finish();
}

/* After a split the pages keep mapping and index. */
static void n40_28_split_keeps_pages(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14");
	struct page before = *frame("P", 12);
	script("protect 12-14 r");
	expect_num(pgoff("P", 12), 12);
	expect_text(where("P", 12), "R 12");
	expect_num(frame("P", 12)->index, before.index);
	expect_walk(frame("P", 12), true, 1, 1);
	expect_text(found(), "P12");
	finish();
}

/* Split and restored protection merge again, in a child too. */
static void n40_29_split_and_restore(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; fork C; C: protect 11-12 r");
	expect_num(count_vmas("C"), 3);
	script("C: protect 11-12 rw");
	expect_text(vmas("C"), "10-14rw");
	expect_text(chain("C", 10), "[C',R]");
	expect_counts(2, 3);
	finish();
}

/* A new mapping beside a faulted VMA merges, but not in a child. */
static void n40_30_new_neighbour(void **state)
{
	(void)state;
	start("map 10-14; touch 10; map 14-18");
	expect_text(vmas("P"), "10-18rw");
	script("fork C; C: map 18-22");
	expect_text(vmas("C"), "10-18rw 18-22rw");
	script("map 18-22");
	expect_text(vmas("P"), "10-22rw");
	finish();
}

/* The same for brk: a second heap VMA in the child. */
static void n40_30_brk(void **state)
{
	(void)state;
	start("brk 4");
	uint64_t heap = mm_of("P")->start_brk;
	expect_num(try_write(pid_of("P"), heap, 1), 0);
	script("fork C; C: brk 8; brk 8");
	expect_num(count_heap_vmas("C"), 2);
	expect_num(count_heap_vmas("P"), 1);
	finish();
}

/* A faulted VMA made equal to an unfaulted left neighbour: no merge. */
static void n40_31_faulted_to_unfaulted(void **state)
{
	(void)state;
	start("map 10-14; map 14-18 rwx; touch 14; protect 14-18 rw");
	expect_text(vmas("P"), "10-14rw 14-18rw");
	finish();
}

/* Between two faulted VMAs an unfaulted one joins the left only. */
static void n40_32_left_wins(void **state)
{
	(void)state;
	start("map 10-14; touch 10; map 18-22; touch 18; map 14-18");
	expect_text(vmas("P"), "10-18rw 18-22rw");
	finish();
}

/* Three unfaulted neighbours are one. */
static void n40_33_three_unfaulted(void **state)
{
	(void)state;
	start("map 10-14; map 18-22; map 14-18");
	expect_text(vmas("P"), "10-22rw");
	finish();
}

/* mremap renumbers what was never faulted, and it may merge. */
static void n40_34_mremap_unfaulted(void **state)
{
	(void)state;
	start("map 10-14; move 10-14 30");
	expect_num(pgoff("P", 30), 30);
	script("map 20-24; touch 20; move 30-34 24");
	expect_text(vmas("P"), "20-28rw");
	finish();
}

/* ... and keeps the numbers of what was. */
static void n40_34_mremap_faulted(void **state)
{
	(void)state;
	start("map 10-14; touch 10; move 10-14 30");
	expect_num(pgoff("P", 30), 10);
	script("map 34-38");
	expect_text(vmas("P"), "30-34rw 34-38rw");
	finish();
}

/* After MADV_DONTNEED a VMA still counts as faulted. */
static void n40_35_dontneed_is_faulted(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; advise 10-14 dontneed");
	expect_text(pte_text("P", 10), "");
	expect_num(mm_of("P")->anon_rss, 0);
	expect_text(chain("P", 10), "[R]");
	script("map 20-24; touch 20; move 10-14 24");
	expect_text(vmas("P"), "20-24rw 24-28rw");
	finish();
}

/* Moved away and back: one VMA again. */
static void n40_36_away_and_back(void **state)
{
	(void)state;
	start("map 10-18; touch 10; touch 15; move 14-18 30");
	expect_text(vmas("P"), "10-14rw 30-34rw");
	script("move 30-34 14");
	expect_text(vmas("P"), "10-18rw");
	expect_counts(1, 1);
	finish();
}

/* The index stays; vma_address gives the new address. */
static void n40_37_index_after_mremap(void **state)
{
	(void)state;
	start("map 10-18; touch 10; touch 15; move 14-18 30");
	expect_text(where("P", 31), "R 15");
	expect_walk(frame("P", 31), true, 1, 1);
	expect_text(found(), "P31");
	finish();
}

/* C1: objects a fork, a split and a first touch allocate. */
static void n40_c1_objects(void **state)
{
	(void)state;
	start("map 10-14; touch 10; map 20-24; fork C");
	expect_counts(2, 3);
	script("C: fork G");
	expect_counts(3, 6);
	script("G: protect 10-12 r");
	expect_counts(3, 9);
	script("G: protect 10-12 rw");
	expect_counts(3, 6);
	finish();
}

/* C7: a page of the parent and the last child: the walk goes to the end. */
static void n40_c7_false_visits(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; fork D; fork E; C: touch 10; "
	      "D: touch 10");
	expect_walk(frame("P", 10), false, 4, 2);
	expect_text(found(), "P10,E10");
	finish();
}

/* C8: a VMA split in pieces: the tree finds the one that can hold it. */
static void n40_c8_split_in_pieces(void **state)
{
	(void)state;
	start("map 10-18; touch 10-18; protect 11-12 r; protect 13-14 r; "
	      "protect 15-16 r");
	expect_num(count_vmas("P"), 7);
	expect_walk(frame("P", 13), true, 1, 1);
	expect_walk(frame("P", 17), false, 1, 1);
	finish();
}

/* A3.3: a VMA whose range changed is the last among equal intervals. */
static void n40_a3_3_tree_order(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; fork C; fork D");
	expect_text(members_of("R"), "P10,C10,D10");
	script("protect 12-14 r");
	script("protect 12-14 rw");
	expect_text(vmas("P"), "10-14rw");
	expect_text(members_of("R"), "C10,D10,P10");
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(n40_26_munmap_middle),
		cmocka_unit_test(n40_27_split_copies_chain),
		cmocka_unit_test(n40_27_split_of_chain_two),
		cmocka_unit_test(n40_28_split_keeps_pages),
		cmocka_unit_test(n40_29_split_and_restore),
		cmocka_unit_test(n40_30_new_neighbour),
		cmocka_unit_test(n40_30_brk),
		cmocka_unit_test(n40_31_faulted_to_unfaulted),
		cmocka_unit_test(n40_32_left_wins),
		cmocka_unit_test(n40_33_three_unfaulted),
		cmocka_unit_test(n40_34_mremap_unfaulted),
		cmocka_unit_test(n40_34_mremap_faulted),
		cmocka_unit_test(n40_35_dontneed_is_faulted),
		cmocka_unit_test(n40_36_away_and_back),
		cmocka_unit_test(n40_37_index_after_mremap),
		cmocka_unit_test(n40_c1_objects),
		cmocka_unit_test(n40_c7_false_visits),
		cmocka_unit_test(n40_c8_split_in_pieces),
		cmocka_unit_test(n40_a3_3_tree_order),
	};
	return run_on_archs("4.0", tests, sizeof(tests) / sizeof(tests[0]));
}
