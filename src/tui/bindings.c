/*
 * The default keys, and what :bind laid over them: a list of copies, the
 * newest of a key counts.
 */
#include "tui/bindings.h"

#include "tui/app.h"
#include "tui/input.h"
#include "tui/keyname.h"
#include "view/lang.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct binding defaults[] = {
	{ "Space", "step", NULL },
	{ "s", "step", NULL },
	{ "u", "back", NULL },
	{ "S", "step 10", N_("ten operations forward") },
	{ ".", "event", NULL },
	{ ",", "unevent", NULL },
	{ "]", "scene", NULL },
	{ "[", "unscene", NULL },
	{ "c", "play", NULL },
	{ "C-c", "stop", NULL },
	{ "U", "goto 0", N_("to the start") },
	{ "E", "goto end", N_("to the end") },
	{ "R", "restart", NULL },
	{ "o", "op", N_("menu of operations to do by hand") },
	{ "b", "lesson", NULL },
	{ "B", "branch", N_("list of branches") },
	{ "w", "who", NULL },
	{ "W", "who all", N_("list all who map the selected frame") },
	{ "a", "walk", NULL },
	{ "A", "answer", NULL },
	{ "e", "era", N_("list of kernels to choose from") },
	{ "1", "pane 1", N_("focus the pane of that number, 1 to 9") },
	{ "2", "pane 2", NULL },
	{ "3", "pane 3", NULL },
	{ "4", "pane 4", NULL },
	{ "5", "pane 5", NULL },
	{ "6", "pane 6", NULL },
	{ "7", "pane 7", NULL },
	{ "8", "pane 8", NULL },
	{ "9", "pane 9", NULL },
	{ "Tab", "pane next", N_("focus the next pane") },
	{ "S-Tab", "pane previous", N_("focus the previous pane") },
	{ "z", "zoom", NULL },
	{ "+", "grow", NULL },
	{ "-", "shrink", NULL },
	{ "h", "left", NULL },
	{ "j", "down", NULL },
	{ "k", "up", NULL },
	{ "l", "right", NULL },
	{ "Left", "left", NULL },
	{ "Down", "down", NULL },
	{ "Up", "up", NULL },
	{ "Right", "right", NULL },
	{ "C-f", "page-down", NULL },
	{ "C-b", "page-up", NULL },
	{ "PgDn", "page-down", NULL },
	{ "PgUp", "page-up", NULL },
	{ "C-d", "half-down", NULL },
	{ "C-u", "half-up", NULL },
	{ "g", "top", NULL },
	{ "G", "bottom", NULL },
	{ "Home", "home", NULL },
	{ "End", "end", NULL },
	{ "Enter", "follow", NULL },
	{ "Backspace", "return", NULL },
	{ "i", "inspect", NULL },
	{ "/", "find", NULL },
	{ "n", "find-next", NULL },
	{ "N", "find-previous", NULL },
	{ "&", "filter", NULL },
	{ "m", "mark", NULL },
	{ "'", "jump", NULL },
	{ "t", "theme", N_("the next theme") },
	{ "L", "set lang", N_("the other language") },
	{ "P", "set presenter", N_("presenter mode on or off") },
	{ "?", "help", NULL },
	{ "F1", "help", NULL },
	{ ":", "command", NULL },
	{ "Esc", "cancel", NULL },
	{ "C-g", "cancel", NULL },
	{ "q", "close", NULL },
	{ "Q", "quit", NULL },
	{ "C-z", "suspend", NULL },
	{ "C-l", "redraw", NULL },
};

#define NR_DEFAULTS (sizeof(defaults) / sizeof(defaults[0]))

static struct binding *own; /* nr_own of them, one a key */
static size_t nr_own;

static struct binding *own_find(const char *key)
{
	for (size_t i = 0; i < nr_own; i++)
		if (!strcmp(own[i].key, key))
			return &own[i];
	return NULL;
}

const struct binding *binding_find(const char *key)
{
	const struct binding *b = own_find(key);

	if (b)
		return *b->command ? b : NULL;
	for (size_t i = 0; i < NR_DEFAULTS; i++)
		if (!strcmp(defaults[i].key, key))
			return &defaults[i];
	return NULL;
}

const struct binding *binding_at(size_t i)
{
	for (size_t k = 0; k < NR_DEFAULTS; k++)
		if (!own_find(defaults[k].key) && !i--)
			return &defaults[k];
	for (size_t k = 0; k < nr_own; k++)
		if (*own[k].command && !i--)
			return &own[k];
	return NULL;
}

static bool own_add(const char *key, const char *command)
{
	struct binding *more = realloc(own, (nr_own + 1) * sizeof(*own));
	struct binding b = { strdup(key), strdup(command), NULL };

	if (more)
		own = more;
	if (!more || !b.key || !b.command) {
		free((char *)b.key);
		free((char *)b.command);
		return false;
	}
	own[nr_own++] = b;
	return true;
}

bool binding_set(const char *key, const char *command, char *err, size_t size)
{
	struct input_event ev = { 0 };
	struct binding *b;
	char *copy;

	if (!keyname_parse(key, &ev)) {
		snprintf(err, size,
			"no key \"%s\"; keys are called s, C-c, S-Tab, F1, "
			"Space, Enter, PgUp ...",
			key);
		return false;
	}
	b = own_find(ev.key);
	if (!b) {
		if (own_add(ev.key, command))
			return true;
		snprintf(err, size, "out of memory");
		return false;
	}
	copy = strdup(command);
	if (!copy) {
		snprintf(err, size, "out of memory");
		return false;
	}
	free((char *)b->command);
	b->command = copy;
	return true;
}

void bindings_reset(void)
{
	for (size_t i = 0; i < nr_own; i++) {
		free((char *)own[i].key);
		free((char *)own[i].command);
	}
	free(own);
	own = NULL;
	nr_own = 0;
}

char *binding_keys(const char *name, char *buf, size_t size)
{
	const struct binding *b;
	size_t len = strlen(name), n = 0;

	buf[0] = 0;
	for (size_t i = 0; (b = binding_at(i)); i++) {
		if (strncmp(b->command, name, len) ||
			(b->command[len] && b->command[len] != ' '))
			continue;
		if (n < size)
			n += (size_t)snprintf(buf + n, size - n, "%s%s",
				n ? " " : "", b->key);
	}
	return buf;
}

bool app_key_entry(size_t i, struct app_entry *e)
{
	const struct binding *b = binding_at(i);

	if (b)
		*e = (struct app_entry){ b->key, b->command, b->note };
	return b != NULL;
}
