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

void prompt_draw(struct app *a, struct canvas *cv, int x, int y, int w)
{
	const struct prompt_row *row = &prompt_table[a->prompt];

	canvas_fill(cv, (struct rect){ x, y, w, 1 }, ST_TEXT);
	if (row->one_key)
		canvas_put(cv, x, y, w, ST_QUESTION, _(row->before));
	else
		lineedit_draw(a->line, cv, x, y, w, ST_TEXT, row->before);
}
