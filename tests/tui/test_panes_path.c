/*
 * The kernel path: whatever the size, the sentence of the current event is
 * seen whole.
 */
#include "stage.h"

#include "view/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	int w, h;
} sizes[] = { { 24, 5 }, { 39, 7 }, { 39, 15 }, { 60, 20 } };
#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* Without blanks: a sentence is broken at them. */
static void squeeze(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (*text != ' ' && *text != '\n')
			*to++ = *text;
	*to = 0;
}

static void check_now(struct stage *st, int w, int h)
{
	const struct event *ev = &st->look.events[st->look.done - 1];
	char want[512] = "";
	char *text;

	format_event(want, sizeof(want), st->look.m, ev, st->look.lang);
	squeeze(want);
	st->view.w = w;
	st->view.h = h;
	stage_redraw(st, &pane_path);
	text = stage_text(st);
	squeeze(text);
	if (!strstr(text, want))
		fail_msg("%dx%d: %s is not whole:\n%s", w, h, want, text);
	free(text);
}

/* Forwards and back, so that the pane scrolls both ways. */
static void check_walk(struct stage *st, uint32_t op, int w, int h)
{
	uint32_t n;

	stage_goto(st, pos_after(op));
	n = (uint32_t)st->look.nr_events;
	assert_true(n > 30);
	memset(&st->view, 0, sizeof(st->view));
	st->view.follow = true;
	for (uint32_t i = 1; i <= n; i++) {
		stage_goto(st, (struct pos){ op, i, 0 });
		check_now(st, w, h);
	}
	while (--n) {
		stage_goto(st, (struct pos){ op, n, 0 });
		check_now(st, w, h);
	}
}

static void test_current_is_whole(void **state)
{
	struct stage st;
	uint32_t parent, child;
	uint64_t heap;

	(void)state;
	stage_open(&st, "4.0", NULL, 16 << 20);
	parent = stage_spawn(&st, "parent");
	heap = stage_mmap(&st, parent, 3, "heap");
	stage_write(&st, parent, heap, "A");
	child = stage_fork(&st, parent, "child");
	stage_write(&st, child, heap, "B");
	for (unsigned i = 0; i < NR_SIZES; i++)
		check_walk(&st, history_length(st.h), sizes[i].w, sizes[i].h);
	stage_close(&st);
}

static bool has_now(const struct stage *st)
{
	for (int y = 0; y < st->cv->h; y++)
		for (int x = 0; x < st->cv->w; x++)
			if (canvas_cell(st->cv, x, y)->style == ST_EVENT_NOW)
				return true;
	return false;
}

/* Of a whole operation the marked row says what it did, not that it ended. */
static void test_no_return_at_the_end(void **state)
{
	struct stage st;
	uint32_t parent;
	char *text;

	(void)state;
	stage_open(&st, "4.0", NULL, 16 << 20);
	parent = stage_spawn(&st, "parent");
	stage_mmap(&st, parent, 3, "heap");
	stage_fork(&st, parent, "child");
	stage_goto(&st, pos_after(history_length(st.h)));
	assert_int_equal(
		st.look.events[st.look.nr_events - 1].kind, EVENT_RETURN);
	stage_draw(&st, &pane_path, 39, 15, true);
	text = stage_text(&st);
	assert_true(has_now(&st));
	assert_null(strstr(text, "return"));
	free(text);
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_current_is_whole),
		cmocka_unit_test(test_no_return_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
