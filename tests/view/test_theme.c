/* Styles, glyphs, colours, themes; and the theme files themselves. */
#include "screen.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THEMES SRCDIR "/themes"

/* ---- names ---- */

static void test_styles_by_name(void **state)
{
	(void)state;
	for (int i = 0; i < NR_STYLES; i++) {
		assert_int_equal(style_find(style_name((enum style)i)), i);
		assert_true(strlen(style_meaning((enum style)i)) > 3);
	}
	assert_int_equal(style_find("vma"), -1);
	assert_int_equal(style_find(""), -1);
}

static void test_glyphs(void **state)
{
	(void)state;
	for (int i = 0; i < NR_GLYPHS; i++) {
		enum glyph g = (enum glyph)i;

		assert_int_equal(text_width(glyph_text(g, false)), 1);
		assert_in_range(glyph_ascii(g), 0x21, 0x7e);
		assert_int_equal(glyph_text(g, true)[0], glyph_ascii(g));
		assert_int_equal(glyph_text(g, true)[1], 0);
		assert_int_equal(glyph_find(glyph_code(g)), i);
	}
	assert_string_equal(glyph_text(GL_NOW, false), "▸");
	assert_int_equal(glyph_find('x'), -1);
}

/* ---- colours ---- */

static void test_colour_names(void **state)
{
	static const char *const wrong[] = { "", "reds", "256", "-1", "1234",
		"+1", " 1", "#12345", "#1234567", "#12345g", "#-12345", "0x10",
		"Red", "1 " };
	struct colour c;

	(void)state;
	assert_true(colour_parse("red", &c));
	assert_int_equal(c.kind, COLOUR_INDEX);
	assert_int_equal(c.index, 1);
	assert_true(colour_parse("bright-blue", &c));
	assert_int_equal(c.index, 12);
	assert_true(colour_parse("208", &c));
	assert_int_equal(c.index, 208);
	assert_true(colour_parse("#fF8000", &c));
	assert_int_equal(c.kind, COLOUR_RGB);
	assert_int_equal(c.rgb, 0xff8000);
	assert_true(colour_parse("default", &c));
	assert_int_equal(c.kind, COLOUR_DEFAULT);
	c.index = 99;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(colour_parse(wrong[i], &c));
	assert_int_equal(c.index, 99);
}

static uint8_t nearest_of(const char *text, unsigned nr_colours)
{
	struct colour c;

	assert_true(colour_parse(text, &c));
	return colour_to_index(c, nr_colours);
}

static void test_nearest_colours(void **state)
{
	(void)state;
	assert_int_equal(nearest_of("#000000", 256), 16);
	assert_int_equal(nearest_of("#ff8700", 256), 208);
	assert_int_equal(nearest_of("#ff8500", 256), 208);
	assert_int_equal(nearest_of("#808080", 256), 244);
	assert_int_equal(nearest_of("208", 256), 208);
	assert_int_equal(nearest_of("#fefefe", 16), 15);
	assert_int_equal(nearest_of("#fefefe", 8), 7);
	assert_int_equal(nearest_of("21", 16), 4);
	assert_int_equal(nearest_of("bright-red", 16), 9);
	assert_int_equal(nearest_of("bright-red", 8), 1);
	assert_int_equal(nearest_of("#16181d", 16), 0);
	for (int i = 16; i < 256; i++)
		assert_int_equal(
			colour_to_index((struct colour){ COLOUR_RGB, 0,
						colour_rgb((uint8_t)i) },
				256),
			colour_rgb((uint8_t)i) == colour_rgb(16)    ? 16
			: colour_rgb((uint8_t)i) == colour_rgb(231) ? 231
								    : i);
}

static void test_pens_with_fewer_colours(void **state)
{
	struct pen pen = { .has_fg = true, .has_bg = true, .attr = ATTR_BOLD };

	(void)state;
	pen.fg = (struct colour){ COLOUR_RGB, 0, 0x16181d };
	pen.bg = (struct colour){ COLOUR_RGB, 0, 0x101010 };
	assert_int_equal(pen_reduce(pen, 1 << 24).fg.rgb, 0x16181d);
	assert_int_equal(pen_reduce(pen, 256).fg.kind, COLOUR_INDEX);
	/* both would be black: the text stays legible */
	assert_int_equal(pen_reduce(pen, 16).bg.index, 0);
	assert_int_equal(pen_reduce(pen, 16).fg.index, 7);
	pen = pen_reduce(pen, 0);
	assert_false(pen.has_fg || pen.has_bg);
	assert_int_equal(pen.attr, ATTR_BOLD | ATTR_REVERSE);
}

/* ---- specifications ---- */

static void test_set_a_style(void **state)
{
	struct theme t = { 0 };
	char err[200] = "";
	struct pen *pen = &t.pen[ST_VMA_ANON];

	(void)state;
	assert_true(theme_set(&t, "vma.anon",
		"fg=bright-blue, bg=default,bold,underline", err, sizeof(err)));
	assert_true(pen->has_fg && pen->has_bg);
	assert_int_equal(pen->fg.index, 12);
	assert_int_equal(pen->bg.kind, COLOUR_DEFAULT);
	assert_int_equal(pen->attr, ATTR_BOLD | ATTR_UNDERLINE);
	assert_true(theme_set(
		&t, "vma.anon", "dim reverse italic", err, sizeof(err)));
	assert_false(pen->has_fg || pen->has_bg);
	assert_int_equal(pen->attr, ATTR_DIM | ATTR_REVERSE | ATTR_ITALIC);
	assert_true(theme_set(&t, "vma.anon", "", err, sizeof(err)));
	assert_int_equal(pen->attr, 0);
	assert_string_equal(err, "");
}

static const struct {
	const char *style, *spec; /* what is wrong */
	const char *message;	  /* how its message begins */
} wrong_specs[] = {
	{ "vma.annon", "bold",
		"no style is named \"vma.annon\"; the nearest is "
		"\"vma.anon\"" },
	{ "text", "blod", "\"blod\" is not part of a style; allowed are fg=" },
	{ "text", "fg=orange",
		"\"orange\" is not a colour; allowed are default" },
	{ "text", "bold,bg=", "\"\" is not a colour" },
	{ "text", "fg:red", "\"fg:red\" is not part of a style" },
};

static void test_wrong_specifications(void **state)
{
	struct theme t = theme_builtin;
	char err[200];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong_specs) / sizeof(wrong_specs[0]);
		i++) {
		assert_false(theme_set(&t, wrong_specs[i].style,
			wrong_specs[i].spec, err, sizeof(err)));
		assert_memory_equal(err, wrong_specs[i].message,
			strlen(wrong_specs[i].message));
		assert_memory_equal(&t, &theme_builtin, sizeof(t));
	}
	assert_false(theme_set(&t, "text", "nothing", err, 8));
	assert_string_equal(err, "\"nothin");
}

/* ---- pens ---- */

static void set(struct theme *t, const char *style, const char *spec)
{
	char err[200] = "";

	if (!theme_set(t, style, spec, err, sizeof(err)))
		fail_msg("%s: %s", style, err);
}

static void test_what_lies_below(void **state)
{
	struct theme t = { 0 };
	struct pen pen;

	(void)state;
	set(&t, "text", "fg=white,bg=black");
	set(&t, "vma.anon", "fg=green,dim");
	set(&t, "changed", "underline");
	set(&t, "selected", "bg=cyan");
	set(&t, "touched", "bg=yellow,bold");
	pen = theme_pen(&t, ST_VMA_ANON, 0);
	assert_int_equal(pen.fg.index, 2);
	assert_int_equal(pen.bg.index, 0);
	assert_int_equal(pen.attr, ATTR_DIM);
	/* what is marked is not dim; the stronger mark's background wins */
	pen = theme_pen(&t, ST_VMA_ANON,
		STYLE_CHANGED | STYLE_SELECTED | STYLE_TOUCHED);
	assert_int_equal(pen.fg.index, 2);
	assert_int_equal(pen.bg.index, 3);
	assert_int_equal(pen.attr, ATTR_UNDERLINE | ATTR_BOLD);
}

static void test_cursor_on_reversed(void **state)
{
	struct theme t = { 0 };

	(void)state;
	set(&t, "menu.now", "reverse");
	set(&t, "touched", "reverse");
	set(&t, "cursor", "reverse");
	assert_int_equal(
		theme_pen(&t, ST_TEXT, STYLE_CURSOR).attr, ATTR_REVERSE);
	assert_int_equal(theme_pen(&t, ST_MENU_NOW, STYLE_CURSOR).attr, 0);
	assert_int_equal(
		theme_pen(&t, ST_MENU_NOW, STYLE_TOUCHED).attr, ATTR_REVERSE);
}

/* ---- the files ---- */

/* Read a theme's styles as far as this needs Lua: one in each line.  Returns
 * how many it names. */
static int read_theme(struct theme *t, const char *name)
{
	char path[512], line[256], style[64], spec[128];
	FILE *f;
	int n = 0;

	memset(t, 0, sizeof(*t));
	snprintf(path, sizeof(path), "%s/%s", THEMES, name);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		spec[0] = 0;
		if (sscanf(line, " [\"%63[^\"]\"] = \"%127[^\"]", style, spec) <
			1)
			continue;
		set(t, style, spec);
		n++;
	}
	fclose(f);
	return n;
}

static void each_theme(void (*check)(const struct theme *t, const char *name))
{
	DIR *dir = opendir(THEMES);
	struct dirent *entry;
	int n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		struct theme t;

		if (!strstr(entry->d_name, ".lua"))
			continue;
		assert_int_equal(read_theme(&t, entry->d_name), NR_STYLES);
		check(&t, entry->d_name);
		n++;
	}
	closedir(dir);
	assert_true(n >= 6);
}

static void test_default_is_builtin(void **state)
{
	struct theme t;

	(void)state;
	read_theme(&t, "default.lua");
	for (int i = 0; i < NR_STYLES; i++)
		if (!pen_equal(t.pen[i], theme_builtin.pen[i]))
			fail_msg("%s differs", style_name((enum style)i));
}

static double linear(uint32_t c)
{
	double x = (c & 255) / 255.0;

	/* close enough to the standard's curve for a threshold */
	return x * x * (0.7 * x + 0.3);
}

static double contrast(uint32_t a, uint32_t b)
{
	double x = 0.2126 * linear(a >> 16) + 0.7152 * linear(a >> 8) +
		   0.0722 * linear(a) + 0.05;
	double y = 0.2126 * linear(b >> 16) + 0.7152 * linear(b >> 8) +
		   0.0722 * linear(b) + 0.05;

	return x > y ? x / y : y / x;
}

/* Where a theme says both colours itself, all text can be read. */
static void check_contrast(const struct theme *t, const char *name)
{
	for (int i = 0; i < NR_STYLES; i++) {
		struct pen pen = theme_pen(t, (enum style)i, 0);
		double got;

		if (!pen.has_fg || !pen.has_bg || i == ST_BORDER ||
			pen.fg.kind != COLOUR_RGB || pen.bg.kind != COLOUR_RGB)
			continue;
		got = contrast(pen.fg.rgb, pen.bg.rgb);
		if (got < 4.3)
			fail_msg("%s: %s: contrast %.1f", name,
				style_name((enum style)i), got);
	}
}

/* What must not look like ordinary text, or like one another. */
static const struct {
	enum style style;
	unsigned extra;
} marks[] = {
	{ ST_TEXT, 0 },
	{ ST_EVENT_NOW, 0 },
	{ ST_TEXT, STYLE_CHANGED },
	{ ST_TEXT, STYLE_SELECTED },
};

static void check_marks_with(
	const struct theme *t, const char *name, unsigned nr_colours)
{
	int n = sizeof(marks) / sizeof(marks[0]);

	for (int i = 0; i < n; i++) {
		for (int j = 0; j < i; j++) {
			struct pen a =
				theme_pen(t, marks[i].style, marks[i].extra);
			struct pen b =
				theme_pen(t, marks[j].style, marks[j].extra);

			if (!pen_equal(pen_reduce(a, nr_colours),
				    pen_reduce(b, nr_colours)))
				continue;
			if (nr_colours || !strcmp(name, "mono.lua"))
				fail_msg("%s: marks %d and %d are alike", name,
					i, j);
		}
	}
}

static void check_marks(const struct theme *t, const char *name)
{
	check_marks_with(t, name, 1 << 24);
	check_marks_with(t, name, 256);
	check_marks_with(t, name, 16);
	check_marks_with(t, name, 8);
	check_marks_with(t, name, 0);
}

/* In 16 colours or fewer too, no text has the colour of its ground. */
static void check_legible(const struct theme *t, const char *name)
{
	static const unsigned counts[] = { 8, 16, 256 };

	for (int i = 0; i < NR_STYLES * 3 * 64; i++) {
		struct pen pen =
			pen_reduce(theme_pen(t, (enum style)(i / 64 / 3),
					   (unsigned)i % 64),
				counts[i / 64 % 3]);

		if (pen.has_fg && pen.has_bg && pen.fg.kind &&
			pen.fg.index == pen.bg.index)
			fail_msg("%s: %s cannot be read in %u colours", name,
				style_name((enum style)(i / 64 / 3)),
				counts[i / 64 % 3]);
	}
}

static void test_theme_files(void **state)
{
	(void)state;
	each_theme(check_contrast);
	each_theme(check_marks);
	each_theme(check_legible);
}

/* The default theme paints a ground only where it also sets the text on it. */
static void test_default_forces_no_background(void **state)
{
	(void)state;
	assert_false(theme_builtin.pen[ST_TEXT].has_bg);
	for (int i = 0; i < NR_STYLES; i++)
		assert_true(!theme_builtin.pen[i].has_bg ||
			    theme_builtin.pen[i].has_fg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_styles_by_name),
		cmocka_unit_test(test_glyphs),
		cmocka_unit_test(test_colour_names),
		cmocka_unit_test(test_nearest_colours),
		cmocka_unit_test(test_pens_with_fewer_colours),
		cmocka_unit_test(test_set_a_style),
		cmocka_unit_test(test_wrong_specifications),
		cmocka_unit_test(test_what_lies_below),
		cmocka_unit_test(test_cursor_on_reversed),
		cmocka_unit_test(test_default_is_builtin),
		cmocka_unit_test(test_theme_files),
		cmocka_unit_test(test_default_forces_no_background),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
