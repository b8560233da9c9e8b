/* The viewer's life, its message line and its keyboard. */
#include "tui/state.h"

#include "tui/bindings.h"
#include "tui/keyname.h"
#include "view/lang.h"
#include "view/plain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- the message line --------------------------------------------------- */

static void set_message(
	struct app *a, enum style style, const char *format, va_list args)
{
	vsnprintf(a->message, sizeof(a->message), format, args);
	a->message_style = style;
}

void app_say(struct app *a, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_message(a, ST_TEXT, format, args);
	va_end(args);
}

bool app_fail(struct app *a, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_message(a, ST_WARN, format, args);
	va_end(args);
	a->want |= WANT_BELL;
	return false;
}

/* -- life --------------------------------------------------------------- */

void app_look(struct app *a)
{
	a->look.info = a->source ? &a->source->info : NULL;
	a->look.lang = (enum lang)a->set.lang;
	a->look.ascii = a->set.glyphs;
	a->look.presenter = a->set.presenter;
	look_update(&a->look, a->h);
}

/* A line of the config or of the options.  What it says is old when the first
 * screen comes. */
static bool run_line(void *arg, const char *line, char *err, size_t size)
{
	struct app *a = arg;

	if (command_run(a, line)) {
		a->message[0] = 0;
		return true;
	}
	snprintf(err, size, "%s", a->message);
	return false;
}

static bool run_lines(struct app *a)
{
	const char *const *line = a->opt->lines;
	char err[MESSAGE_SIZE];

	if (a->host->config &&
		!a->host->config(a->host->ctx, run_line, a, err, sizeof(err)))
		app_fail(a, "%s", err);
	for (; line && *line; line++)
		if (!command_run(a, *line))
			return false;
	return true;
}

static bool go_at(struct app *a, const char *at)
{
	const struct mark *mark = NULL;
	struct pos pos;

	if (at[0] == '@')
		mark = marks_find(&a->marks, app_path(a), at + 1);
	if (mark)
		pos = mark->pos;
	else if (at[0] == '@')
		return app_fail(
			a, _("no mark \"%s\" in this scenario"), at + 1);
	else if (!pos_parse(at, &pos))
		return app_fail(a,
			_("--at %s is not a position: STEP, STEP.EVENT or "
			  "@MARK"),
			at);
	return app_goto(a, pos);
}

bool app_start(struct app *a)
{
	a->status = APP_USAGE;
	if (!a->headless) {
		marks_load(&a->marks);
		lines_load(a->line);
	}
	if (!run_lines(a))
		return false;
	if (!app_open(a, a->opt->scenario ? a->opt->scenario : ""))
		return false;
	a->status = APP_FAILED;
	if (a->opt->at && !go_at(a, a->opt->at))
		return false;
	if (!a->opt->scenario) {
		a->chooser = true;
		app_choose(a);
	}
	a->status = APP_OK;
	return true;
}

struct app *app_new(const struct app_options *opt)
{
	struct app *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->opt = opt;
	a->host = opt->host;
	a->verdict = NO_NOTE;
	a->set = settings_default;
	a->theme = theme_builtin;
	a->line = lineedit_new();
	a->cv = canvas_new(80, 24);
	bindings_reset();
	app_panes_reset(a);
	if (a->line && a->cv) {
		lineedit_completer(a->line, command_complete, a);
		return a;
	}
	app_delete(a);
	return NULL;
}

struct app *app_headless(const struct app_options *opt, int *status)
{
	struct app *a = app_new(opt);

	*status = APP_FAILED;
	if (!a) {
		plain_error("out of memory");
		return NULL;
	}
	a->headless = true;
	if (app_start(a))
		return a;
	plain_error("%s", a->message);
	*status = a->status;
	app_delete(a);
	return NULL;
}

static void remember(struct app *a)
{
	if (a->headless || !a->line)
		return;
	if (a->h && *a->name)
		marks_set(&a->marks, app_path(a), MARK_LAST, history_pos(a->h));
	marks_save(&a->marks);
	lines_save(a->line);
}

void app_delete(struct app *a)
{
	if (!a)
		return;
	remember(a);
	look_release(&a->look);
	app_eras_forget(a);
	if (a->h)
		history_delete(a->h);
	source_close(a->source);
	canvas_delete(a->cv);
	lineedit_delete(a->line);
	menu_release(&a->menu);
	marks_release(&a->marks);
	free(a->answers);
	free(a);
	bindings_reset();
}

/* -- keys --------------------------------------------------------------- */

static bool is_digit(const struct input_event *ev)
{
	return ev->key[0] >= '0' && ev->key[0] <= '9' && !ev->key[1];
}

/* Two digits or more in a row are a count for the next key; each alone
 * focuses its pane, so 3 is a pane and 10s are ten steps. */
static void count_digit(struct app *a, int digit)
{
	if (!a->digits)
		a->focus_before = a->focus;
	a->digits++;
	if (a->count < 100000000)
		a->count = a->count * 10 + digit;
}

/* Run the command of a key, with the count in front of it if it takes one. */
static void run_binding(struct app *a, const struct binding *b)
{
	char line[COMMAND_LINE], err[64];
	const struct command *c = command_find(
		b->command, strcspn(b->command, " "), err, sizeof(err));

	if (a->digits < 2 || !c || !c->counts || !a->count) {
		command_run(a, b->command);
		return;
	}
	if (layout_leaf(&a->layout, a->focus_before) >= 0)
		a->focus = a->focus_before;
	snprintf(line, sizeof(line), "%s %ld", c->name, a->count);
	command_run(a, line);
}

static void panel_key(struct app *a, const struct input_event *ev)
{
	const struct binding *b = binding_find(ev->key);

	if (is_digit(ev))
		count_digit(a, ev->key[0] - '0');
	if (b)
		run_binding(a, b);
	else if (!is_digit(ev))
		app_fail(a, _("%s is not bound; ? lists all keys"), ev->key);
	if (!is_digit(ev)) {
		a->digits = 0;
		a->count = 0;
	} else if (a->digits > 1) {
		app_say(a, _("%ld times ..."), a->count);
	}
}

/* Keys of an open menu; false: not one of them. */
static bool menu_key(struct app *a, const struct input_event *ev)
{
	static const struct {
		const char *key;
		int by;
	} moves[] = {
		{ "Down", 1 },
		{ "j", 1 },
		{ "Tab", 1 },
		{ "Up", -1 },
		{ "k", -1 },
		{ "S-Tab", -1 },
		{ "PgDn", 10 },
		{ "C-f", 10 },
		{ "PgUp", -10 },
		{ "C-b", -10 },
		{ "Home", -100000 },
		{ "g", -100000 },
		{ "End", 100000 },
		{ "G", 100000 },
	};

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		if (!strcmp(ev->key, moves[i].key)) {
			menu_move(&a->menu, moves[i].by);
			return true;
		}
	if (!strcmp(ev->key, "Enter") || !strcmp(ev->key, "Space")) {
		command_run(a, "choose");
		return true;
	}
	if (ev->ch > ' ' && ev->ch < 127 && !strchr(":?qQ", (int)ev->ch)) {
		menu_jump(&a->menu, (char)ev->ch);
		return true;
	}
	return false;
}

/* Digits answer an open question, or begin an answer that is typed. */
static bool question_key(struct app *a, const struct input_event *ev)
{
	const struct note *note = app_question(a, NULL);
	char line[64];

	if (!is_digit(ev) || !note)
		return false;
	snprintf(line, sizeof(line), "%sanswer %s",
		note->nr_choices ? "" : "command ", ev->key);
	command_run(a, line);
	return true;
}

static void on_key(struct app *a, const struct input_event *ev)
{
	a->message[0] = 0;
	if (a->verdict != NO_NOTE) {
		a->verdict = NO_NOTE;
		if (!strcmp(ev->key, "Esc"))
			return;
	}
	if (a->menu.open && menu_key(a, ev))
		return;
	if (!a->menu.open && question_key(a, ev))
		return;
	panel_key(a, ev);
}

static void on_mouse(struct app *a, const struct mouse *m)
{
	char line[64];

	if (!a->set.mouse)
		return;
	if (m->act == MOUSE_WHEEL)
		snprintf(line, sizeof(line), "wheel %d %d %d", m->x, m->y,
			m->button == MOUSE_UP ? -3 : 3);
	else if (m->act == MOUSE_PRESS && m->button == MOUSE_LEFT)
		snprintf(line, sizeof(line), "click %d %d", m->x, m->y);
	else
		return;
	a->message[0] = 0;
	command_run(a, line);
}

void app_event(struct app *a, const struct input_event *ev)
{
	if (ev->kind == INPUT_MOUSE)
		on_mouse(a, &ev->mouse);
	else if (a->prompt &&
		 (ev->kind == INPUT_KEY || ev->kind == INPUT_PASTE))
		prompt_event(a, ev);
	else if (ev->kind == INPUT_KEY)
		on_key(a, ev);
}
