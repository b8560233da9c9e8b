/* The canvas: text, clipping, lines, marks, links. */
#include "screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct canvas *cv;

static int make(void **state)
{
	(void)state;
	cv = canvas_new(10, 3);
	return cv ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	canvas_delete(cv);
	return 0;
}

static int put(int x, int y, int w, const char *text)
{
	return canvas_put(cv, x, y, w, ST_TEXT, text);
}

/* ---- text ---- */

static void test_blank(void **state)
{
	(void)state;
	assert_screen(cv, "\n\n\n");
	assert_int_equal(canvas_char(cv, 0, 0), ' ');
	assert_int_equal(canvas_char(cv, 10, 0), 0);
	assert_int_equal(canvas_char(cv, 0, -1), 0);
	assert_null(canvas_cell(cv, -1, 0));
	assert_int_equal(cv->cursor_x, -1);
}

static void test_put_limits(void **state)
{
	(void)state;
	assert_int_equal(put(1, 0, -1, "hello"), 5);
	assert_int_equal(put(1, 1, 3, "hello"), 3);
	assert_int_equal(put(7, 2, -1, "hello"), 3);
	assert_int_equal(put(20, 2, -1, "hello"), 0);
	assert_screen(cv, " hello\n hel\n       hel\n");
}

/* Columns outside are counted, so that what follows keeps its place. */
static void test_put_outside(void **state)
{
	(void)state;
	assert_int_equal(put(-2, 0, 5, "hello"), 5);
	assert_int_equal(put(8, 1, 5, "hello"), 5);
	assert_int_equal(put(0, -1, 5, "above"), 5);
	assert_int_equal(put(0, 3, 5, "below"), 5);
	put(INT32_MAX, INT32_MIN, -1, "far");
	put(INT32_MIN, INT32_MAX, INT32_MAX, "far");
	assert_screen(cv, "llo\n        he\n\n");
}

static void test_wide_is_never_split(void **state)
{
	(void)state;
	assert_int_equal(put(0, 0, -1, "中文中文中文"), 10);
	assert_int_equal(put(1, 1, -1, "中文中文中文"), 8);
	assert_int_equal(put(0, 2, 5, "中文中文"), 4);
	assert_screen(cv, "中文中文中\n 中文中文\n中文\n");
	assert_int_equal(canvas_char(cv, 0, 0), 0x4e2d);
	assert_int_equal(canvas_char(cv, 1, 0), 0);
	check_cells(cv);
}

static void test_wide_at_a_clip_edge(void **state)
{
	struct canvas_state saved;

	(void)state;
	put(0, 1, -1, "..........");
	saved = canvas_enter(cv, (struct rect){ 3, 0, 4, 3 });
	put(-1, 1, 6, "中文字");
	canvas_leave(cv, saved);
	assert_screen(cv, "\n... 文 ...\n\n");
	check_cells(cv);
}

static void test_overwriting_half_of_a_wide_one(void **state)
{
	(void)state;
	put(0, 0, -1, "中文字");
	put(1, 0, -1, "x");
	put(4, 0, -1, "y");
	canvas_vline(cv, 3, 0, 3, ST_BORDER, LINE_THIN);
	assert_screen(cv, " x │y\n   │\n   │\n");
	put(0, 1, -1, "中文字");
	put(1, 1, -1, "国");
	assert_screen(cv, " x │y\n 国 字\n   │\n");
	check_cells(cv);
}

static void test_combining(void **state)
{
	char utf8[CELL_UTF8];

	(void)state;
	assert_int_equal(put(0, 0, -1,
				 "\xcc\x81"
				 "ae\xcc\x81z"),
		3);
	assert_screen(cv, "ae\xcc\x81z\n\n\n");
	assert_int_equal(canvas_utf8(cv, 1, 0, utf8), 3);
	/* a third mark has no room and is dropped */
	assert_int_equal(put(0, 1, -1, "e\xcc\x81\xcc\x82\xcc\x83."), 2);
	put(0, 2, 1, "e\xcc\x81o");
	assert_screen(cv, "ae\xcc\x81z\ne\xcc\x81\xcc\x82.\ne\xcc\x81\n");
}

static const struct {
	const char *bytes; /* what is put */
	const char *shown; /* what must be shown */
} odd_texts[] = {
	{ "a\xff"
	  "b",
		"a�b" },
	{ "\xe4\xb8", "��" }, { "\xe4\xb8z", "��z" },
	{ "\xc0\x80", "��" },		/* overlong */
	{ "\xed\xa0\x80", "���" },	/* surrogate */
	{ "\xf4\x90\x80\x80", "����" }, /* beyond the last */
	{ "\x1b[31m", "�[31m" }, { "a\nb\rc", "a�b�c" }, { "\x7f\x01", "��" },
	{ "\xc2\x9b"
	  "1m",
		"�1m" }, /* CSI in one character */
	{ "a\tb", "a b" },
	{ "\xe2\x80\xae"
	  "abc",
		"�abc" },	 /* right-to-left override */
	{ "\xe2\x80\xa8", "�" }, /* line separator */
	{ "a\xe2\x80\x8d"
	  "b",
		"ab" }, /* joiner */
	{ "\xef\xb8\x8f"
	  "a",
		"a" },		     /* variation selector */
	{ "\xee\x80\x80", "�" },     /* private use */
	{ "\xf0\x9f\x87\xa9", "�" }, /* half a flag */
};

static void test_what_cannot_be_shown(void **state)
{
	char expected[64];

	(void)state;
	for (size_t i = 0; i < sizeof(odd_texts) / sizeof(odd_texts[0]); i++) {
		canvas_reset(cv, 10, 1);
		assert_int_equal(put(0, 0, -1, odd_texts[i].bytes),
			text_width(odd_texts[i].shown));
		snprintf(
			expected, sizeof(expected), "%s\n", odd_texts[i].shown);
		assert_screen(cv, expected);
	}
}

static void test_cut(void **state)
{
	(void)state;
	assert_int_equal(canvas_put_cut(cv, 0, 0, 5, ST_TEXT, "hello"), 5);
	assert_int_equal(canvas_put_cut(cv, 5, 0, 4, ST_TEXT, "hello"), 4);
	assert_int_equal(canvas_put_cut(cv, 0, 1, 4, ST_TEXT, "中文字"), 3);
	assert_int_equal(canvas_put_cut(cv, 5, 1, -1, ST_TEXT, "longer"), 5);
	assert_int_equal(canvas_put_cut(cv, 0, 2, 0, ST_TEXT, "x"), 0);
	assert_int_equal(canvas_put_cut(cv, 0, 2, 1, ST_TEXT, "xy"), 1);
	assert_screen(cv, "hellohel…\n中…  long…\n…\n");
}

static void test_printf(void **state)
{
	char *big = malloc(5000);

	(void)state;
	assert_non_null(big);
	memset(big, 'x', 4999);
	big[4999] = 0;
	assert_int_equal(
		canvas_printf(cv, 0, 0, -1, ST_PFN, "%x %s", 0x2a, "rw"), 5);
	assert_int_equal(
		canvas_printf(cv, 0, 1, 6000, ST_PFN, "%sy", big), 5000);
	assert_screen(cv, "2a rw\nxxxxxxxxxx\n\n");
	assert_int_equal(canvas_cell(cv, 0, 0)->style, ST_PFN);
	free(big);
}

static void test_measure(void **state)
{
	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("a中é\xff"), 5);
	assert_int_equal(text_fit("a中b", 0), 0);
	assert_int_equal(text_fit("a中b", 2), 1);
	assert_int_equal(text_fit("a中b", 3), 4);
	assert_int_equal(text_fit("e\xcc\x81x", 1), 3);
}

/* ---- wrapping ---- */

static int wrap(int w, int h, int skip, const char *text)
{
	return canvas_wrap(cv, 0, 0, w, h, skip, ST_TEXT, text);
}

static void test_wrap_english(void **state)
{
	(void)state;
	assert_int_equal(wrap(10, 3, 0, "the child writes"), 2);
	assert_screen(cv, "the child\nwrites\n\n");
	canvas_reset(cv, 10, 3);
	assert_int_equal(wrap(10, 3, 0, "to be  or\n\nnot to be"), 3);
	assert_screen(cv, "to be  or\n\nnot to be\n");
	canvas_reset(cv, 10, 3);
	assert_int_equal(wrap(4, 3, 0, "abcdefghij xyz"), 4);
	assert_screen(cv, "abcd\nefgh\nij\n");
	canvas_reset(cv, 10, 3);
	assert_int_equal(wrap(4, 3, 0, "  abcd ef"), 3);
	assert_screen(cv, "  ab\ncd\nef\n");
	assert_int_equal(wrap(10, 3, 0, ""), 0);
	assert_int_equal(wrap(0, 3, 0, "x"), 0);
	assert_int_equal(wrap(10, 3, 0, "exactly 10"), 1);
	assert_int_equal(wrap(10, 3, 0, "exactly 10   \nx"), 2);
}

static void test_wrap_chinese(void **state)
{
	(void)state;
	assert_int_equal(wrap(10, 3, 0, "子进程得到自己的页框"), 2);
	assert_screen(cv, "子进程得到\n自己的页框\n\n");
	canvas_reset(cv, 10, 3);
	/* a closing mark does not begin a line, an opening one ends none */
	assert_int_equal(wrap(10, 3, 0, "子进程得到，自己的"), 2);
	assert_screen(cv, "子进程得\n到，自己的\n\n");
	canvas_reset(cv, 10, 3);
	assert_int_equal(wrap(10, 3, 0, "子进程得（到自己"), 2);
	assert_screen(cv, "子进程得\n（到自己\n\n");
	canvas_reset(cv, 10, 3);
	assert_int_equal(wrap(9, 3, 0, "页框 22 映射 2a"), 2);
	assert_screen(cv, "页框 22\n映射 2a\n\n");
	assert_int_equal(wrap(1, 3, 0, "中文"), 2);
}

static void test_wrap_scrolled(void **state)
{
	(void)state;
	assert_int_equal(wrap(2, 2, 1, "aa bb cc dd"), 4);
	assert_screen(cv, "bb\ncc\n\n");
}

/* ---- lines ---- */

static void test_boxes_join(void **state)
{
	(void)state;
	canvas_reset(cv, 11, 5);
	canvas_box(cv, (struct rect){ 0, 0, 11, 5 }, ST_BORDER, LINE_THIN);
	canvas_hline(cv, 0, 2, 11, ST_BORDER, LINE_THIN);
	canvas_vline(cv, 5, 0, 5, ST_BORDER, LINE_THIN);
	assert_screen(cv, "┌────┬────┐\n"
			  "│    │    │\n"
			  "├────┼────┤\n"
			  "│    │    │\n"
			  "└────┴────┘\n");
}

static void test_looks_mix(void **state)
{
	(void)state;
	canvas_reset(cv, 11, 5);
	canvas_box(cv, (struct rect){ 0, 0, 6, 5 }, ST_BORDER, LINE_THICK);
	canvas_hline(cv, 0, 2, 6, ST_BORDER, LINE_THIN);
	canvas_box(cv, (struct rect){ 6, 0, 5, 5 }, ST_BORDER, LINE_DOUBLE);
	canvas_vline(cv, 8, 0, 5, ST_BORDER, LINE_THIN);
	canvas_hline(cv, 6, 2, 5, ST_BORDER, LINE_DOUBLE);
	assert_screen(cv, "┏━━━━┓╔═╤═╗\n"
			  "┃    ┃║ │ ║\n"
			  "┠────┨╠═╪═╣\n"
			  "┃    ┃║ │ ║\n"
			  "┗━━━━┛╚═╧═╝\n");
}

static void test_one_side_thicker(void **state)
{
	(void)state;
	canvas_hline(cv, 0, 1, 5, ST_BORDER, LINE_THIN);
	canvas_line(cv, 2, 1, LINE_N, ST_BORDER, LINE_THICK);
	canvas_line(cv, 3, 1, LINE_S | LINE_E, ST_BORDER, LINE_THICK);
	/* no such character: the nearest that has the same sides */
	canvas_line(cv, 7, 1, LINE_N | LINE_S, ST_BORDER, LINE_DOUBLE);
	canvas_line(cv, 7, 1, LINE_E, ST_BORDER, LINE_THICK);
	assert_screen(cv, "\n──┸┲─  ╟\n\n");
}

static void test_dashes(void **state)
{
	(void)state;
	canvas_vline(cv, 2, 0, 3, ST_TREE, LINE_DASHED);
	canvas_hline(cv, 4, 0, 3, ST_TREE, LINE_DASHED);
	canvas_hline(cv, 0, 1, 5, ST_CHAIN, LINE_THIN);
	assert_screen(cv, "  ┊ ┄┄┄\n──┼──\n  ┊\n");
}

static void test_small_lines(void **state)
{
	(void)state;
	canvas_hline(cv, 0, 0, 1, ST_BORDER, LINE_THIN);
	canvas_vline(cv, 2, 0, 1, ST_BORDER, LINE_THIN);
	canvas_hline(cv, 4, 0, 0, ST_BORDER, LINE_THIN);
	canvas_hline(cv, 4, 0, -3, ST_BORDER, LINE_THIN);
	canvas_line(cv, 5, 0, LINE_E, ST_BORDER, LINE_THIN);
	canvas_box(cv, (struct rect){ 0, 1, 2, 2 }, ST_BORDER, LINE_THIN);
	canvas_box(cv, (struct rect){ 3, 1, 1, 2 }, ST_BORDER, LINE_THIN);
	canvas_box(cv, (struct rect){ 5, 1, 3, 1 }, ST_BORDER, LINE_THIN);
	canvas_box(cv, (struct rect){ 5, 2, 0, 1 }, ST_BORDER, LINE_THIN);
	assert_screen(cv, "─ │  ─\n┌┐ │ ───\n└┘ │\n");
}

static void test_text_over_lines(void **state)
{
	(void)state;
	canvas_box(cv, (struct rect){ 0, 0, 10, 3 }, ST_BORDER, LINE_THIN);
	put(1, 0, -1, "1 Title");
	canvas_fill(cv, (struct rect){ 0, 1, 3, 1 }, ST_TEXT);
	assert_screen(cv, "┌1 Title─┐\n         │\n└────────┘\n");
}

static void test_ascii(void **state)
{
	(void)state;
	cv->ascii = true;
	canvas_box(cv, (struct rect){ 0, 0, 10, 3 }, ST_BORDER, LINE_DOUBLE);
	canvas_vline(cv, 4, 0, 3, ST_BORDER, LINE_DASHED);
	canvas_glyph(cv, 1, 1, ST_TEXT, GL_NOW);
	put(2, 1, -1, "→─");
	canvas_put_cut(cv, 5, 1, 4, ST_TEXT, "中文字");
	put(1, 2, -1, "\xff—");
	assert_screen(cv, "+---+----+\n|>>-|中~ |\n+?—-+----+\n");
}

/* ---- origin, clip, links, marks ---- */

static void test_enter_and_leave(void **state)
{
	struct canvas_state outer, inner;

	(void)state;
	outer = canvas_enter(cv, (struct rect){ 2, 1, 5, 5 });
	assert_int_equal(put(0, 0, -1, "abcdefgh"), 5);
	inner = canvas_enter(cv, (struct rect){ 3, -1, 9, 9 });
	put(0, 0, -1, "XYZ");
	put(0, 1, -1, "XYZ");
	canvas_leave(cv, inner);
	put(0, 1, -1, "12345678");
	canvas_leave(cv, outer);
	put(0, 0, -1, "0123456789");
	assert_screen(cv, "0123456789\n  abcXY\n  12345\n");
}

static void test_empty_clip(void **state)
{
	struct canvas_state saved;

	(void)state;
	saved = canvas_enter(cv, (struct rect){ 4, 1, -5, 2 });
	assert_int_equal(put(0, 0, -1, "x"), 0);
	put(0, 0, 3, "xyz");
	canvas_fill(cv, (struct rect){ -100, -100, 1000, 1000 }, ST_BAD);
	canvas_mark(cv, (struct rect){ -100, -100, 1000, 1000 }, 1);
	canvas_box(cv, (struct rect){ -1, -1, 9, 9 }, ST_BAD, LINE_THIN);
	canvas_leave(cv, saved);
	assert_screen(cv, "\n\n\n");
	assert_int_equal(canvas_cell(cv, 4, 1)->style, ST_TEXT);
	assert_int_equal(canvas_cell(cv, 4, 1)->extra, 0);
}

static void test_links(void **state)
{
	struct ref vma = ref_make(REF_VMA, 3);
	struct ref page = ref_at(REF_PTE, 1, 0x1000);
	struct canvas_state saved;

	(void)state;
	canvas_link(cv, vma);
	put(0, 0, -1, "vma3");
	assert_int_equal(cv->nr_links, 1);
	saved = canvas_enter(cv, (struct rect){ 0, 1, 10, 1 });
	canvas_link(cv, page);
	put(0, 0, -1, "中");
	canvas_leave(cv, saved);
	canvas_line(cv, 0, 2, LINE_E, ST_BORDER, LINE_THIN);
	canvas_link(cv, NO_REF);
	put(1, 0, 1, "x");
	assert_true(ref_eq(canvas_ref_at(cv, 0, 0), vma));
	assert_true(ref_eq(canvas_ref_at(cv, 1, 0), NO_REF));
	assert_true(ref_eq(canvas_ref_at(cv, 3, 0), vma));
	assert_true(ref_eq(canvas_ref_at(cv, 1, 1), page));
	assert_true(ref_eq(canvas_ref_at(cv, 0, 2), vma));
	assert_true(ref_eq(canvas_ref_at(cv, 5, 5), NO_REF));
}

/* More links than a cell can number: the rest have none, none is wrong. */
static void test_many_links(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= 70000; i++) {
		canvas_link(cv, ref_make(REF_PAGE, i));
		put((int)(i % 10), (int)(i / 10 % 3), 1, "x");
		if (i > UINT16_MAX)
			continue;
		assert_int_equal(
			canvas_ref_at(cv, (int)(i % 10), (int)(i / 10 % 3)).id,
			i);
	}
	assert_int_equal(cv->nr_links, UINT16_MAX);
	assert_int_equal(canvas_ref_at(cv, 0, 70000 / 10 % 3).kind, REF_NONE);
}

static void test_marks(void **state)
{
	(void)state;
	put(0, 0, -1, "a中文");
	canvas_mark(cv, (struct rect){ 2, 0, 2, 1 }, STYLE_CHANGED);
	canvas_mark(cv, (struct rect){ 2, 0, 1, 1 }, STYLE_TOUCHED);
	assert_int_equal(canvas_cell(cv, 0, 0)->extra, 0);
	assert_int_equal(
		canvas_cell(cv, 1, 0)->extra, STYLE_CHANGED | STYLE_TOUCHED);
	assert_int_equal(
		canvas_cell(cv, 2, 0)->extra, STYLE_CHANGED | STYLE_TOUCHED);
	assert_int_equal(canvas_cell(cv, 3, 0)->extra, STYLE_CHANGED);
	assert_int_equal(canvas_cell(cv, 4, 0)->extra, STYLE_CHANGED);
	put(3, 0, -1, "z");
	assert_int_equal(canvas_cell(cv, 3, 0)->extra, 0);
}

static void test_reset(void **state)
{
	(void)state;
	canvas_link(cv, ref_make(REF_PAGE, 7));
	put(0, 0, -1, "x");
	canvas_enter(cv, (struct rect){ 1, 1, 1, 1 });
	canvas_reset(cv, 4, 2);
	put(0, 0, -1, "abcdef");
	assert_screen(cv, "abcd\n\n");
	assert_int_equal(cv->nr_links, 0);
	canvas_reset(cv, 0, 5);
	put(0, 0, 5, "abcdef");
	canvas_box(cv, (struct rect){ 0, 0, 9, 9 }, ST_BORDER, LINE_THIN);
	canvas_reset(cv, -3, 1 << 30);
	assert_int_equal(cv->w, 0);
	assert_int_equal(cv->h, CANVAS_MAX);
}

/* Any number is a legal place; lines take no time where nobody sees them. */
static void test_extreme_places(void **state)
{
	static const int numbers[] = { INT32_MIN, INT32_MIN + 1, -1, 0, 1,
		INT32_MAX - 1, INT32_MAX };
	int n = sizeof(numbers) / sizeof(numbers[0]);

	(void)state;
	for (int i = 0; i < n * n * n * n; i++) {
		struct rect r = { numbers[i % n], numbers[i / n % n],
			numbers[i / n / n % n], numbers[i / n / n / n] };
		struct canvas_state saved = canvas_enter(cv, r);

		canvas_put(cv, r.x, r.y, r.w, ST_TEXT, "中a");
		canvas_put_cut(cv, r.x, r.y, r.w, ST_TEXT, "中a");
		canvas_wrap(cv, r.x, r.y, r.w, r.h, r.x, ST_TEXT, "a b c");
		canvas_box(cv, r, ST_BORDER, LINE_THIN);
		canvas_fill(cv, r, ST_TEXT);
		canvas_mark(cv, r, STYLE_CHANGED);
		canvas_glyph(cv, r.x, r.y, ST_TEXT, GL_DOT);
		canvas_leave(cv, saved);
		check_cells(cv);
	}
	canvas_reset(cv, 6, 2);
	canvas_box(cv, (struct rect){ 1, 0, INT32_MAX, INT32_MAX }, ST_BORDER,
		LINE_THIN);
	assert_screen(cv, " ┌────\n │\n");
}

/* ---- anything at all ---- */

static struct rect random_rect(uint32_t *seed)
{
	struct rect r;

	r.x = (int)random_below(seed, 40) - 10;
	r.y = (int)random_below(seed, 20) - 5;
	r.w = (int)random_below(seed, 40) - 5;
	r.h = (int)random_below(seed, 20) - 5;
	return r;
}

static void random_drawing(uint32_t *seed)
{
	struct rect r = random_rect(seed);
	enum style style = random_below(seed, NR_STYLES);
	enum line_look look = random_below(seed, 4);
	char text[40];

	random_text(seed, text, sizeof(text) - 1);
	switch (random_below(seed, 9)) {
	case 0:
		canvas_put_cut(cv, r.x, r.y, r.w, style, text);
		break;
	case 1:
		canvas_wrap(cv, r.x, r.y, r.w, r.h, r.y, style, text);
		break;
	case 2:
		canvas_box(cv, r, style, look);
		break;
	case 3:
		canvas_fill(cv, r, style);
		break;
	case 4:
		canvas_mark(cv, r, random_below(seed, 64));
		break;
	case 5:
		canvas_line(cv, r.x, r.y, random_below(seed, 16), style, look);
		break;
	case 6:
		canvas_link(cv, ref_make(REF_PAGE, random_below(seed, 99)));
		break;
	default:
		canvas_put(cv, r.x, r.y, r.w, style, text);
	}
}

/* Drawing inside a clip changes no cell outside; a wide character that lies
 * across the edge may be blanked or marked as a whole. */
static void check_outside(const struct cell *before, struct rect clip)
{
	for (int y = 0; y < cv->h; y++) {
		for (int x = 0; x < cv->w; x++) {
			bool in_row = y >= clip.y && y < clip.y + clip.h;

			if (in_row && x >= clip.x - 1 && x <= clip.x + clip.w)
				continue;
			assert_memory_equal(canvas_cell(cv, x, y),
				&before[y * cv->w + x], sizeof(*before));
		}
	}
}

static void test_random_drawing(void **state)
{
	static struct cell before[20 * 12];
	uint32_t seed = 20040906;

	(void)state;
	canvas_reset(cv, 20, 12);
	for (int round = 0; round < 20000; round++) {
		struct canvas_state outer, inner;

		if (round % 50 == 0)
			canvas_reset(cv, 20, 12);
		memcpy(before, cv->cells, sizeof(before));
		outer = canvas_enter(cv, random_rect(&seed));
		inner = canvas_enter(cv, random_rect(&seed));
		random_drawing(&seed);
		check_outside(before, cv->clip);
		canvas_leave(cv, inner);
		canvas_leave(cv, outer);
		random_drawing(&seed);
		check_cells(cv);
	}
}

/* Every cut is at a character, loses nothing but blanks, and ends. */
static void test_random_wrapping(void **state)
{
	uint32_t seed = 611;
	char text[200];

	(void)state;
	for (int round = 0; round < 5000; round++) {
		int w = 1 + (int)random_below(&seed, 30);
		const char *rest = text;

		random_text(&seed, text, random_below(&seed, 199));
		while (*rest) {
			const char *start = rest;
			size_t len = text_line(&rest, w);
			char line[200];

			assert_true(rest > start);
			assert_true(start + len <= rest);
			for (const char *s = start + len; s < rest; s++)
				assert_non_null(strchr(" \t\n", *s));
			memcpy(line, start, len);
			line[len] = 0;
			assert_true(text_width(line) <= (w > 1 ? w : 2));
		}
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_blank),
		TEST(test_put_limits),
		TEST(test_put_outside),
		TEST(test_wide_is_never_split),
		TEST(test_wide_at_a_clip_edge),
		TEST(test_overwriting_half_of_a_wide_one),
		TEST(test_combining),
		TEST(test_what_cannot_be_shown),
		TEST(test_cut),
		TEST(test_printf),
		TEST(test_measure),
		TEST(test_wrap_english),
		TEST(test_wrap_chinese),
		TEST(test_wrap_scrolled),
		TEST(test_boxes_join),
		TEST(test_looks_mix),
		TEST(test_one_side_thicker),
		TEST(test_dashes),
		TEST(test_small_lines),
		TEST(test_text_over_lines),
		TEST(test_ascii),
		TEST(test_enter_and_leave),
		TEST(test_empty_clip),
		TEST(test_links),
		TEST(test_many_links),
		TEST(test_marks),
		TEST(test_reset),
		TEST(test_extreme_places),
		TEST(test_random_drawing),
		TEST(test_random_wrapping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
