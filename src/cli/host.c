#include "cli/host.h"

#include "script/script.h"

#include <stdlib.h>
#include <string.h>

/* The first entry of the list: nothing but a machine. */
static const char empty_text[] =
	"scenario { title = \"An empty machine to explore\" }\n";

#define MAX_LINES 5

struct host {
	struct app_options app;
	struct app_host lends;
	const char *line[MAX_LINES + 1]; /* commands, ended by NULL */
	int nr_lines;
	char theme[300]; /* one of the lines */
	struct script_list list;
	bool listed;   /* list was read */
	char **themes; /* names, NULL until asked for */
};

static bool lend_scenario(void *ctx, size_t i, struct app_scenario *s)
{
	struct host *l = ctx;
	const struct script_entry *e;

	if (!l->listed)
		script_list_read(&l->list);
	l->listed = true;
	if (i >= l->list.count)
		return false;
	e = &l->list.entry[i];
	*s = (struct app_scenario){ e->own ? e->path : e->name, e->title,
		e->topic, e->own };
	return true;
}

static struct source *lend_source(
	void *ctx, const char *name, char *err, size_t size)
{
	(void)ctx;
	if (*name)
		return script_source(name, err, size);
	return script_source_text("empty.lua", empty_text, strlen(empty_text));
}

static bool lend_theme(
	void *ctx, const char *name, struct theme *t, char *err, size_t size)
{
	(void)ctx;
	return script_theme(name, t, err, size);
}

static const char *lend_theme_name(void *ctx, size_t i)
{
	struct host *l = ctx;

	if (!l->themes)
		l->themes = script_theme_names();
	for (size_t k = 0; l->themes && l->themes[k]; k++)
		if (k == i)
			return l->themes[k];
	return NULL;
}

static bool lend_config(
	void *ctx, app_line_fn *line, void *arg, char *err, size_t size)
{
	(void)ctx;
	return script_config(NULL, line, arg, err, size);
}

/* Options as commands of the viewer; they win over the config. */
static void add_line(struct host *l, bool wanted, const char *line)
{
	if (wanted)
		l->line[l->nr_lines++] = line;
}

static void add_lines(struct host *l, const struct options *o)
{
	snprintf(l->theme, sizeof(l->theme), "set theme \"%s\"",
		o->theme ? o->theme : "");
	add_line(l, o->theme, l->theme);
	add_line(l, o->lang == LANG_ZH || option_given(o, OPT_LANG),
		o->lang == LANG_ZH ? "set lang zh" : "set lang en");
	add_line(l, option_given(o, OPT_ASCII), "set glyphs ascii");
	add_line(l, option_given(o, OPT_NO_MOUSE), "set mouse off");
}

struct host *host_new(const struct options *o)
{
	struct host *l = calloc(1, sizeof(*l));

	if (!l) {
		cli_error("out of memory");
		return NULL;
	}
	l->lends = (struct app_host){ l, lend_scenario, lend_source, lend_theme,
		lend_theme_name, lend_config };
	l->app = (struct app_options){
		.host = &l->lends,
		.scenario = o->nr_args ? o->args[0] : NULL,
		.era = o->nr_eras ? o->eras[0] : NULL,
		.paging = o->paging,
		.limit = o->limit,
		.at = o->at,
		.lines = l->line,
		.w = o->w ? o->w : 80,
		.h = o->h ? o->h : 24,
		.keys = o->keys,
	};
	add_lines(l, o);
	return l;
}

const struct app_options *host_options(const struct host *host)
{
	return &host->app;
}

void host_delete(struct host *host)
{
	if (host && host->listed)
		script_list_free(&host->list);
	if (host)
		script_names_free(host->themes);
	free(host);
}
