/*
 * Linux 6.18: AnonExclusive, reuse by reference count, num_children and
 * num_active_vmas, merges of faulted VMAs.  Each test is one statement, N6-nn.
 */
#include "run.h"

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

/* A read maps the zero page; no anon_vma. */
static void n6_01_read_maps_zero_page(void **state)
{
	(void)state;
	start("map 10-14; read 10");
	assert_true(is_zero_page(frame("P", 10)));
	expect_text(pte_text("P", 10), "--A");
	expect_counts(0, 0);
	finish();
}

/* A write: exclusive, on R, not active, on INACTIVE_ANON. */
static void n6_02_first_write(void **state)
{
	(void)state;
	start("map 10-14; touch 10");
	const struct page *p = frame("P", 10);
	expect_mapcount("P", 10, 1);
	expect_num(p->_refcount, 1);
	assert_true(exclusive("P", 10));
	expect_text(where("P", 10), "R 10");
	assert_false(has_flag(p, PG(ACTIVE)));
	expect_num(p->lru_list, LRU_INACTIVE_ANON);
	assert_true(has_flag(p, PG(SWAPBACKED)));
	expect_text(pte_text("P", 10), "WDA");
	finish();
}

/* The fresh root: one child (itself), one VMA, refcount 1. */
static void n6_03_fresh_root(void **state)
{
	(void)state;
	start("map 10-14; touch 10");
	expect_text(family(), "R(1/1/1)");
	finish();
}

/* Fork: R has two children, C' none. */
static void n6_04_fork(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	expect_text(family(), "R(2/1/2) C'(0/1/1)");
	expect_text(chain("C", 10), "[C',R]");
	finish();
}

/* Fork clears AnonExclusive; read-only in both; mapcount 2, then 3. */
static void n6_05_fork_shares(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	assert_false(exclusive("P", 10));
	expect_text(pte_text("P", 10), "-DA");
	expect_text(pte_text("C", 10), "-D-");
	expect_mapcount("P", 10, 2);
	script("fork D");
	expect_mapcount("P", 10, 3);
	expect_num(frame("P", 10)->_refcount, 3);
	finish();
}

/* The child copies; the parent's page is not exclusive yet. */
static void n6_06_child_copies(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	expect_write("C", 1, 1);
	assert_true(exclusive("C", 10));
	expect_text(where("C", 10), "C' 10");
	expect_mapcount("P", 10, 1);
	assert_false(exclusive("P", 10));
	expect_text(where("P", 10), "R 10");
	finish();
}

/* The parent's write then reuses: one fault, exclusive again. */
static void n6_07_parent_reuses(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10");
	const struct page *p = frame("P", 10);
	expect_write("P", 1, 0);
	assert_ptr_equal(frame("P", 10), p);
	assert_true(exclusive("P", 10));
	expect_text(where("P", 10), "R 10");
	finish();
}

/* Two children alive: the parent copies, the old page stays on R. */
static void n6_08_two_children(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; fork D");
	expect_write("P", 1, 1);
	expect_mapcount("C", 10, 2);
	expect_text(where("C", 10), "R 10");
	assert_ptr_equal(frame("C", 10), frame("D", 10));
	finish();
}

/* All children dead: one fault without a copy, the next write none. */
static void n6_09_children_dead(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; fork D; C: exit; D: exit");
	expect_write("P", 1, 0);
	expect_write("P", 0, 0);
	finish();
}

/* mprotect makes an exclusive page writable at once. */
static void n6_10_mprotect_exclusive(void **state)
{
	(void)state;
	start("map 10-14; touch 10; protect 10-14 r");
	expect_text(pte_text("P", 10), "-DA");
	script("protect 10-14 rw");
	expect_text(pte_text("P", 10), "WDA");
	expect_write("P", 0, 0);
	finish();
}

/* ... a page that was shared needs one fault and is reused. */
static void n6_10_mprotect_once_shared(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: exit; protect 10-14 r; "
	      "protect 10-14 rw");
	expect_text(pte_text("P", 10), "-DA");
	expect_write("P", 1, 0);
	finish();
}

static void expect_child_takes_over(const char *parent_drops)
{
	start("map 10-14; touch 10; fork C");
	const struct page *p = frame("P", 10);
	script(parent_drops);
	expect_write("C", 1, 0);
	assert_ptr_equal(frame("C", 10), p);
	expect_text(where("C", 10), "C' 10");
	assert_true(exclusive("C", 10));
	finish();
}

/* The parent drops its mapping: the child reuses, the page moves to C'. */
static void n6_13_parent_drops(void **state)
{
	(void)state;
	expect_child_takes_over("unmap 10-14");
	expect_child_takes_over("advise 10-14 dontneed");
	expect_child_takes_over("exit");
}

/* Chain with exits: generation 3 reuses C', 4 reuses G'; length 3. */
static void n6_16_reuse(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; exit; C: fork G; C: exit");
	script("G: fork H");
	expect_text(own("H", 10), "C'");
	expect_text(chain("H", 10), "[G',C',R]");
	script("G: exit; H: fork I");
	expect_text(own("I", 10), "G'");
	script("H: exit");
	expect_counts(3, 3);
	finish();
}

/* Chain without exits: generation g has g + 1 AVCs. */
static void n6_17_all_alive(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: fork G; G: fork H; H: fork I");
	expect_text(chain("I", 10), "[I',H',G',C',R]");
	expect_counts(5, 1 + 2 + 3 + 4 + 5);
	finish();
}

/* The run that confuses 4.0's degree gets a new anon_vma here. */
static void n6_18_no_double_reuse(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: fork G; C: exit; G: fork H; "
	      "H: fork I");
	expect_text(own("H", 10), "C'");
	expect_text(own("I", 10), "I'");
	expect_text(chain("I", 10), "[I',G',C',R]");
	finish();
}

/* Dead ancestors' anon_vmas live until the last of the family goes. */
static void n6_19_dead_ancestors(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: fork G; exit; C: exit");
	expect_counts(3, 3);
	script("G: exit");
	expect_counts(0, 0);
	finish();
}

/* WIPEONFORK: the child has the VMA but no page and no AVC. */
static void n6_20_wipeonfork(void **state)
{
	(void)state;
	start("map 10-14; touch 10; advise 10-14 wipeonfork; fork C");
	expect_text(vmas("C"), "10-14rw");
	expect_text(chain("C", 10), "[]");
	expect_text(pte_text("C", 10), "");
	expect_counts(1, 1);
	expect_num(value_at("C", 10), 0);
	expect_text(pte_text("P", 10), "WDA");
	finish();
}

/* KEEPONFORK takes it back. */
static void n6_20_keeponfork(void **state)
{
	(void)state;
	start("map 10-14; touch 10; advise 10-14 wipeonfork; "
	      "advise 10-14 keeponfork; fork C");
	expect_text(chain("C", 10), "[C',R]");
	expect_mapcount("C", 10, 2);
	finish();
}

/* DONTFORK: the VMA is absent in the child; DOFORK takes it back. */
static void n6_20_dontfork(void **state)
{
	(void)state;
	start("map 10-18; touch 10; advise 10-14 dontfork; fork C");
	expect_text(vmas("C"), "14-18rw");
	script("advise 10-14 dofork; fork D");
	expect_text(vmas("D"), "10-18rw");
	expect_mapcount("P", 10, 2);
	finish();
}

/* Zero-page PTEs are copied only if the VMA has an anon_vma. */
static void n6_23_zero_page_copied_with_anon_vma(void **state)
{
	(void)state;
	start("map 10-14; read 10; fork C");
	expect_text(pte_text("C", 10), "");
	script("touch 11; fork D");
	assert_true(is_zero_page(frame("D", 10)));
	expect_num(mm_of("D")->anon_rss, 1);
	finish();
}

/* A new mapping beside a faulted VMA merges; in a child it has its root. */
static void n6_34_new_neighbour(void **state)
{
	(void)state;
	start("map 10-14; touch 10; map 14-18");
	expect_text(vmas("P"), "10-18rw");
	script("fork C; C: map 18-22");
	expect_text(vmas("C"), "10-18rw 18-22rw");
	script("C: touch 18");
	expect_text(chain("C", 18), "[R2]");
	expect_text(vmas("C"), "10-18rw 18-22rw");
	finish();
}

/* In the parent it still merges after the fork. */
static void n6_35_parent_after_fork(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; map 14-18");
	expect_text(vmas("P"), "10-18rw");
	finish();
}

/* A faulted VMA made equal to an unfaulted one merges, unlike in 4.0. */
static void n6_36_faulted_to_unfaulted(void **state)
{
	(void)state;
	start("map 10-14; map 14-18 rwx; touch 14; protect 14-18 rw");
	expect_text(vmas("P"), "10-18rw");
	expect_text(chain("P", 10), "[R]");
	expect_walk(frame("P", 14), true, 1, 1);
	finish();
}

/* Three at once: all join when only one side is faulted. */
static void n6_37_three(void **state)
{
	(void)state;
	start("map 10-14; map 14-18 rwx; map 18-22; touch 18; "
	      "protect 14-18 rw");
	expect_text(vmas("P"), "10-22rw");
	expect_text(own("P", 10), "R");
	begin("6.18");
	script("map 10-14; map 14-18 rwx; map 18-22; touch 10; touch 18; "
	       "protect 14-18 rw");
	expect_text(vmas("P"), "10-18rw 18-22rw");
	finish();
}

/* Faulted in the order middle, left, right they share one anon_vma. */
static void n6_38_middle_first(void **state)
{
	(void)state;
	start("map 10-14; map 14-18 rwx; map 18-22; touch 14; touch 10; "
	      "touch 18");
	expect_counts(1, 3);
	script("protect 14-18 rw");
	expect_text(vmas("P"), "10-22rw");
	expect_counts(1, 1);
	finish();
}

/* mremap: unfaulted joins a faulted one; two faulted ones do not. */
static void n6_39_mremap(void **state)
{
	(void)state;
	start("map 10-14; touch 10; map 20-24; move 20-24 14");
	expect_text(vmas("P"), "10-18rw");
	script("map 30-34; touch 30; move 30-34 18");
	expect_text(vmas("P"), "10-18rw 18-22rw");
	script("map 40-44; read 40; move 40-44 6");
	expect_text(vmas("P"), "6-18rw 18-22rw");
	finish();
}

/* After MADV_DONTNEED a VMA still counts as faulted. */
static void n6_40_dontneed_is_faulted(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; advise 10-14 dontneed; map 20-24; "
	      "touch 20; move 10-14 24");
	expect_text(vmas("P"), "20-24rw 24-28rw");
	finish();
}

/* mremap out and back heals; also beside an unfaulted neighbour. */
static void n6_41_mremap_back(void **state)
{
	(void)state;
	start("map 10-18; touch 10; touch 15; move 14-18 30; move 30-34 14");
	expect_text(vmas("P"), "10-18rw");
	expect_counts(1, 1);
	begin("6.18");
	script("map 14-18; touch 14; move 14-18 40; map 10-14; move 40-44 14");
	expect_text(vmas("P"), "10-18rw");
	expect_text(where("P", 14), "R 14");
	finish();
}

/* C3 (corrections): but a forked one stays apart from an untouched VMA. */
static void n6_41_forked_source_stays_apart(void **state)
{
	(void)state;
	start("map 14-18; touch 14; fork C; C: move 14-18 40; C: map 10-14; "
	      "C: move 40-44 14");
	expect_text(vmas("C"), "10-14rw 14-18rw");
	expect_text(chain("C", 14), "[C',R]");
	finish();
}

/* In a child a split and its restoration merge again. */
static void n6_42_child_split_and_restore(void **state)
{
	(void)state;
	start("map 10-18; touch 10-18; fork C; C: protect 12-14 r");
	expect_num(count_vmas("C"), 3);
	script("C: protect 12-14 rw");
	expect_text(vmas("C"), "10-18rw");
	finish();
}

/* A child's forked VMA grows in place by mremap and stays one VMA. */
static void n6_43_child_grows_in_place(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: resize 10-14 18");
	expect_text(vmas("C"), "10-18rw");
	expect_text(chain("C", 10), "[C',R]");
	finish();
}

/* Boundary moves: always two VMAs. */
static void n6_44_boundary_moves(void **state)
{
	(void)state;
	start("map 10-18; touch 10-18; protect 14-18 r");
	expect_text(vmas("P"), "10-14rw 14-18r");
	script("protect 14-16 rw");
	expect_text(vmas("P"), "10-16rw 16-18r");
	script("protect 12-16 r");
	expect_text(vmas("P"), "10-12rw 12-18r");
	expect_counts(1, 2);
	finish();
}

/* brk after fork: one heap VMA in the parent, two in the child. */
static void n6_45_brk(void **state)
{
	(void)state;
	start("brk 4");
	expect_num(try_write(pid_of("P"), mm_of("P")->start_brk, 1), 0);
	script("fork C; C: brk 8; brk 8");
	expect_num(count_heap_vmas("C"), 2);
	expect_num(count_heap_vmas("P"), 1);
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(n6_01_read_maps_zero_page),
		cmocka_unit_test(n6_02_first_write),
		cmocka_unit_test(n6_03_fresh_root),
		cmocka_unit_test(n6_04_fork),
		cmocka_unit_test(n6_05_fork_shares),
		cmocka_unit_test(n6_06_child_copies),
		cmocka_unit_test(n6_07_parent_reuses),
		cmocka_unit_test(n6_08_two_children),
		cmocka_unit_test(n6_09_children_dead),
		cmocka_unit_test(n6_10_mprotect_exclusive),
		cmocka_unit_test(n6_10_mprotect_once_shared),
		cmocka_unit_test(n6_13_parent_drops),
		cmocka_unit_test(n6_16_reuse),
		cmocka_unit_test(n6_17_all_alive),
		cmocka_unit_test(n6_18_no_double_reuse),
		cmocka_unit_test(n6_19_dead_ancestors),
		cmocka_unit_test(n6_20_wipeonfork),
		cmocka_unit_test(n6_20_keeponfork),
		cmocka_unit_test(n6_20_dontfork),
		cmocka_unit_test(n6_23_zero_page_copied_with_anon_vma),
		cmocka_unit_test(n6_34_new_neighbour),
		cmocka_unit_test(n6_35_parent_after_fork),
		cmocka_unit_test(n6_36_faulted_to_unfaulted),
		cmocka_unit_test(n6_37_three),
		cmocka_unit_test(n6_38_middle_first),
		cmocka_unit_test(n6_39_mremap),
		cmocka_unit_test(n6_40_dontneed_is_faulted),
		cmocka_unit_test(n6_41_mremap_back),
		cmocka_unit_test(n6_41_forked_source_stays_apart),
		cmocka_unit_test(n6_42_child_split_and_restore),
		cmocka_unit_test(n6_43_child_grows_in_place),
		cmocka_unit_test(n6_44_boundary_moves),
		cmocka_unit_test(n6_45_brk),
	};
	return run_on_archs("6.18", tests, sizeof(tests) / sizeof(tests[0]));
}
