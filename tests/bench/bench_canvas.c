/*
 * What drawing costs: microseconds for one whole screen of six panes, for
 * reading it back cell by cell as a terminal does, and for writing it as SVG.
 *
 *   bench_canvas [COLUMNS ROWS]
 *
 * COLUMNS and ROWS of the screen, default 200 and 60.
 */
#include "view/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 300

static double micros(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static void draw_pane(struct canvas *cv, struct rect r)
{
	struct canvas_state saved;

	canvas_box(cv, r, ST_BORDER, LINE_THIN);
	canvas_put(cv, r.x + 1, r.y, -1, ST_TITLE, "1 Address spaces");
	saved = canvas_enter(
		cv, (struct rect){ r.x + 1, r.y + 1, r.w - 2, r.h - 2 });
	for (int y = 0; y < r.h - 2; y++) {
		int x = 0;

		canvas_link(cv, ref_make(REF_VMA, (uint32_t)y));
		x += canvas_put(cv, x, y, -1, ST_TASK, "parent ");
		x += canvas_printf(cv, x, y, -1, ST_ADDR, "%012x ", y * 4096);
		x += canvas_glyph(cv, x, y, ST_EVENT_NOW, GL_NOW);
		x += canvas_put(cv, x, y, -1, ST_NARRATION, "子进程 é ");
		canvas_put(cv, x, y, -1, ST_TEXT,
			"the page-table entry is not yet written: it still "
			"maps the old frame, read-only, for both");
		canvas_mark(cv, (struct rect){ 0, y, 9, 1 }, STYLE_CHANGED);
	}
	canvas_leave(cv, saved);
}

static void draw_screen(struct canvas *cv, int w, int h)
{
	canvas_reset(cv, w, h);
	for (int i = 0; i < 6; i++) {
		struct rect r = { i % 2 * w / 2, i / 2 * h / 3, w / 2 + 1,
			h / 3 + 1 };

		draw_pane(cv, r);
	}
}

static unsigned read_screen(const struct canvas *cv)
{
	unsigned sum = 0;

	for (int y = 0; y < cv->h; y++)
		for (int x = 0; x < cv->w; x++)
			sum += canvas_char(cv, x, y);
	return sum;
}

int main(int argc, char **argv)
{
	int w = argc > 2 ? atoi(argv[1]) : 200;
	int h = argc > 2 ? atoi(argv[2]) : 60;
	struct canvas *cv = canvas_new(w, h);
	struct buf b = { 0 };
	double start, drawn, read, svg;
	unsigned sum = 0;

	if (!cv)
		return 1;
	start = micros();
	for (int i = 0; i < ROUNDS; i++)
		draw_screen(cv, w, h);
	drawn = micros();
	for (int i = 0; i < ROUNDS; i++)
		sum += read_screen(cv);
	read = micros();
	single_page(&b, &writer_svg, &theme_builtin, cv, "");
	svg = micros();
	printf("canvas %dx%d: draw %.0f us, read %.0f us, svg %.0f us for %zu "
	       "bytes (check %x)\n",
		w, h, (drawn - start) / ROUNDS, (read - drawn) / ROUNDS,
		svg - read, b.len, sum);
	buf_free(&b);
	canvas_delete(cv);
	return 0;
}
