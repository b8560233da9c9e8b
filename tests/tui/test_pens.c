/* Looks of a theme as a terminal's numbers, for every kind of terminal. */
#include "tui/pens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct {
	int fg, bg;
} told[2000]; /* pairs that the terminal was told of */

static void tell(int pair, int fg, int bg)
{
	assert_in_range(pair, 1, 1999);
	told[pair].fg = fg;
	told[pair].bg = bg;
}

static const struct colour orange = { COLOUR_RGB, 0, 0xff8000 };
static const struct colour bright_red = { COLOUR_INDEX, 9, 0 };

/* Paint one cell whose style has @fg on @bg (NULL: not set). */
static struct paint paint(int colours, int pairs, const struct colour *fg,
	const struct colour *bg)
{
	struct pens *p = pens_new(colours, pairs, tell);
	struct theme theme = theme_builtin;
	struct pen *pen = &theme.pen[ST_TASK];
	struct paint paint;

	memset(pen, 0, sizeof(*pen));
	pen->has_fg = fg != NULL;
	pen->has_bg = bg != NULL;
	if (fg)
		pen->fg = *fg;
	if (bg)
		pen->bg = *bg;
	pens_use(p, &theme);
	paint = pens_paint(p, &(struct cell){ .style = ST_TASK });
	pens_delete(p);
	return paint;
}

static void fg_is(int colours, const struct colour *c, int want)
{
	struct paint p = paint(colours, 64, c, NULL);

	assert_int_equal(p.pair, 1);
	assert_int_equal(told[1].fg, want);
	assert_int_equal(told[1].bg, -1);
}

static void colours_become_numbers(void **state)
{
	static const struct colour nearly_black = { COLOUR_RGB, 0, 0x000003 };
	static const struct colour grey = { COLOUR_INDEX, 244, 0 };

	(void)state;
	fg_is(256, &bright_red, 9);
	fg_is(16, &bright_red, 9);
	fg_is(8, &bright_red, 1);
	fg_is(256, &orange, colour_to_index(orange, 256));
	fg_is(16, &orange, colour_to_index(orange, 16));
	fg_is(1 << 24, &orange, 0xff8000);
	fg_is(1 << 24, &bright_red, 0xff0000);
	fg_is(1 << 24, &grey, 0x808080);
	fg_is(1 << 24, &nearly_black, 8); /* 3 would be yellow */
	fg_is(88, &bright_red, 9);
}

static void bright_is_bold_among_eight(void **state)
{
	(void)state;
	assert_true(paint(8, 64, &bright_red, NULL).attr & ATTR_BOLD);
	assert_false(paint(16, 64, &bright_red, NULL).attr & ATTR_BOLD);
}

static void without_colours_a_background_is_reverse(void **state)
{
	struct paint p = paint(0, 0, &orange, NULL);

	(void)state;
	assert_int_equal(p.pair, 0);
	assert_int_equal(p.attr, 0);
	p = paint(0, 0, &orange, &bright_red);
	assert_int_equal(p.pair, 0);
	assert_int_equal(p.attr, ATTR_REVERSE);
}

static void own_colours_need_no_pair(void **state)
{
	static const struct colour own = { COLOUR_DEFAULT, 0, 0 };

	(void)state;
	assert_int_equal(paint(256, 64, &own, &own).pair, 0);
	assert_int_equal(paint(256, 64, NULL, NULL).pair, 0);
}

/* More looks than pairs: every one still gets a pair that exists. */
static void few_pairs_are_enough(void **state)
{
	struct pens *p = pens_new(256, 8, tell);
	struct theme theme = theme_builtin;

	(void)state;
	for (int i = 0; i < NR_STYLES; i++) {
		theme.pen[i].has_fg = true;
		theme.pen[i].fg =
			(struct colour){ COLOUR_INDEX, (uint8_t)(16 + i), 0 };
	}
	pens_use(p, &theme);
	for (int i = 0; i < NR_STYLES; i++) {
		struct cell cell = { .style = (uint16_t)i };

		assert_in_range(pens_paint(p, &cell).pair, 0, 7);
	}
	pens_delete(p);
}

static void a_theme_in_use_is_not_taken_again(void **state)
{
	struct pens *p = pens_new(256, 64, tell);
	struct theme other = theme_builtin;

	(void)state;
	other.pen[ST_TEXT].attr ^= ATTR_BOLD;
	assert_true(pens_use(p, &theme_builtin));
	assert_false(pens_use(p, &theme_builtin));
	assert_true(pens_use(p, &other));
	pens_delete(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(colours_become_numbers),
		cmocka_unit_test(bright_is_bold_among_eight),
		cmocka_unit_test(without_colours_a_background_is_reverse),
		cmocka_unit_test(own_colours_need_no_pair),
		cmocka_unit_test(few_pairs_are_enough),
		cmocka_unit_test(a_theme_in_use_is_not_taken_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
