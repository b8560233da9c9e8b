/* Layout trees: parsing, placing at every size, changing. */
#include "tui/layout.h"
#include "tui/panes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct layout parsed(const char *text, int w, int h)
{
	struct layout l = { .nr = 0 };
	char err[200] = "";

	if (!layout_parse(&l, text, w, h, err, sizeof(err)))
		fail_msg("%s: %s", text, err);
	layout_place(&l, (struct rect){ 0, 0, w, h });
	return l;
}

static const struct rect *rect_of(const struct layout *l, const char *name)
{
	int leaf = layout_leaf(l, pane_index(name));

	assert_true(leaf >= 0);
	return &l->node[leaf].r;
}

static void neighbours_share_a_border(void **state)
{
	struct layout l = parsed("columns(spaces rmap)", 81, 20);

	(void)state;
	assert_int_equal(rect_of(&l, "spaces")->w, 41);
	assert_int_equal(rect_of(&l, "rmap")->x, 40);
	assert_int_equal(rect_of(&l, "rmap")->w, 41);
	assert_int_equal(rect_of(&l, "rmap")->h, 20);
}

static void weights_and_fixed_sizes(void **state)
{
	struct layout l = parsed("rows(narration=3 spaces*3 path)", 80, 44);

	(void)state;
	/* 44 + 2 shared lines; 5 are fixed, 41 go 3 to 1. */
	assert_int_equal(rect_of(&l, "narration")->h, 5);
	assert_int_equal(rect_of(&l, "spaces")->h, 31);
	assert_int_equal(rect_of(&l, "path")->h, 10);
	assert_int_equal(rect_of(&l, "path")->y, 34);
}

/* Everything is covered, nothing twice but shared borders. */
static void check_cover(const struct layout *l, int w, int h)
{
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			int inside = 0;

			for (int i = 0; i < l->nr; i++) {
				const struct rect *r = &l->node[i].r;

				if (l->node[i].kind != LAYOUT_PANE)
					continue;
				inside += x > r->x && x < r->x + r->w - 1 &&
					  y > r->y && y < r->y + r->h - 1;
			}
			if (inside > 1 || layout_pane_at(l, x, y) < 0)
				fail_msg("%dx%d: cell %d,%d is in %d panes", w,
					h, x, y, inside);
		}
}

static void defaults_cover_every_size(void **state)
{
	(void)state;
	for (int w = 60; w <= 210; w += 7)
		for (int h = 13; h <= 70; h += 3) {
			const struct layout_row *row = layout_for(w, h);
			struct layout l = parsed(row->text, w, h);

			check_cover(&l, w, h);
		}
}

static void defaults_are_those_of_the_sizes(void **state)
{
	(void)state;
	assert_string_equal(layout_for(80, 24)->name, "small");
	assert_string_equal(layout_for(80, 40)->name, "tall");
	assert_string_equal(layout_for(120, 24)->name, "wide");
	assert_string_equal(layout_for(120, 40)->name, "normal");
	assert_string_equal(layout_for(200, 60)->name, "large");
}

/* What a pane needs it gets, where there is room for all needs. */
static void defaults_give_what_is_needed(void **state)
{
	static const int sizes[][2] = { { 80, 20 }, { 120, 35 }, { 200, 54 } };

	(void)state;
	for (int s = 0; s < 3; s++) {
		int w = sizes[s][0], h = sizes[s][1];
		struct layout l = parsed(layout_for(w, h + 6)->text, w, h);

		for (int i = 0; i < l.nr; i++) {
			const struct layout_node *n = &l.node[i];

			if (n->kind != LAYOUT_PANE)
				continue;
			assert_true(n->r.w - 2 >= panes[n->pane]->min_w);
			assert_true(n->r.h - 2 >= panes[n->pane]->min_h);
		}
	}
}

static void tiny_rectangles_do_no_harm(void **state)
{
	(void)state;
	for (int w = 0; w < 12; w++)
		for (int h = 0; h < 12; h++)
			parsed(layout_find("large")->text, w, h);
}

static void a_list_is_laid_out(void **state)
{
	struct layout l = parsed("rmap walk frames", 120, 40);

	(void)state;
	check_cover(&l, 120, 40);
	assert_true(layout_leaf(&l, pane_index("narration")) >= 0);
	assert_true(layout_leaf(&l, pane_index("rmap")) >= 0);
	assert_true(layout_leaf(&l, pane_index("frames")) >= 0);
	assert_true(layout_leaf(&l, pane_index("spaces")) < 0);
	l = parsed("narration, timeline", 80, 24);
	assert_int_equal(layout_largest(&l), pane_index("narration"));
}

/* The larger the screen, the more of the narration is in sight. */
static void a_list_gives_the_narration_room(void **state)
{
	static const struct {
		int h, lines;
	} want[] = { { 24, 3 }, { 32, 5 }, { 40, 5 }, { 50, 8 }, { 60, 11 } };

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		char text[LAYOUT_TEXT];
		struct layout l;

		layout_list("spaces rmap path walk", 120, want[i].h, false,
			text, sizeof(text));
		l = parsed(text, 120, want[i].h);
		assert_int_equal(
			rect_of(&l, "narration")->h, want[i].lines + 2);
	}
}

static void errors_are_named(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "rows(spaces", "\")\" missing" },
		{ "rows()", "no pane in the brackets" },
		{ "rows(spaces spaces)", "there already" },
		{ "lines(spaces path)", "neither rows nor columns" },
		{ "rows(spaces nowhere)", "no such pane" },
		{ "rows(spaces*0 path)", "1 to 99" },
		{ "rows(spaces=100 path)", "1 to 99" },
		{ "spaces)", "left over" },
		{ "", "no such pane" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct layout l = { .nr = -7 };
		char err[200] = "";

		assert_false(layout_parse(
			&l, bad[i].text, 80, 24, err, sizeof(err)));
		assert_non_null(strstr(err, bad[i].says));
		assert_int_equal(l.nr, -7);
	}
}

static void next_goes_around(void **state)
{
	struct layout l = parsed("columns(rows(spaces path) rmap)", 90, 30);
	int spaces = pane_index("spaces"), path = pane_index("path"),
	    rmap = pane_index("rmap");

	(void)state;
	assert_int_equal(layout_next(&l, spaces, 1), path);
	assert_int_equal(layout_next(&l, path, 1), rmap);
	assert_int_equal(layout_next(&l, rmap, 1), spaces);
	assert_int_equal(layout_next(&l, spaces, -1), rmap);
}

static void growing_and_shrinking(void **state)
{
	struct layout l = parsed("columns(spaces rmap)", 81, 20);
	int before = rect_of(&l, "spaces")->w;

	(void)state;
	layout_resize(&l, pane_index("spaces"), 1);
	layout_place(&l, (struct rect){ 0, 0, 81, 20 });
	assert_true(rect_of(&l, "spaces")->w > before);
	for (int i = 0; i < 50; i++)
		layout_resize(&l, pane_index("spaces"), -1);
	layout_place(&l, (struct rect){ 0, 0, 81, 20 });
	assert_true(rect_of(&l, "spaces")->w < before);
	assert_true(rect_of(&l, "spaces")->w >= 3);
}

static void replacing(void **state)
{
	struct layout l = parsed("columns(spaces rmap)", 81, 20);

	(void)state;
	layout_replace(&l, pane_index("rmap"), pane_index("walk"));
	assert_true(layout_leaf(&l, pane_index("rmap")) < 0);
	assert_int_equal(rect_of(&l, "walk")->x, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_share_a_border),
		cmocka_unit_test(weights_and_fixed_sizes),
		cmocka_unit_test(defaults_cover_every_size),
		cmocka_unit_test(defaults_are_those_of_the_sizes),
		cmocka_unit_test(defaults_give_what_is_needed),
		cmocka_unit_test(tiny_rectangles_do_no_harm),
		cmocka_unit_test(a_list_is_laid_out),
		cmocka_unit_test(a_list_gives_the_narration_room),
		cmocka_unit_test(errors_are_named),
		cmocka_unit_test(next_goes_around),
		cmocka_unit_test(growing_and_shrinking),
		cmocka_unit_test(replacing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
