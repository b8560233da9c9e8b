/* The screen: what the viewer needs of scenarios, themes and options. */
#include "cli/cli.h"

#include "script/script.h"
#include "tui/app.h"
#include "tui/signals.h"

#include <stdlib.h>
#include <string.h>

/* The first entry of the list: nothing but a machine. */
static const char empty_text[] =
	"scenario { title = \"An empty machine to explore\" }\n";

struct lender {
	struct script_list list;
	bool listed;     /* list was read */
	char **themes;   /* names, NULL until asked for */
};

static bool lend_scenario(void *ctx, size_t i, struct app_scenario *s)
{
	struct lender *l = ctx;
	const struct script_entry *e;

	if (!l->listed)
		script_list_read(&l->list);
	l->listed = true;
	if (i >= l->list.count)
		return false;
	e = &l->list.entry[i];
	*s = (struct app_scenario){ e->own ? e->path : e->name, e->title,
		e->own };
	return true;
}

static struct source *lend_source(void *ctx, const char *name, char *err,
	size_t size)
{
	(void)ctx;
	if (*name)
		return script_source(name, err, size);
	return script_source_text("empty.lua", empty_text, strlen(empty_text));
}

static bool lend_theme(void *ctx, const char *name, struct theme *t, char *err,
	size_t size)
{
	(void)ctx;
	return script_theme(name, t, err, size);
}

static const char *lend_theme_name(void *ctx, size_t i)
{
	struct lender *l = ctx;

	if (!l->themes)
		l->themes = script_theme_names();
	for (size_t k = 0; l->themes && l->themes[k]; k++)
		if (k == i)
			return l->themes[k];
	return NULL;
}

static bool lend_config(void *ctx, app_line_fn *line, void *arg, char *err,
	size_t size)
{
	(void)ctx;
	return script_config(NULL, line, arg, err, size);
}

static void lender_release(struct lender *l)
{
	if (l->listed)
		script_list_free(&l->list);
	script_names_free(l->themes);
}

/* Options as commands of the viewer; they win over the config. */
#define MAX_LINES 5
struct lines {
	const char *line[MAX_LINES + 1]; /* ended by NULL */
	char theme[300];
	int n;
};

static void add_line(struct lines *l, bool wanted, const char *line)
{
	if (wanted)
		l->line[l->n++] = line;
}

static void option_lines(struct lines *l, const struct options *o)
{
	snprintf(l->theme, sizeof(l->theme), "set theme \"%s\"",
		o->theme ? o->theme : "");
	add_line(l, o->theme, l->theme);
	add_line(l, option_given(o, OPT_LANG),
		o->lang == LANG_ZH ? "set lang zh" : "set lang en");
	add_line(l, option_given(o, OPT_ASCII), "set glyphs ascii");
	add_line(l, option_given(o, OPT_NO_MOUSE), "set mouse off");
}

static bool usable(const struct options *o)
{
	if (o->nr_eras > 1)
		cli_error("the screen shows one era at a time, not %u; the key "
			  "e changes it", o->nr_eras);
	else if (option_given(o, OPT_SIZE) && !o->keys)
		cli_error("option --size needs --keys; a terminal has a size "
			  "of its own");
	else if (o->keys && !strcmp(o->keys, "-") && o->nr_args &&
		!strcmp(o->args[0], "-"))
		cli_error("scenario and --keys cannot both come from standard "
			  "input");
	else
		return true;
	return false;
}

int verb_screen(const struct options *o)
{
	struct lender lender = { 0 };
	struct lines lines = { 0 };
	const struct app_host host = { &lender, lend_scenario, lend_source,
		lend_theme, lend_theme_name, lend_config };
	struct app_options app = {
		.host = &host,
		.scenario = o->nr_args ? o->args[0] : NULL,
		.era = o->nr_eras ? o->eras[0] : NULL,
		.paging = o->paging,
		.limit = o->limit,
		.at = o->at,
		.lines = lines.line,
		.w = o->w ? o->w : 80,
		.h = o->h ? o->h : 24,
		.keys = o->keys,
	};
	int status;

	if (!usable(o))
		return CLI_USAGE;
	option_lines(&lines, o);
	signals_fault_hook = history_handles_fault;
	status = o->keys ? app_keys(&app) : app_run(&app);
	lender_release(&lender);
	return status;
}
