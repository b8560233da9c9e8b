/*
 * What a painter writes, read by a terminal emulator: after every frame it
 * must show the canvas, whatever the frames before have left.
 */
#include "tui/paint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <vterm.h>

/* xterm's, by hand: curses is not needed for this. */
static const struct caps xterm = {
	.plain = "\033[m",
	.attr = { "\033[1m", "\033[2m", "\033[4m", "\033[7m", "\033[3m" },
	.clear = "\033[H\033[2J",
	.hide = "\033[?25l",
	.show = "\033[?25h",
	.ansi_move = true,
	.ansi_erase = true,
};

struct rig {
	VTerm *vt;		 /* reads the frames */
	VTermScreen *screen;	 /* of vt */
	struct pens *pens;	 /* of 16 colours */
	struct painter *painter; /* is tested */
	struct canvas *cv;	 /* what is painted */
	uint32_t seed;		 /* of pick() */
};

static uint32_t pick(struct rig *r, uint32_t n)
{
	r->seed = r->seed * 1664525 + 1013904223;
	return (r->seed >> 8) % n;
}

static void open_rig(struct rig *r, int w, int h, uint32_t seed)
{
	r->seed = seed;
	r->vt = vterm_new(h, w);
	vterm_set_utf8(r->vt, 1);
	r->screen = vterm_obtain_screen(r->vt);
	vterm_screen_reset(r->screen, 1);
	r->pens = pens_new(0, 0, NULL);
	pens_use(r->pens, &theme_builtin);
	r->painter = painter_new(&xterm, r->pens, true);
	assert_true(painter_size(r->painter, w, h));
	r->cv = canvas_new(w, h);
}

static void close_rig(struct rig *r)
{
	canvas_delete(r->cv);
	painter_delete(r->painter);
	pens_delete(r->pens);
	vterm_free(r->vt);
}

static size_t show(struct rig *r)
{
	size_t len;
	const char *bytes = painter_frame(r->painter, r->cv, &len);

	vterm_input_write(r->vt, bytes, len);
	return len;
}

/* The emulator's cell holds @cv's character in @cv's look. */
static void same_cell(struct rig *r, int x, int y)
{
	VTermScreenCell is;
	const struct cell *cell = canvas_cell(r->cv, x, y);
	unsigned attr = pens_paint(r->pens, cell).attr;
	uint32_t ch = canvas_char(r->cv, x, y);

	vterm_screen_get_cell(r->screen, (VTermPos){ y, x }, &is);
	if (!ch)
		return; /* a right half */
	if (!is.chars[0])
		is.chars[0] = ' ';
	assert_int_equal(is.chars[0], ch);
	assert_int_equal(!is.attrs.underline, !(attr & ATTR_UNDERLINE));
	assert_int_equal(!is.attrs.reverse, !(attr & ATTR_REVERSE));
	if (ch != ' ')
		assert_int_equal(!is.attrs.bold, !(attr & ATTR_BOLD));
}

static void same_screen(struct rig *r)
{
	for (int y = 0; y < r->cv->h; y++)
		for (int x = 0; x < r->cv->w; x++)
			same_cell(r, x, y);
}

static void scribble(struct rig *r)
{
	static const char *const text[] = { "vma", "页帧 7", "é→", "   ",
		"                ", "中", "x", "a  b  c" };
	int x = (int)pick(r, (uint32_t)r->cv->w);
	int y = (int)pick(r, (uint32_t)r->cv->h);
	enum style style = (enum style)pick(r, NR_STYLES);
	int n = (int)pick(r, 12);

	switch (pick(r, 4)) {
	case 0:
		canvas_hline(r->cv, x, y, n, style, LINE_THIN);
		break;
	case 1:
		canvas_fill(r->cv, (struct rect){ x, y, n, 2 }, style);
		break;
	default:
		canvas_put(r->cv, x, y, -1, style,
			text[pick(r, sizeof(text) / sizeof(*text))]);
	}
}

static void random_frames(int w, int h, uint32_t seed)
{
	struct rig r;

	open_rig(&r, w, h, seed);
	for (int i = 0; i < 300; i++) {
		if (pick(&r, 40) == 0)
			canvas_reset(r.cv, w, h);
		if (pick(&r, 60) == 0)
			painter_forget(r.painter);
		for (uint32_t n = pick(&r, 6); n; n--)
			scribble(&r);
		show(&r);
		same_screen(&r);
	}
	close_rig(&r);
}

static void the_terminal_shows_the_canvas(void **state)
{
	static const struct {
		int w, h;
	} sizes[] = { { 1, 1 }, { 2, 3 }, { 17, 5 }, { 80, 24 } };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (uint32_t seed = 1; seed <= 8; seed++)
			random_frames(sizes[i].w, sizes[i].h, seed);
}

static void the_same_again_is_nothing(void **state)
{
	struct rig r;

	(void)state;
	open_rig(&r, 20, 3, 1);
	canvas_put(r.cv, 0, 0, -1, ST_TEXT, "中 once");
	assert_true(show(&r) > 0);
	assert_int_equal(show(&r), 0);
	canvas_link(r.cv, (struct ref){ REF_FILE, 7, 0 });
	canvas_put(r.cv, 0, 0, -1, ST_TEXT, "中 once");
	assert_int_equal(show(&r), 0);
	close_rig(&r);
}

static void a_short_change_is_few_bytes(void **state)
{
	struct rig r;

	(void)state;
	open_rig(&r, 80, 24, 1);
	canvas_put(r.cv, 10, 4, -1, ST_TEXT, "step 1");
	show(&r);
	canvas_put(r.cv, 10, 4, -1, ST_TEXT, "step 2");
	assert_int_equal(show(&r), strlen("\033[5;16H2"));
	close_rig(&r);
}

static void the_cursor_comes_and_goes(void **state)
{
	struct rig r;

	(void)state;
	open_rig(&r, 20, 3, 1);
	show(&r);
	r.cv->cursor_x = 4;
	r.cv->cursor_y = 1;
	assert_int_equal(show(&r), strlen("\033[2;5H\033[?25h"));
	assert_int_equal(show(&r), 0);
	r.cv->cursor_x = -1;
	assert_int_equal(show(&r), strlen("\033[?25l"));
	close_rig(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_terminal_shows_the_canvas),
		cmocka_unit_test(the_same_again_is_nothing),
		cmocka_unit_test(a_short_change_is_few_bytes),
		cmocka_unit_test(the_cursor_comes_and_goes),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
