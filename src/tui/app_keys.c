/*
 * The viewer without a terminal: commands and keys from a file, on a canvas of
 * a given size.  The same app, so a screen is tested as a person sees it.
 */
#include "tui/state.h"

#include "tui/keyname.h"
#include "view/lang.h"
#include "view/plain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct keys_file {
	const char *name; /* for messages */
	FILE *f;
	int line; /* read so far */
	bool failed;
};

static void complain(const struct keys_file *k, const char *what)
{
	plain_error("%s:%d: %s", k->name, k->line, what);
}

/* Draw as the terminal would between two keys: panes learn their size. */
static void draw(struct app *a)
{
	app_draw(a, a->opt->w, a->opt->h);
}

/* A key that does nothing here is no failure, as it is none for a person; one
 * that does not exist is. */
static bool press(struct app *a, struct keys_file *k, const char *key)
{
	struct input_event ev = { 0 };
	char what[120];

	if (!keyname_parse(key, &ev)) {
		snprintf(what, sizeof(what),
			_("no key \"%.40s\"; a command begins with a colon"),
			key);
		complain(k, what);
		return false;
	}
	app_event(a, &ev);
	draw(a);
	return true;
}

/* "10s": digits and the key that they count for. */
static bool press_counted(struct app *a, struct keys_file *k, const char *word)
{
	size_t digits = strspn(word, "0123456789");
	char key[2] = { 0, 0 };

	if (!digits || !word[digits])
		return press(a, k, word);
	for (size_t i = 0; i < digits; i++) {
		key[0] = word[i];
		if (!press(a, k, key))
			return false;
	}
	return press(a, k, word + digits);
}

/* A command begins with an empty message line, as at the prompt; one that
 * writes a file shows the screen as it was. */
static void clear_message(struct app *a, const char *line)
{
	char err[MESSAGE_SIZE];
	const struct command *c;

	line += strspn(line, ":");
	c = command_find(line, strcspn(line, " \t"), err, sizeof(err));
	if (!c || c->complete != COMPLETE_FILE)
		a->message[0] = 0;
}

/* One line: a command, or keys separated by blanks.  A colon alone is the key
 * of the prompt; a command in the next line runs beside an open prompt. */
static bool run_line(struct app *a, struct keys_file *k, char *line)
{
	char *save = NULL;

	line[strcspn(line, "\r\n")] = 0;
	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return true;
	if (*line == ':' && line[1] && line[1] != ' ') {
		clear_message(a, line);
		if (!command_run(a, line)) {
			complain(k, a->message);
			return false;
		}
		draw(a);
		return true;
	}
	for (char *w = strtok_r(line, " \t", &save); w && *w != '#';
		w = strtok_r(NULL, " \t", &save)) {
		if (!press_counted(a, k, w))
			return false;
		if (a->want & WANT_QUIT)
			return true;
	}
	return true;
}

static void run_file(struct app *a, struct keys_file *k)
{
	char *line = NULL;
	size_t room = 0;

	draw(a);
	while (!(a->want & WANT_QUIT) && getline(&line, &room, k->f) >= 0) {
		k->line++;
		if (!run_line(a, k, line)) {
			k->failed = true;
			break;
		}
	}
	free(line);
}

int app_keys(const struct app_options *options)
{
	bool in = !strcmp(options->keys, "-");
	struct keys_file k = { in ? "stdin" : options->keys, NULL, 0, false };
	struct app *a;
	int status;

	k.f = in ? stdin : fopen(options->keys, "r");
	if (!k.f) {
		plain_error("%s: %s", options->keys, strerror(errno));
		return APP_USAGE;
	}
	a = app_headless(options, &status);
	if (a) {
		run_file(a, &k);
		status = k.failed ? APP_FAILED : APP_OK;
	}
	if (!in)
		fclose(k.f);
	app_delete(a);
	return status;
}
