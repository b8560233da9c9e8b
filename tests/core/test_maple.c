/*
 * 6.18's maple tree: its shape by the rules of lib/maple_tree.c, and random
 * stores against an array that has one element for each page.
 */
#include "recorder.h"
#include "run.h"

#include "core/maple_tree.h"
#include "core/rbtree.h"

#include <stdio.h>
#include <string.h>

#define PAGES 1024u /* of the array; addresses are pages here */
#define STORES 20000u

/* -- by hand: entries that are no VMAs of anybody ------------------------- */

static struct vm_area_struct fake[64]; /* what is stored: by its address */
static uint8_t want[PAGES];            /* fake[n] at each page; 0: nothing */
static uint64_t seed;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 33) % n;
}

static struct mm_struct *mm(void)
{
	return run.m ? task_find(run.m, pid_of("P"))->mm : NULL;
}

static void start(void)
{
	begin("6.18");
	memset(want, 0, sizeof want);
	for (unsigned i = 0; i < 64; i++)
		fake[i].id = i;
}

/* Nothing is left, so that the machine can end. */
static void clear(void)
{
	maple_destroy(run.m, mm());
	mm()->mm_mt.rcu = true;
	finish();
}

static void put(unsigned first, unsigned last, unsigned n)
{
	struct vm_area_struct *entry = n ? &fake[n] : NULL;

	assert_int_equal(maple_reserve(run.m, mm(), first, last, entry), 0);
	maple_store(run.m, mm(), first, last, entry);
	assert_int_equal(run.m->nr_spare_nodes, 0);
	memset(want + first, (int)n, last - first + 1);
}

/* "(N1N2)(N3N)": the entries of each leaf, N nothing. */
static char text[4096];

static void tell_node(const struct maple_node *node)
{
	char *end = text + strlen(text);

	*end++ = node->leaf ? '(' : '[';
	*end = 0;
	for (unsigned i = 0; i <= node->end; i++) {
		const struct vm_area_struct *e = node->slot[i];

		if (!node->leaf)
			tell_node(node->slot[i]);
		else if (!e)
			strcat(text, "N");
		else
			sprintf(text + strlen(text), "%u", e->id % 10);
	}
	strcat(text, node->leaf ? ")" : "]");
}

static const char *shape(void)
{
	text[0] = 0;
	if (mm()->mm_mt.root)
		tell_node(mm()->mm_mt.root);
	return text;
}

static void expect_shape(const char *wanted)
{
	assert_string_equal(shape(), wanted);
}

/* -- the rules, once more ------------------------------------------------- */

static uint64_t met; /* first address not covered yet */

static uint64_t gap_below(const struct maple_node *node, uint64_t max,
	unsigned depth, const struct maple_node *up, unsigned slot)
{
	uint64_t most = 0;

	assert_ptr_equal(node->parent, up);
	if (up)
		assert_int_equal(node->parent_slot, slot);
	assert_int_equal(node->leaf, depth == mm()->mm_mt.height);
	assert_true(node->end < (node->leaf ? 16 : 10));
	if (up)
		assert_true(node->end >= (node->leaf ? 6 : 4));
	for (unsigned i = 0; i <= node->end; i++) {
		uint64_t last = i < node->end ? node->pivot[i] : max, gap;

		assert_true(last >= met && last <= max);
		if (!node->leaf) {
			gap = gap_below(node->slot[i], last, depth + 1, node,
				i);
			assert_int_equal(node->gap[i], gap);
		} else {
			const struct vm_area_struct *e = node->slot[i];

			gap = e ? 0 : last - met + 1;
			assert_false(!e && i && !node->slot[i - 1]);
			assert_false(!e && i == node->end &&
				last != MAPLE_MAX);
			for (uint64_t p = met; p <= last && p < PAGES; p++)
				assert_int_equal(want[p], e ? e->id : 0);
			met = last + 1;
		}
		most = gap > most ? gap : most;
	}
	return most;
}

static void check(void)
{
	met = 0;
	if (mm()->mm_mt.root)
		gap_below(mm()->mm_mt.root, MAPLE_MAX, 1, NULL, 0);
	else
		for (unsigned p = 0; p < PAGES; p++)
			assert_int_equal(want[p], 0);
}

/* -- shapes --------------------------------------------------------------- */

/* mas_root_expand, mas_wr_extend_null, mas_new_root. */
static void first_and_last_entry(void **state)
{
	(void)state;
	start();
	expect_shape("");
	put(10, 19, 1);
	expect_shape("(N1N)");
	assert_int_equal(mm()->mm_mt.height, 1);
	put(20, 29, 2);
	expect_shape("(N12N)");
	put(40, 49, 3);
	expect_shape("(N12N3N)");
	put(12, 13, 0);
	expect_shape("(N1N12N3N)");
	put(25, 44, 4);
	expect_shape("(N1N1243N)");
	put(10, 49, 0);
	expect_shape("");
	assert_int_equal(mm()->mm_mt.height, 0);
	put(0, 9, 5);
	expect_shape("(5N)");
	clear();
}

/* Eight mappings with holes: the 17th slot does not fit.  Half of it is 8, but
 * no node may end with nothing (mab_calc_split, mab_no_null_split). */
static void split_of_a_full_leaf(void **state)
{
	(void)state;
	start();
	for (unsigned i = 1; i <= 7; i++)
		put(i * 20, i * 20 + 9, i);
	expect_shape("(N1N2N3N4N5N6N7N)");
	assert_int_equal(run.m->caches[CACHE_MAPLE_NODE].nr_objects, 1);
	put(160, 169, 8);
	expect_shape("[(N1N2N3N4N5)(N6N7N8N)]");
	assert_int_equal(mm()->mm_mt.height, 2);
	assert_int_equal(run.m->caches[CACHE_MAPLE_NODE].nr_objects, 3);
	check();
	clear();
}

/* mas_push_data: before a leaf is split, its sibling is asked. */
static void push_into_a_sibling(void **state)
{
	(void)state;
	start();
	for (unsigned i = 1; i <= 12; i++)
		put(i * 20, i * 20 + 9, i);
	expect_shape("[(N1N2N3N4N5)(N6N7N8N9N0N1N2N)]");
	/* 17 slots and 10: fewer than 2 * 16 - 4, so the left takes 15, or one
	 * more if it ended with nothing */
	put(13 * 20, 13 * 20 + 9, 13);
	expect_shape("[(N1N2N3N4N5N6N7N8)(N9N0N1N2N3N)]");
	assert_int_equal(run.m->caches[CACHE_MAPLE_NODE].nr_objects, 3);
	check();
	clear();
}

/* mas_rebalance: a leaf other than the root keeps more than six slots; the two
 * that are left become one again. */
static void rebalance_of_a_small_leaf(void **state)
{
	(void)state;
	start();
	for (unsigned i = 1; i <= 8; i++)
		put(i * 20, i * 20 + 9, i);
	put(160, 169, 0);
	expect_shape("(N1N2N3N4N5N6N7N)");
	assert_int_equal(mm()->mm_mt.height, 1);
	assert_int_equal(run.m->caches[CACHE_MAPLE_NODE].nr_objects, 1);
	check();
	clear();
}

/* mas_wr_spanning_store: over the border of two leaves. */
static void store_over_two_leaves(void **state)
{
	(void)state;
	start();
	for (unsigned i = 1; i <= 8; i++)
		put(i * 20, i * 20 + 9, i);
	/* the slots of both leaves in one row are 17: two leaves again */
	put(105, 125, 9);
	check();
	expect_shape("[(N1N2N3N4N5)(96N7N8N)]");
	/* 13: one leaf, which is the root then */
	put(90, 145, 10);
	check();
	expect_shape("(N1N2N3N407N8N)");
	assert_int_equal(mm()->mm_mt.height, 1);
	put(0, PAGES - 1, 0);
	expect_shape("");
	clear();
}

/* Under RCU a leaf is replaced, except where one slot changes; a tree that
 * nobody reads is written in place (mas_wr_store_type). */
static void in_place_or_not(void **state)
{
	uint32_t id;

	(void)state;
	start();
	for (unsigned i = 1; i <= 4; i++)
		put(i * 10, i * 10 + 9, i);
	put(80, 89, 8);
	expect_shape("(N1234N8N)");
	id = mm()->mm_mt.root->id;
	put(10, 19, 5); /* exact fit */
	assert_int_equal(mm()->mm_mt.root->id, id);
	put(10, 22, 1); /* one boundary moves */
	expect_shape("(N1234N8N)");
	assert_int_equal(mm()->mm_mt.root->id, id);
	put(60, 62, 6); /* two more boundaries: a new node */
	assert_int_not_equal(mm()->mm_mt.root->id, id);
	id = mm()->mm_mt.root->id;
	mm()->mm_mt.rcu = false;
	put(70, 72, 7);
	expect_shape("(N1234N6N7N8N)");
	assert_int_equal(mm()->mm_mt.root->id, id);
	clear();
}

/* -- random ---------------------------------------------------------------- */

static void expect_area(unsigned low, unsigned high, unsigned size)
{
	uint64_t got = maple_empty_area_rev(run.m, mm(), low, high, size);
	int best = -1;

	for (unsigned p = low; p + size <= high + 1; p++) {
		unsigned n = 0;

		while (n < size && !want[p + n])
			n++;
		best = n == size ? (int)p : best;
	}
	assert_int_equal(got, best < 0 ? MAPLE_MAX : (uint64_t)best);
}

static void expect_finds(void)
{
	unsigned at = rnd(PAGES), p = at;
	struct vm_area_struct *e = maple_find(&mm()->mm_mt, at);

	while (p < PAGES && !want[p])
		p++;
	assert_ptr_equal(e, p < PAGES ? &fake[want[p]] : NULL);
	for (p = PAGES; p && !want[p - 1]; p--)
		;
	assert_ptr_equal(maple_final(&mm()->mm_mt),
		p ? &fake[want[p - 1]] : NULL);
}

static void random_stores(bool rcu, unsigned longest)
{
	unsigned highest = 0;

	start();
	mm()->mm_mt.rcu = rcu;
	for (unsigned i = 0; i < STORES; i++) {
		unsigned first = rnd(PAGES), len = 1 + rnd(longest);

		if (first + len > PAGES)
			len = PAGES - first;
		put(first, first + len - 1,
			rnd(5) < 2 ? 0 : 1 + rnd(63));
		check();
		expect_finds();
		if (i % 16 == 0)
			expect_area(rnd(PAGES / 2), PAGES / 2 + rnd(PAGES / 2),
				1 + rnd(40));
		if (mm()->mm_mt.height > highest)
			highest = mm()->mm_mt.height;
		if (rnd(2000) == 0)
			put(0, PAGES - 1, 0);
	}
	assert_true(highest >= 2);
	clear();
}

static void oracle_short(void **state)
{
	(void)state;
	seed = 1;
	random_stores(true, 4);
}

static void oracle_long(void **state)
{
	(void)state;
	seed = 2;
	random_stores(true, 200);
}

static void oracle_without_rcu(void **state)
{
	(void)state;
	seed = 3;
	random_stores(false, 12);
}

/* -- an address space ------------------------------------------------------ */

static uint32_t nodes_in_use(void)
{
	return (uint32_t)run.m->caches[CACHE_MAPLE_NODE].nr_objects;
}

/* Read-only and writable pages in turn: @n VMAs side by side. */
static void stripes(unsigned n)
{
	char line[64];

	for (unsigned i = 0; i < n; i++) {
		sprintf(line, "map %u-%u %s", 10 + i, 11 + i,
			i % 2 ? "r" : "rw");
		script(line);
	}
	expect_num(count_vmas("P"), n);
}

/* __mt_dup copies node for node; the child's VMAs then replace the parent's
 * slot by slot, and what is not for it is nothing there. */
static void fork_copies_the_tree(void **state)
{
	uint32_t nodes;

	(void)state;
	begin("6.18");
	stripes(40);
	nodes = nodes_in_use();
	assert_true(nodes >= 4);
	script("advise 12-13 dontfork; advise 20-21 dontfork; fork C");
	expect_num(count_vmas("C"), 38);
	expect_num(nodes_in_use(), 2 * nodes);
	assert_null(vma_at("C", 12));
	assert_ptr_equal(maple_find(&mm_of("C")->mm_mt, addr_of(13)),
		vma_at("C", 13));
	script("C: exit");
	expect_num(nodes_in_use(), nodes);
	finish();
}

/* find_vma costs one node a level, in every kernel at most that many. */
static void finding_costs_the_height(void **state)
{
	struct recorder rec = { 0 };
	unsigned steps = 0;

	(void)state;
	begin("6.18");
	stripes(40);
	expect_num(mm_of("P")->mm_mt.height, 2);
	record_start(&rec, run.m);
	expect_num(try_read(pid_of("P"), addr_of(30)), 0);
	record_stop(&rec, run.m);
	for (unsigned i = 0; i < rec.count; i++)
		steps += rec.event[i].id == EV_MAPLE_STEP;
	record_free(&rec);
	expect_num(steps, 2);
	expect_num(cost(COST_TREE_NODES), 2);
	expect_num(try_read(pid_of("P"), addr_of(31)), 0);
	expect_num(cost(COST_TREE_NODES), 2);
	finish();
}

/* munmap of many VMAs is one store of nothing; a merge of three VMAs is one
 * store of the first. */
static void one_store_each(void **state)
{
	struct recorder rec = { 0 };
	unsigned stores = 0;

	(void)state;
	begin("6.18");
	stripes(20);
	record_start(&rec, run.m);
	script("unmap 12-24");
	script("protect 11-12 rw");
	record_stop(&rec, run.m);
	for (unsigned i = 0; i < rec.count; i++)
		stores += rec.event[i].id == EV_MAPLE_STORE;
	record_free(&rec);
	expect_num(stores, 2);
	expect_num(count_vmas("P"), 7);
	finish();
}

/* What mmap finds is the highest free range below the base, by the gaps. */
static void placement_by_gaps(void **state)
{
	static const struct {
		const char *era;
	} eras[] = { { "4.0" }, { "6.18" } };
	uint64_t at[2][6];

	(void)state;
	for (unsigned e = 0; e < 2; e++) {
		begin(eras[e].era);
		for (unsigned i = 0; i < 40; i++)
			expect_num(try_mmap(pid_of("P"), 0, PAGE_SIZE,
					   i % 2 ? 1 : 3), 0);
		uint64_t low = run.res.value;
		for (unsigned i = 2; i < 40; i += 7)
			expect_num(try_munmap(pid_of("P"),
					   low + i * PAGE_SIZE,
					   (i % 3 + 1) * PAGE_SIZE), 0);
		for (unsigned i = 0; i < 6; i++) {
			expect_num(try_mmap(pid_of("P"), 0,
					   (i % 3 + 1) * PAGE_SIZE, 3), 0);
			at[e][i] = run.res.value - low;
		}
		finish();
	}
	assert_memory_equal(at[0], at[1], sizeof at[0]);
}

/* -- 4.0: four VMAs found last, by the page's number ---------------------- */

static void vmacache_of_a_task(void **state)
{
	const struct task_struct *t;

	(void)state;
	begin("4.0");
	script("map 12-20 rw; map 20-24 r; map 24-28 rw");
	t = task_of("P");
	expect_num(try_read(pid_of("P"), addr_of(12)), 0);
	assert_int_equal(t->vmacache[0], vma_at("P", 12)->id);
	expect_num(try_read(pid_of("P"), addr_of(21)), 0);
	assert_int_equal(t->vmacache[1], vma_at("P", 20)->id);
	/* within a VMA that slot 0 names: no node of the tree is touched */
	expect_num(try_read(pid_of("P"), addr_of(15)), 0);
	expect_num(cost(COST_TREE_NODES), 0);
	assert_int_equal(t->vmacache[3], 0);
	expect_num(try_read(pid_of("P"), addr_of(26)), 0);
	assert_true(cost(COST_TREE_NODES) > 0);
	assert_int_equal(t->vmacache[2], vma_at("P", 24)->id);
	/* an unmapped VMA makes all caches of the mm stale */
	script("unmap 24-28");
	assert_int_not_equal(t->vmacache_seqnum, t->mm->vmacache_seqnum);
	expect_num(try_read(pid_of("P"), addr_of(13)), 0);
	assert_true(cost(COST_TREE_NODES) > 0);
	assert_int_equal(t->vmacache_seqnum, t->mm->vmacache_seqnum);
	assert_int_equal(t->vmacache[0], 0);
	assert_int_equal(t->vmacache[1], vma_at("P", 13)->id);
	finish();
}

/* 2.x: one VMA an mm; a merge goes back to the previous, munmap empties it. */
static void mmap_cache_of_an_mm(void **state)
{
	static const char *const eras[] = { "2.4", "2.6.0", "2.6.11" };

	(void)state;
	for (unsigned e = 0; e < 3; e++) {
		begin(eras[e]);
		script("map 12-20 rw; map 20-24 r; map 28-30 rw");
		expect_num(try_read(pid_of("P"), addr_of(21)), 0);
		assert_ptr_equal(mm_of("P")->mmap_cache, vma_at("P", 20));
		expect_num(try_read(pid_of("P"), addr_of(22)), 0);
		expect_num(cost(COST_TREE_NODES), 0);
		expect_num(try_read(pid_of("P"), addr_of(12)), 0);
		assert_ptr_equal(mm_of("P")->mmap_cache, vma_at("P", 12));
		script("unmap 28-30");
		assert_null(mm_of("P")->mmap_cache);
		finish();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_and_last_entry),
		cmocka_unit_test(split_of_a_full_leaf),
		cmocka_unit_test(push_into_a_sibling),
		cmocka_unit_test(rebalance_of_a_small_leaf),
		cmocka_unit_test(store_over_two_leaves),
		cmocka_unit_test(in_place_or_not),
		cmocka_unit_test(oracle_short),
		cmocka_unit_test(oracle_long),
		cmocka_unit_test(oracle_without_rcu),
		cmocka_unit_test(fork_copies_the_tree),
		cmocka_unit_test(finding_costs_the_height),
		cmocka_unit_test(one_store_each),
		cmocka_unit_test(placement_by_gaps),
		cmocka_unit_test(vmacache_of_a_task),
		cmocka_unit_test(mmap_cache_of_an_mm),
	};
	return cmocka_run_group_tests(tests, NULL, run_teardown);
}
