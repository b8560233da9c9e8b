#include "demo.h"

#include "tui/loop.h"
#include "tui/signals.h"
#include "tui/term.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct demo {
	struct term *term;     /* open while running */
	struct loop *loop;     /* waits for ev */
	struct canvas *cv;     /* of the terminal's size */
	struct input_event ev; /* the last */
	char said[80];	       /* it in words */
	int tick;	       /* changes every cell when it changes */
	int status;	       /* to exit with */
	int signal;	       /* to die of */
	bool prompt;	       /* the cursor is shown */
	bool over;	       /* leave the loop */
};

static void describe(struct demo *d)
{
	static const char *const acts[] = { "press", "release", "drag",
		"wheel" };
	const struct input_event *ev = &d->ev;
	char *to = d->said;
	size_t n = sizeof(d->said);

	switch (ev->kind) {
	case INPUT_KEY:
		snprintf(to, n, "key %s", ev->key);
		break;
	case INPUT_MOUSE:
		snprintf(to, n, "mouse %s %d at %d,%d mods %u",
			acts[ev->mouse.act], ev->mouse.button, ev->mouse.x,
			ev->mouse.y, ev->mouse.mods);
		break;
	case INPUT_FOCUS:
		snprintf(to, n, "focus %s", ev->focus ? "in" : "out");
		break;
	case INPUT_PASTE:
		snprintf(to, n, "paste %zu %.20s", ev->len, ev->text);
		break;
	default:
		break;
	}
}

/* Fill the screen with what no optimiser can shorten. */
static void noise(struct demo *d, int w, int h)
{
	unsigned n = (unsigned)d->tick;

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			n = n * 1103515245 + 12345;
			canvas_printf(d->cv, x, y, 1,
				(enum style)((n >> 8) % NR_STYLES), "%c",
				'a' + (int)((n >> 20) % 26));
		}
}

static void draw_all(struct demo *d)
{
	struct canvas *cv = d->cv;
	int w = term_width(d->term), h = term_height(d->term);

	canvas_reset(cv, w, h);
	cv->ascii = !term_utf8(d->term);
	if (d->tick)
		noise(d, w, h);
	canvas_box(cv, (struct rect){ 0, 0, w, h }, ST_BORDER, LINE_THIN);
	canvas_printf(cv, 1, 1, -1, ST_TITLE, "size %dx%d", w, h);
	canvas_put(cv, 1, 2, -1, ST_TEXT, d->said);
	canvas_put(cv, 1, 3, -1, ST_BAD, "\xe5\x86\x85\xe5\xad\x98 \xc3\xa9");
	if (d->prompt) {
		cv->cursor_x = 3;
		cv->cursor_y = 2;
	}
	term_show(d->term, cv, &theme_builtin);
}

static int overflow(volatile int depth)
{
	volatile char room[4096];

	room[0] = (char)depth;
	return depth < 0 ? room[0] : overflow(depth + 1) + room[0];
}

static int *volatile nowhere;

__attribute__((no_sanitize("undefined"))) static void crash(struct demo *d)
{
	*nowhere = d->tick;
}

static void fail(struct demo *d)
{
	fprintf(stderr, "demo: something is wrong\n");
	assert(d == NULL);
}

static void eat_stack(struct demo *d)
{
	d->status = overflow(0);
}

static void quit(struct demo *d)
{
	d->over = true;
	d->status = 3;
}

static void leave(struct demo *d)
{
	(void)d;
	exit(4);
}

static void suspend(struct demo *d)
{
	term_suspend(d->term);
	strcpy(d->said, "resumed");
}

static void fill(struct demo *d)
{
	d->tick++;
}

static void complain(struct demo *d)
{
	(void)d;
	fprintf(stderr, "held back\n");
}

static void prompt(struct demo *d)
{
	d->prompt = !d->prompt;
}

static char
	*volatile page; /* write-protected until the hook lets it be written */

static bool own_fault(const void *addr)
{
	if (!page || (const char *)addr != page)
		return false;
	return mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0;
}

static void barrier(struct demo *d)
{
	signals_fault_hook = own_fault;
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*(volatile char *)page = 1;
	strcpy(d->said, "barrier passed");
}

static void mouse_off(struct demo *d)
{
	term_mouse(d->term, false);
}

static void wait_for_interrupt(struct demo *d)
{
	while (!loop_interrupted(d->loop))
		;
	strcpy(d->said, "interrupted");
}

static void redraw(struct demo *d)
{
	term_redraw(d->term);
}

static const struct {
	const char *key;
	void (*act)(struct demo *d);
} acts[] = {
	{ "q", quit },
	{ "e", leave },
	{ "C-z", suspend },
	{ "f", fill },
	{ "w", complain },
	{ "p", prompt },
	{ "x", crash },
	{ "a", fail },
	{ "o", eat_stack },
	{ "b", barrier },
	{ "m", mouse_off },
	{ "i", wait_for_interrupt },
	{ "C-l", redraw },
};

static void handle(struct demo *d)
{
	describe(d);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (d->ev.kind == INPUT_KEY &&
			strcmp(d->ev.key, acts[i].key) == 0)
			acts[i].act(d);
	if (d->ev.kind == INPUT_RESIZE)
		term_resize(d->term);
	if (d->ev.kind == INPUT_RESUME)
		term_resume(d->term);
	if (d->ev.kind == INPUT_SUSPEND)
		suspend(d);
	if (d->ev.kind == INPUT_END) {
		d->over = true;
		d->signal = d->ev.signal;
	}
}

static void run(struct demo *d)
{
	while (!d->over) {
		draw_all(d);
		if (loop_wait(d->loop, -1, &d->ev))
			do
				handle(d);
			while (!d->over && loop_wait(d->loop, 0, &d->ev));
	}
}

int demo_main(int argc, char **argv)
{
	struct demo d = { .cv = canvas_new(1, 1) };
	struct term_options options = { .mouse = true, .colour = true };
	bool utf8 = term_locale();
	struct input *in;
	char why[200];

	for (int i = 1; i < argc; i++) {
		options.colour &= strcmp(argv[i], "mono") != 0;
		options.mouse &= strcmp(argv[i], "nomouse") != 0;
	}
	d.term = term_open(&options, why, sizeof(why));
	if (!d.term) {
		fprintf(stderr, "demo: %s\n", why);
		canvas_delete(d.cv);
		return 2;
	}
	in = input_new(utf8);
	d.loop = loop_new(term_fd(d.term), in);
	run(&d);
	term_close(d.term);
	loop_delete(d.loop);
	input_delete(in);
	canvas_delete(d.cv);
	if (d.signal)
		signals_die(d.signal);
	return d.status;
}
