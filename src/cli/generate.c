/* Text that the build takes from the tables: tables of the manual in mdoc,
 * annotations for editors, the reference of the scenario's language. */
#include "cli/cli.h"

#include "script/script.h"
#include "tui/app.h"
#include "tui/pane.h"
#include "view/settings.h"
#include "view/style.h"

#include <stdlib.h>
#include <string.h>

/* @n bytes as a line of mdoc: nothing in them is obeyed. */
static void put_text(const char *text, size_t n)
{
	if (n && (*text == '.' || *text == '\''))
		fputs("\\&", stdout);
	for (; n--; text++) {
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
	}
}

static void put(const char *text)
{
	put_text(text, strlen(text));
}

static void put_entry(const char *name, const char *args, const char *note)
{
	/* The whole line is quoted: a word such as "Em" is no macro. */
	fputs(".It \"", stdout);
	for (const char *s = name; *s; s++)
		fputs(*s == '"' ? "\"\"" : (char[2]){ *s, 0 }, stdout);
	if (args && *args) {
		putchar(' ');
		put(args);
	}
	puts("\"");
	put(note ? note : "");
	putchar('\n');
}

static void put_options(void)
{
	for (int i = 0; i < NR_OPTIONS; i++) {
		const struct option_row *row = &option_table[i];

		fputs(".It ", stdout);
		if (row->letter)
			printf("Fl %c , ", row->letter);
		printf("Fl \\-%s", row->name);
		if (row->optional)
			printf(" Ns Op = Ns Ar %s", row->arg);
		else if (row->arg)
			printf(" Ar %s", row->arg);
		putchar('\n');
		put(row->note);
		putchar('\n');
	}
}

static void put_commands(void)
{
	for (const struct verb *v = verb_table; v->name; v++) {
		if (v->hidden)
			continue;
		printf(".It Nm%s%s", *v->name ? " Cm " : "", v->name);
		if (*v->args)
			printf(" Ar \"%s\"", v->args);
		putchar('\n');
		put(v->note);
		puts(".");
		for (int i = 0, n = 0; i < NR_OPTIONS; i++)
			if (v->options >> i & 1)
				printf("%s\\-\\-%s", n++ ? ", " : "Takes ",
					option_table[i].name);
		if (v->options)
			puts(".");
	}
}

/* What the command of line @line does; "" when it is none. */
static const char *note_of(const char *line)
{
	struct app_entry e;
	size_t n = strcspn(line, " ");

	for (size_t i = 0; app_command_entry(i, &e); i++)
		if (!strncmp(e.name, line, n) && !e.name[n])
			return e.note;
	return "";
}

static void put_keys(void)
{
	struct app_entry e;

	for (size_t i = 0; app_key_entry(i, &e); i++) {
		char command[128];

		snprintf(command, sizeof(command), " :%s", e.args);
		put_entry(e.name, command,
			e.note && *e.note ? e.note : note_of(e.args));
	}
}

static void put_viewer(void)
{
	struct app_entry e;

	for (size_t i = 0; app_command_entry(i, &e); i++) {
		char name[64];

		snprintf(name, sizeof(name), ":%s", e.name);
		put_entry(name, e.args, e.note);
	}
}

static void put_settings(void)
{
	for (const struct setting *s = setting_table; s->name; s++)
		put_entry(s->name, s->values, s->note);
}

static void put_panes(void)
{
	for (size_t i = 0; panes[i]; i++)
		put_entry(panes[i]->name, NULL, panes[i]->note);
}

static void put_styles(void)
{
	for (int i = 0; i < NR_STYLES; i++)
		put_entry(style_name((enum style)i), NULL,
			style_meaning((enum style)i));
}

static void put_annotations(void)
{
	script_annotations(stdout);
}

static void put_reference(void)
{
	/* A literal block: only what roff would obey is escaped. */
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return;
	script_reference(f);
	fclose(f);
	for (char *line = text; *line;
		line += strcspn(line, "\n"), line += *line == '\n') {
		put_text(line, strcspn(line, "\n"));
		putchar('\n');
	}
	free(text);
}

static const struct {
	const char *what;
	void (*put)(void);
} texts[] = {
	{ "options", put_options },
	{ "commands", put_commands },
	{ "keys", put_keys },
	{ "viewer", put_viewer },
	{ "settings", put_settings },
	{ "panes", put_panes },
	{ "styles", put_styles },
	{ "annotations", put_annotations },
	{ "reference", put_reference },
};

int verb_generate(const struct options *o)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(o->args[0], texts[i].what)) {
			texts[i].put();
			return CLI_OK;
		}
	cli_error("nothing called \"%s\" can be generated", o->args[0]);
	return CLI_USAGE;
}
