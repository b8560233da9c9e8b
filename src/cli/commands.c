/* The table of commands. */
#include "cli/cli.h"

#include <string.h>

#define FOR_RUN (OPT(ERA) | OPT(ARCH) | OPT(LIMIT) | OPT(LANG))

const struct verb verb_table[] = {
	{ .name = "",
		.args = "[SCENARIO]",
		.note = "step through a scenario on the screen",
		.options = FOR_RUN | OPT(AT) | OPT(THEME) | OPT(ASCII) |
			OPT(KEYS) | OPT(SIZE) | OPT(NO_MOUSE),
		.min_args = 0,
		.max_args = 1,
		.values = "@scenario",
		.examples = {
			{ "rmapscope fork-cow",
				"open one that comes with it" },
			{ "rmapscope my.lua -e 6.18 --at 9.14",
				"your own, in another kernel" },
			{ "rmapscope", "choose from the list" },
		},
		.run = verb_screen },
	{ .name = "run",
		.args = "SCENARIO",
		.note = "run it, tell it as text",
		.options = FOR_RUN | OPT(JSON) | OPT(EVENTS) | OPT(STATE) |
			OPT(ASCII) | OPT(QUIET),
		.min_args = 1,
		.max_args = 1,
		.values = "@scenario",
		.examples = {
			{ "rmapscope run fork-cow", "the lesson as text" },
			{ "rmapscope run my.lua -e 2.6.11 --events",
				"with what the kernel does" },
			{ "rmapscope run fork-cow --json --state",
				"for other programs" },
			{ "rmapscope new - | rmapscope run -",
				"a script from standard input" },
		},
		.run = verb_run },
	{ .name = "test",
		.args = "PATH...",
		.note = "run expects in every era",
		.options = OPT(ERA) | OPT(ARCH) | OPT(LIMIT) | OPT(LANG) |
			OPT(QUIET),
		.min_args = 1,
		.max_args = INT32_MAX,
		.values = "@file",
		.examples = {
			{ "rmapscope test my.lua", "one scenario" },
			{ "rmapscope test homework/",
				"a folder, for a grader" },
			{ "rmapscope test -e 4.0,6.18 my.lua",
				"only in these kernels" },
		},
		.run = verb_test },
	{ .name = "compare",
		.args = "SCENARIO",
		.note = "costs of several eras",
		.options = FOR_RUN | OPT(JSON) | OPT(AT) | OPT(FORMAT) |
			OPT(OUTPUT) | OPT(RANGE) | OPT(COST) | OPT(SIZE) |
			OPT(THEME) | OPT(ASCII),
		.min_args = 1,
		.max_args = 1,
		.values = "@scenario",
		.examples = {
			{ "rmapscope compare fork-cow",
				"every step, then the sums" },
			{ "rmapscope compare my.lua -e 2.6.11,6.18 --at 9",
				"one step, two kernels" },
			{ "rmapscope compare my.lua --cost locks -o l.svg",
				"curves as a picture" },
			{ "rmapscope compare my.lua --json",
				"for other programs" },
		},
		.run = verb_compare },
	{ .name = "export",
		.args = "SCENARIO",
		.note = "a position as a picture",
		.options = FOR_RUN | OPT(AT) | OPT(FORMAT) | OPT(OUTPUT) |
			OPT(PANE) | OPT(RANGE) | OPT(SIZE) | OPT(THEME) |
			OPT(ASCII),
		.min_args = 1,
		.max_args = 1,
		.values = "@scenario",
		.examples = {
			{ "rmapscope export fork-cow --at 9.14 -o cow.svg",
				"the screen, for slides" },
			{ "rmapscope export fork-cow --pane rmap",
				"one pane, as text" },
			{ "rmapscope export my.lua --range all -o my.html",
				"a page for each step" },
			{ "rmapscope export my.lua -f dot | dot -Tpdf",
				"the reverse map as a graph" },
		},
		.run = verb_export },
	{ .name = "record",
		.args = "COMMAND [ARGUMENT]...",
		.note = "a real program as scenario",
		.options = OPT(OUTPUT) | OPT(FULL) | OPT(NO_FAULTS) |
			OPT(QUIET),
		.min_args = 1,
		.max_args = INT32_MAX,
		.values = "@file",
		.examples = {
			{ "rmapscope record -- bash -c 'seq 99 | sort'",
				"writes bash.lua" },
			{ "rmapscope bash.lua -e 2.6.11",
				"step through it" },
			{ "rmapscope record -o ls.lua --full -- ls -l",
				"the loader, too" },
		},
		.run = verb_record },
	{ .name = "list",
		.args = "",
		.note = "scenarios with titles",
		.options = OPT(LANG) | OPT(QUIET),
		.max_args = 0,
		.examples = {
			{ "rmapscope list", "bundled and yours" },
			{ "rmapscope list -q", "only their names" },
		},
		.run = verb_list },
	{ .name = "new",
		.args = "FILE",
		.note = "write a template",
		.min_args = 1,
		.max_args = 1,
		.values = "@file",
		.examples = {
			{ "rmapscope new my.lua", "then edit it and open it" },
			{ "rmapscope new -", "to standard output" },
		},
		.run = verb_new },
	{ .name = "check",
		.args = "FILE...",
		.note = "name mistakes, run nothing",
		.options = OPT(QUIET),
		.min_args = 1,
		.max_args = INT32_MAX,
		.values = "@scenario",
		.examples = {
			{ "rmapscope check my.lua",
				"names each mistake" },
		},
		.run = verb_check },
	{ .name = "completion",
		.args = "bash|zsh|fish",
		.note = "write a shell's completion",
		.min_args = 1,
		.max_args = 1,
		.values = "bash zsh fish",
		.hidden = true,
		.examples = {
			{ "rmapscope completion bash >~/.rmapscope.bash",
				"make install does it for you" },
		},
		.run = verb_completion },
	{ .name = "generate",
		.args = "WHAT",
		.note = "write what the build makes from the tables",
		.min_args = 1,
		.max_args = 1,
		.hidden = true,
		.run = verb_generate },
	{ .name = NULL },
};

const struct verb *verb_find(const char *name)
{
	for (const struct verb *v = verb_table; v->name; v++)
		if (!strcmp(v->name, name))
			return v;
	return NULL;
}
