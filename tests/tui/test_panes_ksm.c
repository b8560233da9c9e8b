/*
 * KSM on the screen: a walk from item to item and in forks, stable nodes below
 * the lattice, what a selected KSM page is tied to, and every pane at every
 * instant of a round of ksmd.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stage.h"
#include "tui/panes.h"
#include "core/ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const eras[] = { "4.0", "6.18" };

static uint32_t web, db;

/* Two tasks with two equal pages, merged in the last of two rounds. */
static void merged(struct stage *st, const char *era)
{
	uint64_t at[2];
	uint32_t pid[2];

	stage_open(st, era, NULL, 1 << 20);
	pid[0] = web = stage_spawn(st, "web");
	pid[1] = db = stage_spawn(st, "db");
	for (int i = 0; i < 2; i++) {
		at[i] = stage_mmap(st, pid[i], 4, "heap");
		stage_write(st, pid[i], at[i], "A");
		stage_write(st, pid[i], at[i] + PAGE_SIZE, "B");
		assert_int_equal(stage_op(st, "madvise", pid[i], "addr", at[i],
					 "len", (uint64_t)4 * PAGE_SIZE,
					 "advice", (uint64_t)ADVICE_MERGEABLE,
					 NULL), 0);
	}
	assert_int_equal(stage_op(st, "ksm", 0, NULL), 0);
	assert_int_equal(stage_op(st, "ksm", 0, NULL), 0);
	stage_update(st);
}

static uint32_t ksm_frame(const struct stage *st)
{
	const struct stable_node *node = stable_node_by_id(st->look.m, 1);

	assert_non_null(node);
	return node->kpfn;
}

static void check_golden(struct stage *st, const char *era, const char *what)
{
	char name[64];
	char *text = stage_text(st);

	snprintf(name, sizeof(name), "ksm-%s-%s-60x20", era, what);
	golden_check(name, text);
	free(text);
}

static void test_walk(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct stage st;

		merged(&st, eras[i]);
		stage_fork(&st, web, "child");
		stage_update(&st);
		stage_draw(&st, &pane_rmap, 60, 20, false);
		check_golden(&st, eras[i], "lattice");
		stage_op(&st, "rmap", ksm_frame(&st), "full", (uint64_t)1,
			NULL);
		assert_true(stage_goto_event(&st, EV_RMAP_HIT, 2));
		stage_draw(&st, &pane_rmap, 60, 20, false);
		check_golden(&st, eras[i], "walk");
		/* of web's item, db's, and the fork */
		assert_true(stage_goto_event(&st, EV_RMAP_HIT, 3));
		stage_draw(&st, &pane_rmap, 60, 20, false);
		check_golden(&st, eras[i], "forks");
		stage_close(&st);
	}
}

/* All panes, at all instants of the round that merges. */
static void test_every_instant(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct stage st;
		uint32_t op, n;

		merged(&st, eras[i]);
		op = history_length(st.h);
		n = history_event_count(st.h, op);
		assert_true(n > 60);
		for (uint32_t k = 1; k <= n; k++) {
			stage_goto(&st, (struct pos){ op, k, 0 });
			stage_draw(&st, &pane_rmap, 60, 20, k & 1);
			stage_draw(&st, &pane_frames, 60, 12, k & 1);
			stage_draw(&st, &pane_slab, 60, 20, k & 1);
			stage_draw(&st, &pane_path, 60, 20, k & 1);
		}
		stage_close(&st);
	}
}

static bool is_related(struct stage *st, enum ref_kind kind, uint32_t id)
{
	return look_marks(&st->look, ref_make(kind, id)) & STYLE_RELATED;
}

/* A selected KSM page lights up its node, the items and their VMAs. */
static void test_related(void **state)
{
	struct stage st;

	(void)state;
	merged(&st, "6.18");
	st.look.selected = ref_make(REF_PAGE, ksm_frame(&st));
	stage_update(&st);
	assert_true(is_related(&st, REF_STABLE_NODE, 1));
	assert_false(is_related(&st, REF_STABLE_NODE, 2));
	for (uint32_t id = 1; id <= 2; id++)
		assert_true(is_related(&st, REF_VMA, id));
	for (uint32_t id = 1; id <= st.look.m->rmap_items.last; id++) {
		const struct rmap_item *item =
			rmap_item_by_id(st.look.m, id);

		assert_int_equal(is_related(&st, REF_RMAP_ITEM, id),
			item->head == stable_node_by_id(st.look.m, 1));
	}
	stage_close(&st);
}

/* What has exited is shown until ksmd has come by: no pane falls over it. */
static void test_exited(void **state)
{
	struct stage st;

	(void)state;
	merged(&st, "4.0");
	stage_op(&st, "exit", web, NULL);
	stage_op(&st, "exit", db, NULL);
	stage_update(&st);
	stage_draw(&st, &pane_rmap, 60, 20, false);
	stage_draw(&st, &pane_slab, 60, 20, false);
	st.look.selected = ref_make(REF_STABLE_NODE, 1);
	stage_update(&st);
	stage_draw(&st, &pane_inspect, 60, 20, false);
	assert_int_equal(stage_op(&st, "ksm", 0, NULL), 0);
	stage_update(&st);
	assert_null(stable_node_by_id(st.look.m, 1));
	stage_close(&st);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_every_instant),
		cmocka_unit_test(test_related),
		cmocka_unit_test(test_exited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
