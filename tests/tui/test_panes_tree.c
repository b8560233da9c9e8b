/*
 * The pane of an address space's index: golden texts in each form, the way of
 * the latest search, and folding.
 */
#include "stage.h"

#include "core/maple_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BASE 0x10000000ull
#define STEP 0x10000ull

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };

static const struct {
	int w, h;
} sizes[] = { { 38, 9 }, { 78, 20 }, { 118, 36 } };
#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void check_all(struct stage *st, const char *scene)
{
	char name[128], *text;

	for (unsigned i = 0; i < 2 * NR_SIZES; i++) {
		int w = sizes[i / 2].w, h = sizes[i / 2].h;

		stage_draw(st, &pane_tree, w, h, i % 2);
		snprintf(name, sizeof(name), "%s-%dx%d%s", scene, w, h,
			i % 2 ? "-ascii" : "");
		text = stage_text(st);
		golden_check(name, text);
		free(text);
	}
}

static bool shows(struct stage *st, int h, const char *what)
{
	char *text;
	bool found;

	stage_draw(st, &pane_tree, 100, h, true);
	text = stage_text(st);
	found = strstr(text, what);
	free(text);
	return found;
}

/* A task with @n VMAs of two pages, holes between, and one of three above. */
static uint32_t mappings(struct stage *st, const char *era, unsigned n)
{
	uint32_t pid;

	stage_open(st, era, NULL, 16 << 20);
	pid = stage_spawn(st, "parent");
	stage_mmap(st, pid, 3, "heap");
	for (unsigned i = 1; i <= n; i++)
		assert_int_equal(stage_op(st, "mmap", pid, "addr",
				BASE + i * STEP, "len", 2 * PAGE_SIZE, "prot",
				i % 2 ? (uint64_t)3 : (uint64_t)1, "fixed",
				(uint64_t)1, NULL), 0);
	return pid;
}

/* In the middle of find_vma, and with what it found remembered. */
static void test_pictures(void **state)
{
	(void)state;
	for (unsigned e = 0; e < 5; e++) {
		struct stage st;
		char scene[32];
		uint32_t pid = mappings(&st, eras[e], 9);

		stage_write(&st, pid, BASE + 3 * STEP, "A");
		stage_write(&st, pid, BASE + 7 * STEP, "B");
		snprintf(scene, sizeof(scene), "tree-%s", eras[e]);
		check_all(&st, scene);
		assert_true(stage_goto_event(&st,
			e == 4 ? EV_MAPLE_STEP : EV_RB_STEP, 2));
		snprintf(scene, sizeof(scene), "tree-%s-way", eras[e]);
		check_all(&st, scene);
		stage_close(&st);
	}
}

/* The numbers before the lines are the events of the search, in their order. */
static void test_way_is_true(void **state)
{
	(void)state;
	for (unsigned e = 0; e < 5; e++) {
		struct stage st;
		uint32_t pid = mappings(&st, eras[e], 30);
		enum event_id id = e == 4 ? EV_MAPLE_STEP : EV_RB_STEP;
		unsigned steps = 0;
		char want[64];

		stage_write(&st, pid, BASE + 17 * STEP, "A");
		stage_update(&st);
		for (size_t i = 0; i < st.look.nr_events; i++)
			steps += st.look.events[i].id == id;
		assert_true(steps >= 2);
		assert_true(stage_goto_event(&st, id, steps));
		snprintf(want, sizeof(want), "nodes so far: %u", steps);
		assert_true(shows(&st, 60, want));
		snprintf(want, sizeof(want), "> %u ", steps);
		assert_true(shows(&st, 60, want));
		stage_close(&st);
	}
}

/* A thousand VMAs: few lines, the selected one among them. */
static void test_many(void **state)
{
	(void)state;
	for (unsigned e = 2; e < 5; e++) {
		struct stage st;
		const struct vm_area_struct *vma;
		char name[16];

		mappings(&st, eras[e], 1000);
		stage_update(&st);
		vma = vma_lookup(task_find(st.look.m, 1)->mm,
			BASE + 700 * STEP);
		snprintf(name, sizeof(name), "vma%u ", vma->id);
		assert_false(shows(&st, 200, name));
		assert_true(st.view.lines < 200);
		st.look.selected = ref_make(REF_VMA, vma->id);
		stage_update(&st);
		assert_true(shows(&st, 200, name));
		assert_true(st.view.lines < 300);
		stage_close(&st);
	}
}

/* While a fork is under way the child's maple tree names the parent's VMAs. */
static void test_fork(void **state)
{
	struct stage st;
	uint32_t pid = mappings(&st, "6.18", 12);

	(void)state;
	stage_fork(&st, pid, "child");
	assert_true(stage_goto_event(&st, EV_MAPLE_COPY, 1));
	st.look.selected = ref_make(REF_TASK, 2);
	stage_update(&st);
	stage_draw(&st, &pane_tree, 78, 20, false);
	assert_true(shows(&st, 20, "VMAs:"));
	stage_goto(&st, pos_after(15));
	st.look.selected = ref_make(REF_TASK, 2);
	stage_update(&st);
	assert_true(shows(&st, 20, "child"));
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_way_is_true),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_fork),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
