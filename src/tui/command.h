/*
 * Commands: all that a viewer can do, in one table.  Keys, the command line,
 * the mouse, the config and --keys files run commands and nothing else.
 */
#ifndef TUI_COMMAND_H
#define TUI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct app;

#define COMMAND_ARGS 32
#define COMMAND_LINE 1024 /* bytes of a line, its 0 included */

/* The words after a command's name. */
struct args {
	int n; /* words */
	const char *word[COMMAND_ARGS];
	const char *rest;	 /* the same as typed, "" for none */
	char text[COMMAND_LINE]; /* holds the words */
};

/* What completes the words of a command. */
enum complete {
	COMPLETE_NONE,
	COMPLETE_COMMAND,
	COMPLETE_PANE,
	COMPLETE_ERA,
	COMPLETE_THEME,
	COMPLETE_SETTING, /* a setting, then its value */
	COMPLETE_LAYOUT,
	COMPLETE_OP, /* tasks, operations, argument names, regions */
	COMPLETE_MARK,
	COMPLETE_BRANCH,
	COMPLETE_SCENARIO,
	COMPLETE_OBJECT,
	COMPLETE_FILE
};

struct command {
	const char *name;
	const char *args; /* "[N]", "NAME VALUE", "" */
	const char *note; /* one line */
	enum complete complete;
	bool counts; /* its first word is a count: 10s */
	/* False when it failed; the app's message then says why. */
	bool (*run)(struct app *a, const struct args *args);
};

/* The groups by theme, each ended by a row without a name. */
extern const struct command commands_history[]; /* commands_history.c */
extern const struct command commands_pane[];	/* commands_pane.c */
extern const struct command commands_object[];	/* commands_object.c */
extern const struct command commands_op[];	/* commands_op.c */
extern const struct command commands_file[];	/* commands_file.c */
extern const struct command commands_set[];	/* commands_set.c */

/* A group with its title, for the help. */
struct command_group {
	const char *title;
	const struct command *rows;
};
extern const struct command_group command_groups[]; /* ended by no rows */

/* All commands in one row; NULL after the last. */
const struct command *command_at(size_t i);

/*
 * By name or unique prefix of @len bytes.  NULL when there is none; @err then
 * names the nearest, or those that the prefix could mean.
 */
const struct command *command_find(
	const char *name, size_t len, char *err, size_t size);

/*
 * Cut @text into words: blanks separate, "..." and '...' keep them, \ takes
 * the next character as it is inside of "...".  False when a quote is left
 * open or there are too many words.
 */
bool args_parse(struct args *args, const char *text, char *err, size_t size);

/* Run one line, with or without a colon before it.  False when it failed. */
bool command_run(struct app *a, const char *line);

/* A count from the first word: @fallback when there is none, -1 (with a
 * message) when it is not a number from 1 to a thousand million. */
long args_count(struct app *a, const struct args *args, long fallback);

/* For lineedit_completer(): @ctx is the app. */
const char *command_complete(
	void *ctx, const char *text, size_t n, size_t *start);

#endif
