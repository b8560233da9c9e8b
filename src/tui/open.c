/*
 * Opening a scenario, running it again, and the list to choose from.
 *
 * A run never replaces what is on the screen before it has ended: when it
 * failed for good the old history stays.
 */
#include "tui/state.h"

#include "view/format.h"
#include "view/lang.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool stop_source(void *ctx, uint32_t ops)
{
	struct app *a = ctx;

	return a->busy && a->busy(a, ops);
}

/* The architecture that was asked for, unless @era cannot have it: then its
 * own is used, and said. */
static const struct paging *paging_for(struct app *a, const struct era *era)
{
	const struct paging *paging = a->opt->paging;

	if (!era || !paging || era_allows(era, paging))
		return paging;
	app_say(a, _("%s does not exist in %s: %s is used."), paging->name,
		era->name, paging_get(era->default_arch)->name);
	return NULL;
}

struct source_request app_request(struct app *a, const struct era *era)
{
	return (struct source_request){
		.era = era,
		.paging = paging_for(a, era),
		.limit = a->opt->limit,
		.stop = a->busy ? stop_source : NULL,
		.ctx = a,
	};
}

/* Put a new history in the place of the old one. */
static void take_history(struct app *a, struct history *h)
{
	if (a->h)
		history_delete(a->h);
	a->h = h;
	a->source_len = history_length(h);
	a->verdict = NO_NOTE;
	a->playing = false;
	history_set_budget(h, (size_t)a->set.history << 20);
}

/* What is worth saying about a run that ended in @status. */
static void say_status(struct app *a, enum source_status status)
{
	const struct source *s = a->source;

	if (status != SOURCE_OK && s->message)
		app_fail(a, "%s", s->message);
	else if (s->info.notice)
		app_say(a, "%s", s->info.notice);
}

const char *app_path(const struct app *a)
{
	const char *path = a->source ? a->source->info.path : NULL;

	return path && *path ? path : a->name;
}

/* -- opening ------------------------------------------------------------ */

/* Forget what belonged to the scenario before. */
static void forget(struct app *a)
{
	a->nr_answers = 0;
	a->nr_trail = 0;
	a->pointed = NULL;
	a->nr_covers = 0;
	a->look.selected = NO_REF;
	a->layout_text[0] = 0;
	a->zoom = false;
	app_panes_reset(a);
	app_eras_forget(a);
}

static void remember_place(struct app *a)
{
	if (a->h && *a->name)
		marks_set(&a->marks, app_path(a), MARK_LAST, history_pos(a->h));
}

/* A session before ended somewhere: ' ' leads there. */
static void offer_last(struct app *a)
{
	const struct mark *last = marks_find(&a->marks, app_path(a), MARK_LAST);
	char text[48];

	if (!last || !last->pos.op || !*a->name)
		return;
	a->before = last->pos;
	if (!a->message[0])
		app_say(a, _("Last time you were at step %s: '' goes there."),
			format_pos(text, sizeof(text), last->pos));
}

bool app_open(struct app *a, const char *name)
{
	struct source_request req = app_request(a, a->opt->era);
	struct history *h = NULL;
	enum source_status status;
	struct source *s;
	char err[MESSAGE_SIZE] = "";

	s = a->host->open(a->host->ctx, name, err, sizeof(err));
	if (!s)
		return app_fail(a, "%s", err);
	status = source_run(s, &req, &h);
	if (status == SOURCE_UNUSABLE || !h) {
		app_fail(a, "%s",
			s->message ? s->message : _("it cannot be run"));
		source_close(s);
		return false;
	}
	remember_place(a);
	take_history(a, h);
	source_close(a->source);
	a->source = s;
	snprintf(a->name, sizeof(a->name), "%s", name);
	forget(a);
	history_goto(a->h, pos_after(0));
	a->before = pos_after(0);
	say_status(a, status);
	offer_last(a);
	app_look(a);
	return true;
}

/* -- running again ------------------------------------------------------ */

struct replay {
	struct op *op; /* made by hand, n of them */
	uint32_t n;
	uint32_t after; /* they followed this operation of the source */
};

/* Operations of the current branch that the source did not make. */
static bool keep_own(const struct app *a, struct replay *r)
{
	uint32_t length = history_length(a->h);

	r->after = app_lesson_length(a);
	r->n = length > r->after ? length - r->after : 0;
	r->op = calloc(r->n + 1, sizeof(*r->op));
	for (uint32_t i = 0; r->op && i < r->n; i++)
		r->op[i] = history_step(a->h, r->after + i + 1)->op;
	return r->op != NULL;
}

static void do_own(struct app *a, const struct replay *r)
{
	uint32_t length = history_length(a->h);

	if (!r->n)
		return;
	history_goto(a->h, pos_after(r->after < length ? r->after : length));
	for (uint32_t i = 0; i < r->n; i++) {
		struct op_result res = { 0 };

		if (r->op[i].id < NR_OPS)
			history_do(a->h, &r->op[i], &res, 0, 0);
	}
}

/* The same operation, at the same event if that still exists. */
static void go_back_to(struct app *a, struct pos pos)
{
	uint32_t length = history_length(a->h);

	if (pos.op > length)
		pos = pos_after(length);
	if (history_goto(a->h, pos) < 0)
		history_goto(a->h, pos_after(pos.op));
}

bool app_rerun(struct app *a, const struct era *era)
{
	struct source_request req =
		app_request(a, era ? era : machine_era(a->look.m));
	struct pos at = history_pos(a->h);
	struct history *h = NULL;
	enum source_status status;
	struct replay own;

	if (!keep_own(a, &own))
		return app_fail(a, _("out of memory"));
	status = source_run(a->source, &req, &h);
	if (status == SOURCE_UNUSABLE || status == SOURCE_FAILED || !h) {
		free(own.op);
		if (h)
			history_delete(h);
		app_look(a);
		return app_fail(a, _("%s (what was open stays)"),
			a->source->message ? a->source->message : "");
	}
	if (!era)
		app_eras_forget(a);
	take_history(a, h);
	do_own(a, &own);
	free(own.op);
	go_back_to(a, at);
	app_look(a);
	say_status(a, status);
	return true;
}

/* -- the list ----------------------------------------------------------- */

/* Above the first scenario of a topic. */
static void topic_heading(struct app *a, const struct app_scenario *s,
	const char **last)
{
	const char *topic = s->topic.en ? look_text(&a->look, s->topic)
		: s->own		? _("Your own")
		: *last			? _("Others")
					: "";

	if (*topic && (!*last || strcmp(*last, topic)))
		menu_heading(&a->menu, topic);
	*last = topic;
}

void app_choose(struct app *a)
{
	struct app_scenario s;
	char command[MENU_COMMAND];
	const char *topic = NULL;

	menu_open(&a->menu, _("Scenarios"));
	menu_add(&a->menu, _("(empty machine)"),
		_("explore by hand: o does an operation"), "open \"\"");
	for (size_t i = 0;
		a->host->scenario && a->host->scenario(a->host->ctx, i, &s);
		i++) {
		topic_heading(a, &s, &topic);
		snprintf(command, sizeof(command), "open \"%.200s\"", s.name);
		menu_add(&a->menu, s.name,
			s.title.en ? look_text(&a->look, s.title) : "",
			command);
	}
}
