/*
 * Linux 4.0: anon_vma_chain and interval trees, reuse by degree, merges by
 * singular chains.  Each test is one statement, N40-nn.
 */
#include "run.h"

#include <stdio.h>

static void start(const char *text)
{
	begin("4.0");
	script(text);
}

/* A read maps the zero page and makes nothing. */
static void n40_01_read_maps_zero_page(void **state)
{
	(void)state;
	start("map 10-14; read 10");
	assert_true(is_zero_page(frame("P", 10)));
	expect_text(pte_text("P", 10), "--A");
	expect_counts(0, 0);
	expect_num(mm_of("P")->anon_rss, 0);
	finish();
}

/* The write after it: R, one AVC, degree 2, a page on ACTIVE_ANON. */
static void n40_02_write_after_read(void **state)
{
	(void)state;
	start("map 10-14; read 10; touch 10");
	const struct page *p = frame("P", 10);
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 0);
	expect_counts(1, 1);
	expect_text(family(), "R(2/1)");
	expect_text(where("P", 10), "R 10");
	expect_mapcount("P", 10, 1);
	expect_num(p->_refcount, 1);
	expect_num(p->lru_list, LRU_ACTIVE_ANON);
	assert_true(has_flag(p, PG(SWAPBACKED)));
	assert_true(has_flag(p, PG(ACTIVE)));
	assert_false(has_flag(p, PG(ANON_EXCLUSIVE)));
	finish();
}

/* A second page of the VMA needs nothing new. */
static void n40_03_second_write(void **state)
{
	(void)state;
	start("map 10-14; touch 10; touch 11");
	expect_counts(1, 1);
	expect_text(family(), "R(2/1)");
	finish();
}

/* A neighbour that differs only in protection shares the anon_vma. */
static void n40_04_neighbour_shares(void **state)
{
	(void)state;
	start("map 10-14; map 14-18 rwx; touch 10; touch 14");
	expect_text(own("P", 14), "R");
	expect_text(family(), "R(3/1)");
	expect_text(members_of("R"), "P10,P14");
	expect_counts(1, 2);
	finish();
}

/* ... but not when its chain came through a fork. */
static void n40_05_forked_neighbour_is_not_shared(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: map 14-18 rwx; C: touch 14");
	expect_text(own("C", 14), "R2");
	expect_text(chain("C", 14), "[R2]");
	assert_ptr_equal(anon_named("R2")->root, anon_named("R2"));
	finish();
}

/* The next neighbour is asked before the previous. */
static void n40_06_next_before_previous(void **state)
{
	(void)state;
	start("map 10-14; map 14-18 rwx; map 18-22; touch 10; touch 18; "
	      "touch 14");
	expect_text(own("P", 10), "R");
	expect_text(own("P", 14), "R2");
	expect_text(own("P", 18), "R2");
	finish();
}

/* Fork of an unfaulted VMA: no AVC; later two unrelated roots. */
static void n40_07_fork_unfaulted(void **state)
{
	(void)state;
	start("map 10-14; fork C");
	expect_counts(0, 0);
	script("C: touch 10; touch 10");
	expect_text(where("C", 10), "R 10");
	expect_text(where("P", 10), "R2 10");
	expect_text(family(), "R(2/1) R2(2/1)");
	finish();
}

/* Fork of a faulted VMA: the child's own anon_vma and a copied chain. */
static void n40_08_fork_faulted(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	expect_text(chain("C", 10), "[C',R]");
	expect_text(chain("P", 10), "[R]");
	expect_text(members_of("R"), "P10,C10");
	expect_text(members_of("C'"), "C10");
	expect_text(family(), "R(3/2) C'(1/1)");
	assert_ptr_equal(anon_named("C'")->root, anon_named("R"));
	assert_ptr_equal(anon_named("C'")->parent, anon_named("R"));
	finish();
}

/* Shared pages: mapcount 2, both read-only, the child's not young, rss. */
static void n40_09_shared_pages(void **state)
{
	(void)state;
	start("map 10-14; touch 10-12; fork C");
	expect_mapcount("P", 10, 2);
	expect_num(frame("P", 10)->_refcount, 2);
	expect_text(pte_text("P", 10), "-DA");
	expect_text(pte_text("C", 10), "-D-");
	expect_num(mm_of("C")->anon_rss, 2);
	finish();
}

/* The child's copy is on C', the old page stays on R and read-only. */
static void n40_10_child_copies(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10");
	expect_num(cost(COST_COPIES), 1);
	expect_text(where("C", 10), "C' 10");
	expect_text(where("P", 10), "R 10");
	expect_mapcount("C", 10, 1);
	expect_mapcount("P", 10, 1);
	expect_text(pte_text("P", 10), "-DA");
	expect_text(pte_text("C", 10), "WDA");
	finish();
}

/* Then the parent's write reuses its page: nothing copied or allocated. */
static void n40_11_parent_reuses(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10");
	const struct page *p = frame("P", 10);
	script("touch 10");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 0);
	expect_num(cost(COST_ALLOCS), 0);
	assert_ptr_equal(frame("P", 10), p);
	expect_text(where("P", 10), "R 10");
	expect_text(pte_text("P", 10), "WDA");
	finish();
}

/* The parent writing first copies; the child keeps the old page on R. */
static void n40_12_parent_copies(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	const struct page *old = frame("P", 10);
	script("touch 10");
	expect_num(cost(COST_COPIES), 1);
	assert_ptr_equal(frame("C", 10), old);
	assert_ptr_not_equal(frame("P", 10), old);
	expect_text(where("P", 10), "R 10");
	expect_text(where("C", 10), "R 10");
	expect_mapcount("C", 10, 1);
	finish();
}

/* The child's reuse moves the page to C': its walk gets shorter. */
static void n40_13_reuse_moves_to_own(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; touch 10");
	const struct page *old = frame("C", 10);
	expect_walk(old, true, 2, 1);
	script("C: touch 10");
	expect_num(cost(COST_COPIES), 0);
	assert_ptr_equal(frame("C", 10), old);
	expect_text(where("C", 10), "C' 10");
	expect_walk(old, true, 1, 1);
	finish();
}

/* Walks: the child's own page visits 1, one on R visits P, then C. */
static void n40_15_walks(void **state)
{
	(void)state;
	start("map 10-14; touch 10-12; fork C; C: touch 10");
	expect_walk(frame("C", 10), true, 1, 1);
	expect_walk(frame("P", 10), true, 2, 1);
	expect_walk(frame("P", 11), true, 2, 2);
	expect_text(found(), "P11,C11");
	finish();
}

/* page_referenced stops once mapcount mappings are found... */
static void n40_16_early_stop(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10");
	expect_walk(frame("P", 10), false, 1, 1);
	expect_text(pte_text("P", 10), "-D-");
	finish();
}

/* ... a walk without early stop visits both and changes nothing. */
static void n40_17_full_walk(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10");
	expect_walk(frame("P", 10), true, 2, 1);
	expect_text(pte_text("P", 10), "-DA");
	finish();
}

/* The parent exits: R stays with the child in its tree. */
static void n40_18_parent_exits(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; exit");
	expect_text(members_of("R"), "C10");
	expect_text(family(), "R(2/2) C'(1/1)");
	assert_ptr_equal(anon_named("C'")->root, anon_named("R"));
	finish();
}

/* Generation 3 reuses C': the chain stays 3 long. */
static void n40_19_reuse(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; exit; C: fork G; C: exit");
	expect_text(chain("G", 10), "[G',C',R]");
	expect_counts(3, 3);
	script("G: fork H");
	expect_text(chain("H", 10), "[G',C',R]");
	expect_text(own("H", 10), "C'");
	expect_num(anon_named("C'")->degree, 2);
	expect_counts(3, 6);
	finish();
}

/* Generation 4 reuses G', and so on alternating; the count stays 3. */
static void n40_20_alternating_reuse(void **state)
{
	char text[64], name[8] = "G";
	(void)state;
	start("map 10-14; touch 10; fork C; exit; C: fork G; C: exit");
	for (unsigned i = 0; i < 8; i++) {
		snprintf(text, sizeof(text), "%s: fork X%u; %s: exit", name, i,
			name);
		script(text);
		snprintf(name, sizeof(name), "X%u", i);
		expect_text(own(name, 10), i % 2 ? "G'" : "C'");
		expect_counts(3, 3);
	}
	finish();
}

/* Of several idle anon_vmas the oldest is reused. */
static void n40_21_oldest_is_reused(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: fork G; G: fork H; C: exit; "
	      "G: exit");
	expect_text(chain("H", 10), "[H',G',C',R]");
	script("H: fork I");
	expect_text(own("I", 10), "C'");
	expect_text(chain("I", 10), "[H',G',C',R]");
	expect_counts(4, 9);
	finish();
}

/* A root is never reused. */
static void n40_22_root_is_not_reused(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; exit; C: fork G");
	expect_text(own("G", 10), "G'");
	expect_num(anon_named("R")->degree, 2);
	finish();
}

/* An anon_vma with two children and no VMA is not reused. */
static void n40_23_two_children(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: fork G; C: fork K; C: exit");
	expect_num(anon_named("C'")->degree, 2);
	script("G: fork H");
	expect_text(own("H", 10), "H'");
	finish();
}

/* The degree is ambiguous: an anon_vma in use is reused by a descendant. */
static void n40_24_double_reuse(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: fork G; C: exit; G: fork H; "
	      "H: fork I");
	expect_text(own("H", 10), "C'");
	expect_text(own("I", 10), "G'");
	expect_text(own("G", 10), "G'");
	expect_num(anon_named("G'")->degree, 2);
	finish();
}

/* The root goes last, when its descendants are gone. */
static void n40_25_root_goes_last(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: fork G; exit");
	expect_num(anon_named("R")->refcount, 3);
	script("G: exit");
	expect_text(family(), "R(2/2) C'(1/1)");
	script("C: exit");
	expect_counts(0, 0);
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(n40_01_read_maps_zero_page),
		cmocka_unit_test(n40_02_write_after_read),
		cmocka_unit_test(n40_03_second_write),
		cmocka_unit_test(n40_04_neighbour_shares),
		cmocka_unit_test(n40_05_forked_neighbour_is_not_shared),
		cmocka_unit_test(n40_06_next_before_previous),
		cmocka_unit_test(n40_07_fork_unfaulted),
		cmocka_unit_test(n40_08_fork_faulted),
		cmocka_unit_test(n40_09_shared_pages),
		cmocka_unit_test(n40_10_child_copies),
		cmocka_unit_test(n40_11_parent_reuses),
		cmocka_unit_test(n40_12_parent_copies),
		cmocka_unit_test(n40_13_reuse_moves_to_own),
		cmocka_unit_test(n40_15_walks),
		cmocka_unit_test(n40_16_early_stop),
		cmocka_unit_test(n40_17_full_walk),
		cmocka_unit_test(n40_18_parent_exits),
		cmocka_unit_test(n40_19_reuse),
		cmocka_unit_test(n40_20_alternating_reuse),
		cmocka_unit_test(n40_21_oldest_is_reused),
		cmocka_unit_test(n40_22_root_is_not_reused),
		cmocka_unit_test(n40_23_two_children),
		cmocka_unit_test(n40_24_double_reuse),
		cmocka_unit_test(n40_25_root_goes_last),
	};
	return run_on_archs("4.0", tests, sizeof(tests) / sizeof(tests[0]));
}
