/* The pane of VMAs before and after: golden texts, and both states are true. */
#include "stage.h"

#include "tui/panes/change_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const char *const eras[] = { "2.4", "2.6.0", "2.6.11", "4.0", "6.18" };
#define NR_ERAS (sizeof(eras) / sizeof(eras[0]))

#define PAGE 4096ull

/* What is inside of the borders of a pane on 60x16, 80x24 and 120x40. */
static const struct {
	int w, h;
} sizes[] = { { 38, 9 }, { 58, 13 }, { 78, 20 }, { 118, 36 } };
#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void check_one(struct stage *st, const char *scene, int w, int h,
	bool ascii)
{
	char name[128];
	char *text;

	stage_draw(st, &pane_change, w, h, ascii);
	snprintf(name, sizeof(name), "%s-%dx%d%s", scene, w, h,
		ascii ? "-ascii" : "");
	text = stage_text(st);
	golden_check(name, text);
	free(text);
}

static bool shows(struct stage *st, const char *what)
{
	char *text;
	bool found;

	stage_draw(st, &pane_change, 78, 40, true);
	text = stage_text(st);
	found = strstr(text, what);
	free(text);
	return found;
}

static void protect(struct stage *st, uint64_t addr, uint64_t pages,
	uint64_t prot)
{
	assert_int_equal(stage_op(st, "mprotect", 1, "addr", addr, "len",
				 pages * PAGE, "prot", prot, NULL),
		0);
}

/* Twelve pages that are cut twice, joined by case 4, and healed. */
static uint64_t story(struct stage *st, const char *era)
{
	uint64_t heap;

	stage_open(st, era, NULL, 16 << 20);
	stage_spawn(st, "parent");
	heap = stage_mmap(st, 1, 12, "heap");
	stage_write(st, 1, heap, "A");
	protect(st, heap + 4 * PAGE, 4, PROT_R);
	protect(st, heap + 2 * PAGE, 2, PROT_R);
	protect(st, heap + 2 * PAGE, 6, PROT_R | PROT_W);
	assert_int_equal(stage_op(st, "munmap", 1, "addr", heap + 4 * PAGE,
				 "len", 4 * PAGE, NULL),
		0);
	return heap;
}

static void test_pictures(void **state)
{
	struct stage st;

	(void)state;
	story(&st, "4.0");
	for (uint32_t op = 4; op <= 7; op++) {
		char name[64];

		stage_goto(&st, pos_after(op));
		snprintf(name, sizeof(name), "change-%u", op);
		check_one(&st, name, 78, 20, false);
	}
	stage_goto(&st, pos_after(5));
	for (unsigned i = 0; i < NR_SIZES; i++)
		for (int ascii = 0; ascii < 2; ascii++)
			check_one(&st, "change-case-4", sizes[i].w,
				sizes[i].h, ascii);
	stage_goto(&st, pos_after(6));
	assert_true(stage_goto_event(&st, EV_VMA_CUT, 1));
	check_one(&st, "change-under-way", 78, 20, false);
	stage_goto(&st, (struct pos){ 0, WHOLE, 0 });
	check_one(&st, "change-nothing", 58, 13, false);
	stage_close(&st);
}

/* What each kernel calls the fifth operation. */
static void test_names(void **state)
{
	static const char *const names[NR_ERAS] = { "mprotect_fixup_end",
		"split_vma, new_below = 1", "vma_merge, case 4",
		"vma_merge, case 4",
		"vma_merge_existing_range, merge_right, middle shrinks" };
	struct stage st;

	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		story(&st, eras[e]);
		stage_goto(&st, pos_after(5));
		assert_true(shows(&st, names[e]));
		stage_goto(&st, pos_after(6));
		assert_true(shows(&st, "gone"));
		stage_goto(&st, pos_after(3));
		assert_true(e < 2 || shows(&st, "other anon_vma"));
		stage_close(&st);
	}
}

struct seen {
	struct {
		uint32_t id;
		uint64_t start, end, pgoff, flags;
	} vma[64]; /* nr of them */
	unsigned nr;
};

static void see(const struct stage *st, struct seen *seen)
{
	const struct task_struct *task = task_find(st->look.m, 1);
	const struct vm_area_struct *v =
		task && task->mm ? task->mm->mmap : NULL;

	seen->nr = 0;
	for (; v; v = v->vm_next) {
		assert_true(seen->nr < 64);
		seen->vma[seen->nr].id = v->id;
		seen->vma[seen->nr].start = v->vm_start;
		seen->vma[seen->nr].end = v->vm_end;
		seen->vma[seen->nr].pgoff = v->vm_pgoff;
		seen->vma[seen->nr++].flags = v->vm_flags;
	}
}

static bool holds(const struct seen *seen, const struct vma_was *v)
{
	for (unsigned i = 0; i < seen->nr; i++)
		if (seen->vma[i].id == v->id)
			return seen->vma[i].start == v->start &&
			       seen->vma[i].end == v->end &&
			       seen->vma[i].pgoff == v->pgoff &&
			       seen->vma[i].flags == v->flags;
	return false;
}

static bool has(const struct seen *seen, uint32_t id)
{
	for (unsigned i = 0; i < seen->nr; i++)
		if (seen->vma[i].id == id)
			return true;
	return false;
}

static void check_instant(struct stage *st, const struct seen *before)
{
	struct change c;
	struct seen now;

	see(st, &now);
	assert_true(change_make(&c, &st->look));
	for (unsigned i = 0; i < c.nr; i++) {
		const struct change_vma *v = &c.vma[i];

		assert_int_equal(v->was, has(before, v->id));
		assert_int_equal(v->is, has(&now, v->id));
		assert_true(!v->was || holds(before, &v->before));
		assert_true(!v->is || holds(&now, &v->now));
	}
	/* what changed is shown */
	for (unsigned i = 0; i < before->nr; i++) {
		const struct vma_was w = { .id = before->vma[i].id,
			.start = before->vma[i].start,
			.end = before->vma[i].end,
			.pgoff = before->vma[i].pgoff,
			.flags = before->vma[i].flags };
		bool shown = false;

		for (unsigned k = 0; k < c.nr; k++)
			shown |= c.vma[k].id == w.id;
		assert_true(shown || holds(&now, &w));
	}
}

/* Both states at every event of every operation, going forth and back. */
static void test_states_are_true(void **state)
{
	(void)state;
	for (unsigned e = 0; e < NR_ERAS; e++) {
		struct seen before;
		struct stage st;
		uint64_t heap = story(&st, eras[e]);

		stage_op(&st, "mmap", 1, "addr", heap + 4 * PAGE, "len",
			4 * PAGE, "fixed", (uint64_t)1, NULL);
		stage_op(&st, "mremap", 1, "addr", heap + 8 * PAGE, "old_len",
			4 * PAGE, "new_len", 8 * PAGE, "maymove", (uint64_t)1,
			NULL);
		stage_fork(&st, 1, "child");
		stage_op(&st, "exit", 1, NULL);
		for (uint32_t op = history_length(st.h); op >= 1; op--) {
			uint32_t n = history_event_count(st.h, op);

			stage_goto(&st, pos_after(op - 1));
			see(&st, &before);
			for (uint32_t k = 1; k <= n; k++) {
				stage_goto(&st, (struct pos){ op, k, 0 });
				check_instant(&st, &before);
			}
			stage_goto(&st, pos_after(op));
			check_instant(&st, &before);
		}
		stage_close(&st);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_states_are_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
