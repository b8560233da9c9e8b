/* The panes on memory: golden texts, and what they say of a step is true. */
#include "stage.h"

#include "core/pgtable.h"
#include "core/swap.h"
#include "tui/panes/buddy_step.h"
#include "tui/panes/swap_slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct pane *const shown[] = { &pane_buddy, &pane_slab,
	&pane_lru, &pane_mms };
#define NR_SHOWN (sizeof(shown) / sizeof(shown[0]))

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

/* What is inside of the borders of a pane on 60x16, 80x24 and 120x40. */
static const struct {
	int w, h;
} sizes[] = { { 38, 9 }, { 58, 13 }, { 78, 20 }, { 118, 36 } };
#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void check_one(struct stage *st, const char *scene,
	const struct pane *pane, int w, int h, bool ascii)
{
	char name[128];
	char *text;

	stage_draw(st, pane, w, h, ascii);
	snprintf(name, sizeof(name), "%s-%s-%dx%d%s", scene, pane->name, w, h,
		ascii ? "-ascii" : "");
	text = stage_text(st);
	golden_check(name, text);
	free(text);
}

static void check_all(
	struct stage *st, const char *scene, const struct pane *pane)
{
	for (unsigned i = 0; i < NR_SIZES; i++)
		for (int ascii = 0; ascii < 2; ascii++)
			check_one(st, scene, pane, sizes[i].w, sizes[i].h,
				ascii);
}

static bool shows(struct stage *st, const struct pane *pane, const char *what)
{
	char *text;
	bool found;

	stage_draw(st, pane, 78, 20, true);
	text = stage_text(st);
	found = strstr(text, what);
	free(text);
	return found;
}

/* A parent with three pages, and a child that writes one of them. */
static void family(struct stage *st, const char *era, uint64_t ram)
{
	uint32_t parent, child;
	uint64_t heap;

	stage_open(st, era, NULL, ram);
	parent = stage_spawn(st, "parent");
	heap = stage_mmap(st, parent, 3, "heap");
	for (uint64_t i = 0; i < 3; i++)
		stage_write(st, parent, heap + i * 4096, "A");
	child = stage_fork(st, parent, "child");
	stage_write(st, child, heap + 4096, "B");
}

/* -- buddy -------------------------------------------------------------- */

/* The fork splits blocks; the exits merge them again. */
static void test_buddy(void **state)
{
	struct stage st;

	(void)state;
	family(&st, "4.0", 16 << 20);
	stage_goto(&st, pos_after(6));
	check_all(&st, "memory-fork", &pane_buddy);
	assert_int_equal(stage_op(&st, "exit", 1, NULL), 0);
	assert_int_equal(stage_op(&st, "exit", 2, NULL), 0);
	check_all(&st, "memory-exit", &pane_buddy);
	assert_true(stage_goto_event(&st, EV_FREE_PAGE, 1));
	check_one(&st, "memory-exiting", &pane_buddy, 78, 20, false);
	stage_close(&st);
}

static void test_zones(void **state)
{
	struct stage st;

	(void)state;
	family(&st, "2.6.11", 128 << 20);
	check_all(&st, "memory-zones", &pane_buddy);
	stage_close(&st);
}

struct block {
	uint32_t pfn;
	unsigned order;
};

struct blocks {
	struct block block[4096]; /* nr of them */
	unsigned nr;
};

static void read_blocks(const struct machine *m, struct blocks *b)
{
	b->nr = 0;
	for (unsigned i = 0; i < m->nr_zones; i++)
		for (unsigned o = 0; o < NR_ORDERS; o++)
			list_for_each(
				node, &m->zones[i].free_area[o].free_list)
			{
				assert_true(b->nr < 4096);
				b->block[b->nr++] = (struct block){
					page_pfn(m, container_of(node,
							    struct page, lru)),
					o
				};
			}
}

/* Order of the block that held @pfn; -1: it was in use. */
static int order_in(const struct blocks *b, uint32_t pfn)
{
	for (unsigned i = 0; i < b->nr; i++)
		if (pfn - b->block[i].pfn < 1u << b->block[i].order)
			return (int)b->block[i].order;
	return -1;
}

static void check_mark(const struct buddy_step *s, const struct blocks *before,
	const struct block *now)
{
	enum buddy_mark mark = buddy_step_mark(s, now->pfn, now->order);
	int was = order_in(before, now->pfn);
	bool all = true;

	for (uint32_t i = 0; i < 1u << now->order; i++)
		all &= order_in(before, now->pfn + i) >= 0;
	if (was == (int)now->order)
		assert_int_equal(mark, BUDDY_SAME);
	else if (all && was > (int)now->order)
		assert_int_equal(mark, BUDDY_SPLIT);
	else
		assert_true(mark == BUDDY_MERGED || mark == BUDDY_FREED);
	if (was > (int)now->order)
		assert_int_equal(buddy_step_before(s, now->pfn), was);
}

/* Every block at every instant against the lists as they were. */
static void check_step(struct stage *st, uint32_t op)
{
	static struct blocks before, now;
	uint32_t n = history_event_count(st->h, op);

	stage_goto(st, pos_after(op - 1));
	read_blocks(st->look.m, &before);
	for (uint32_t k = 1; k <= n; k++) {
		struct buddy_step s;

		stage_goto(st, (struct pos){ op, k, 0 });
		read_blocks(st->look.m, &now);
		buddy_step_start(&s, &st->look);
		for (unsigned i = 0; i < now.nr; i++)
			check_mark(&s, &before, &now.block[i]);
		buddy_step_end(&s);
	}
}

static void test_marks_are_true(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct stage st;

		family(&st, eras[e], 16 << 20);
		stage_fork(&st, 2, "kid");
		stage_op(&st, "exit", 1, NULL);
		stage_op(&st, "exit", 2, NULL);
		stage_op(&st, "exit", 3, NULL);
		for (uint32_t op = 1; op <= history_length(st.h); op++)
			check_step(&st, op);
		stage_close(&st);
	}
}

/* The line on top, in words. */
static void test_sentence(void **state)
{
	struct stage st;

	(void)state;
	stage_open(&st, "4.0", NULL, 16 << 20);
	stage_spawn(&st, "a");
	assert_true(stage_goto_event(&st, EV_ALLOC_PAGE, 1));
	assert_true(shows(&st, &pane_buddy, "42 taken: order 1, no split"));
	assert_true(stage_goto_event(&st, EV_ALLOC_PAGE, 2));
	assert_true(shows(&st, &pane_buddy,
		"44 taken: order 2 split, halves of order 1 0 stay free"));
	stage_op(&st, "exit", 1, NULL);
	assert_true(shows(
		&st, &pane_buddy, "42 given back: its buddy is not free"));
	assert_true(stage_goto_event(&st, EV_FREE_TABLE, 1));
	assert_true(shows(
		&st, &pane_buddy, "44 given back: merged, order 2 at 44"));
	stage_close(&st);
}

/* With per-CPU lists a step's single frames do not come from the buddy. */
static void test_at_hand(void **state)
{
	struct machine_config config = { .era = era_find("4.0"),
		.ram = 64 << 20 };
	struct stage st;
	uint32_t task;

	(void)state;
	config.tune = tunables_default(config.era);
	config.tune.pcp = true;
	stage_open_with(&st, &config);
	task = stage_spawn(&st, "task");
	stage_write(&st, task, stage_mmap(&st, task, 3, "heap"), "A");
	check_one(&st, "memory-cpu", &pane_buddy, 78, 20, false);
	assert_true(shows(&st, &pane_buddy, "taken from the CPU's list"));
	stage_op(&st, "exit", task, NULL);
	assert_true(stage_goto_event(&st, EV_FREE_PAGE, 1));
	assert_true(shows(&st, &pane_buddy, "given to the CPU's list"));
	stage_close(&st);
}

/* -- slab --------------------------------------------------------------- */

static void test_slab(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct stage st;
		char scene[32];

		family(&st, eras[e], 16 << 20);
		stage_goto(&st, pos_after(6));
		snprintf(scene, sizeof(scene), "memory-%s", eras[e]);
		check_all(&st, scene, &pane_slab);
		stage_close(&st);
	}
}

/* Cells of the pane that stand for objects of a kind. */
static unsigned count_cells(struct stage *st, enum ref_kind kind)
{
	unsigned n = 0;

	for (int y = 0; y < st->cv->h; y++)
		for (int x = 0; x < st->cv->w; x++)
			n += canvas_char(st->cv, x, y) == '#' &&
			     canvas_ref_at(st->cv, x, y).kind == kind;
	return n;
}

/* Each object in use has its own cell, and is selected there. */
static void test_objects(void **state)
{
	struct stage st;

	(void)state;
	family(&st, "4.0", 16 << 20);
	stage_update(&st);
	stage_draw(&st, &pane_slab, 118, 36, true);
	assert_int_equal(count_cells(&st, REF_TASK), 2);
	assert_int_equal(count_cells(&st, REF_VMA), 2);
	assert_int_equal(count_cells(&st, REF_ANON_VMA), 2);
	assert_int_equal(count_cells(&st, REF_AVC), 3);
	pane_slab.seek(&st.view, &st.look, ref_make(REF_AVC, 2));
	assert_true(ref_eq(st.view.cursor, ref_make(REF_AVC, 2)));
	pane_slab.seek(&st.view, &st.look, ref_make(REF_PAGE, 1));
	assert_true(ref_eq(st.view.cursor, ref_make(REF_AVC, 2)));
	stage_close(&st);
}

/* A thousand tasks: the slab of a selected one is shown. */
static void test_many_objects(void **state)
{
	struct stage st;
	uint32_t kid = 0;

	(void)state;
	family(&st, "2.6.11", 64 << 20);
	for (int i = 0; i < 1000; i++)
		kid = stage_fork(&st, 1, "kid");
	st.look.selected = ref_make(REF_TASK, kid - 500);
	stage_update(&st);
	check_one(&st, "memory-many", &pane_slab, 78, 20, false);
	stage_draw(&st, &pane_slab, 58, 13, true);
	pane_slab.seek(&st.view, &st.look, st.look.selected);
	assert_true(ref_eq(st.view.cursor, st.look.selected));
	check_one(&st, "memory-many", &pane_buddy, 78, 20, false);
	stage_close(&st);
}

/* -- LRU ---------------------------------------------------------------- */

static void test_lru(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct stage st;
		char scene[32];

		family(&st, eras[e], 16 << 20);
		snprintf(scene, sizeof(scene), "memory-%s", eras[e]);
		check_all(&st, scene, &pane_lru);
		stage_close(&st);
	}
}

/* A list that is drawn whole has its pages from head to tail. */
static void test_lru_order(void **state)
{
	const enum lru_list list = LRU_ACTIVE_ANON;
	struct stage st;
	unsigned n = 0;

	(void)state;
	family(&st, "4.0", 16 << 20);
	stage_update(&st);
	stage_draw(&st, &pane_lru, 78, 20, true);
	list_for_each(node, &st.look.m->zones[0].lru[list])
	{
		uint32_t pfn = page_pfn(
			st.look.m, container_of(node, struct page, lru));
		bool found = false;

		/* one line: from left to right */
		for (int x = 0; x < st.cv->w && !found; x++) {
			struct ref ref =
				canvas_ref_at(st.cv, x, STAGE_Y + 1);

			found = ref_eq(ref, ref_make(REF_PAGE, pfn)) &&
				x > (int)n;
			n = found ? (unsigned)x : n;
		}
		assert_true(found);
	}
	assert_true(n > 0);
	stage_close(&st);
}

/* A long list: ends and a count, and a selected page of the middle. */
static void test_lru_long(void **state)
{
	struct stage st;
	uint32_t task;
	uint64_t heap;

	(void)state;
	stage_open(&st, "2.6.11", NULL, 16 << 20);
	task = stage_spawn(&st, "task");
	heap = stage_mmap(&st, task, 1000, "heap");
	for (uint64_t i = 0; i < 1000; i++)
		stage_write(&st, task, heap + i * 4096, "x");
	stage_update(&st);
	st.look.selected = ref_make(REF_PAGE,
		(uint32_t)pte_pfn(st.look.m,
			mm_pte(st.look.m, task_find(st.look.m, task)->mm,
				heap + 500 * 4096)));
	stage_update(&st);
	check_one(&st, "memory-long", &pane_lru, 58, 13, false);
	check_one(&st, "memory-long", &pane_lru, 118, 36, false);
	pane_lru.seek(&st.view, &st.look, ref_at(REF_PTE, task, heap));
	assert_int_equal(st.view.cursor.kind, REF_PAGE);
	stage_close(&st);
}

/* More pages than memory has: the first operation that has to reclaim. */
static uint32_t press(struct stage *st, const char *era)
{
	struct machine_config config = { .era = era_find(era),
		.ram = 1 << 20, .swap = 4 << 20 };
	uint32_t task, op = 0;
	uint64_t heap;

	stage_open_with(st, &config);
	task = stage_spawn(st, "task");
	heap = stage_mmap(st, task, 300, "heap");
	for (uint64_t i = 0; i < 10; i++)
		stage_write(st, task, heap + i * 4096, "x");
	stage_fork(st, task, "child");
	for (uint64_t i = 10; !op && i < 300; i++) {
		stage_write(st, task, heap + i * 4096, "x");
		stage_update(st);
		if (st->look.m->swap_info.inuse_pages)
			op = history_length(st->h);
	}
	assert_true(op > 0);
	return op;
}

/* Reclaim in its midst, and what it has moved. */
static void check_pressure(const char *era, bool golden)
{
	struct stage st;
	uint32_t op = press(&st, era);

	if (golden) {
		check_one(&st, "pressure", &pane_lru, 78, 20, false);
		check_one(&st, "pressure", &pane_swap, 78, 20, false);
	}
	assert_true(shows(&st, &pane_lru, "<2"));
	assert_true(stage_goto_event(&st, EV_SWAP_CACHE_ADD, 1));
	assert_int_equal(st.look.pos.op, op);
	assert_true(shows(&st, &pane_lru, "taken off, being looked at"));
	assert_true(shows(&st, &pane_swap, "slot 1  count 0"));
	if (golden)
		check_one(&st, "pressure-in", &pane_lru, 78, 20, false);
	stage_close(&st);
}

static void test_pressure(void **state)
{
	(void)state;
	check_pressure("2.6.11", false);
	check_pressure("4.0", true);
}

/* -- mms ---------------------------------------------------------------- */

static void test_mms(void **state)
{
	struct stage st;

	(void)state;
	family(&st, "4.0", 16 << 20);
	check_all(&st, "memory-4.0", &pane_mms);
	for (int i = 0; i < 100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "kid%d", i);
		stage_fork(&st, 1, name);
	}
	check_one(&st, "memory-many", &pane_mms, 58, 13, false);
	st.look.selected = ref_make(REF_TASK, 50);
	stage_update(&st);
	check_one(&st, "memory-many-selected", &pane_mms, 58, 13, true);
	pane_mms.seek(&st.view, &st.look, ref_at(REF_PTE, 60, 0));
	assert_true(ref_eq(st.view.cursor, ref_make(REF_TASK, 60)));
	stage_close(&st);
}

/* Four address spaces; the scan stands in the second, at page @i. */
static void scanning(struct stage *st, uint64_t i)
{
	struct machine_config config = { .era = era_find("2.4"),
		.ram = 16 << 20, .swap = 4 << 20 };
	static const char *const names[] = { "B", "C", "X" };
	struct machine *m;
	uint32_t task;
	uint64_t heap;

	stage_open_with(st, &config);
	task = stage_spawn(st, "A");
	stage_mmap(st, task, 4, "text");
	heap = stage_mmap(st, task, 300, "heap");
	for (uint64_t k = 0; k < 300; k += 2)
		stage_write(st, task, heap + k * 4096, "x");
	for (unsigned k = 0; k < 3; k++)
		stage_fork(st, task, names[k]);
	stage_update(st);
	m = (struct machine *)history_machine(st->h);
	m->swap_mm = task_find(m, 2)->mm;
	m->swap_mm->swap_address = heap + i * 4096;
}

static void test_scan(void **state)
{
	struct stage st;
	struct machine *m;

	(void)state;
	scanning(&st, 3);
	check_all(&st, "memory-scan", &pane_mms);
	m = (struct machine *)st.look.m;
	m->swap_mm->swap_address += 200 * 4096;
	check_one(&st, "memory-scan-on", &pane_mms, 78, 20, false);
	m->swap_mm->swap_address = machine_paging(m)->task_size;
	assert_true(shows(&st, &pane_mms, "scanned to its end"));
	m->swap_mm = NULL;
	assert_true(shows(&st, &pane_mms, ">init_mm<"));
	stage_close(&st);
}

/* A ring of many: its ends and where the scan stands. */
static void test_long_ring(void **state)
{
	struct stage st;
	struct machine *m;

	(void)state;
	scanning(&st, 0);
	for (int i = 0; i < 200; i++)
		stage_fork(&st, 1, "kid");
	stage_update(&st);
	m = (struct machine *)history_machine(st.h);
	m->swap_mm = task_find(m, 100)->mm;
	check_one(&st, "memory-ring", &pane_mms, 58, 13, true);
	check_one(&st, "memory-ring", &pane_mms, 118, 36, false);
	stage_close(&st);
}

/* -- swap --------------------------------------------------------------- */

static void open_swap(struct stage *st, const char *era, uint64_t slots)
{
	struct machine_config config = { .era = era_find(era),
		.ram = 16 << 20, .swap = slots << PAGE_SHIFT };

	stage_open_with(st, &config);
}

/* The machine, to be put by hand into a state that takes long to reach by
 * operations; the history is not moved after that. */
static struct machine *machine_of(struct stage *st)
{
	return (struct machine *)history_machine(st->h);
}

static uint64_t page_address(struct stage *st, uint32_t pid, uint64_t i)
{
	return task_find(st->look.m, pid)->mm->mmap->vm_start + i * 4096;
}

/* Page @i of the parent goes to the cache; its slot. */
static uint64_t to_swap_cache(struct stage *st, uint64_t i)
{
	struct machine *m = machine_of(st);
	struct mm_struct *mm = task_find(m, 1)->mm;
	struct page *page = page_by_pfn(m,
		pte_pfn(m, mm_pte(m, mm, page_address(st, 1, i))));

	page->flags |= PG(LOCKED);
	assert_true(add_to_swap(m, page));
	page->flags &= ~PG(LOCKED);
	return page_swap_slot(m, page);
}

/* A slot that PTEs of @pids hold at page @i. */
static uint64_t swapped(struct stage *st, uint64_t i, unsigned pids)
{
	struct machine *m = machine_of(st);
	uint64_t slot = get_swap_page(m);

	for (uint32_t pid = 1; pid <= pids; pid++) {
		swap_duplicate(m, slot);
		set_pte(m, task_find(m, pid)->mm, page_address(st, pid, i),
			mk_swap_pte(m, slot), EV_SET_PTE);
	}
	swapcache_free(m, slot);
	return slot;
}

/* Twelve pages of three tasks: cached, held by one, two and three. */
static void some_swapped(struct stage *st, const char *era, uint64_t slots)
{
	uint32_t parent;
	uint64_t heap;

	open_swap(st, era, slots);
	parent = stage_spawn(st, "parent");
	heap = stage_mmap(st, parent, 12, "heap");
	for (uint64_t i = 0; i < 12; i++)
		stage_write(st, parent, heap + i * 4096, "A");
	stage_fork(st, parent, "child");
	stage_fork(st, parent, "kid");
	stage_update(st);
	to_swap_cache(st, 0);
	to_swap_cache(st, 1);
	for (uint64_t i = 2; i < 12; i++)
		swapped(st, i, 1 + i % 3);
}

static void test_swap(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct stage st;
		char scene[32];

		some_swapped(&st, eras[e], 1024);
		st.look.selected = ref_make(REF_SWAP, 5);
		stage_update(&st);
		snprintf(scene, sizeof(scene), "memory-%s", eras[e]);
		check_all(&st, scene, &pane_swap);
		stage_close(&st);
	}
}

static void test_no_swap(void **state)
{
	struct stage st;

	(void)state;
	stage_open(&st, "4.0", NULL, 16 << 20);
	assert_true(shows(&st, &pane_swap, "no swap area"));
	assert_false(pane_swap.move(&st.view, &st.look, MOVE_DOWN, 1));
	stage_close(&st);
}

/* The holders of a slot are those whose PTEs were set. */
static void test_holders(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct stage st;
		struct swap_holders h;
		uint64_t slot;

		some_swapped(&st, eras[e], 1024);
		slot = swap_slot(st.look.m,
			mm_pte(st.look.m, task_find(st.look.m, 1)->mm,
				page_address(&st, 1, 5)));
		swap_holders_find(st.look.m, slot, &h);
		assert_true(h.all);
		assert_int_equal(h.n, 3);
		for (uint32_t i = 0; i < 3; i++)
			assert_true(ref_eq(h.pte[i],
				ref_at(REF_PTE, i + 1,
					page_address(&st, i + 1, 5))));
		pane_swap.seek(&st.view, &st.look, h.pte[2]);
		assert_int_equal(st.view.cursor.kind, REF_SWAP);
		assert_int_equal(st.view.cursor.id, slot);
		stage_close(&st);
	}
}

/* A million slots: cells by how full, and the looked-at row opened. */
static void test_swap_large(void **state)
{
	struct stage st;

	(void)state;
	some_swapped(&st, "4.0", 1 << 20);
	for (int i = 0; i < 3000; i++)
		get_swap_page(machine_of(&st));
	st.look.selected = ref_make(REF_SWAP, 1000);
	stage_update(&st);
	check_one(&st, "memory-large", &pane_swap, 118, 36, false);
	check_one(&st, "memory-large", &pane_swap, 58, 13, true);
	stage_close(&st);
}

/* -- large -------------------------------------------------------------- */

static double draw_ms(struct stage *st, const struct pane *pane)
{
	struct timespec a, b;
	double best = 1e9, ms;

	for (int k = 0; k < 20; k++) {
		clock_gettime(CLOCK_MONOTONIC, &a);
		stage_draw(st, pane, 198, 58, false);
		clock_gettime(CLOCK_MONOTONIC, &b);
		ms = (double)(b.tv_sec - a.tv_sec) * 1e3 +
		     (double)(b.tv_nsec - a.tv_nsec) / 1e6;
		best = ms < best ? ms : best;
	}
	return best;
}

/* @pages pages written, every eighth unmapped again: memory in pieces. */
static void fragmented(struct stage *st, uint64_t ram, uint64_t pages)
{
	uint32_t task;
	uint64_t heap;

	stage_open(st, "4.0", NULL, ram);
	task = stage_spawn(st, "task");
	heap = stage_mmap(st, task, pages, "heap");
	for (uint64_t i = 0; i < pages; i++)
		stage_write(st, task, heap + i * 4096, "x");
	for (uint64_t i = 0; i < pages; i += 8)
		stage_op(st, "madvise", task, "addr", heap + i * 4096, "len",
			(uint64_t)4096, "advice", (uint64_t)ADVICE_DONTNEED, NULL);
}

/* Sixteen times the memory, and drawing takes no longer than four times. */
static void test_large(void **state)
{
	struct stage small, large;

	(void)state;
	fragmented(&small, 32 << 20, 6000);
	fragmented(&large, 512 << 20, 96000);
	for (unsigned i = 0; i < NR_SHOWN; i++) {
		double a = draw_ms(&small, shown[i]);
		double b = draw_ms(&large, shown[i]);

		print_message("%s: %.3f ms, %.3f ms\n", shown[i]->name, a, b);
		if (b > 4 * a + 0.2)
			fail_msg("%s takes %.3f ms instead of %.3f ms",
				shown[i]->name, b, a);
		check_one(&large, "memory-large", shown[i], 118, 36, false);
	}
	stage_close(&small);
	stage_close(&large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buddy),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_marks_are_true),
		cmocka_unit_test(test_sentence),
		cmocka_unit_test(test_at_hand),
		cmocka_unit_test(test_slab),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_many_objects),
		cmocka_unit_test(test_lru),
		cmocka_unit_test(test_lru_order),
		cmocka_unit_test(test_lru_long),
		cmocka_unit_test(test_pressure),
		cmocka_unit_test(test_mms),
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_long_ring),
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_no_swap),
		cmocka_unit_test(test_holders),
		cmocka_unit_test(test_swap_large),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
