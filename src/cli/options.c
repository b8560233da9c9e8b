/* The table of options, and reading the command line by it. */
#include "cli/cli.h"

#include "cli/values.h"
#include "view/nearest.h"

#include <getopt.h>
#include <string.h>

const struct option_row option_table[NR_OPTIONS] = {
	[OPT_ERA] = { "era", 'e', "NAME[,NAME...]", .values = "@era",
		.note = "kernel: 2.4, 2.6.0, 2.6.11, 4.0, 6.18",
		.set = take_era },
	[OPT_ARCH] = { "arch", 0, "NAME",
		.values = "i386 pae x86_64 x86_64-la57",
		.note = "i386, pae, x86_64, x86_64-la57", .set = take_arch },
	[OPT_AT] = { "at", 0, "POSITION",
		.note = "STEP, STEP.EVENT, end or @MARK", .set = take_at },
	[OPT_JSON] = { "json", 0, NULL, .note = "JSON lines instead of text" },
	[OPT_EVENTS] = { "events", 0, NULL,
		.note = "tell every event inside each operation" },
	[OPT_STATE] = { "state", 0, "each", true, .values = "each",
		.note = "the machine's state at the end, or after each step",
		.set = take_state },
	[OPT_FORMAT] = { "format", 'f', "NAME",
		.values = "text ansi html svg dot json",
		.note = "text, ansi, html, svg, dot, json (default: by -o)",
		.set = take_format },
	[OPT_OUTPUT] = { "output", 'o', "FILE", .values = "@file",
		.note = "write there; - is standard output",
		.set = take_output },
	[OPT_PANE] = { "pane", 0, "NAME", .values = "@pane",
		.note = "one pane instead of the whole screen",
		.set = take_pane },
	[OPT_RANGE] = { "range", 0, "all|FROM-TO", .values = "all",
		.note = "a page for each of these steps", .set = take_range },
	[OPT_COST] = { "cost", 0, "NAME[+NAME]", .values = "@cost",
		.note = "what bars and curves show (visited+ptes)",
		.set = take_cost },
	[OPT_SIZE] = { "size", 0, "COLSxROWS", .values = "80x24 120x40 200x60",
		.note = "of the screen that is drawn", .set = take_size },
	[OPT_ADDR] = { "addr", 0, "ADDRESS",
		.note = "walk the page table for it", .set = take_addr },
	[OPT_ALL] = { "all", 0, NULL, .note = "every region, page by page" },
	[OPT_FULL] = { "full", 0, NULL,
		.note = "a step for each thing the loader does" },
	[OPT_NO_FAULTS] = { "no-faults", 0, NULL,
		.note = "system calls only, no page faults" },
	[OPT_THEME] = { "theme", 0, "NAME", .values = "@theme",
		.note = "colours and marks", .set = take_theme },
	[OPT_LANG] = { "lang", 0, "en|zh", .values = "en zh",
		.note = "language of texts and messages", .set = take_lang },
	[OPT_ASCII] = { "ascii", 0, NULL,
		.note = "draw lines and marks in plain ASCII" },
	[OPT_KEYS] = { "keys", 0, "FILE", .values = "@file",
		.note = "run keys and commands without a terminal",
		.set = take_keys },
	[OPT_LIMIT] = { "limit", 0, "N",
		.note = "Lua instructions a script may run (500M)",
		.set = take_limit },
	[OPT_NO_MOUSE] = { "no-mouse", 0, NULL,
		.note = "leave the mouse to the terminal" },
	[OPT_QUIET] = { "quiet", 'q', NULL,
		.note = "say less: failures, names" },
	[OPT_HELP] = { "help", 'h', NULL, .note = "this help" },
	[OPT_VERSION] = { "version", 'V', NULL,
		.note = "versions of the program and its libraries" },
};

#define FIRST_LONG 256 /* getopt's value of option 0; above any letter */

/* The table as getopt wants it. */
static void getopt_tables(struct option *longs, char *shorts)
{
	*shorts++ = ':'; /* a missing argument is told apart */
	for (int i = 0; i < NR_OPTIONS; i++) {
		const struct option_row *row = &option_table[i];
		int has = !row->arg	  ? no_argument
			  : row->optional ? optional_argument
					  : required_argument;

		*longs++ =
			(struct option){ row->name, has, NULL, FIRST_LONG + i };
		if (!row->letter)
			continue;
		*shorts++ = row->letter;
		if (row->arg)
			*shorts++ = ':';
	}
	*longs = (struct option){ 0 };
	*shorts = 0;
}

static int option_by_letter(int c)
{
	for (int i = 0; i < NR_OPTIONS; i++)
		if (option_table[i].letter == c)
			return i;
	return -1;
}

/* @word is as it was written: "--steps=3". */
static void say_unknown(const char *word)
{
	char name[64];
	struct nearest near;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="),
		word + 2);
	nearest_start(&near, name);
	for (int i = 0; i < NR_OPTIONS; i++)
		nearest_try(&near, option_table[i].name);
	if (nearest_name(&near))
		cli_error("unknown option --%s; did you mean --%s?", name,
			nearest_name(&near));
	else
		cli_error("unknown option --%s; try rmapscope --help", name);
}

/* Why getopt gave '?' or ':'; @word is the last that it looked at. */
static bool say_wrong(int c, const char *word)
{
	int i = optopt >= FIRST_LONG ? optopt - FIRST_LONG
				     : option_by_letter(optopt);

	if (!optopt)
		say_unknown(word);
	else if (i < 0)
		cli_error("unknown option -%c; try rmapscope --help", optopt);
	else if (c == ':')
		cli_error("option --%s needs an argument: %s",
			option_table[i].name, option_table[i].arg);
	else
		cli_error(
			"option --%s takes no argument", option_table[i].name);
	return false;
}

bool options_parse(struct options *o, int argc, char **argv)
{
	struct option longs[NR_OPTIONS + 1];
	char shorts[2 * NR_OPTIONS + 2];
	int c;

	*o = (struct options){ .to = UINT32_MAX };
	getopt_tables(longs, shorts);
	opterr = 0;
	for (;;) {
		int i;

		c = getopt_long(argc, argv, shorts, longs, NULL);
		if (c == -1)
			break;
		if (c == '?' || c == ':')
			return say_wrong(c, argv[optind - 1]);
		i = c >= FIRST_LONG ? c - FIRST_LONG : option_by_letter(c);
		if (option_table[i].set && !option_table[i].set(o, optarg))
			return false;
		o->given |= 1u << i;
	}
	o->args = argv + optind;
	o->nr_args = argc - optind;
	return true;
}

bool options_fit(const struct options *o, const struct verb *c)
{
	unsigned allowed = c->options | OPT(HELP) | OPT(VERSION);

	for (int i = 0; i < NR_OPTIONS; i++) {
		if (!(o->given & ~allowed & 1u << i))
			continue;
		cli_error("option --%s is not for %s; try rmapscope %s%s--help",
			option_table[i].name, *c->name ? c->name : "the screen",
			c->name, *c->name ? " " : "");
		return false;
	}
	return true;
}
