/*
 * One story in every kernel: two pages, a child, a page that goes to swap while
 * both need it and comes back to each of them (the golden trace 5.1 of 2.4,
 * 2.6.0 and 2.6.11, and what 4.0 and 6.18 make of it).
 *
 * P's pages are 10 and 11: A0, A1; B0, M1 are copies, N1 is what came back.
 */
#include "chains.h"
#include "run.h"
#include "scan_by_hand.h"

#include "core/io.h"
#include "core/lru.h"
#include "core/mechanism.h"
#include "core/reclaim.h"
#include "core/scan_2_4.h"
#include "core/swap.h"

#include <string.h>

/* What a kernel has where the others have something else. */
static const struct column {
	const char *era;
	enum lru_list new_list;     /* of a page written first */
	uint32_t new_flags;         /* PG(REFERENCED) */
	pteval_t entry;             /* slot 1 in a PTE of the default arch */
	uint32_t unmapped, freed;   /* swap_map when both PTEs hold it */
	uint32_t one_back, both_back; /* after steps 7 and 9 */
	enum lru_list read_list;    /* of a page read in */
	unsigned write_faults;      /* of step 8': a write at once */
	uint32_t after_write;       /* swap_map after step 9' */
} columns[] = {
	{ "2.4", LRU_INACTIVE_ANON, PG(REFERENCED), 0x100, 3, 2, 2, 1,
		LRU_INACTIVE_ANON, 2, 1 },
	{ "2.6.0", LRU_ACTIVE_ANON, PG(REFERENCED), 0x100, 3, 2, 2, 1,
		LRU_ACTIVE_ANON, 2, 1 },
	{ "2.6.11", LRU_ACTIVE_ANON, PG(REFERENCED), 0x100, 3, 2, 2, 1,
		LRU_ACTIVE_ANON, 1, 1 },
	{ "4.0", LRU_ACTIVE_ANON, 0, 0x200, 0x42, 2, 0x41, 0x40,
		LRU_INACTIVE_ANON, 1, 0 },
	{ "6.18", LRU_INACTIVE_ANON, 0, 0x07fffffffffffc00, 0x42, 2, 0x41, 0x40,
		LRU_INACTIVE_ANON, 1, 0 },
};
#define NR_COLUMNS (sizeof(columns) / sizeof(*columns))

static bool has_anon_vmas(void)
{
	return !ops_of(run.m)->swap_in_index;
}

/* What each page is mapped by after a step: the chain in 2.6.0; in 2.6.11 the
 * anon_vma, the index and the mapcount. */
static const struct golden {
	unsigned step;
	const char *task;
	uint64_t page;
	const char *chain, *where;
	int mapcount;
} golden[] = {
	{ 1, "P", 10, "=P", "R 10", 1 },
	{ 1, "P", 11, "=P", "R 11", 1 },
	{ 2, "P", 10, "[C P]", "R 10", 2 },
	{ 2, "P", 11, "[C P]", "R 11", 2 },
	{ 3, "P", 10, "[P]", "R 10", 1 },
	{ 3, "C", 10, "=C", "R 10", 1 },
	{ 3, "P", 11, "[C P]", "R 11", 2 },
	{ 4, "P", 10, "[P]", "R 10", 1 },
	{ 7, "C", 11, "=C", "R 11", 1 },
	{ 8, "C", 11, "=C", "R 11", 1 },
	{ 9, "P", 11, "=P", "R 11", 1 },
	{ 10, "P", 11, "=P", "R 11", 1 },
};

/* Who is on it, by tasks' names: "P,C,". */
static const char *mmlist(void)
{
	static char text[2 * NAME_SIZE];

	text[0] = 0;
	for (struct list_head *at = run.m->mmlist.next; at != &run.m->mmlist;
		at = at->next) {
		strcat(text, mm_owner(run.m, container_of(at, struct mm_struct,
						     mmlist))->name);
		strcat(text, ",");
	}
	return text;
}

/* The era's own columns of the table. */
static void expect_golden(unsigned step)
{
	const struct era_ops *ops = ops_of(run.m);
	bool list = !strcmp(machine_era(run.m)->name, "2.6.11");

	for (size_t i = 0; i < sizeof(golden) / sizeof(*golden); i++) {
		const struct golden *g = &golden[i];

		if (g->step != step)
			continue;
		expect_mapcount(g->task, g->page, g->mapcount);
		if (ops->chain_rows)
			expect_text(chain_of(frame(g->task, g->page)),
				g->chain);
		if (list)
			expect_text(where(g->task, g->page), g->where);
	}
	if (ops->mmlist_all)
		expect_text(mmlist(), step == 1 || step == 10 ? "P," : "P,C,");
	if (list)
		expect_text(members_of("R"),
			step == 1 || step == 10 ? "P10" : "C10,P10");
}

static uint32_t map1(void)
{
	return swap_map_raw(run.m, 1);
}

static void step1_write(const struct column *c)
{
	struct machine_config config = { .swap = 64 << PAGE_SHIFT,
		.tune = tunables_default(era_find(c->era)) };
	config.tune.swap_cluster = 1; /* a scan of one page is worth while */
	begin_with(c->era, NULL, &config);
	script("map 10-12; touch 10-12");
	for (unsigned i = 10; i < 12; i++) {
		const struct page *a = frame("P", i);
		expect_num(a->_refcount, 1);
		expect_num(a->lru_list, c->new_list);
		expect_num(a->flags & PG(REFERENCED), c->new_flags);
	}
	expect_num(mm_of("P")->anon_rss, 2);
	expect_golden(1);
	if (!has_anon_vmas())
		return;
	expect_text(members_of("R"), "P10");
	expect_text(where("P", 10), "R 10");
	expect_text(where("P", 11), "R 11");
}

static void step2_fork(void)
{
	uint64_t anon_vmas = run.m->caches[CACHE_ANON_VMA].nr_objects;

	script("fork C");
	expect_golden(2);
	if (ops_of(run.m)->chain_rows)
		expect_num(nodes(), 2);
	if (!strcmp(machine_era(run.m)->name, "2.6.11"))
		expect_num(run.m->caches[CACHE_ANON_VMA].nr_objects,
			anon_vmas);
	for (unsigned i = 10; i < 12; i++) {
		expect_num(frame("P", i)->_refcount, 2);
		assert_ptr_equal(frame("P", i), frame("C", i));
		assert_false(pte_write(run.m, pte_at("P", i)));
		assert_false(pte_write(run.m, pte_at("C", i)));
	}
	expect_num(mm_of("C")->anon_rss, 2);
}

static void step3_child_writes(const struct column *c)
{
	script("C: touch 10");
	const struct page *a0 = frame("P", 10), *b0 = frame("C", 10);
	expect_num(a0->_refcount, 1);
	expect_num(b0->_refcount, 1);
	expect_num(b0->lru_list, c->new_list);
	assert_false(has_flag(b0, PG(REFERENCED)));
	assert_true(pte_write(run.m, pte_at("C", 10)));
	assert_false(pte_write(run.m, pte_at("P", 10)));
	expect_golden(3);
}

static void step4_parent_reuses(void)
{
	struct page *a0 = frame("P", 10);
	script("touch 10");
	assert_ptr_equal(frame("P", 10), a0);
	expect_num(cost(COST_COPIES), 0);
	expect_num(run.res.faults, 1);
	expect_golden(4);
}

/* Nobody has used the page since: accessed bits and PG_referenced clear. */
static void let_it_age(struct page *page)
{
	expect_num(try_rmap(page, false), 0);
	page->flags &= ~PG(REFERENCED);
}

static int visit(const char *task)
{
	return try_to_swap_out(run.m, vma_at(task, 11), addr_of(11),
		frame(task, 11));
}

/* Without a reverse map each PTE is met by itself; until the page is old and
 * inactive a visit only clears accessed bits. */
static void unmap_by_visits(struct page *a1)
{
	expect_num(visit("P"), 0);
	expect_num(visit("C"), 0);
	refill_inactive(run.m, run.m->zones[0].nr_lru[LRU_ACTIVE_ANON]);
	expect_num(a1->lru_list, LRU_INACTIVE_ANON);
	expect_num(visit("P"), 0);
	expect_num(map1(), 2);
	expect_num(visit("C"), 1);
}

/* As a scan does it, which holds the page. */
static void unmap_by_rmap(struct page *a1)
{
	let_it_age(a1);
	a1->_refcount++;
	a1->flags |= PG(LOCKED);
	assert_true(add_to_swap(run.m, a1));
	expect_num(map1(), ops_of(run.m)->swap_cache_flag ? 0x40 : 1);
	expect_num(try_to_unmap(run.m, a1, 0), UNMAP_SUCCESS);
	a1->flags &= ~PG(LOCKED);
	a1->_refcount--;
}

static void step5_unmap(const struct column *c, struct page *a1)
{
	const uintptr_t mapping = a1->mapping;

	if (ops_of(run.m)->page_referenced)
		unmap_by_rmap(a1);
	else
		unmap_by_visits(a1);
	hand_check();
	expect_num(mm_of("P")->anon_rss, 1);
	expect_num(mm_of("C")->anon_rss, 1);
	assert_true(pte_at("P", 11) == c->entry);
	assert_true(pte_at("C", 11) == c->entry);
	expect_num(map1(), c->unmapped);
	assert_true(has_flag(a1, PG(DIRTY)));
	assert_true(has_flag(a1, PG(SWAPCACHE)));
	expect_num(page_mapcount(a1), 0);
	expect_num(a1->_refcount, 1);
	if (has_anon_vmas()) { /* it still knows where it belongs */
		assert_true(a1->mapping == mapping);
		expect_num(a1->index, BASE_PAGE + 11);
		expect_num(a1->private, 1);
	} else {
		assert_ptr_equal((void *)a1->mapping, &run.m->swapper_space);
		expect_num(a1->index,
			ops_of(run.m)->swp_val_type_shift ? 1 : 0x100);
	}
	if (ops_of(run.m)->chain_rows) /* A0's node is left */
		expect_num(nodes(), 1);
}

/* The other two pages are in use all the time. */
static void use_the_others(void)
{
	script("read 10; C: read 10");
}

/* 2.4: two passes over the inactive list; mapped pages before it would start
 * the virtual scan instead. */
static void free_by_passes(struct page *a1)
{
	use_the_others();
	hand_deactivate(a1);
	expect_num(shrink_cache(run.m, 1, 1), 1);
	assert_true(has_flag(a1, PG(LAUNDER)));
	io_end_all(run.m);
	use_the_others();
	expect_num(a1->kind, PAGE_ANON);
	hand_deactivate(a1);
	expect_num(shrink_cache(run.m, 1, 1), 0);
}

/* Later: written by one scan, freed by the next one after the write, which
 * meets it first. */
static void free_by_scans(struct page *a1)
{
	hand_deactivate(a1);
	expect_num(hand_shrink(a1), 0);
	io_end_all(run.m);
	assert_true(hand_at_tail(a1));
	use_the_others();
	assert_true(hand_reclaim(1) >= 1);
}

static void step6_free(const struct column *c, struct page *a1)
{
	if (ops_of(run.m)->page_referenced)
		free_by_scans(a1);
	else
		free_by_passes(a1);
	hand_check();
	expect_num(a1->kind, PAGE_FREE);
	expect_num(map1(), c->freed);
	/* the others were in use */
	assert_non_null(frame("P", 10));
	assert_non_null(frame("C", 10));
}

static struct page *step7_child_reads(const struct column *c)
{
	script("C: read 11");
	struct page *n1 = frame("C", 11);
	expect_num(cost(COST_IO_READS), 1);
	expect_num(mm_of("C")->maj_flt, 1);
	expect_num(n1->_refcount, 2);
	expect_num(page_mapcount(n1), 1);
	assert_false(pte_write(run.m, pte_at("C", 11)));
	expect_num(map1(), c->one_back);
	expect_num(n1->lru_list, c->read_list);
	expect_golden(7);
	if (has_anon_vmas())
		expect_text(where("C", 11), "R 11");
	return n1;
}

static void step8_child_writes(const struct column *c, struct page *n1)
{
	script("C: touch 11");
	expect_num(run.res.faults, 1);
	expect_num(cost(COST_COPIES), 1);
	expect_num(frame("C", 11)->_refcount, 1);
	expect_num(n1->_refcount, 1);
	expect_num(page_mapcount(n1), 0);
	assert_true(has_flag(n1, PG(SWAPCACHE)));
	expect_num(map1(), c->one_back);
	expect_golden(8);
	if (has_anon_vmas()) /* nobody maps it, and it is not forgotten */
		assert_true(n1->mapping & PAGE_MAPPING_ANON);
}

static void step9_parent_reads(const struct column *c, struct page *n1)
{
	script("read 11");
	expect_num(cost(COST_IO_READS), 0);
	expect_num(mm_of("P")->maj_flt, 0);
	assert_ptr_equal(frame("P", 11), n1);
	expect_num(n1->_refcount, 2);
	expect_num(map1(), c->both_back);
	assert_false(pte_write(run.m, pte_at("P", 11)));
	expect_golden(9);
}

static void step10_child_exits(struct page *n1)
{
	unsigned pages = count_frames(PAGE_ANON);
	script("C: exit");
	expect_num(count_frames(PAGE_ANON), pages - 2);
	expect_num(n1->_refcount, 2);
	assert_ptr_equal(frame("P", 11), n1);
	expect_golden(10);
	if (has_anon_vmas())
		expect_text(members_of("R"), "P10");
}

/* Up to step 8; N1. */
static struct page *tell(const struct column *c)
{
	step1_write(c);
	step2_fork();
	step3_child_writes(c);
	step4_parent_reuses();
	struct page *a1 = frame("P", 11);
	step5_unmap(c, a1);
	step6_free(c, a1);
	struct page *n1 = step7_child_reads(c);
	step8_child_writes(c, n1);
	return n1;
}

static void the_story(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_COLUMNS; i++) {
		struct page *n1 = tell(&columns[i]);
		step9_parent_reads(&columns[i], n1);
		step10_child_exits(n1);
		script("exit");
		expect_num(map1(), 0);
		expect_num(run.m->swap_info.inuse_pages, 0);
		finish();
	}
}

/* 9': P writes instead: in place, in one fault; until 2.6.11 the page stays in
 * the cache and keeps its slot. */
static void parent_writes_instead(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_COLUMNS; i++) {
		const struct column *c = &columns[i];
		struct page *n1 = tell(c);
		script("touch 11");
		expect_num(run.res.faults, 1);
		expect_num(cost(COST_COPIES), 0);
		assert_ptr_equal(frame("P", 11), n1);
		assert_true(pte_write(run.m, pte_at("P", 11)));
		expect_num(map1(), c->after_write);
		expect_num(!!has_flag(n1, PG(SWAPCACHE)), c->after_write);
		finish();
	}
}

/* 8': C's first access after step 6 is a write: 2.4 and 2.6.0 map the page
 * read-only and fault once more. */
static void child_writes_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_COLUMNS; i++) {
		const struct column *c = &columns[i];
		step1_write(c);
		step2_fork();
		step3_child_writes(c);
		step4_parent_reuses();
		struct page *a1 = frame("P", 11);
		step5_unmap(c, a1);
		step6_free(c, a1);
		script("C: touch 11");
		expect_num(run.res.faults, c->write_faults);
		expect_num(cost(COST_COPIES), 1);
		expect_num(cost(COST_IO_READS), 1);
		expect_num(map1(), c->one_back);
		expect_num(frame("C", 11)->_refcount, 1);
		finish();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_story),
		cmocka_unit_test(parent_writes_instead),
		cmocka_unit_test(child_writes_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
