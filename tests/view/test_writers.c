/* The canvas writers: exact output of small canvases, and any canvas at all. */
#include "screen.h"

#include "view/writer.h"

#include <stdlib.h>
#include <string.h>

static struct canvas *cv;
static struct theme theme;
static struct buf out;

static void style(const char *name, const char *spec)
{
	char err[200] = "";

	if (!theme_set(&theme, name, spec, err, sizeof(err)))
		fail_msg("%s", err);
}

static int make(void **state)
{
	(void)state;
	memset(&theme, 0, sizeof(theme));
	style("bad", "fg=red,bold");
	style("good", "fg=#0000ff,bg=208");
	style("title", "fg=bright-blue,underline,italic");
	style("dim", "dim");
	style("menu.now", "reverse");
	cv = canvas_new(4, 2);
	return cv ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	canvas_delete(cv);
	buf_free(&out);
	return 0;
}

static const char *written(const struct writer *writer, const char *title)
{
	buf_free(&out);
	buf_puts(&out, ""); /* a canvas without rows adds nothing */
	single_page(&out, writer, &theme, cv, title);
	assert_false(out.failed);
	assert_int_equal(strlen(out.data), out.len);
	return out.data;
}

static void assert_has(const char *text, const char *part)
{
	assert_non_null(text);
	if (!strstr(text, part))
		fail_msg("no\n%s\nin\n%s", part, text ? text : "");
}

static void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("there is\n%s\nin\n%s", part, text);
}

/* ---- names, buffer, escapes ---- */

static void test_names(void **state)
{
	(void)state;
	assert_ptr_equal(writer_find("svg"), &writer_svg);
	assert_ptr_equal(writer_find("text"), &writer_text);
	assert_null(writer_find("dot"));
	assert_null(writer_find(""));
	assert_ptr_equal(writer_for_file("a/b.html"), &writer_html);
	assert_ptr_equal(writer_for_file("b.htm"), &writer_html);
	assert_ptr_equal(writer_for_file("x.txt"), &writer_text);
	assert_ptr_equal(writer_for_file("x.svg.ansi"), &writer_ansi);
	assert_null(writer_for_file("svg"));
	assert_null(writer_for_file(".svg"));
	assert_null(writer_for_file("a.png"));
	for (int i = 0; i < NR_WRITERS; i++)
		assert_ptr_equal(writer_find(writers[i]->name), writers[i]);
}

static void test_buffer_grows(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_printf(&out, "%d,", i);
	buf_fill(&out, 'x', 10000);
	buf_fill(&out, 'y', -1);
	assert_int_equal(out.len, 10 * 2 + 90 * 3 + 900 * 4 + 10000);
	assert_memory_equal(out.data, "0,1,2,", 6);
	assert_int_equal(out.data[out.len], 0);
}

static void test_escapes(void **state)
{
	(void)state;
	put_escaped(&out, "<a href=\"x\">&'\033[0m\x9b\xff\n");
	assert_string_equal(
		out.data, "&lt;a href=&quot;x&quot;&gt;&amp;&#39;�[0m���");
}

/* ---- text ---- */

static void test_text_pages(void **state)
{
	struct sheet sheet = { .theme = &theme, .nr_pages = 2, .title = "" };

	(void)state;
	canvas_put(cv, 0, 0, -1, ST_GOOD, "中a ");
	writer_text.begin(&out, &sheet);
	writer_text.page(&out, &sheet, cv, 0, "one");
	writer_text.page(&out, &sheet, cv, 1, "two");
	writer_text.end(&out, &sheet);
	assert_string_equal(out.data, "中a\n\n\f\n中a\n\n");
}

/* ---- ANSI ---- */

static const char *ansi(unsigned nr_colours)
{
	struct sheet sheet = { .theme = &theme,
		.nr_pages = 1,
		.title = "",
		.nr_colours = nr_colours };

	buf_free(&out);
	writer_ansi.begin(&out, &sheet);
	writer_ansi.page(&out, &sheet, cv, 0, "");
	writer_ansi.end(&out, &sheet);
	return out.data;
}

static void test_ansi_colours(void **state)
{
	(void)state;
	canvas_put(cv, 0, 0, 1, ST_BAD, "b");
	canvas_put(cv, 1, 0, 1, ST_GOOD, "g");
	canvas_put(cv, 2, 0, 1, ST_TITLE, "t");
	assert_string_equal(ansi(1 << 24),
		"\033[0;1;31mb\033[0;38;2;0;0;255;48;5;208mg"
		"\033[0;3;4;94mt\033[0m\n\n");
	assert_string_equal(ansi(256), "\033[0;1;31mb\033[0;38;5;21;48;5;208mg"
				       "\033[0;3;4;94mt\033[0m\n\n");
	assert_string_equal(ansi(8),
		"\033[0;1;31mb\033[0;34;43mg\033[0;3;4;34mt\033[0m\n\n");
	assert_string_equal(
		ansi(0), "\033[0;1mb\033[0;7mg\033[0;3;4mt\033[0m\n\n");
}

/* Blanks at the end are left out unless they show. */
static void test_ansi_ends_of_lines(void **state)
{
	(void)state;
	canvas_put(cv, 0, 0, -1, ST_BAD, "b   ");
	canvas_put(cv, 0, 1, -1, ST_MENU_NOW, "m   ");
	assert_string_equal(
		ansi(256), "\033[0;1;31mb\033[0m\n\033[0;7mm   \033[0m\n");
}

static void test_ansi_pages(void **state)
{
	struct sheet sheet = { .theme = &theme, .nr_pages = 2, .title = "" };

	(void)state;
	canvas_put(cv, 0, 0, -1, ST_TEXT, "a");
	writer_ansi.page(&out, &sheet, cv, 0, "");
	writer_ansi.page(&out, &sheet, cv, 1, "");
	assert_string_equal(out.data, "a\n\n----\na\n\n");
}

/* ---- HTML ---- */

static void test_html(void **state)
{
	const char *html;

	(void)state;
	canvas_put(cv, 0, 0, -1, ST_TEXT, "<&\">");
	canvas_put(cv, 0, 1, 1, ST_BAD, "<");
	canvas_put(cv, 1, 1, -1, ST_TEXT, "中▸");
	html = written(&writer_html, "</title><script>\033");
	assert_has(html, "<title>&lt;/title&gt;&lt;script&gt;�</title>");
	assert_has(html,
		"<pre>\n&lt;&amp;&quot;&gt;\n"
		"<span style=\"color:#e8696d;font-weight:bold;\">&lt;</span>"
		"<span class=\"w\">中</span><span class=\"g\">▸</span>\n"
		"</pre>");
	assert_has(html, "color-scheme:dark");
	assert_has(html, "background:#16181d;color:#d8dade");
	assert_has_not(html, "<script");
}

static void test_html_of_a_light_theme(void **state)
{
	(void)state;
	style("text", "fg=#24292f,bg=#fbfaf7");
	canvas_put(cv, 0, 0, -1, ST_TEXT, "ab");
	canvas_put(cv, 0, 1, -1, ST_MENU_NOW, "rr");
	written(&writer_html, "");
	assert_has(out.data, "color-scheme:light");
	assert_has(out.data, "background:#fbfaf7;color:#24292f");
	assert_has(out.data,
		"ab  \n<span style=\"color:#fbfaf7;background:#24292f;\">rr");
}

static void test_html_pages(void **state)
{
	struct sheet sheet = { .theme = &theme, .nr_pages = 2, .title = "" };

	(void)state;
	writer_html.begin(&out, &sheet);
	writer_html.page(&out, &sheet, cv, 0, "step <1>");
	writer_html.page(&out, &sheet, cv, 1, "step 2");
	writer_html.end(&out, &sheet);
	assert_has(out.data, "<section id=\"p1\">\n<h2>step &lt;1&gt;</h2>");
	assert_has(out.data, "<section id=\"p2\">\n<h2>step 2</h2>");
}

/* ---- SVG ---- */

static void test_svg_text(void **state)
{
	(void)state;
	canvas_reset(cv, 9, 2);
	canvas_put(cv, 0, 0, -1, ST_TEXT, "a <b  c中▸");
	canvas_put(cv, 0, 1, -1, ST_GOOD, "x");
	written(&writer_svg, "t<");
	assert_has(out.data,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"99\" "
		"height=\"54\" viewBox=\"0 0 99 54\"");
	assert_has(out.data, "<title>t&lt;</title>");
	assert_has(out.data,
		"<text x=\"0\" y=\"13\" textLength=\"36\">a &lt;b</text>\n"
		"<text x=\"54\" y=\"13\" textLength=\"9\">c</text>\n"
		"<text x=\"72\" y=\"13\" text-anchor=\"middle\">中</text>\n");
	assert_has(out.data, "<rect x=\"0\" y=\"18\" width=\"9\" "
			     "height=\"18\" fill=\"#ff8700\"/>");
	assert_has(out.data, "<text x=\"0\" y=\"31\" textLength=\"9\" "
			     "fill=\"#0000ff\">x</text>");
	assert_has_not(out.data, "<path");
}

/* Boxes are strokes that run through; no glyph has to join another. */
static void test_svg_lines(void **state)
{
	(void)state;
	canvas_box(cv, (struct rect){ 0, 0, 3, 2 }, ST_TEXT, LINE_THIN);
	written(&writer_svg, "");
	assert_has(out.data, "<path fill=\"none\" stroke=\"#d8dade\" "
			     "d=\"M4.5 8.5H22.5M4.5 26.5H22.5M4.5 "
			     "8.5V26.5M22.5 8.5V26.5\"/>");
	assert_has_not(out.data, "<text");
}

static void test_svg_double_lines(void **state)
{
	(void)state;
	canvas_box(cv, (struct rect){ 0, 0, 3, 2 }, ST_TEXT, LINE_DOUBLE);
	written(&writer_svg, "");
	/* outer rectangle and inner rectangle, each closed */
	assert_has(out.data, "M2.5 6.5H24.5");
	assert_has(out.data, "M6.5 10.5H20.5");
	assert_has(out.data, "M6.5 24.5H20.5");
	assert_has(out.data, "M2.5 28.5H24.5");
	assert_has(out.data, "M2.5 6.5V28.5");
	assert_has(out.data, "M6.5 10.5V24.5");
}

static void test_svg_thick_dashed_and_blocks(void **state)
{
	(void)state;
	canvas_hline(cv, 0, 0, 2, ST_TEXT, LINE_THICK);
	canvas_hline(cv, 2, 0, 2, ST_BAD, LINE_DASHED);
	canvas_put(cv, 0, 1, -1, ST_TEXT, "██▄");
	written(&writer_svg, "");
	assert_has(out.data, "stroke-width=\"3\" stroke-linecap=\"square\" "
			     "d=\"M0 8.5H18\"");
	assert_has(out.data, "stroke=\"#e8696d\" stroke-dasharray=\"2.5 2\" "
			     "d=\"M18 8.5H36\"");
	assert_has(out.data, "<rect x=\"0\" y=\"18\" width=\"18\" "
			     "height=\"18\" fill=\"#d8dade\"/>");
	assert_has(out.data, "<rect x=\"18\" y=\"27\" width=\"9\" "
			     "height=\"9\" fill=\"#d8dade\"/>");
	assert_has_not(out.data, "<text");
}

static void test_svg_ascii_has_no_strokes(void **state)
{
	(void)state;
	cv->ascii = true;
	canvas_box(cv, (struct rect){ 0, 0, 4, 2 }, ST_TEXT, LINE_THIN);
	written(&writer_svg, "");
	assert_has(out.data, "textLength=\"36\">+--+</text>");
	assert_has_not(out.data, "<path");
}

static void test_svg_pages(void **state)
{
	struct sheet sheet = {
		.theme = &theme, .title = "", .w = 4, .h = 2, .nr_pages = 3
	};

	(void)state;
	writer_svg.begin(&out, &sheet);
	for (unsigned i = 0; i < 3; i++)
		writer_svg.page(&out, &sheet, cv, i, "step");
	writer_svg.end(&out, &sheet);
	/* two rows a page, one between pages, half a row around */
	assert_has(out.data, "height=\"162\"");
	assert_has(out.data, "translate(9,9)");
	assert_has(out.data, "translate(9,63)");
	assert_has(out.data, "translate(9,117)");
}

/* ---- any canvas at all ---- */

/* Elements are closed in order, and nothing is unescaped. */
static void check_xml(const char *s)
{
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;",
		"&quot;", "&#39;" };
	char open[16][16];
	int depth = 0;

	for (; *s; s++) {
		if (*s == '&') {
			bool known = false;

			for (int i = 0; i < 5; i++)
				known |= !strncmp(
					s, entities[i], strlen(entities[i]));
			assert_true(known);
		}
		assert_int_not_equal(*s, '>');
		if (*s != '<')
			continue;
		size_t len = strcspn(s, ">");
		size_t name = strcspn(s + 1, " />");

		assert_int_equal(s[len], '>');
		assert_true(strcspn(s + 1, "<") >= len - 1);
		if (s[1] == '/') {
			name = len - 2;
			assert_true(depth > 0);
			depth--;
			assert_int_equal(strlen(open[depth]), name);
			assert_memory_equal(open[depth], s + 2, name);
		} else if (s[len - 1] != '/') {
			assert_true(depth < 16 && name < 16);
			memcpy(open[depth], s + 1, name);
			open[depth++][name] = 0;
		}
		s += len;
	}
	assert_int_equal(depth, 0);
}

/* No control character but those that the format itself needs. */
static void check_harmless(const struct buf *b, const char *allowed)
{
	const char *s = b->data;
	size_t left = b->len;

	while (left > 0) {
		struct text_char c;
		size_t n = text_next(s, left, &c);
		bool control = (unsigned char)*s < 0x20 || *s == 0x7f;

		if (control)
			assert_non_null(strchr(allowed, *s));
		else if (c.ch == TEXT_REPLACEMENT) /* only as itself */
			assert_int_equal(n, 3);
		s += n;
		left -= n;
	}
}

static void draw_anything(uint32_t *seed)
{
	canvas_reset(
		cv, (int)random_below(seed, 40), (int)random_below(seed, 12));
	cv->ascii = random_below(seed, 4) == 0;
	for (int i = 0; i < 20; i++) {
		char text[60];
		int x = (int)random_below(seed, 44) - 4;
		int y = (int)random_below(seed, 12);
		enum style st = random_below(seed, NR_STYLES);
		struct rect r = { x, y, (int)random_below(seed, 20),
			(int)random_below(seed, 9) };

		random_text(seed, text, random_below(seed, 59));
		canvas_put(cv, x, y, -1, st, text);
		if (random_below(seed, 3) == 0)
			canvas_box(cv, r, st, random_below(seed, 4));
		canvas_mark(cv, r, random_below(seed, 64));
	}
}

static void test_anything(void **state)
{
	uint32_t seed = 2411;

	(void)state;
	theme = theme_builtin;
	for (int round = 0; round < 400; round++) {
		char title[40];

		draw_anything(&seed);
		random_text(&seed, title, sizeof(title) - 1);
		written(&writer_svg, title);
		check_harmless(&out, "\n");
		check_xml(out.data);
		written(&writer_html, title);
		check_harmless(&out, "\n");
		*strstr(out.data, "</html>") = 0;
		check_xml(strstr(out.data, "<body>"));
		written(&writer_text, title);
		check_harmless(&out, "\n");
		written(&writer_ansi, title);
		check_harmless(&out, "\n\033");
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_names),
		TEST(test_buffer_grows),
		TEST(test_escapes),
		TEST(test_text_pages),
		TEST(test_ansi_colours),
		TEST(test_ansi_ends_of_lines),
		TEST(test_ansi_pages),
		TEST(test_html),
		TEST(test_html_of_a_light_theme),
		TEST(test_html_pages),
		TEST(test_svg_text),
		TEST(test_svg_lines),
		TEST(test_svg_double_lines),
		TEST(test_svg_thick_dashed_and_blocks),
		TEST(test_svg_ascii_has_no_strokes),
		TEST(test_svg_pages),
		TEST(test_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
