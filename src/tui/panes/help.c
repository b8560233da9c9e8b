/*
 * The help: keys and commands from their tables, so that nothing is written
 * twice.  What can be done in the pane one comes from stands first.
 */
#include "tui/pane.h"

#include "core/ops.h"
#include "tui/bindings.h"
#include "tui/command.h"
#include "tui/panes.h"
#include "view/lang.h"
#include "view/settings.h"

#include <stdio.h>
#include <string.h>

#define KEYS_W 14
#define NAME_W 22

/* One pass over all lines: draws those in sight, counts all. */
struct listing {
	struct pane_view *view;
	struct canvas *cv;
	int line;	   /* of the content, filtered ones not counted */
	const char *title; /* of the group, not yet written; or NULL */
};

static bool wanted(const struct listing *l, const char *left, const char *right)
{
	const char *filter = l->view->filter;

	return !filter || strcasestr(left, filter) || strcasestr(right, filter);
}

static void put_title(struct listing *l)
{
	int y;

	if (!l->title)
		return;
	l->line += l->line > 0;
	y = l->line++ - l->view->top;
	canvas_put_cut(l->cv, 0, y, l->view->w, ST_TITLE, l->title);
	l->title = NULL;
}

static void put_line(
	struct listing *l, const char *keys, const char *name, const char *note)
{
	char left[160];
	int y, x;

	snprintf(left, sizeof(left), "%s %s", keys, name);
	if (!wanted(l, left, note))
		return;
	put_title(l);
	y = l->line++ - l->view->top;
	canvas_put_cut(l->cv, 1, y, KEYS_W - 1, ST_BAR_KEY, keys);
	x = KEYS_W + 1 +
	    canvas_put_cut(
		    l->cv, KEYS_W, y, l->view->w - KEYS_W, ST_STRONG, name);
	x = x < KEYS_W + NAME_W ? KEYS_W + NAME_W : x + 1;
	canvas_put_cut(l->cv, x, y, l->view->w - x, ST_TEXT, note);
	if (l->view->search && (strcasestr(left, l->view->search) ||
				       strcasestr(note, l->view->search)))
		canvas_mark(l->cv, (struct rect){ 0, y, l->view->w, 1 },
			STYLE_MATCH);
}

/* -- the parts ---------------------------------------------------------- */

static const char *const here[] = { "up", "down", "left", "right", "page-down",
	"page-up", "half-down", "half-up", "top", "bottom", "follow", "return",
	"inspect", "find", "find-next", "filter", "zoom", NULL };

static const struct command *command_named(const char *name)
{
	const struct command *c;

	for (size_t i = 0; (c = command_at(i)); i++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

static void put_command(struct listing *l, const struct command *c)
{
	char keys[80], name[80];

	snprintf(name, sizeof(name), ":%s %s", c->name, c->args);
	put_line(
		l, binding_keys(c->name, keys, sizeof(keys)), name, _(c->note));
}

static void put_here(struct listing *l, const struct pane *pane)
{
	char title[200];

	snprintf(title, sizeof(title), "%s: %s", _(pane->title), _(pane->note));
	l->title = title;
	for (int i = 0; here[i]; i++)
		if (command_named(here[i]))
			put_command(l, command_named(here[i]));
	l->title = NULL;
}

/* Keys that run a command with arguments of its own. */
static void put_special_keys(struct listing *l)
{
	const struct binding *b;

	l->title = _("Keys with a meaning of their own");
	for (size_t i = 0; (b = binding_at(i)); i++) {
		char command[80];

		if (!strchr(b->command, ' ') || !b->note)
			continue;
		snprintf(command, sizeof(command), ":%s", b->command);
		put_line(l, b->key, command, _(b->note));
	}
	put_line(l, "10s", "", _("two digits or more are a count: ten steps"));
}

static void put_commands(struct listing *l)
{
	for (const struct command_group *g = command_groups; g->rows; g++) {
		l->title = _(g->title);
		for (const struct command *c = g->rows; c->name; c++)
			put_command(l, c);
	}
}

static void put_settings(struct listing *l)
{
	l->title = _("Settings");
	for (const struct setting *t = setting_table; t->name; t++) {
		char name[80];

		snprintf(name, sizeof(name), ":set %s %s", t->name,
			t->values ? t->values : "");
		put_line(l, "", name, _(t->note));
	}
}

static void put_panes(struct listing *l)
{
	l->title = _("Panes");
	for (int i = 0; panes[i]; i++) {
		char key[16] = "", name[80];

		if (i < 9)
			snprintf(key, sizeof(key), "%d", i + 1);
		snprintf(name, sizeof(name), ":pane %s", panes[i]->name);
		put_line(l, key, name, _(panes[i]->note));
	}
}

static void put_operations(struct listing *l)
{
	l->title = _("Operations (:op, or o)");
	for (int i = OP_NONE + 1; i < NR_OPS; i++) {
		const struct op_desc *d = op_desc((enum op_id)i);
		char args[120] = "";

		for (int k = 0; d->arg[k].type != ARG_END; k++)
			snprintf(args + strlen(args),
				sizeof(args) - strlen(args), " %s",
				d->arg[k].name);
		snprintf(args + strlen(args), sizeof(args) - strlen(args), " ");
		put_line(l, d->name, args, _(d->summary));
	}
}

static void put_marks(struct listing *l, bool ascii)
{
	static const struct {
		enum glyph glyph;
		const char *note;
	} marks[] = {
		{ GL_NOW, N_("happens now, or is chosen") },
		{ GL_CHECK, N_("has happened; a check that held") },
		{ GL_CROSS, N_("does not map; a check that failed") },
		{ GL_OWN, N_("own anon_vma; the position on the timeline") },
		{ GL_MAY, N_("anon_vma that may hold pages of the VMA") },
		{ GL_SCENE, N_("a scene on the timeline") },
		{ GL_BRANCH, N_("a branch") },
	};

	l->title = _("Marks");
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		put_line(l, glyph_text(marks[i].glyph, ascii), "",
			_(marks[i].note));
}

static void help_draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct listing l = { view, cv, 0, NULL };
	long from = view->own[0];

	put_here(&l, panes[from >= 0 && from < pane_count() ? from : 0]);
	put_commands(&l);
	put_special_keys(&l);
	put_panes(&l);
	put_settings(&l);
	put_operations(&l);
	put_marks(&l, look->ascii);
	view->lines = l.line;
	if (!l.line)
		canvas_wrap(cv, 0, 0, view->w, view->h, 0, ST_DIM,
			_("No line of the help has this text. & and Enter "
			  "show all."));
}

const struct pane pane_help = {
	.name = "help",
	.title = N_("Help"),
	.note = N_("keys, commands, settings; / searches, & filters"),
	.min_w = 40,
	.min_h = 4,
	.draw = help_draw,
};
