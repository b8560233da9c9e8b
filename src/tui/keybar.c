/* The key bar. */
#include "tui/keybar.h"

#include "tui/bindings.h"
#include "tui/state.h"
#include "view/lang.h"

#include <stdio.h>
#include <string.h>

/* One label: up to two keys with the commands of their bindings. */
struct label {
	const char *key[2]; /* the second may be NULL */
	const char *text;
	int rank; /* lowest goes first when there is no room */
};

static const struct label bar_history[] = {
	{ { "s", NULL }, N_("step"), 9 },
	{ { "u", NULL }, N_("back"), 8 },
	{ { ".", "," }, N_("event"), 7 },
	{ { "]", "[" }, N_("scene"), 6 },
	{ { "c", NULL }, N_("play"), 2 },
	{ { "Tab", NULL }, N_("pane"), 4 },
	{ { "z", NULL }, N_("zoom"), 1 },
	{ { "Enter", NULL }, N_("follow"), 5 },
	{ { "o", NULL }, N_("do"), 5 },
	{ { "e", NULL }, N_("era"), 3 },
	{ { "?", NULL }, N_("help"), 10 },
	{ { "q", NULL }, N_("quit"), 10 },
	{ { NULL, NULL }, NULL, 0 },
};

static const struct label bar_playing[] = {
	{ { "C-c", NULL }, N_("stop"), 9 },
	{ { "u", NULL }, N_("back"), 8 },
	{ { "?", NULL }, N_("help"), 10 },
	{ { "q", NULL }, N_("quit"), 10 },
	{ { NULL, NULL }, NULL, 0 },
};

static const struct label bar_menu[] = {
	{ { "k", "j" }, N_("up, down"), 9 },
	{ { "Enter", NULL }, N_("choose"), 10 },
	{ { "Esc", NULL }, N_("close"), 10 },
	{ { NULL, NULL }, NULL, 0 },
};

static const struct label bar_branch[] = {
	{ { "s", NULL }, N_("step"), 9 },
	{ { "u", NULL }, N_("back"), 8 },
	{ { ".", "," }, N_("event"), 7 },
	{ { "o", NULL }, N_("do"), 5 },
	{ { "b", NULL }, N_("to the lesson"), 9 },
	{ { "Tab", NULL }, N_("pane"), 4 },
	{ { "Enter", NULL }, N_("follow"), 5 },
	{ { "?", NULL }, N_("help"), 10 },
	{ { "q", NULL }, N_("quit"), 10 },
	{ { NULL, NULL }, NULL, 0 },
};

static const struct label *labels_of(const struct app *a)
{
	if (a->menu.open)
		return bar_menu;
	if (a->playing)
		return bar_playing;
	return history_branch(a->h) > 0 ? bar_branch : bar_history;
}

static int label_width(const struct label *l)
{
	return text_width(l->key[0]) +
	       (l->key[1] ? 1 + text_width(l->key[1]) : 0) + 1 +
	       text_width(_(l->text)) + 2;
}

/* The lowest rank that is shown so that all fits into @w columns. */
static int lowest_rank(const struct label *labels, int w)
{
	int rank = 0, used;

	do {
		used = 1;
		rank++;
		for (const struct label *l = labels; l->text; l++)
			used += l->rank >= rank ? label_width(l) : 0;
	} while (used > w && rank < 10);
	return rank;
}

/* Keys of a menu are the menu's own; all others are bindings. */
static const char *command_of(const struct app *a, const char *key)
{
	const struct binding *b = binding_find(key);

	if (a->menu.open && !strcmp(key, "Enter"))
		return "choose";
	return b ? b->command : "";
}

static int draw_key(struct app *a, struct canvas *cv, int x, int y,
	const char *key, const char *text)
{
	int w = canvas_put(cv, x, y, -1, ST_BAR_KEY, key);
	int start = x;

	x += w;
	if (text) {
		x += 1;
		x += canvas_put(cv, x, y, -1, ST_BAR, text);
	}
	frame_hotspot(
		a, (struct rect){ start, y, x - start, 1 }, command_of(a, key));
	return x;
}

void keybar_draw(struct app *a, struct canvas *cv, int y)
{
	const struct label *labels = labels_of(a);
	int rank = lowest_rank(labels, cv->w), x = 1;

	canvas_fill(cv, (struct rect){ 0, y, cv->w, 1 }, ST_BAR);
	for (const struct label *l = labels; l->text; l++) {
		if (l->rank < rank)
			continue;
		if (l->key[1]) {
			x = draw_key(a, cv, x, y, l->key[0], NULL) + 1;
			x = draw_key(a, cv, x, y, l->key[1], _(l->text));
		} else {
			x = draw_key(a, cv, x, y, l->key[0], _(l->text));
		}
		x += 2;
	}
}
