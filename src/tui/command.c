/* Finding, cutting up and running command lines. */
#include "tui/state.h"

#include "view/lang.h"
#include "view/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct command_group command_groups[] = {
	{ N_("Moving in history"), commands_history },
	{ N_("Panes"), commands_pane },
	{ N_("Objects"), commands_object },
	{ N_("Operations and branches"), commands_op },
	{ N_("Files"), commands_file },
	{ N_("Settings and help"), commands_set },
	{ NULL, NULL },
};

const struct command *command_at(size_t i)
{
	for (const struct command_group *g = command_groups; g->rows; g++)
		for (const struct command *c = g->rows; c->name; c++)
			if (!i--)
				return c;
	return NULL;
}

static void say_ambiguous(const char *name, size_t len, char *err, size_t size)
{
	const struct command *c;
	int n = snprintf(err, size, "\"%.*s\" may be", (int)len, name);

	for (size_t i = 0; (c = command_at(i)) && n >= 0 && (size_t)n < size;
		i++)
		if (!strncmp(c->name, name, len))
			n += snprintf(
				err + n, size - (size_t)n, " %s", c->name);
}

static void say_unknown(const char *name, size_t len, char *err, size_t size)
{
	char wanted[64];
	struct nearest near;
	const struct command *c;

	snprintf(wanted, sizeof(wanted), "%.*s", (int)len, name);
	nearest_start(&near, wanted);
	for (size_t i = 0; (c = command_at(i)); i++)
		nearest_try(&near, c->name);
	if (nearest_name(&near))
		snprintf(err, size,
			_("no command \"%s\"; did you mean \"%s\"?"), wanted,
			nearest_name(&near));
	else
		snprintf(err, size,
			_("no command \"%s\"; :help lists all commands"),
			wanted);
}

const struct command *command_find(
	const char *name, size_t len, char *err, size_t size)
{
	const struct command *c, *found = NULL;
	int matches = 0;

	for (size_t i = 0; (c = command_at(i)); i++) {
		if (strncmp(c->name, name, len))
			continue;
		if (!c->name[len])
			return c;
		found = c;
		matches++;
	}
	if (matches == 1 && len)
		return found;
	if (matches > 1 && len)
		say_ambiguous(name, len, err, size);
	else
		say_unknown(name, len, err, size);
	return NULL;
}

/* -- words -------------------------------------------------------------- */

/* Does a quote at @at of the word that begins at @word open a quotation?  In
 * "it's" it does not. */
static bool opens_quote(const char *word, const char *at)
{
	return (*at == '"' || *at == '\'') && (at == word || at[-1] == '=');
}

/* Copy one word from *@p to @out, quotes removed; NULL when one is open. */
static char *copy_word(const char **p, char *out)
{
	const char *word = *p;
	char quote = 0;

	for (; **p && (quote || !isspace((unsigned char)**p)); ++*p) {
		if (quote == '"' && **p == '\\' && (*p)[1])
			*out++ = *++*p;
		else if (quote && **p == quote)
			quote = 0;
		else if (!quote && opens_quote(word, *p))
			quote = **p;
		else
			*out++ = **p;
	}
	*out++ = 0;
	return quote ? NULL : out;
}

bool args_parse(struct args *args, const char *text, char *err, size_t size)
{
	char *out = args->text;

	args->n = 0;
	text += strspn(text, " \t");
	args->rest = text;
	if (strlen(text) >= sizeof(args->text)) {
		snprintf(err, size, _("the line is too long"));
		return false;
	}
	while (*text) {
		if (args->n == COMMAND_ARGS) {
			snprintf(err, size, _("more than %d words"),
				COMMAND_ARGS);
			return false;
		}
		args->word[args->n++] = out;
		out = copy_word(&text, out);
		if (!out) {
			snprintf(err, size, _("a quote is not closed"));
			return false;
		}
		text += strspn(text, " \t");
	}
	return true;
}

long args_count(struct app *a, const struct args *args, long fallback)
{
	char *end;
	long n;

	if (!args->n)
		return fallback;
	n = strtol(args->word[0], &end, 10);
	if (*end || end == args->word[0] || n < 1 || n > 1000000000) {
		app_fail(a, _("\"%s\" is not a count, a number from 1"),
			args->word[0]);
		return -1;
	}
	return n;
}

/* -- running ------------------------------------------------------------ */

/* "9" is :goto 9, as in many viewers. */
static bool is_position(const char *line)
{
	return isdigit((unsigned char)line[0]) &&
	       line[strspn(line, "0123456789.")] == 0;
}

/* Only settings and keys before a scenario is open. */
static bool may_run(const struct app *a, const struct command *c)
{
	static const char *const early[] = { "set", "bind", "theme", NULL };

	for (int i = 0; !a->h && early[i]; i++)
		if (!strcmp(early[i], c->name))
			return true;
	return a->h != NULL;
}

static bool run_parsed(struct app *a, const struct command *c, const char *rest)
{
	struct args *args = calloc(1, sizeof(*args));
	char err[MESSAGE_SIZE];
	bool ok;

	if (!args)
		return app_fail(a, _("out of memory"));
	ok = args_parse(args, rest, err, sizeof(err));
	ok = ok ? c->run(a, args) : app_fail(a, "%s: %s", c->name, err);
	free(args);
	return ok;
}

bool command_run(struct app *a, const char *line)
{
	const struct command *c;
	char err[MESSAGE_SIZE], rest[COMMAND_LINE];
	size_t len;

	line += strspn(line, " \t:");
	len = strcspn(line, " \t\r\n");
	if (!len)
		return true;
	if (is_position(line)) {
		c = command_find("goto", 4, err, sizeof(err));
		len = 0;
	} else {
		c = command_find(line, len, err, sizeof(err));
	}
	if (!c)
		return app_fail(a, "%s", err);
	if (!may_run(a, c))
		return app_fail(a, _("%s: no scenario is open yet"), c->name);
	if (strlen(line) >= sizeof(rest))
		return app_fail(a, _("the line is too long"));
	snprintf(rest, sizeof(rest), "%s", line + len);
	rest[strcspn(rest, "\r\n")] = 0;
	a->failed = !run_parsed(a, c, rest);
	return !a->failed;
}

bool app_command_entry(size_t i, struct app_entry *e)
{
	const struct command *c = command_at(i);

	if (c)
		*e = (struct app_entry){ c->name, c->args, c->note };
	return c != NULL;
}
