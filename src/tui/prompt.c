/* What is typed at the bottom of the screen. */
#include "tui/state.h"

#include "view/lang.h"

#include <stdio.h>
#include <string.h>

struct prompt_row {
	const char *before;  /* shown in front of the line */
	const char *command; /* what runs with the typed text */
	bool one_key;	     /* the first character is all of it */
};

static const struct prompt_row prompt_table[] = {
	[PROMPT_COMMAND] = { ":", "", false },
	[PROMPT_FIND] = { "/", "find ", false },
	[PROMPT_FILTER] = { "&", "filter ", false },
	[PROMPT_MARK] = { N_("mark this place as (one key): "), "mark ", true },
	[PROMPT_JUMP] = { N_("jump to mark (one key, ' is where you were): "),
		"jump ", true },
};

void app_prompt(struct app *a, enum prompt prompt, const char *text)
{
	a->prompt = prompt;
	lineedit_set(a->line, text);
}

static void accept(struct app *a)
{
	const struct prompt_row *row = &prompt_table[a->prompt];
	char line[COMMAND_LINE];

	snprintf(line, sizeof(line), "%s%s", row->command,
		lineedit_text(a->line));
	if (a->prompt == PROMPT_COMMAND)
		lineedit_remember(a->line, lineedit_text(a->line));
	/* An empty line cancels, but an empty filter ends a filter. */
	if (a->prompt == PROMPT_FILTER && !*lineedit_text(a->line))
		snprintf(line, sizeof(line), "filter \"\"");
	else if (!*lineedit_text(a->line))
		line[0] = 0;
	a->prompt = PROMPT_NONE;
	a->message[0] = 0;
	command_run(a, line);
}

static void one_key(struct app *a, const struct input_event *ev)
{
	const struct prompt_row *row = &prompt_table[a->prompt];
	char line[64];

	a->prompt = PROMPT_NONE;
	if (ev->kind != INPUT_KEY || ev->ch <= ' ')
		return;
	snprintf(line, sizeof(line), "%s\"%s\"", row->command, ev->key);
	command_run(a, line);
}

void prompt_event(struct app *a, const struct input_event *ev)
{
	if (prompt_table[a->prompt].one_key) {
		one_key(a, ev);
		return;
	}
	switch (lineedit_event(a->line, ev)) {
	case EDIT_ACCEPT:
		accept(a);
		break;
	case EDIT_CANCEL:
		a->prompt = PROMPT_NONE;
		a->message[0] = 0;
		break;
	case EDIT_IGNORED:
	case EDIT_DONE:
		break;
	}
}

/* What the command that is being typed does, where there is room for it. */
static void draw_hint(struct app *a, struct canvas *cv, int x, int y, int w)
{
	const char *line = lineedit_text(a->line);
	const struct command *c;
	char err[MESSAGE_SIZE], hint[200];
	int room = w - text_width(line) - 4, hint_w;

	line += strspn(line, ": ");
	c = *line ? command_find(line, strcspn(line, " "), err, sizeof(err))
		  : NULL;
	if (!c)
		return;
	snprintf(hint, sizeof(hint), "%s %s  %s", c->name, c->args, _(c->note));
	hint_w = text_width(hint);
	if (hint_w <= room)
		canvas_put(cv, x + w - hint_w - 1, y, hint_w, ST_DIM, hint);
}

/* The words that complete the typed one, in the line above. */
static void draw_candidates(
	struct app *a, struct canvas *cv, int x, int y, int w)
{
	int chosen, end = x + w;
	const char *word;

	if (!lineedit_candidate(a->line, 1, &chosen))
		return;
	canvas_fill(cv, (struct rect){ x, y, w, 1 }, ST_MENU);
	for (size_t i = 0;
		x < end && (word = lineedit_candidate(a->line, i, &chosen));
		i++)
		x += 2 + canvas_put_cut(cv, x + 1, y, end - x - 1,
				 (int)i == chosen ? ST_MENU_NOW : ST_MENU,
				 word);
}

void prompt_draw(struct app *a, struct canvas *cv, int x, int y, int w)
{
	const struct prompt_row *row = &prompt_table[a->prompt];

	canvas_fill(cv, (struct rect){ x, y, w, 1 }, ST_TEXT);
	if (row->one_key) {
		canvas_put(cv, x, y, w, ST_QUESTION, _(row->before));
		return;
	}
	draw_candidates(a, cv, x, y - 1, w);
	lineedit_draw(a->line, cv, x, y, w, ST_TEXT, row->before);
	if (a->prompt == PROMPT_COMMAND)
		draw_hint(a, cv, x, y, w);
}
