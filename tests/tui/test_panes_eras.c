/* The pane that compares eras: its pictures, its cursor, what it switches to,
 * and when the other eras are run. */
#include "lesson.h"
#include "stage.h"

#include "tui/panes/eras.h"
#include "view/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	int w, h;
} sizes[] = { { 40, 10 }, { 80, 24 }, { 120, 40 } };

/* A parent with @pages pages forks five children; each writes a page. */
static void family(struct stage *st, const char *era, uint64_t pages)
{
	uint32_t parent;
	uint64_t heap;

	stage_open(st, era, NULL, 16 << 20);
	parent = stage_spawn(st, "parent");
	heap = stage_mmap(st, parent, pages, "heap");
	for (uint64_t i = 0; i < pages; i++)
		stage_write(st, parent, heap + i * PAGE_SIZE, "A");
	for (int i = 0; i < 5; i++) {
		uint32_t child = stage_fork(st, parent, "child");

		stage_write(st, child, heap, "B");
	}
}

/* The same in three eras; the last, 6.18, has fewer pages and so other
 * results and steps. */
static struct compare *three(struct stage *st)
{
	static const char *const eras[] = { "6.18", "4.0", "2.6.11" };
	struct compare *c = compare_new();

	for (int i = 0; i < 3; i++) {
		family(st, eras[i], i ? 6 : 5);
		assert_true(compare_add(c, st->h, NULL));
		if (i < 2)
			stage_close(st);
	}
	compare_sort(c);
	return c;
}

static void check_one(struct stage *st, const char *scene, unsigned size,
	bool ascii)
{
	char name[128];
	char *text;

	stage_draw(st, &pane_eras, sizes[size].w, sizes[size].h, ascii);
	snprintf(name, sizeof(name), "%s-eras-%dx%d%s", scene, sizes[size].w,
		sizes[size].h, ascii ? "-ascii" : "");
	text = stage_text(st);
	golden_check(name, text);
	free(text);
}

static void pictures(void **state)
{
	struct stage st;
	struct compare *c = three(&st);

	(void)state;
	st.look.compare = c;
	for (unsigned size = 0; size < 3; size++)
		for (int ascii = 0; ascii < 2; ascii++) {
			stage_goto(&st, pos_after(0));
			check_one(&st, "whole", size, ascii);
			stage_goto(&st, pos_after(9));
			check_one(&st, "step-9", size, ascii);
		}
	stage_goto(&st, pos_after(18));
	check_one(&st, "last", 1, false); /* 6.18 has no such step */
	for (int i = 0; i < 2; i++) { /* as many as there may be names for */
		assert_true(compare_add_nothing(c, era_at(0), "it fails"));
		c->run[c->nr - 1].era = era_at((unsigned)i);
	}
	check_one(&st, "five", 0, false);
	st.look.compare_left = 2;
	check_one(&st, "waiting", 0, false);
	st.look.compare = NULL;
	check_one(&st, "nothing", 0, false);
	compare_delete(c);
	stage_close(&st);
}

/* What was read off is what the history says. */
static void read_off(void **state)
{
	struct stage st;
	struct compare *c = three(&st);
	const struct compare_run *r = &c->run[compare_find(c,
		machine_era(history_machine(st.h)))];
	uint64_t ptes = 0;

	(void)state;
	assert_int_equal(r->steps, history_length(st.h));
	for (uint32_t n = 1; n <= r->steps; n++) {
		const struct step *step = history_step(st.h, n);
		struct compare_step s;

		assert_true(compare_step(r, n, &s));
		assert_int_equal(s.id, step->op.id);
		assert_int_equal(s.faults, step->faults);
		assert_memory_equal(&s.costs, &step->costs, sizeof(s.costs));
		ptes += step->costs.n[COST_PTES];
	}
	assert_int_equal(r->total.n[COST_PTES], ptes);
	assert_false(compare_step(r, 0, &(struct compare_step){ 0 }));
	assert_false(compare_step(r, 19, &(struct compare_step){ 0 }));
	c->set = 1u << COST_PTES;
	compare_curves(c);
	assert_int_equal(r->curve[0], 0);
	assert_int_equal(r->curve[c->points - 1], ptes);
	assert_false(compare_differs(c, 1));
	assert_true(compare_differs(c, 8)); /* a write here, a fork there */
	assert_true(compare_differs(c, 18));
	compare_delete(c);
	stage_close(&st);
}

static void numbers(void **state)
{
	static const struct {
		uint64_t n;
		int w;
		const char *want;
	} rows[] = { { 0, 1, "0" }, { 12345, 5, "12345" }, { 12345, 4, "12k" },
		{ 12345, 5, "12345" }, { 123456, 5, "123k" },
		{ 1002001000, 6, "1.0G" }, { 1234567, 4, "1.2M" },
		{ UINT64_MAX, 7, "18447P" } };
	char buf[32];

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(compare_number(buf, sizeof(buf), rows[i].n,
					    rows[i].w),
			rows[i].want);
}

static void sets(void **state)
{
	char err[256], name[64];
	uint32_t set = compare_set_parse("visited+ptes", err, sizeof(err));

	(void)state;
	assert_int_equal(set, 1u << COST_VISITED | 1u << COST_PTES);
	assert_string_equal(
		compare_set_name(set, name, sizeof(name)), "ptes+visited");
	assert_int_equal(compare_set_parse("ptes+", err, sizeof(err)), 0);
	assert_int_equal(compare_set_parse("lokcs", err, sizeof(err)), 0);
	assert_string_equal(err, "unknown cost lokcs; did you mean locks?");
}

/* -- in the viewer ------------------------------------------------------- */

/* The eras are run when the pane is first shown, and not before. */
static void on_demand(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);
	unsigned eras = 0;

	(void)state;
	while (era_at(eras))
		eras++;
	lesson_run(a, "goto 7");
	assert_null(a->look.compare);
	lesson_run(a, "pane eras");
	assert_non_null(a->look.compare);
	assert_int_equal(a->look.compare->nr, eras);
	lesson_shows(a, "Eras: step 7");
	lesson_shows(a, "2.6.11");
	lesson_keys(a, "z");
	lesson_shows(a, "ptes+visited, added up over the steps");
	lesson_close(a);
}

/* Enter switches to the era under the cursor, at the same step. */
static void enter_switches(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);
	const struct compare *c;

	(void)state;
	lesson_run(a, "goto 7");
	lesson_run(a, "pane eras");
	lesson_keys(a, "g");
	c = a->look.compare;
	for (unsigned i = 0; i < c->nr; i++) {
		if (i)
			lesson_keys(a, "j");
		lesson_keys(a, "Enter");
		assert_ptr_equal(machine_era(a->look.m), c->run[i].era);
		assert_int_equal(a->look.pos.op, 7);
		assert_ptr_equal(a->look.compare, c); /* nothing is run anew */
	}
	lesson_keys(a, "j Enter"); /* below the last */
	assert_ptr_equal(machine_era(a->look.m), c->run[c->nr - 1].era);
	lesson_close(a);
}

/* Another scenario is compared anew, and so is one that was run again. */
static void forgotten(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "pane eras");
	assert_int_equal(a->look.compare->steps, 8);
	lesson_run(a, "open batch");
	assert_null(a->look.compare);
	lesson_run(a, "goto 3");
	lesson_run(a, "pane eras");
	assert_int_equal(a->look.compare->steps, 4);
	lesson_shows(a, "Eras: step 3");
	lesson_close(a);
}

/* What is done by hand was not done in the others. */
static void a_branch(void **state)
{
	struct app *a = lesson_open("cow", 120, 40);

	(void)state;
	lesson_run(a, "goto 5");
	lesson_run(a, "pane eras");
	lesson_run(a, "op parent exit");
	assert_int_equal(a->look.pos.op, 6);
	lesson_shows(a, "no such step");
	lesson_run(a, "back");
	lesson_lacks(a, "no such step");
	lesson_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pictures),
		cmocka_unit_test(read_off),
		cmocka_unit_test(numbers),
		cmocka_unit_test(sets),
		cmocka_unit_test(on_demand),
		cmocka_unit_test(enter_switches),
		cmocka_unit_test(forgotten),
		cmocka_unit_test(a_branch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
