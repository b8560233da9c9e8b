/* --help and --version.  Every help fits into 80 columns and 24 rows. */
#include "cli/cli.h"

#include "script/library.h"
#include "tui/key.h"
#include "tui/term.h"

#include <string.h>
#include <utf8proc.h>

#define COLUMN 40 /* of the second of two columns */

static void put_examples(const struct verb *v)
{
	for (const struct example *e = v->examples; e->line; e++)
		printf("  %-49s %s\n", e->line, e->does);
	putchar('\n');
}

static void put_option(const struct option_row *row)
{
	char left[64];

	snprintf(left, sizeof(left), "%c%c%c --%s%s%s%s%s",
		row->letter ? '-' : ' ', row->letter ? row->letter : ' ',
		row->letter ? ',' : ' ', row->name,
		row->optional ? "[="
		: row->arg    ? " "
			      : "",
		row->arg ? row->arg : "", row->optional ? "]" : "", "");
	printf("  %-26s %s\n", left, row->note);
}

static void put_options(const struct verb *v)
{
	unsigned all = v->options | OPT(HELP) | (*v->name ? 0 : OPT(VERSION));

	for (int i = 0; i < NR_OPTIONS; i++)
		if (all >> i & 1)
			put_option(&option_table[i]);
}

/* The commands, two in a row. */
static void put_commands(void)
{
	int column = 0; /* that the line has come to */

	for (const struct verb *v = verb_table; v->name; v++) {
		if (!*v->name || v->hidden)
			continue;
		if (column)
			printf("%*s  %-9s%s\n", COLUMN - column, "", v->name,
				v->note);
		column = column ? 0
				: printf("  %-9s%s", v->name, v->note);
	}
	puts(column ? "\n" : "");
}

void cli_help(const struct verb *v)
{
	if (!*v->name)
		puts("Usage: rmapscope [OPTION]... [COMMAND] [SCENARIO]\n");
	else
		printf("Usage: rmapscope %s [OPTION]...%s%s\n"
		       "       %s\n\n",
			v->name, *v->args ? " " : "", v->args, v->note);
	put_examples(v);
	if (!*v->name)
		put_commands();
	put_options(v);
}

void cli_version(void)
{
	printf("rmapscope %s\n%s, %s, %s, utf8proc %s\n", VERSION,
		term_library(), key_library(), script_library(),
		utf8proc_version());
}
