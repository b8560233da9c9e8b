/*
 * i_mmap in each of its forms: the order of the lists and of the interval
 * tree, random mappings against brute force and a model of the order, and what
 * the checker must catch.
 */
#include "maps.h"
#include "recorder.h"

#include "core/mechanism.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define expect_text(got, want) assert_string_equal(got, want)

enum { V2_4, V2_6_0, V2_6_11, V4_0, V6_18 }; /* in form_era */

/* ---- lists ---- */

/* New ones at the head, a child's just behind its parent's. */
static void t24_share_list(void **state)
{
	(void)state;
	maps_begin(V2_4);
	maps_put("A", 0, 3, 0);
	maps_put("B", 2, 5, 0);
	maps_put("S", 0, 5, VM_SHARED);
	maps_put("R", 9, 9, VM_SHARED);
	maps_fork("c", maps_find("B"));
	maps_fork("s", maps_find("R"));
	expect_text(maps_shape(), "B+c+A | R+s+S");
	expect_text(maps_broken(), "");
	expect_text(maps_query(2, 2), "B c A S");
	maps_drop(maps_find("B"));
	maps_drop(maps_find("S"));
	expect_text(maps_shape(), "c+A | R+s");
	expect_text(maps_broken(), "");
}

/* T60-23: new ones at the end, a child's just before its parent's. */
static void t60_23_ring(void **state)
{
	(void)state;
	maps_begin(V2_6_0);
	maps_put("A", 0, 3, 0);
	maps_put("B", 2, 5, 0);
	maps_put("S", 0, 5, VM_SHARED);
	maps_fork("c", maps_find("B"));
	maps_fork("s", maps_find("S"));
	maps_fork("d", maps_find("B"));
	expect_text(maps_shape(), "A+c+d+B | s+S");
	expect_text(maps_broken(), "");
	expect_text(maps_query(0, 1), "A s S");
	maps_drop(maps_find("d"));
	expect_text(maps_shape(), "A+c+B | s+S");
}

/* A list looks at every VMA, whatever page is asked for. */
static void lists_look_at_all(void **state)
{
	(void)state;
	for (unsigned i = V2_4; i <= V2_6_0; i++) {
		maps_begin(i);
		for (unsigned n = 0; n < 20; n++)
			maps_put("V", 10 * n, 10 * n + 9,
				n % 2 ? VM_SHARED : 0);
		maps.m->op_costs.n[COST_LIST_NODES] = 0;
		expect_text(maps_query(42, 42), "V");
		assert_int_equal(maps.m->op_costs.n[COST_LIST_NODES], 20);
	}
}

/* ---- the interval tree ---- */

/* A3.3: in order of first page, then of age; a child just behind its parent;
 * a VMA whose range changed is the last of its equals. */
static void a3_3_order(void **state)
{
	(void)state;
	for (unsigned i = V4_0; i <= V6_18; i++) {
		maps_begin(i);
		maps_put("A", 4, 9, 0);
		maps_put("B", 4, 4, VM_SHARED);
		maps_put("C", 0, 4, 0);
		maps_put("D", 4, 9, 0);
		expect_text(maps_query(4, 4), "C A B D");
		maps_fork("a", maps_find("A"));
		maps_fork("x", maps_find("A"));
		expect_text(maps_query(4, 4), "C A x a B D");
		maps_change(maps_find("x"), 4, 6);
		expect_text(maps_query(4, 4), "C A a B D x");
		expect_text(maps_query(5, 5), "A a D x");
		expect_text(maps_query(9, 20), "A a D");
		expect_text(maps_query(10, I_MMAP_END), "");
		expect_text(maps_broken(), "");
	}
}

static unsigned tree_nodes(uint64_t page)
{
	maps.m->op_costs.n[COST_TREE_NODES] = 0;
	maps_query(page, page);
	return (unsigned)maps.m->op_costs.n[COST_TREE_NODES];
}

/* 1000 neighbours in a tree: a query sees no more than a path or two. */
static void trees_prune(void **state)
{
	(void)state;
	for (unsigned i = V2_6_11; i <= V6_18; i++) {
		maps_begin(i);
		for (unsigned n = 0; n < 512; n++)
			maps_put("V", 2 * n, 2 * n + 1, 0);
		assert_in_range(tree_nodes(300), 1, 30);
		expect_text(maps_query(300, 300), "V");
		assert_int_equal(tree_nodes(5000), 1);
	}
}

/* 6.18 looks at the leftmost node first, 4.0 goes down to it. */
static void leftmost_is_cached(void **state)
{
	(void)state;
	for (unsigned i = V4_0; i <= V6_18; i++) {
		maps_begin(i);
		for (unsigned n = 0; n < 64; n++)
			maps_put("V", 100 + n, 100 + n, 0);
		if (i == V4_0)
			assert_in_range(tree_nodes(5), 5, 12);
		else
			assert_int_equal(tree_nodes(5), 2);
	}
}

/* ---- what the forms have in common ---- */

static bool second_is_enough(struct machine *m, struct vm_area_struct *vma,
	void *ctx)
{
	(void)m;
	(void)vma;
	return ++*(unsigned *)ctx < 2;
}

static void visitor_ends_the_walk(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NR_FORMS; i++) {
		unsigned seen = 0;
		maps_begin(i);
		maps_put("A", 0, 9, 0);
		maps_put("B", 0, 8, 0);
		maps_fork("b", maps_find("B"));
		maps_put("C", 1, 3, VM_SHARED);
		assert_false(i_mmap_walk(maps.m, maps.file, 2, 3,
			second_is_enough, &seen));
		assert_int_equal(seen, 2);
		assert_true(i_mmap_walk(maps.m, maps.file, 9, 9,
			second_is_enough, &(unsigned){ 0 }));
	}
}

static void writable_is_counted(void **state)
{
	static const unsigned want[NR_FORMS] = { 0, 0, 2, 2, 1 };
	(void)state;
	for (unsigned i = 0; i < NR_FORMS; i++) {
		maps_begin(i);
		maps_put("A", 0, 9, VM_MAYWRITE);
		maps_put("B", 0, 9, VM_SHARED);
		maps_put("C", 0, 9, VM_SHARED | VM_MAYWRITE);
		assert_int_equal(maps.file->i_mmap_writable, want[i]);
		maps_change(maps_find("C"), 2, 3);
		maps_fork("c", maps_find("C"));
		maps_drop(maps_find("C"));
		assert_int_equal(maps.file->i_mmap_writable, want[i]);
		expect_text(maps_broken(), "");
		maps_drop(maps_find("c"));
		maps_drop(maps_find("B"));
		assert_int_equal(maps.file->i_mmap_writable, 0);
		assert_int_equal(maps.file->nr_mmap, 1);
	}
}

static void lock_by_its_name(void **state)
{
	static const char *const name[NR_FORMS] = { "i_shared_lock",
		"i_shared_sem", "i_mmap_lock", "i_mmap_rwsem",
		"i_mmap_rwsem" };
	(void)state;
	for (unsigned i = 0; i < NR_FORMS; i++) {
		struct recorder r = { 0 };
		bool readers = i >= V4_0;
		maps_begin(i);
		expect_text(i_mmap_lock_name(maps.m), name[i]);
		record_start(&r, maps.m);
		i_mmap_lock_read(maps.m, maps.file);
		expect_text(maps_broken(), "lock");
		assert_int_equal(maps.file->i_mmap_lock.readers, readers);
		assert_int_equal(maps.file->i_mmap_lock.writer, !readers);
		i_mmap_unlock_read(maps.m, maps.file);
		i_mmap_lock_write(maps.m, maps.file);
		i_mmap_unlock_write(maps.m, maps.file);
		record_stop(&r, maps.m);
		assert_int_equal(r.count, 4);
		expect_text(r.event[0].field, name[i]);
		assert_int_equal(r.event[0].o.kind, REF_FILE);
		assert_int_equal(r.event[0].n, !readers);
		assert_int_equal(r.event[2].n, 1);
		expect_text(maps_broken(), "");
		record_free(&r);
	}
}

/* The rows of the kernels that are built choose the form that is theirs. */
static void rows_choose(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NR_FORMS; i++) {
		const struct i_mmap_ops *form;
		const struct era *era = era_find(form_era[i]);
		maps_begin(i);
		form = maps.form;
		if (!era || !era->ops->i_mmap)
			continue;
		assert_ptr_equal(era->ops->i_mmap, form);
		assert_int_equal(era->ops->counts_writable,
			ops_of(maps.m)->counts_writable);
	}
}

/* ---- random ---- */

static uint64_t seed;

static uint32_t rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 20) % n;
}

/* Few pages, so that intervals meet, or many, so that trees are deep. */
static void random_range(uint64_t *first, uint64_t *last)
{
	static const uint32_t pages[] = { 4, 12, 60, 1000, 0x7ffffff };
	*first = rnd(pages[rnd(5)]);
	*last = *first + rnd(pages[rnd(4)]);
}

static bool overlaps(const struct vm_area_struct *vma, uint64_t first,
	uint64_t last)
{
	return vma_first_index(vma) <= last && vma_last_index(vma) >= first;
}

/* The model's VMAs on one list of the file. */
static unsigned want_hits(unsigned *id, uint64_t first, uint64_t last,
	uint64_t flags, uint64_t which)
{
	unsigned n = 0;
	for (unsigned i = 0; i < maps.nr; i++)
		if (overlaps(maps.vma[i], first, last) &&
			(maps.vma[i]->vm_flags & flags) == which)
			id[n++] = maps.vma[i]->id;
	return n;
}

static int by_id(const void *a, const void *b)
{
	return *(const unsigned *)a < *(const unsigned *)b
		? -1
		: *(const unsigned *)a > *(const unsigned *)b;
}

/* Lists and the interval tree: in the model's order.  Prio tree: the same
 * VMAs (check_shape has the order within a set). */
static void check_query(void)
{
	static unsigned want[MAPS_MAX];
	bool lists = maps.form->form < I_MMAP_PRIO;
	uint64_t flags = lists ? VM_SHARED : 0, first, last;
	unsigned n;
	random_range(&first, &last);
	if (rnd(2))
		last = first;
	maps_query(first, last);
	n = want_hits(want, first, last, flags, 0);
	if (lists)
		n += want_hits(want + n, first, last, flags, flags);
	assert_int_equal(n, maps.nr_hits);
	if (maps.form->form == I_MMAP_PRIO) {
		qsort(want, n, sizeof(*want), by_id);
		qsort(maps.hits, n, sizeof(*want), by_id);
	}
	assert_memory_equal(want, maps.hits, n * sizeof(*want));
}

/* ---- the one shape that a prio tree may have ---- */

struct want_node {
	const struct vm_area_struct *vma; /* first of its set in the model */
	unsigned depth;
};

struct want_tree {
	struct want_node node[MAPS_MAX];
	unsigned nr, seen; /* nodes; VMAs met in the tree */
	unsigned at;       /* node that the last one met belongs to */
};

static bool same(const struct vm_area_struct *a, const struct vm_area_struct *b)
{
	return a->vm_pgoff == b->vm_pgoff && vma_pages(a) == vma_pages(b);
}

static bool above(const struct vm_area_struct *a,
	const struct vm_area_struct *b)
{
	if (vma_last_index(a) != vma_last_index(b))
		return vma_last_index(a) > vma_last_index(b);
	return vma_first_index(a) < vma_first_index(b);
}

static bool bit_of(const struct vm_area_struct *vma, int level)
{
	uint64_t size = vma_last_index(vma) - vma_first_index(vma);
	return level < 0 ? size >> (32 + level) & 1
			 : vma_first_index(vma) >> level & 1;
}

/* Lay out @n intervals, all different, by the definition. */
static void build(struct want_tree *t, const struct vm_area_struct **vma,
	unsigned n, int level, unsigned depth)
{
	const struct vm_area_struct *side[MAPS_MAX];
	unsigned top = 0;
	if (!n)
		return;
	for (unsigned i = 1; i < n; i++)
		if (above(vma[i], vma[top]))
			top = i;
	t->node[t->nr++] = (struct want_node){ vma[top], depth };
	for (int right = 0; right < 2; right++) {
		unsigned k = 0;
		for (unsigned i = 0; i < n; i++)
			if (i != top && bit_of(vma[i], level) == right)
				side[k++] = vma[i];
		build(t, side, k, level - 1, depth + 1);
	}
}

static bool compare_node(void *ctx, const struct i_mmap_node *node)
{
	struct want_tree *t = ctx;
	if (!node->set)
		t->at = t->nr++;
	t->seen++;
	assert_true(same(t->node[t->at].vma, node->vma));
	assert_int_equal(t->node[t->at].depth, node->depth);
	return true;
}

/* The n-th of the model's VMAs with these pages. */
static const struct vm_area_struct *nth_of_set(const struct vm_area_struct *vma,
	unsigned n)
{
	for (unsigned i = 0; i < maps.nr; i++)
		if (same(maps.vma[i], vma) && !n--)
			return maps.vma[i];
	return NULL;
}

static bool compare_set(void *ctx, const struct i_mmap_node *node)
{
	(void)ctx;
	assert_ptr_equal(nth_of_set(node->vma, node->set), node->vma);
	return true;
}

static void check_shape(void)
{
	static struct want_tree t;
	const struct vm_area_struct *one[MAPS_MAX];
	unsigned n = 0;
	t.nr = t.seen = 0;
	for (unsigned i = 0; i < maps.nr; i++)
		if (nth_of_set(maps.vma[i], 0) == maps.vma[i])
			one[n++] = maps.vma[i];
	build(&t, one, n, (int)maps.file->i_mmap.prio.index_bits - 1, 0);
	assert_int_equal(t.nr, n);
	t.nr = 0;
	i_mmap_look(maps.m, maps.file, compare_node, &t);
	assert_int_equal(t.nr, n);
	assert_int_equal(t.seen, maps.nr);
	i_mmap_look(maps.m, maps.file, compare_set, NULL);
}

/* ---- random operations ---- */

static void random_op(unsigned most)
{
	struct vm_area_struct *some = maps.nr ? maps.vma[rnd(maps.nr)] : NULL;
	unsigned what = rnd(10);
	uint64_t first, last;
	random_range(&first, &last);
	if (some && (what < 3 || maps.nr >= most))
		maps_drop(some);
	else if (some && what < 6)
		maps_fork("f", some);
	else if (some && what < 7)
		maps_change(some, first, last);
	else
		maps_put("n", first, last, rnd(3) ? 0 : VM_SHARED);
}

/* T9.4: whatever is inserted, changed and removed in whatever order, a query
 * gives what brute force does, and the form keeps its rules. */
static void t9_4_random_mappings(void **state)
{
	const char *text = getenv("RANDOM_OPS");
	int ops = text ? atoi(text) : 1500;
	(void)state;
	for (unsigned i = 0; i < NR_FORMS; i++) {
		seed = 88172645463325252ull + i;
		maps_begin(i);
		for (int n = 0; n < ops; n++) {
			random_op(n / 500 % 2 ? 12 : 120);
			expect_text(maps_broken(), "");
			if (maps.form->form == I_MMAP_PRIO && !(n % 5))
				check_shape();
			check_query();
		}
		while (maps.nr)
			maps_drop(maps.vma[rnd(maps.nr)]);
		expect_text(maps_broken(), "");
		assert_true(i_mmap_empty(maps.file));
	}
}

/* ---- the checker ---- */

static struct address_space *file(void)
{
	return maps.file;
}

static struct prio_tree_node *node(const char *name)
{
	return &maps_find(name)->shared.prio_tree_node;
}

static void count_too_high(void)
{
	file()->nr_mmap++;
}

static void writable_too_high(void)
{
	file()->i_mmap_writable++;
}

static void pgoff_changed(void)
{
	maps_find("S")->vm_pgoff += 64;
}

static void end_changed(void)
{
	maps_find("S")->vm_end += 64 * PAGE_SIZE;
}

static void shared_no_more(void)
{
	maps_find("S")->vm_flags &= ~VM_SHARED;
}

static void pprev_of_another(void)
{
	maps_find("S")->shared.share.vm_pprev_share = &file()->i_mmap.share.i_mmap;
}

static void share_lost(void)
{
	file()->i_mmap.share.i_mmap_shared = NULL;
}

static void ring_cut(void)
{
	maps_find("S")->shared.list.prev = &maps_find("A")->shared.list;
}

static void ring_without_end(void)
{
	struct list_head *list = &maps_find("A")->shared.list;
	list->next = list;
}

static void bits_too_few(void)
{
	file()->i_mmap.prio.index_bits = 1;
}

static void bits_too_many(void)
{
	file()->i_mmap.prio.index_bits++;
}

static void wrong_side(void)
{
	struct prio_tree_node *n = node("A");
	struct prio_tree_node *left = n->left == n ? n : n->left;
	n->left = n->right == n ? n : n->right;
	n->right = left;
}

static void subtree_lost(void)
{
	struct prio_tree_node *n = node("A");
	n->left = n->right = n;
}

static void wrong_parent(void)
{
	node("B")->parent = node("B");
}

static void set_of_another(void)
{
	maps_find("b")->shared.vm_set.head = maps_find("A");
}

static void set_other_pages(void)
{
	maps_find("b")->vm_end += PAGE_SIZE;
}

static void member_with_parent(void)
{
	maps_find("c")->shared.vm_set.parent = node("B");
}

static void subtree_last_high(void)
{
	maps_find("A")->shared.tree.rb_subtree_last += 5;
}

static void tree_colour(void)
{
	maps_find("b")->shared.tree.rb.red = !maps_find("b")->shared.tree.rb.red;
}

static void tree_swapped(void)
{
	struct rb_node *top = file()->i_mmap.tree.node, *left = top->left;
	top->left = top->right;
	top->right = left;
}

static void vma_is_gone(void)
{
	maps.m->vmas.slot[maps_find("b")->id] = NULL;
}

#define F(form) (1u << (form))
#define LISTS (F(V2_4) | F(V2_6_0))
#define PRIO F(V2_6_11)
#define TREES (F(V4_0) | F(V6_18))
#define ANY (LISTS | PRIO | TREES)

static const struct {
	const char *name;
	void (*apply)(void);
	unsigned forms;
	const char *rules; /* that may report it, between blanks */
} mutations[] = {
#define M(fn, forms, rules)                                                    \
	{                                                                      \
#fn, fn, forms, " " rules " "                                  \
	}
	M(count_too_high, ANY, "nr_mmap"),
	M(writable_too_high, ANY, "i_mmap_writable"),
	M(vma_is_gone, ANY, "i_mmap"),
	M(pgoff_changed, PRIO, "radix heap index_bits"),
	M(pgoff_changed, TREES, "order subtree_last"),
	M(end_changed, PRIO, "radix heap index_bits"),
	M(end_changed, TREES, "subtree_last"),
	M(shared_no_more, LISTS, "i_mmap"),
	M(shared_no_more, PRIO | F(V4_0), "i_mmap_writable"),
	M(pprev_of_another, F(V2_4), "i_mmap"),
	M(share_lost, F(V2_4), "nr_mmap"),
	M(ring_cut, F(V2_6_0), "i_mmap"),
	M(ring_without_end, F(V2_6_0), "i_mmap nr_mmap"),
	M(bits_too_few, PRIO, "index_bits"),
	M(bits_too_many, PRIO, "radix"),
	M(wrong_side, PRIO, "radix"),
	M(subtree_lost, PRIO, "nr_mmap"),
	M(wrong_parent, PRIO, "i_mmap"),
	M(set_of_another, PRIO, "vm_set"),
	M(set_other_pages, PRIO, "vm_set"),
	M(member_with_parent, PRIO, "vm_set"),
	M(subtree_last_high, TREES, "subtree_last"),
	M(tree_colour, TREES, "i_mmap"),
	M(tree_swapped, TREES, "order"),
};

static void mapped_file(unsigned form)
{
	maps_begin(form);
	maps_put("A", 0, 9, 0);
	maps_put("B", 2, 5, 0);
	maps_fork("b", maps_find("B"));
	maps_fork("c", maps_find("B"));
	maps_put("S", 6, 7, VM_SHARED);
	maps_put("T", 4, 7, VM_SHARED);
	maps_put("D", 1, 1, 0);
	expect_text(maps_broken(), "");
}

static void mutations_are_caught(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mutations) / sizeof(*mutations); i++)
		for (unsigned form = 0; form < NR_FORMS; form++) {
			char rule[32];
			if (!(mutations[i].forms & F(form)))
				continue;
			mapped_file(form);
			mutations[i].apply();
			snprintf(rule, sizeof(rule), " %s ", maps_broken());
			if (!strstr(mutations[i].rules, rule))
				fail_msg("%s, %s: reported as%s", form_era[form],
					mutations[i].name, rule);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t24_share_list),
		cmocka_unit_test(t60_23_ring),
		cmocka_unit_test(lists_look_at_all),
		cmocka_unit_test(a3_3_order),
		cmocka_unit_test(trees_prune),
		cmocka_unit_test(leftmost_is_cached),
		cmocka_unit_test(visitor_ends_the_walk),
		cmocka_unit_test(writable_is_counted),
		cmocka_unit_test(lock_by_its_name),
		cmocka_unit_test(rows_choose),
		cmocka_unit_test(t9_4_random_mappings),
		cmocka_unit_test(mutations_are_caught),
	};
	return cmocka_run_group_tests(tests, NULL, maps_teardown);
}
