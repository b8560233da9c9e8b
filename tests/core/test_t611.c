/*
 * Linux 2.6.11: an anon_vma is a flat list of VMAs, newest first, shared by a
 * whole family of processes.  Each test is one statement, T611-nn.
 */
#include "run.h"

#include <stdio.h>

static void start(const char *text)
{
	begin("2.6.11");
	script(text);
}

static void expect_page(const struct page *p, int mapcount, int refcount)
{
	assert_non_null(p);
	expect_num(page_mapcount(p), mapcount);
	expect_num(p->_refcount, refcount);
}

/* A read fault maps the zero page; no anon_vma, rss 0. */
static void t611_01_read_maps_zero_page(void **state)
{
	(void)state;
	start("map 10-14; read 10");
	assert_true(is_zero_page(frame("P", 10)));
	expect_text(pte_text("P", 10), "--A");
	expect_text(own("P", 10), "-");
	expect_num(count_anon_vmas(), 0);
	expect_num(mm_of("P")->anon_rss, 0);
	finish();
}

/* A write fault makes the anon_vma and a page that points to it. */
static void t611_02_write_makes_anon_vma(void **state)
{
	(void)state;
	start("map 10-14; touch 10");
	const struct page *a = frame("P", 10);
	expect_page(a, 1, 1);
	expect_text(where("P", 10), "R 10");
	expect_text(members_of("R"), "P10");
	expect_text(pte_text("P", 10), "WDA");
	assert_true(has_flag(a, PG(REFERENCED)));
	assert_true(has_flag(a, PG(ACTIVE)));
	expect_num(a->lru_list, LRU_ACTIVE_ANON);
	expect_num(mm_of("P")->anon_rss, 1);
	finish();
}

/* 1.6: the copy of the zero page enters the active list unreferenced. */
static void t611_1_6_cow_copy_is_not_referenced(void **state)
{
	(void)state;
	start("map 10-14; read 10; touch 10");
	expect_num(run.res.faults, 1);
	assert_false(has_flag(frame("P", 10), PG(REFERENCED)));
	assert_true(has_flag(frame("P", 10), PG(ACTIVE)));
	expect_page(frame("P", 10), 1, 1);
	finish();
}

/* Fork: list [V', V], counts 2, both PTEs read-only, the child's old. */
static void t611_03_fork_joins_the_list(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C");
	expect_page(frame("P", 10), 2, 2);
	assert_ptr_equal(frame("P", 10), frame("C", 10));
	expect_text(where("P", 10), "R 10");
	expect_text(own("C", 10), "R");
	expect_num(vma_at("C", 10)->vm_pgoff, BASE_PAGE + 10);
	expect_text(members_of("R"), "C10,P10");
	expect_text(pte_text("P", 10), "-DA");
	expect_text(pte_text("C", 10), "-D-");
	expect_num(mm_of("C")->anon_rss, 1);
	finish();
}

/* Fork before any write: two unrelated anon_vmas later. */
static void t611_04_fork_before_write(void **state)
{
	(void)state;
	start("map 10-14; fork C");
	expect_text(own("P", 10), "-");
	expect_text(own("C", 10), "-");
	script("touch 10; C: touch 10");
	expect_text(where("P", 10), "R 10");
	expect_text(where("C", 10), "R2 10");
	expect_text(members_of("R"), "P10");
	expect_text(members_of("R2"), "C10");
	finish();
}

/* The child's copy points to the parent's anon_vma, at the same index. */
static void t611_05_copy_points_to_parents_anon_vma(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10");
	assert_ptr_not_equal(frame("P", 10), frame("C", 10));
	expect_text(where("C", 10), "R 10");
	expect_page(frame("C", 10), 1, 1);
	expect_page(frame("P", 10), 1, 1);
	expect_text(members_of("R"), "C10,P10");
	expect_text(pte_text("P", 10), "-DA");
	expect_num(count_anon_vmas(), 1);
	expect_num(mm_of("C")->anon_rss, 1);
	finish();
}

/* page_referenced(A) visits V' in vain, then V; of B it stops at once. */
static void t611_06_walks(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10");
	expect_walk(frame("P", 10), false, 2, 1);
	expect_text(found(), "P10");
	expect_walk(frame("C", 10), false, 1, 1);
	expect_text(found(), "C10");
	expect_walk(frame("C", 10), true, 2, 1);
	finish();
}

/* 4.3: page_referenced clears accessed bits and PG_referenced. */
static void t611_4_3_page_referenced_clears(void **state)
{
	(void)state;
	start("map 10-14; touch 10");
	expect_walk(frame("P", 10), true, 1, 1);
	expect_text(pte_text("P", 10), "WDA");
	assert_true(has_flag(frame("P", 10), PG(REFERENCED)));
	expect_walk(frame("P", 10), false, 1, 1);
	expect_text(pte_text("P", 10), "WD-");
	assert_false(has_flag(frame("P", 10), PG(REFERENCED)));
	finish();
}

/* A page first touched after the fork: walks of the child's and parent's. */
static void t611_07_new_pages_after_fork(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10; C: touch 11");
	expect_text(where("C", 11), "R 11");
	expect_walk(frame("C", 11), false, 1, 1);
	script("touch 11");
	expect_text(where("P", 11), "R 11");
	expect_walk(frame("P", 11), false, 2, 1);
	finish();
}

/* The parent's exit leaves the anon_vma with the child; the last frees it. */
static void t611_08_exit(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10");
	const struct page *a = frame("P", 10), *b = frame("C", 10);
	script("exit");
	expect_text(members_of("R"), "C10");
	expect_num(a->kind, PAGE_FREE);
	assert_ptr_equal(frame("C", 10), b);
	expect_text(where("C", 10), "R 10");
	expect_page(b, 1, 1);
	script("C: exit");
	expect_num(count_anon_vmas(), 0);
	expect_num(b->kind, PAGE_FREE);
	finish();
}

/* A grandchild joins the same flat list at its head. */
static void t611_09_grandchild(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: fork G");
	expect_text(members_of("R"), "G10,C10,P10");
	expect_page(frame("P", 10), 3, 3);
	expect_num(count_anon_vmas(), 1);
	finish();
}

/* mremap keeps vm_pgoff, index and counts; the child's address differs. */
static void t611_15_mremap_keeps_pgoff(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; move 10-14 30");
	assert_null(vma_at("P", 10));
	expect_num(pgoff("P", 30), 10);
	expect_text(own("P", 30), "R");
	expect_text(where("P", 30), "R 10");
	assert_ptr_equal(frame("C", 10), frame("P", 30));
	expect_page(frame("P", 30), 2, 2);
	expect_text(members_of("R"), "P30,C10");
	expect_walk(frame("P", 30), true, 2, 2);
	expect_text(found(), "P30,C10");
	finish();
}

/* mremap of an untouched VMA renumbers it. */
static void t611_16_mremap_untouched(void **state)
{
	(void)state;
	start("map 10-14; move 10-14 30");
	expect_text(vmas("P"), "30-34rw");
	expect_num(pgoff("P", 30), 30);
	finish();
}

/* A new mapping at the old place: the same index on another anon_vma. */
static void t611_17_same_index_other_anon_vma(void **state)
{
	(void)state;
	start("map 10-14; touch 10; move 10-14 30; map 10-14; touch 10");
	expect_text(where("P", 10), "R2 10");
	expect_text(where("P", 30), "R 10");
	expect_walk(frame("P", 10), true, 1, 1);
	expect_walk(frame("P", 30), true, 1, 1);
	finish();
}

/* One page moved out: three VMAs on one anon_vma, then the hole is glued. */
static void t611_18_move_one_page(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; move 11-12 30");
	expect_text(vmas("P"), "10-11rw 12-14rw 30-31rw");
	expect_num(pgoff("P", 30), 11);
	expect_num(pgoff("P", 12), 12);
	expect_text(own("P", 12), "R");
	expect_text(own("P", 30), "R");
	script("map 11-12");
	expect_text(vmas("P"), "10-14rw 30-31rw");
	script("touch 11");
	expect_text(where("P", 11), "R 11");
	expect_text(where("P", 30), "R 11");
	expect_walk(frame("P", 11), true, 2, 1);
	expect_walk(frame("P", 30), true, 2, 1);
	finish();
}

/* With other protection the hole is its own VMA that adopts the anon_vma. */
static void t611_18_hole_of_other_protection(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; move 11-12 30; map 11-12 rwx; touch 11");
	expect_text(vmas("P"), "10-11rw 11-12rwx 12-14rw 30-31rw");
	expect_text(own("P", 11), "R");
	expect_text(where("P", 11), "R 11");
	expect_num(count_anon_vmas(), 1);
	finish();
}

/* A moved VMA cannot merge with a new neighbour: offsets do not fit. */
static void t611_19_moved_does_not_merge(void **state)
{
	(void)state;
	start("map 10-14; touch 10; move 10-14 30; map 34-38");
	expect_text(vmas("P"), "30-34rw 34-38rw");
	script("touch 34");
	expect_text(own("P", 34), "R2");
	finish();
}

/* A split by munmap: both halves on the list, a range miss is wasted. */
static void t611_20_split_by_munmap(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; unmap 11-12");
	expect_text(vmas("P"), "10-11rw 12-14rw");
	expect_num(pgoff("P", 12), 12);
	expect_text(where("P", 12), "R 12");
	expect_text(where("P", 13), "R 13");
	expect_text(members_of("R"), "P12,P10");
	expect_walk(frame("P", 10), false, 2, 1);
	expect_walk(frame("P", 12), false, 1, 1);
	finish();
}

/* mprotect and back: three VMAs, then one; the PTE waits for a fault. */
static void t611_21_mprotect_round_trip(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14");
	struct page *page = frame("P", 11), before = *page;
	script("protect 11-12 r");
	expect_text(vmas("P"), "10-11rw 11-12r 12-14rw");
	expect_text(pte_text("P", 11), "-DA");
	script("protect 11-12 rw");
	expect_text(vmas("P"), "10-14rw");
	expect_text(members_of("R"), "P10");
	expect_text(pte_text("P", 11), "-DA");
	assert_memory_equal(page, &before, sizeof(before));
	script("touch 11");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 0);
	assert_ptr_equal(frame("P", 11), page);
	expect_text(pte_text("P", 11), "WDA");
	finish();
}

/* Split before any write: two anon_vmas that keep the halves apart. */
static void t611_22_split_then_write(void **state)
{
	(void)state;
	start("map 10-14; protect 11-12 r; touch 10; touch 12");
	expect_text(own("P", 10), "R");
	expect_text(own("P", 11), "-");
	expect_text(own("P", 12), "R2");
	script("protect 11-12 rw");
	expect_text(vmas("P"), "10-12rw 12-14rw");
	finish();
}

/* Write, split, write: all parts share one anon_vma. */
static void t611_23_write_then_split(void **state)
{
	(void)state;
	start("map 10-14; touch 10; protect 11-12 r; touch 12");
	expect_text(own("P", 11), "R");
	expect_text(own("P", 12), "R");
	expect_text(where("P", 12), "R 12");
	expect_num(count_anon_vmas(), 1);
	finish();
}

static void fork_children(unsigned n)
{
	char text[64];
	for (unsigned i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "fork C%u", i);
		script(text);
	}
}

static void children_write(unsigned n, unsigned pages)
{
	char text[64];
	for (unsigned i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "C%u: touch 10-%u", i, 10 + pages);
		script(text);
	}
}

/* Many children: a shared page costs all of them, then the parent's too. */
static void t611_32_many_children(void **state)
{
	(void)state;
	start("map 10-14; touch 10");
	fork_children(50);
	expect_walk(frame("P", 10), false, 51, 51);
	children_write(50, 1);
	expect_walk(frame("P", 10), false, 51, 1);
	expect_walk(frame("C0", 10), false, 50, 1);
	expect_walk(frame("C49", 10), false, 1, 1);
	expect_walk(frame("C49", 10), true, 51, 1);
	finish();
}

static uint64_t walk_all(unsigned children, unsigned pages, bool full)
{
	char name[16] = "P";
	uint64_t visits = 0;
	for (unsigned i = 0; i <= children; i++) {
		for (unsigned p = 10; p < 10 + pages; p++) {
			expect_num(try_rmap(frame(name, p), full), 0);
			visits += cost(COST_VISITED);
		}
		snprintf(name, sizeof(name), "C%u", i);
	}
	return visits;
}

/* 4.7: all copied: m(n+1)(n+2)/2 visits, without early stop m(n+1)^2. */
static void t611_4_7_scale_model(void **state)
{
	static const struct {
		unsigned n, m, stop, full;
	} row[] = { { 3, 2, 20, 32 }, { 9, 4, 220, 400 } };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		start("map 10-14; touch 10-14");
		fork_children(row[i].n);
		children_write(row[i].n, row[i].m);
		expect_num(walk_all(row[i].n, row[i].m, false), row[i].stop);
		expect_num(walk_all(row[i].n, row[i].m, true), row[i].full);
		finish();
	}
}

/* A free page has no mapping and counts of nothing. */
static void t611_33_free_page(void **state)
{
	(void)state;
	start("map 10-14; touch 10");
	const struct page *a = frame("P", 10);
	script("unmap 10-14");
	expect_num(a->kind, PAGE_FREE);
	expect_num(a->mapping, 0);
	expect_num(a->_mapcount, -1);
	expect_num(a->_refcount, 0);
	finish();
}

/* A VMA keeps its anon_vma for life, whatever the parent's is split into. */
static void t611_35_cow_after_parents_split(void **state)
{
	(void)state;
	start("map 10-14; touch 10-14; fork C; protect 11-12 r; C: touch 11");
	expect_text(where("C", 11), "R 11");
	expect_text(own("P", 11), "R");
	expect_num(count_anon_vmas(), 1);
	finish();
}

/* 1.5: reuse changes no reverse map: the page stays where it was. */
static void t611_1_5_reuse(void **state)
{
	(void)state;
	start("map 10-14; touch 10; fork C; C: touch 10");
	const struct page *a = frame("P", 10);
	script("touch 10");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 0);
	assert_ptr_equal(frame("P", 10), a);
	expect_text(where("P", 10), "R 10");
	expect_text(pte_text("P", 10), "WDA");
	finish();
}

/* 4.3: anon_vma_prepare asks the next neighbour before the previous. */
static void t611_4_3_next_before_previous(void **state)
{
	(void)state;
	start("map 10-14; map 14-18 rwx; map 18-22; touch 10; touch 18; "
	      "touch 14");
	expect_text(own("P", 10), "R");
	expect_text(own("P", 18), "R2");
	expect_text(own("P", 14), "R2");
	expect_text(members_of("R2"), "P14,P18");
	finish();
}

/* 4.7: fork allocates nothing for the reverse map, at any number of pages. */
static void t611_4_7_fork_takes_no_rmap_memory(void **state)
{
	(void)state;
	start("map 10-40; touch 10-40; fork C");
	expect_num(count_anon_vmas(), 1);
	expect_num(count_avcs(), 0);
	expect_num(mm_of("C")->anon_rss, 30);
	finish();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(t611_01_read_maps_zero_page),
		cmocka_unit_test(t611_02_write_makes_anon_vma),
		cmocka_unit_test(t611_1_6_cow_copy_is_not_referenced),
		cmocka_unit_test(t611_03_fork_joins_the_list),
		cmocka_unit_test(t611_04_fork_before_write),
		cmocka_unit_test(t611_05_copy_points_to_parents_anon_vma),
		cmocka_unit_test(t611_06_walks),
		cmocka_unit_test(t611_4_3_page_referenced_clears),
		cmocka_unit_test(t611_07_new_pages_after_fork),
		cmocka_unit_test(t611_08_exit),
		cmocka_unit_test(t611_09_grandchild),
		cmocka_unit_test(t611_15_mremap_keeps_pgoff),
		cmocka_unit_test(t611_16_mremap_untouched),
		cmocka_unit_test(t611_17_same_index_other_anon_vma),
		cmocka_unit_test(t611_18_move_one_page),
		cmocka_unit_test(t611_18_hole_of_other_protection),
		cmocka_unit_test(t611_19_moved_does_not_merge),
		cmocka_unit_test(t611_20_split_by_munmap),
		cmocka_unit_test(t611_21_mprotect_round_trip),
		cmocka_unit_test(t611_22_split_then_write),
		cmocka_unit_test(t611_23_write_then_split),
		cmocka_unit_test(t611_32_many_children),
		cmocka_unit_test(t611_4_7_scale_model),
		cmocka_unit_test(t611_33_free_page),
		cmocka_unit_test(t611_35_cow_after_parents_split),
		cmocka_unit_test(t611_1_5_reuse),
		cmocka_unit_test(t611_4_3_next_before_previous),
		cmocka_unit_test(t611_4_7_fork_takes_no_rmap_memory),
	};
	return run_on_archs("2.6.11", tests, sizeof(tests) / sizeof(tests[0]));
}
