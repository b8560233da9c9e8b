/*
 * What must hold for the machine's panes whatever they show: nothing is drawn
 * outside, every linked cell's object exists, and the cursor is on an object
 * and can be seen after every move.
 */
#include "stage.h"

#include "core/objects.h"
#include "view/style.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct pane *const shown[] = { &pane_spaces, &pane_rmap,
	&pane_frames, &pane_walk, &pane_buddy, &pane_slab, &pane_lru,
	&pane_mms, &pane_swap, &pane_fault, &pane_change };
#define NR_SHOWN (sizeof(shown) / sizeof(shown[0]))

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

static const struct {
	int w, h;
} sizes[] = { { 30, 3 }, { 36, 9 }, { 40, 10 }, { 61, 17 }, { 80, 24 },
	{ 120, 40 }, { 200, 60 } };
#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* -- what is on the canvas ---------------------------------------------- */

static bool inside(const struct stage *st, int x, int y)
{
	return x >= STAGE_X && x < STAGE_X + st->view.w && y >= STAGE_Y &&
	       y < STAGE_Y + st->view.h;
}

static void check_cell(const struct stage *st, int x, int y)
{
	uint32_t ch = canvas_char(st->cv, x, y);
	struct ref ref = canvas_ref_at(st->cv, x, y);

	if (!inside(st, x, y)) {
		assert_true(ch == ' ' || ch == 0);
		return;
	}
	if (st->look.ascii && ch)
		assert_in_range(ch, 32, 126);
	if (ref.kind && !object_exists(st->look.m, ref))
		fail_msg("cell %d,%d: object %u:%u is gone", x, y, ref.kind,
			ref.id);
}

static void check_canvas(const struct stage *st)
{
	for (int y = 0; y < st->cv->h; y++)
		for (int x = 0; x < st->cv->w; x++)
			check_cell(st, x, y);
}

static bool is_blank(const struct stage *st)
{
	for (int y = 0; y < st->cv->h; y++)
		for (int x = 0; x < st->cv->w; x++) {
			uint32_t ch = canvas_char(st->cv, x, y);

			if (ch && ch != ' ')
				return false;
		}
	return true;
}

static void check_drawing(struct stage *st, const struct pane *pane)
{
	for (unsigned i = 0; i < NR_SIZES; i++)
		for (int ascii = 0; ascii < 2; ascii++) {
			stage_draw(st, pane, sizes[i].w, sizes[i].h, ascii);
			check_canvas(st);
			if (is_blank(st))
				fail_msg("pane %s is blank", pane->name);
		}
}

/* Every pane has something to show. */
static void open_with_swap(struct stage *st, const char *era)
{
	struct machine_config config = { .era = era_find(era),
		.ram = 16 << 20, .swap = 4 << 20 };

	stage_open_with(st, &config);
}

/* -- every instant of a small history ----------------------------------- */

static void make_history(struct stage *st, const char *era)
{
	uint32_t parent, child;
	uint64_t heap;

	open_with_swap(st, era);
	parent = stage_spawn(st, "parent");
	heap = stage_mmap(st, parent, 6, "heap");
	stage_write(st, parent, heap, "A");
	stage_op(st, "read", parent, "addr", heap + 4096, NULL);
	child = stage_fork(st, parent, "child");
	stage_write(st, child, heap, "B");
	stage_op(st, "mprotect", child, "addr", heap + 8192, "len",
		(uint64_t)8192, "prot", (uint64_t)PROT_R, NULL);
	stage_op(st, "rmap",
		(uint32_t)pte_pfn(st->look.m,
			mm_pte(st->look.m, task_find(st->look.m, parent)->mm,
				heap)),
		NULL);
	stage_op(
		st, "munmap", child, "addr", heap, "len", (uint64_t)4096, NULL);
	stage_op(st, "exit", parent, NULL);
	stage_op(st, "exit", child, NULL);
}

static void check_instant(struct stage *st, struct pos pos)
{
	stage_goto(st, pos);
	for (unsigned i = 0; i < NR_SHOWN; i++)
		check_drawing(st, shown[i]);
}

static void test_every_instant(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct stage st;
		uint32_t last;

		make_history(&st, eras[e]);
		last = history_length(st.h);
		assert_true(last >= 10);
		for (uint32_t op = 1; op <= last; op++) {
			uint32_t n = history_event_count(st.h, op);

			for (uint32_t k = 1; k <= n; k++)
				check_instant(&st, (struct pos){ op, k, 0 });
			check_instant(&st, pos_after(op));
		}
		stage_close(&st);
	}
}

/* -- moving ------------------------------------------------------------- */

static void check_cursor(struct stage *st, const struct pane *pane)
{
	int x, y;

	st->view.focused = true;
	stage_redraw(st, pane);
	check_canvas(st);
	if (!st->view.cursor.kind)
		return;
	x = st->cv->cursor_x;
	y = st->cv->cursor_y;
	if (!inside(st, x, y))
		fail_msg("%s %dx%d: cursor on %u:%u %llx not seen", pane->name,
			st->view.w, st->view.h, st->view.cursor.kind,
			st->view.cursor.id,
			(unsigned long long)st->view.cursor.addr);
	assert_true(ref_eq(canvas_ref_at(st->cv, x, y), st->view.cursor));
}

/* Thousands of moves of all kinds, by a fixed sequence. */
static void wander(struct stage *st, const struct pane *pane, int w, int h)
{
	uint32_t seed = 1;
	int moved = 0;

	stage_draw(st, pane, w, h, false);
	for (int i = 0; i < 400; i++) {
		enum move move;

		seed = seed * 1664525u + 1013904223u;
		move = (enum move)((seed >> 16) % (MOVE_END + 1));
		moved += pane->move(
			&st->view, &st->look, move, 1 + (int)(seed >> 28));
		assert_true(object_exists(st->look.m, st->view.cursor) ||
			    !st->view.cursor.kind);
		check_cursor(st, pane);
	}
	/* without anon_vmas, or where the operation changes no VMA, there may
	 * be nothing to go to */
	if (pane != &pane_rmap && pane != &pane_change && moved <= 40)
		fail_msg("pane %s: moved %d times", pane->name, moved);
}

static void wander_all(struct stage *st)
{
	for (unsigned i = 0; i < NR_SHOWN; i++) {
		wander(st, shown[i], 40, 10);
		wander(st, shown[i], 90, 30);
	}
}

static void grow(struct stage *st, const char *era, int kids, uint64_t pages)
{
	uint32_t parent;
	uint64_t heap;

	open_with_swap(st, era);
	parent = stage_spawn(st, "parent");
	heap = stage_mmap(st, parent, pages, "heap");
	for (uint64_t i = 0; i < pages; i += 3)
		stage_write(st, parent, heap + i * 4096, "A");
	for (int i = 0; i < kids; i++) {
		uint32_t kid = stage_fork(st, parent, "kid");

		stage_write(st, kid, heap + 4096, "B");
	}
}

static void test_wander(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct stage st;

		grow(&st, eras[e], 2, 30);
		wander_all(&st);
		stage_close(&st);
		grow(&st, eras[e], 80, 20);
		wander_all(&st);
		stage_close(&st);
	}
}

/* From the top, going down and right reaches every page of a small task. */
static void test_reach(void **state)
{
	struct stage st;
	unsigned met = 0;

	(void)state;
	grow(&st, "4.0", 0, 12);
	stage_draw(&st, &pane_spaces, 40, 8, false);
	assert_true(pane_spaces.move(&st.view, &st.look, MOVE_TOP, 1));
	assert_int_equal(st.view.cursor.kind, REF_TASK);
	pane_spaces.move(&st.view, &st.look, MOVE_DOWN, 2);
	assert_int_equal(st.view.cursor.kind, REF_PTE);
	pane_spaces.move(&st.view, &st.look, MOVE_HOME, 1);
	do {
		met++;
		check_cursor(&st, &pane_spaces);
	} while (pane_spaces.move(&st.view, &st.look, MOVE_RIGHT, 1) &&
		 met < 100);
	assert_int_equal(met, 12);
	stage_close(&st);
}

/* What is selected elsewhere is found here. */
static void test_seek(void **state)
{
	struct stage st;
	const struct task_struct *task;
	struct ref pte, page;

	(void)state;
	grow(&st, "4.0", 3, 400);
	task = task_find(st.look.m, 2);
	pte = ref_at(REF_PTE, 2, task->mm->mmap->vm_start + 300 * 4096);
	page = ref_make(
		REF_PAGE, (uint32_t)pte_pfn(st.look.m,
				  mm_pte(st.look.m, task->mm, pte.addr)));
	stage_draw(&st, &pane_spaces, 60, 12, false);
	pane_spaces.seek(&st.view, &st.look, pte);
	assert_true(ref_eq(st.view.cursor, pte));
	check_cursor(&st, &pane_spaces);
	stage_draw(&st, &pane_frames, 60, 12, false);
	pane_frames.seek(&st.view, &st.look, pte);
	assert_true(ref_eq(st.view.cursor, page));
	check_cursor(&st, &pane_frames);
	stage_draw(&st, &pane_rmap, 60, 12, false);
	pane_rmap.seek(&st.view, &st.look, ref_make(REF_ANON_VMA, 3));
	assert_true(ref_eq(st.view.cursor, ref_make(REF_ANON_VMA, 3)));
	check_cursor(&st, &pane_rmap);
	stage_close(&st);
}

/* Numbers of a fold are exact: what is shown and what is folded add up. */
static void test_fold_counts(void **state)
{
	struct stage st;
	unsigned times, folded = 0, rows = 0;
	char *text, *p;

	(void)state;
	grow(&st, "4.0", 100, 6);
	stage_draw(&st, &pane_rmap, 80, 24, false);
	text = stage_text(&st);
	for (p = strstr(text, "kid"); p; p = strstr(p + 1, "kid")) {
		times = 0;
		rows++;
		if (sscanf(p, "kid    \xc3\x97%u", &times) == 1)
			folded += times - 1;
	}
	assert_true(folded > 0);
	assert_int_equal(rows + folded, 100);
	free(text);
	stage_close(&st);
}

/* -- marks -------------------------------------------------------------- */

/* Cells that have all of @flags. */
static int marked(const struct stage *st, unsigned flags)
{
	int n = 0;

	for (int y = 0; y < st->cv->h; y++)
		for (int x = 0; x < st->cv->w; x++)
			n += (canvas_cell(st->cv, x, y)->extra & flags) ==
			     flags;
	return n;
}

static void test_marks(void **state)
{
	struct stage st;
	uint32_t parent, child;
	uint64_t heap;

	(void)state;
	stage_open(&st, "4.0", NULL, 16 << 20);
	parent = stage_spawn(&st, "parent");
	heap = stage_mmap(&st, parent, 3, "heap");
	stage_write(&st, parent, heap, "A");
	child = stage_fork(&st, parent, "child");
	stage_write(&st, child, heap, "B");
	assert_true(stage_goto_event(&st, EV_SET_PTE, 1));
	stage_draw(&st, &pane_spaces, 80, 24, false);
	assert_true(marked(&st, STYLE_TOUCHED) > 0);
	stage_draw(&st, &pane_walk, 80, 24, false);
	assert_true(marked(&st, STYLE_TOUCHED) > 0);
	stage_goto(&st, pos_after(history_length(st.h)));
	stage_draw(&st, &pane_spaces, 80, 24, false);
	assert_int_equal(marked(&st, STYLE_TOUCHED), 0);
	assert_true(marked(&st, STYLE_CHANGED) > 0);
	st.look.selected = ref_make(REF_ANON_VMA, 1);
	stage_update(&st);
	stage_draw(&st, &pane_rmap, 80, 24, false);
	assert_true(marked(&st, STYLE_SELECTED) > 0);
	assert_true(marked(&st, STYLE_RELATED) > 0);
	stage_draw(&st, &pane_spaces, 80, 24, false);
	assert_true(marked(&st, STYLE_SELECTED) > 0);
	stage_close(&st);
}

static bool shows(struct stage *st, const struct pane *pane, const char *what)
{
	char *text;
	bool found;

	stage_redraw(st, pane);
	text = stage_text(st);
	found = strstr(text, what);
	free(text);
	return found;
}

static void test_filter_and_search(void **state)
{
	const struct pane *const with_tasks[] = { &pane_spaces, &pane_rmap };
	struct stage st;

	(void)state;
	grow(&st, "4.0", 3, 6);
	for (unsigned i = 0; i < 2; i++) {
		stage_draw(&st, with_tasks[i], 80, 24, false);
		assert_true(shows(&st, with_tasks[i], "parent"));
		st.view.search = "kid";
		stage_redraw(&st, with_tasks[i]);
		assert_true(marked(&st, STYLE_MATCH) >= 9);
		st.view.filter = "kid";
		assert_false(shows(&st, with_tasks[i], "parent"));
		assert_true(shows(&st, with_tasks[i], "kid"));
	}
	stage_close(&st);
}

/* -- the page at stake --------------------------------------------------- */

/* Column of page 2's number in the strip of @pid; -1: it has no strip. */
static int column_of(const struct stage *st, uint32_t pid, uint64_t heap)
{
	struct ref pte = ref_at(REF_PTE, pid, heap + 8192);

	for (int y = 0; y < st->cv->h; y++)
		for (int x = 0; x < st->cv->w; x++)
			if (canvas_char(st->cv, x, y) == '2' &&
				ref_eq(canvas_ref_at(st->cv, x, y), pte))
				return x;
	return -1;
}

/* In all of a fault both tasks that map its page keep their strips, and the
 * columns stay where they are. */
static void check_at_stake(struct stage *st, uint32_t parent, uint32_t child,
	uint64_t heap, int w, int h)
{
	uint32_t op = history_length(st->h), n;
	int last = -1;

	stage_goto(st, pos_after(op));
	n = (uint32_t)st->look.nr_events;
	assert_true(n > 30);
	for (uint32_t i = 1; i <= n; i++) {
		int x;

		stage_goto(st, (struct pos){ op, i, 0 });
		stage_draw(st, &pane_spaces, w, h, false);
		x = column_of(st, child, heap);
		assert_int_not_equal(x, -1);
		if (column_of(st, parent, heap) != x ||
			(last != -1 && last != x))
			fail_msg(
				"%dx%d event %u:\n%s", w, h, i, stage_text(st));
		last = x;
	}
}

static void test_at_stake(void **state)
{
	(void)state;
	for (unsigned e = 0; e < sizeof(eras) / sizeof(eras[0]); e++) {
		struct stage st;
		uint32_t parent, child;
		uint64_t heap;

		stage_open(&st, eras[e], NULL, 16 << 20);
		for (int i = 0; i < 5; i++)
			stage_mmap(&st, stage_spawn(&st, "other"), 3, "other");
		parent = stage_spawn(&st, "parent");
		heap = stage_mmap(&st, parent, 3, "heap");
		for (uint64_t i = 0; i < 3; i++)
			stage_write(&st, parent, heap + i * 4096, "A");
		child = stage_fork(&st, parent, "child");
		stage_write(&st, child, heap + 4096, "B");
		check_at_stake(&st, parent, child, heap, 39, 9);
		check_at_stake(&st, parent, child, heap, 60, 16);
		check_at_stake(&st, parent, child, heap, 100, 50);
		stage_close(&st);
	}
}

/* -- the address cut ---------------------------------------------------- */

/* The lesson's picture, also in a quarter of 80x24: 10, 10 and 12 bits, the
 * entries 32 and 73, the frame and the offset in it. */
static void test_cut(void **state)
{
	static const char *const lines[] = {
		" 0000100000  0001001001  010110110000\n",
		" 32 = 020    73 = 049    offset 5b0\n",
		"+ 5b0 holds hello\n",
	};
	struct stage st;
	uint32_t pid;
	char *text;

	(void)state;
	stage_open(&st, "2.6.11", "i386", 16 << 20);
	pid = stage_spawn(&st, "task");
	assert_int_equal(stage_op(&st, "mmap", pid, "len", (uint64_t)8192,
				 "addr", (uint64_t)0x08049000, NULL),
		0);
	stage_write(&st, pid, 0x080495b0, "hello");
	stage_draw(&st, &pane_walk, 39, 7, false);
	text = stage_text(&st);
	for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!strstr(text, lines[i]))
			fail_msg("no %s in\n%s", lines[i], text);
	free(text);
	stage_close(&st);
}

/* -- zoom --------------------------------------------------------------- */

static bool is_free_cell(const struct machine *m, uint64_t pfn)
{
	for (uint64_t i = pfn & ~511ull; i <= (pfn | 511); i++)
		if (page_by_pfn(m, i)->kind != PAGE_FREE)
			return false;
	return true;
}

/* Of 700 pages one is left, alone in a cell of 512 frames: it is seen. */
static void test_zoom(void **state)
{
	struct stage st;
	uint32_t pid, cells = 0;
	uint64_t heap;

	(void)state;
	stage_open(&st, "4.0", NULL, 4ull << 30);
	pid = stage_spawn(&st, "task");
	heap = stage_mmap(&st, pid, 700, "heap");
	for (uint64_t i = 0; i < 700; i++)
		stage_write(&st, pid, heap + i * 4096, "v");
	assert_int_equal(stage_op(&st, "munmap", pid, "addr", heap, "len",
				 (uint64_t)699 * 4096, NULL),
		0);
	stage_op(&st, "brk", pid, NULL); /* names no frame: nothing opens */
	stage_draw(&st, &pane_frames, 100, 40, true);
	for (int y = 0; y < st.cv->h; y++)
		for (int x = 0; x < st.cv->w; x++) {
			struct ref r = canvas_ref_at(st.cv, x, y);

			if (r.kind != REF_PAGE ||
				canvas_char(st.cv, x, y) != '.')
				continue;
			cells++;
			assert_true(is_free_cell(st.look.m, r.id));
		}
	assert_true(cells > 3);
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_instant),
		cmocka_unit_test(test_wander),
		cmocka_unit_test(test_reach),
		cmocka_unit_test(test_seek),
		cmocka_unit_test(test_fold_counts),
		cmocka_unit_test(test_at_stake),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_zoom),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_filter_and_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
