/* Golden texts of the panes that show the machine. */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct pane *const shown[] = { &pane_spaces, &pane_rmap,
	&pane_frames, &pane_walk };
#define NR_SHOWN (sizeof(shown) / sizeof(shown[0]))

static const struct {
	int w, h;
	bool ascii;
} sizes[] = {
	{ 40, 10, false },
	{ 40, 10, true },
	{ 80, 24, false },
	{ 80, 24, true },
	{ 120, 40, false },
	{ 120, 40, true },
	{ 200, 60, false },
	{ 200, 60, true },
};
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

/* Every pane at every size. */
static void check_all(struct stage *st, const char *scene)
{
	for (unsigned i = 0; i < NR_SHOWN; i++)
		for (unsigned k = 0; k < NR_SIZES; k++)
			check_one(st, scene, shown[i], sizes[k].w, sizes[k].h,
				sizes[k].ascii);
}

/* Parent with three pages, a fork, the child writes one of them. */
static void fork_cow(struct stage *st, const char *era, const char *arch)
{
	uint32_t parent, child;
	uint64_t heap;

	stage_open(st, era, arch, 16 << 20);
	parent = stage_spawn(st, "parent");
	heap = stage_mmap(st, parent, 3, "heap");
	stage_write(st, parent, heap, "A");
	stage_write(st, parent, heap + 4096, "B");
	stage_write(st, parent, heap + 8192, "C");
	child = stage_fork(st, parent, "child");
	stage_write(st, child, heap + 4096, "B2");
}

static void test_empty(void **state)
{
	struct stage st;

	(void)state;
	stage_open(&st, "4.0", NULL, 16 << 20);
	for (unsigned i = 0; i < NR_SHOWN; i++)
		check_one(&st, "empty", shown[i], 60, 8, false);
	stage_close(&st);
}

/* Inside the child's fault, just after the new PTE is set. */
static void check_fault(const char *era, const char *scene)
{
	struct stage st;

	fork_cow(&st, era, NULL);
	assert_true(stage_goto_event(&st, EV_SET_PTE, 1));
	check_all(&st, scene);
	stage_close(&st);
}

static void test_fault_2_6_11(void **state)
{
	(void)state;
	check_fault("2.6.11", "cow-2.6.11");
}

static void test_fault_4_0(void **state)
{
	(void)state;
	check_fault("4.0", "cow-4.0");
}

static void test_fault_6_18(void **state)
{
	(void)state;
	check_fault("6.18", "cow-6.18");
}

/* Four children, all have copied; the walk stands in its third VMA. */
static void walk_stage(struct stage *st, const char *era)
{
	static const char *const names[] = { "kid1", "kid2", "kid3", "kid4" };
	struct walk w;
	uint32_t parent;
	uint64_t heap;

	stage_open(st, era, NULL, 16 << 20);
	parent = stage_spawn(st, "parent");
	heap = stage_mmap(st, parent, 3, "heap");
	stage_write(st, parent, heap + 4096, "A");
	for (unsigned i = 0; i < 4; i++) {
		uint32_t kid = stage_fork(st, parent, names[i]);

		stage_write(st, kid, heap + 4096, names[i]);
	}
	paging_walk(
		st->look.m, task_find(st->look.m, parent)->mm, heap + 4096, &w);
	assert_true(w.mapped);
	assert_int_equal(stage_op(st, "rmap", (uint32_t)w.pfn, NULL), 0);
}

static void test_walk(void **state)
{
	struct stage st;

	(void)state;
	walk_stage(&st, "2.6.11");
	assert_true(stage_goto_event(&st, EV_RMAP_MISS, 3));
	check_one(&st, "walk-2.6.11", &pane_rmap, 40, 10, false);
	check_one(&st, "walk-2.6.11", &pane_rmap, 84, 12, false);
	check_one(&st, "walk-2.6.11", &pane_rmap, 84, 12, true);
	stage_close(&st);
	walk_stage(&st, "4.0");
	check_one(&st, "walk-4.0", &pane_rmap, 84, 12, false);
	check_one(&st, "walk-4.0-done", &pane_spaces, 60, 12, false);
	stage_close(&st);
}

/* Before anon_vmas: frames with their PTEs, and no reverse map at all. */
static void test_old_reverse_maps(void **state)
{
	struct stage st;

	(void)state;
	fork_cow(&st, "2.6.0", NULL);
	assert_true(stage_goto_event(&st, EV_CHAIN_EMPTY, 1));
	check_one(&st, "chains-2.6.0", &pane_rmap, 60, 14, false);
	check_one(&st, "chains-2.6.0", &pane_rmap, 30, 8, true);
	stage_close(&st);
	walk_stage(&st, "2.6.0");
	check_one(&st, "walk-2.6.0", &pane_rmap, 60, 14, false);
	stage_close(&st);
	fork_cow(&st, "2.4", NULL);
	check_one(&st, "none-2.4", &pane_rmap, 60, 8, false);
	stage_close(&st);
	walk_stage(&st, "2.4");
	assert_true(stage_goto_event(&st, EV_RMAP_MISS, 3));
	check_one(&st, "walk-2.4", &pane_rmap, 60, 8, false);
	check_one(&st, "walk-2.4", &pane_rmap, 30, 8, true);
	stage_close(&st);
}

/* The same address walk in every geometry; the first on the lecture's. */
static void test_walk_geometry(void **state)
{
	static const struct {
		const char *era, *arch;
	} rows[] = { { "2.6.11", "i386" }, { "2.6.11", "pae" },
		{ "4.0", "x86_64" }, { "6.18", "x86_64-la57" } };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct stage st;
		char scene[64];

		fork_cow(&st, rows[i].era, rows[i].arch);
		snprintf(scene, sizeof(scene), "tables-%s", rows[i].arch);
		check_one(&st, scene, &pane_walk, 40, 8, false);
		check_one(&st, scene, &pane_walk, 100, 16, false);
		stage_close(&st);
	}
}

/* -- particular states --------------------------------------------------- */

/* The middle generation exits: its anon_vma stays, without an owner. */
static void test_dead_anon_vma(void **state)
{
	struct stage st;
	uint32_t parent, child, kid;
	uint64_t heap;

	(void)state;
	stage_open(&st, "4.0", NULL, 16 << 20);
	parent = stage_spawn(&st, "parent");
	heap = stage_mmap(&st, parent, 3, "heap");
	stage_write(&st, parent, heap, "A");
	child = stage_fork(&st, parent, "child");
	stage_write(&st, child, heap, "B");
	kid = stage_fork(&st, child, "kid");
	stage_write(&st, kid, heap + 4096, "C");
	assert_int_equal(stage_op(&st, "exit", child, NULL), 0);
	check_one(&st, "dead", &pane_rmap, 80, 24, false);
	check_one(&st, "dead", &pane_spaces, 80, 24, false);
	check_one(&st, "dead", &pane_rmap, 120, 20, true);
	stage_close(&st);
}

/* Pages read, written, untouched and without access, in split VMAs. */
static void split(struct stage *st, const char *era)
{
	uint32_t task;
	uint64_t heap;

	stage_open(st, era, NULL, 16 << 20);
	task = stage_spawn(st, "task");
	heap = stage_mmap(st, task, 24, "heap");
	for (uint64_t i = 0; i < 20; i += 2)
		stage_write(st, task, heap + i * 4096, "v");
	assert_int_equal(
		stage_op(st, "read", task, "addr", heap + 4096, NULL), 0);
	assert_int_equal(
		stage_op(st, "mprotect", task, "addr", heap + 8 * 4096, "len",
			(uint64_t)(4 * 4096), "prot", (uint64_t)0, NULL),
		0);
	assert_int_equal(stage_op(st, "munmap", task, "addr", heap + 16 * 4096,
				 "len", (uint64_t)(2 * 4096), NULL),
		0);
}

static void test_split(void **state)
{
	static const char *const eras[] = { "2.6.11", "4.0", "6.18" };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct stage st;
		char scene[32];

		split(&st, eras[i]);
		snprintf(scene, sizeof(scene), "split-%s", eras[i]);
		check_one(&st, scene, &pane_spaces, 40, 10, false);
		check_one(&st, scene, &pane_spaces, 80, 24, false);
		check_one(&st, scene, &pane_rmap, 80, 24, false);
		stage_close(&st);
	}
}

/* One task with sixty VMAs: a line for each, and a strip where the last
 * operation was. */
static void test_many_vmas(void **state)
{
	struct stage st;
	uint32_t task;
	uint64_t heap;

	(void)state;
	stage_open(&st, "4.0", NULL, 16 << 20);
	task = stage_spawn(&st, "task");
	heap = stage_mmap(&st, task, 240, "heap");
	for (uint64_t i = 0; i < 30; i++) {
		uint64_t addr = heap + (i * 8 + 4) * 4096;

		assert_int_equal(stage_op(&st, "mprotect", task, "addr", addr,
					 "len", (uint64_t)(4 * 4096), "prot",
					 (uint64_t)PROT_R, NULL),
			0);
		stage_write(&st, task, addr - 4096, "w");
	}
	check_one(&st, "many", &pane_spaces, 80, 24, false);
	check_one(&st, "many", &pane_spaces, 40, 10, true);
	check_one(&st, "many", &pane_rmap, 80, 24, false);
	stage_close(&st);
}

/* A selected frame of a large VMA is unfolded, wherever it is. */
static void test_selected(void **state)
{
	struct stage st;
	uint32_t task;
	uint64_t heap;

	(void)state;
	stage_open(&st, "2.6.11", NULL, 16 << 20);
	task = stage_spawn(&st, "task");
	heap = stage_mmap(&st, task, 1000, "heap");
	for (uint64_t i = 0; i < 1000; i += 2)
		stage_write(&st, task, heap + i * 4096, "even");
	st.look.selected = ref_at(REF_PTE, task, heap + 501 * 4096);
	stage_update(&st);
	check_one(&st, "selected", &pane_spaces, 80, 12, false);
	check_one(&st, "selected", &pane_walk, 80, 12, false);
	stage_close(&st);
}

/* -- large -------------------------------------------------------------- */

static void thousand(struct stage *st, const char *era)
{
	uint32_t parent;
	uint64_t heap;

	stage_open(st, era, NULL, 64 << 20);
	parent = stage_spawn(st, "parent");
	heap = stage_mmap(st, parent, 1000, "heap");
	for (uint64_t i = 0; i < 1000; i++)
		stage_write(st, parent, heap + i * 4096, "A");
	for (int i = 0; i < 1000; i++) {
		uint32_t kid = stage_fork(st, parent, "child");

		stage_write(st, kid, heap, "B");
	}
}

static double draw_ms(struct stage *st, const struct pane *pane, int w, int h)
{
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	stage_draw(st, pane, w, h, false);
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) * 1e3 +
	       (double)(b.tv_nsec - a.tv_nsec) / 1e6;
}

#if defined(__SANITIZE_ADDRESS__)
#define ALLOWED_MS 100.0
#else
#define ALLOWED_MS 5.0
#endif

static void check_speed(struct stage *st)
{
	for (unsigned i = 0; i < NR_SHOWN; i++) {
		double best = 1e9;

		for (int k = 0; k < 10; k++) {
			double ms = draw_ms(st, shown[i], 200, 60);

			best = ms < best ? ms : best;
		}
		print_message("%s: %.2f ms\n", shown[i]->name, best);
		if (best > ALLOWED_MS)
			fail_msg("%s takes %.2f ms", shown[i]->name, best);
	}
}

static void check_thousand(const char *era, const char *scene)
{
	struct stage st;

	thousand(&st, era);
	for (unsigned i = 0; i < NR_SHOWN; i++) {
		check_one(&st, scene, shown[i], 80, 24, false);
		check_one(&st, scene, shown[i], 80, 24, true);
	}
	check_speed(&st);
	stage_close(&st);
}

static void test_thousand_2_6_11(void **state)
{
	(void)state;
	check_thousand("2.6.11", "thousand-2.6.11");
}

/* In the middle of a walk over a thousand VMAs for the parent's frame. */
static void test_thousand_walked(void **state)
{
	struct stage st;
	const struct task_struct *parent;
	uint64_t heap;

	(void)state;
	thousand(&st, "2.6.11");
	parent = task_find(st.look.m, 1);
	heap = parent->mm->mmap->vm_start;
	assert_int_equal(stage_op(&st, "rmap",
				 (uint32_t)pte_pfn(st.look.m,
					 mm_pte(st.look.m, parent->mm, heap)),
				 NULL),
		0);
	assert_true(stage_goto_event(&st, EV_RMAP_MISS, 500));
	check_one(&st, "thousand-walked", &pane_rmap, 80, 24, false);
	check_speed(&st);
	assert_true(stage_goto_event(&st, EV_RMAP_DONE, 1));
	check_one(&st, "thousand-walked-done", &pane_rmap, 80, 24, false);
	stage_close(&st);
}

static void test_thousand_4_0(void **state)
{
	(void)state;
	check_thousand("4.0", "thousand-4.0");
}

/* A million frames. */
static void test_million(void **state)
{
	struct stage st;
	uint32_t task;
	uint64_t heap;

	(void)state;
	stage_open(&st, "6.18", NULL, 4ull << 30);
	task = stage_spawn(&st, "task");
	heap = stage_mmap(&st, task, 100000, "heap");
	for (uint64_t i = 0; i < 100000; i++)
		stage_write(&st, task, heap + i * 4096, "x");
	for (unsigned i = 0; i < NR_SHOWN; i++)
		check_one(&st, "million", shown[i], 100, 20, false);
	check_speed(&st);
	stage_close(&st);
}

/* Generations that all live: no two rows alike, so a matrix. */
static void test_generations(void **state)
{
	struct stage st;
	uint32_t task;
	uint64_t heap;

	(void)state;
	stage_open(&st, "4.0", NULL, 16 << 20);
	task = stage_spawn(&st, "gen0");
	heap = stage_mmap(&st, task, 2, "heap");
	for (int i = 1; i <= 150; i++) {
		char name[16];

		stage_write(&st, task, heap, "x");
		snprintf(name, sizeof(name), "gen%d", i);
		task = stage_fork(&st, task, name);
	}
	check_one(&st, "generations", &pane_rmap, 60, 14, false);
	check_one(&st, "generations", &pane_rmap, 200, 60, false);
	stage_close(&st);
}

/* A page on its way to another frame is not in swap. */
static void test_migration(void **state)
{
	static const char *const eras[] = { "4.0", "6.18" };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct stage st;
		uint32_t task, pfn;
		uint64_t heap;
		char *text;

		stage_open(&st, eras[i], NULL, 16 << 20);
		task = stage_spawn(&st, "task");
		heap = stage_mmap(&st, task, 1, "heap");
		stage_write(&st, task, heap, "A");
		pfn = (uint32_t)pte_pfn(st.look.m,
			mm_pte(st.look.m, task_find(st.look.m, task)->mm,
				heap));
		assert_int_equal(stage_op(&st, "migrate", pfn, NULL), 0);
		assert_true(stage_goto_event(&st, EV_SET_PTE, 1));
		stage_draw(&st, &pane_spaces, 60, 12, false);
		text = stage_text(&st);
		assert_non_null(strstr(text, "m being moved"));
		assert_null(strstr(text, "swapped out"));
		free(text);
		stage_close(&st);
	}
}

/* Which VMAs are locked in memory is seen. */
static void test_locked(void **state)
{
	struct stage st;
	uint32_t task;
	uint64_t heap;
	char *text;

	(void)state;
	stage_open(&st, "2.6.11", NULL, 16 << 20);
	task = stage_spawn(&st, "task");
	heap = stage_mmap(&st, task, 2, "heap");
	assert_int_equal(stage_op(&st, "mlock", task, "addr", heap, "len",
				 (uint64_t)4096, NULL),
		0);
	stage_draw(&st, &pane_spaces, 60, 16, false);
	text = stage_text(&st);
	assert_non_null(strstr(text, "rw-p locked heap"));
	assert_non_null(strstr(text, "rw-p heap"));
	free(text);
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_fault_2_6_11),
		cmocka_unit_test(test_fault_4_0),
		cmocka_unit_test(test_fault_6_18),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_old_reverse_maps),
		cmocka_unit_test(test_walk_geometry),
		cmocka_unit_test(test_thousand_2_6_11),
		cmocka_unit_test(test_thousand_4_0),
		cmocka_unit_test(test_thousand_walked),
		cmocka_unit_test(test_generations),
		cmocka_unit_test(test_migration),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_million),
		cmocka_unit_test(test_dead_anon_vma),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_many_vmas),
		cmocka_unit_test(test_selected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
