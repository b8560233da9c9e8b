/*
 * The viewer on a terminal: waits, lets the app handle what comes, draws once
 * when all of it is handled.  Nothing wakes it up while nothing happens: no
 * timer runs unless it plays.
 */
#include "tui/state.h"

#include "tui/loop.h"
#include "tui/signals.h"
#include "tui/term.h"
#include "tui/watch.h"
#include "view/lang.h"
#include "view/plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct run {
	struct app *a;
	struct term *term;
	struct input *in;
	struct loop *loop;
	struct watch watch;
	char watched[4096]; /* the path that watch watches */
	long next_step;	    /* ms, when playing goes on */
	long busy_since;    /* ms, when a script began; 0: none runs */
	long busy_shown;    /* ms, when its count was last drawn */
	bool dirty;	    /* there may be something new to draw */
	bool drawn;	    /* the canvas holds the frame on the screen */
	int signal;	    /* that ended it, or 0 */
};

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void show(struct run *r)
{
	app_draw(r->a, term_width(r->term), term_height(r->term));
	if (!term_utf8(r->term))
		r->a->cv->ascii = true;
	term_show(r->term, r->a->cv, &r->a->theme);
	r->drawn = true;
}

/* -- the terminal ------------------------------------------------------- */

static bool open_terminal(struct run *r)
{
	struct term_options options = {
		.mouse = r->a->set.mouse,
		.colour = true,
	};
	char why[256];

	if (r->term)
		return true;
	r->term = term_open(&options, why, sizeof(why));
	if (!r->term) {
		plain_error("%s", why);
		return false;
	}
	r->in = input_new(term_utf8(r->term));
	if (r->in)
		r->loop = loop_new(term_fd(r->term), r->in);
	if (r->loop)
		return true;
	term_close(r->term);
	r->term = NULL;
	plain_error("out of memory");
	return false;
}

static void close_terminal(struct run *r)
{
	watch_stop(&r->watch);
	loop_delete(r->loop);
	input_delete(r->in);
	term_close(r->term);
}

/* -- a script that runs ------------------------------------------------- */

/* Over the lesson that is on the screen, if there is one: it comes back. */
static void show_count(struct run *r, uint32_t ops)
{
	struct canvas *cv = r->a->cv;
	int w = term_width(r->term), h = term_height(r->term);
	char text[120];

	snprintf(text, sizeof(text),
		_(" The script runs: %u operations. C-c stops it. "), ops);
	if (!r->drawn || cv->w != w || cv->h != h)
		canvas_reset(cv, w, h);
	canvas_fill(cv, (struct rect){ 0, h / 2, w, 1 }, ST_STRONG);
	canvas_put(cv, 0, h / 2, -1, ST_STRONG, text);
	term_show(r->term, cv, &r->a->theme);
}

/* A script that takes long gets the screen to show how far it is; C-c cuts it
 * there.  At the start the terminal is taken for that, and only then. */
static bool busy(struct app *a, uint32_t ops)
{
	struct run *r = a->run;
	long now = now_ms();

	if (!r->busy_since)
		r->busy_since = now;
	if (now - r->busy_since < 150 || (!r->term && !open_terminal(r)))
		return false;
	if (now - r->busy_shown > 100) {
		r->busy_shown = now;
		show_count(r, ops);
	}
	return loop_interrupted(r->loop);
}

/* -- events ------------------------------------------------------------- */

static void suspend(struct run *r)
{
	term_suspend(r->term);
	term_resize(r->term);
}

/* Keep an eye on the file of the scenario that is open. */
static void watch_source(struct run *r)
{
	const char *path = app_path(r->a);

	if (!strcmp(path, r->watched))
		return;
	snprintf(r->watched, sizeof(r->watched), "%s", path);
	watch_stop(&r->watch);
	watch_start(&r->watch, path);
	loop_watch(r->loop, r->watch.fd);
}

static void reload_if_changed(struct run *r)
{
	const struct source *s = r->a->source;

	if (!watch_take(&r->watch) || !s->ops->changed ||
		!s->ops->changed(r->a->source))
		return;
	command_run(r->a, "reload");
	r->dirty = true;
}

static void on_event(struct run *r, const struct input_event *ev)
{
	switch (ev->kind) {
	case INPUT_RESIZE:
		term_resize(r->term);
		break;
	case INPUT_RESUME:
		term_resume(r->term);
		term_resize(r->term);
		break;
	case INPUT_SUSPEND:
		suspend(r);
		break;
	case INPUT_WATCH:
		/* A busy folder is no reason to draw. */
		reload_if_changed(r);
		return;
	case INPUT_END:
		r->signal = ev->signal;
		r->a->want |= WANT_QUIT;
		break;
	default:
		app_event(r->a, ev);
	}
	r->dirty = true;
}

/* What commands asked of the terminal. */
static void grant(struct run *r)
{
	unsigned want = r->a->want;

	r->a->want &= WANT_QUIT;
	if (want & WANT_SUSPEND)
		suspend(r);
	if (want & WANT_REDRAW)
		term_redraw(r->term);
	if (want & WANT_MOUSE)
		term_mouse(r->term, r->a->set.mouse);
	if (want & WANT_BELL && r->a->failed)
		term_bell(r->term);
	r->busy_since = 0;
}

/* Milliseconds until the next step of playing; -1 when nothing plays. */
static int time_left(struct run *r)
{
	long left;

	if (app_eras_wanted(r->a))
		return 0;
	if (!r->a->playing) {
		r->next_step = 0;
		return -1;
	}
	if (!r->next_step)
		r->next_step = now_ms() + 1000 / (long)r->a->set.speed;
	left = r->next_step - now_ms();
	return left > 0 ? (int)left : 0;
}

static void play(struct run *r)
{
	r->next_step += 1000 / (long)r->a->set.speed;
	if (r->next_step < now_ms())
		r->next_step = now_ms();
	if (app_play_step(r->a))
		return;
	r->a->playing = false;
	if (app_question(r->a, NULL))
		app_say(r->a, _("A question: playing waits. c goes on."));
	else
		app_say(r->a, _("Stopped. c goes on."));
}

/* Nobody has typed: what was put off comes now. */
static void idle(struct run *r)
{
	if (app_eras_wanted(r->a)) {
		r->busy_since = 0;
		app_eras_run(r->a);
	} else if (r->a->playing) {
		play(r);
	}
}

static void run_loop(struct run *r)
{
	struct input_event ev;

	while (!(r->a->want & WANT_QUIT)) {
		if (r->dirty)
			show(r);
		r->dirty = false;
		watch_source(r);
		if (!loop_wait(r->loop, time_left(r), &ev)) {
			idle(r);
			r->dirty = true;
			continue;
		}
		do
			on_event(r, &ev);
		while (!(r->a->want & WANT_QUIT) && loop_wait(r->loop, 0, &ev));
		grant(r);
	}
}

/* The script may have taken the terminal already. */
static int start(struct run *r)
{
	if (!app_start(r->a)) {
		close_terminal(r);
		plain_error("%s", r->a->message);
		return r->a->status;
	}
	if (!open_terminal(r))
		return APP_USAGE;
	/* The first history put its own handler in front of ours. */
	signals_open();
	r->a->want &= WANT_QUIT;
	run_loop(r);
	close_terminal(r);
	return r->a->status;
}

int app_run(const struct app_options *options)
{
	struct run r = {
		.watch = { .fd = -1 }, .busy_since = now_ms(), .dirty = true
	};
	int status;

	r.a = app_new(options);
	if (!r.a) {
		plain_error("out of memory");
		return APP_FAILED;
	}
	r.a->run = &r;
	r.a->busy = busy;
	status = start(&r);
	app_delete(r.a);
	if (r.signal)
		signals_die(r.signal);
	return status;
}
