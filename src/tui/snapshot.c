/* A viewer that is drawn but never waits for a key. */
#include "tui/snapshot.h"

#include "tui/state.h"
#include "view/lang.h"

#include <stdlib.h>

struct snapshot {
	struct app *app;
};

struct snapshot *snapshot_open(const struct app_options *options, int *status)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (!s) {
		*status = APP_USAGE;
		return NULL;
	}
	s->app = app_headless(options, status);
	if (s->app)
		return s;
	free(s);
	return NULL;
}

void snapshot_close(struct snapshot *s)
{
	if (s)
		app_delete(s->app);
	free(s);
}

const struct source *snapshot_source(const struct snapshot *s)
{
	return s->app->source;
}

struct history *snapshot_history(const struct snapshot *s)
{
	return s->app->h;
}

const struct theme *snapshot_theme(const struct snapshot *s)
{
	return &s->app->theme;
}

int snapshot_goto(struct snapshot *s, struct pos pos)
{
	int err = history_goto(s->app->h, pos);

	s->app->message[0] = 0;
	app_look(s->app);
	return err;
}

const struct canvas *snapshot_screen(struct snapshot *s, int w, int h)
{
	app_draw(s->app, w, h);
	return s->app->cv;
}

const struct canvas *snapshot_pane(struct snapshot *s, const struct pane *pane,
	int w, int h)
{
	struct canvas *cv = s->app->cv;
	struct pane_view view = { .w = w - 2, .h = h - 2, .follow = true };
	struct canvas_state saved;

	if (pane == &pane_eras)
		while (app_eras_left(s->app))
			app_eras_run(s->app);
	canvas_reset(cv, w, h);
	cv->ascii = s->app->set.glyphs;
	canvas_box(cv, (struct rect){ 0, 0, w, h }, ST_BORDER, LINE_THIN);
	canvas_printf(cv, 2, 0, w - 4, ST_TITLE, " %s ", _(pane->title));
	saved = canvas_enter(cv, (struct rect){ 1, 1, w - 2, h - 2 });
	pane->draw(&view, &s->app->look, cv);
	canvas_leave(cv, saved);
	return cv;
}
