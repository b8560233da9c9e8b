/*
 * The Lua side: scenarios, themes and settings written in Lua 5.4, run in a
 * sandbox.  This is all that the rest of the program sees of it; nobody else
 * includes lua.h.
 *
 * Messages are written as "FILE:LINE: what" (or "what" where there is no
 * line), without the program's name and without a newline at the end.
 */
#ifndef SCRIPT_SCRIPT_H
#define SCRIPT_SCRIPT_H

#include "history/source.h"
#include "view/style.h"

#include <stdio.h>

/* Instructions a script may run when nothing else is said. */
#define SCRIPT_LIMIT 500000000ull
/* Operations it may do outside of batch(). */
#define SCRIPT_MAX_OPS 2000000u
/* Bytes it may hold, its narration included. */
#define SCRIPT_MAX_MEMORY (256ull << 20)
/* Seconds it may compute, the machine's own work not counted; with another
 * limit of instructions in proportion, and always one more. */
#define SCRIPT_MAX_SECONDS 30u

/* -- scenarios as sources ----------------------------------------------- */

/*
 * The scenario @name: a path, "-" (standard input, read here and once) or the
 * name of a bundled or own scenario ("fork-cow").  Nothing of it is run yet.
 * NULL when there is no such file or it cannot be read; then @err says so and
 * names the nearest.
 *
 * A request's stop() is called about twenty times a second, also while a call
 * of Lua's own library runs for long: then from a signal handler that has
 * interrupted nothing but Lua.  It may poll the keyboard and draw, but it must
 * not touch this source.
 */
struct source *script_source(const char *name, char *err, size_t size);
/* The same from a text in memory; @path stands in messages and is where
 * require looks beside. */
struct source *script_source_text(
	const char *path, const char *text, size_t length);

/* The path of scenario @name, malloc'ed ("-" for "-"); NULL as above. */
char *script_resolve(const char *name, char *err, size_t size);

struct script_entry {
	char *name; /* "fork-cow" */
	char *path;
	struct text title;   /* "" where it has none */
	struct text summary; /* "" where it has none */
	struct text topic;   /* of the folder's contents; en NULL: none */
	unsigned rank;	     /* its place in them from 1; 0: none */
	bool own;	     /* the user's, not bundled */
	char *error;	     /* why it has no title: FILE:LINE: what; or NULL */
};

struct script_list {
	struct script_entry *entry; /* bundled first, each part in the order of
				       its contents, then by name */
	size_t count;
	char *error; /* what is wrong with a _contents.lua; or NULL */
};

/* All scenarios of the script folders with their titles; each file is run until
 * its scenario{} returns and no further. */
void script_list_read(struct script_list *list);
/* The scenarios of folder (or the one file) @path, subfolders included, by
 * path; for `test PATH`.  False when it cannot be read; then @err says why. */
bool script_list_path(
	struct script_list *list, const char *path, char *err, size_t size);
void script_list_free(struct script_list *list);

/* -- without running ---------------------------------------------------- */

/* One thing found: @line of @file, 0 where it concerns the file. */
typedef void script_report_fn(
	void *ctx, const char *file, unsigned line, const char *what);
/*
 * `rmapscope check`: compile @name; report syntax errors, unknown globals,
 * functions and options.  Runs nothing.  How many things were found; -1 when
 * the file cannot be read (reported too).
 */
int script_check(const char *name, script_report_fn *report, void *ctx);

/* A commented scenario to begin from (`rmapscope new`). */
const char *script_template(void);

/* LuaLS annotations (---@meta) of the whole API, made from the tables. */
void script_annotations(FILE *out);
/* The API's reference as text: what the manual and `:help` show. */
void script_reference(FILE *out);

/* -- themes and settings ------------------------------------------------ */

/*
 * Fill @theme with theme @name: a path or the name of a bundled or own theme.
 * A theme file returns a table: style name = "fg on bg bold ...".  False with
 * @err when there is none or it is wrong; @theme is then unchanged.
 */
bool script_theme(
	const char *name, struct theme *theme, char *err, size_t size);
/* Names of all themes, sorted, NULL at the end; free with script_names_free */
char **script_theme_names(void);
void script_names_free(char **names);

/*
 * Run the user's config.lua (@path NULL: where it belongs), which says
 * set{name = value, ...} and bind(key, command): @line is called with "set NAME
 * VALUE" and "bind KEY COMMAND"; when it returns false its message is an error
 * at that line of the file.  True also when there is no such file; false with
 * @err when it is wrong.
 */
bool script_config(const char *path,
	bool (*line)(void *arg, const char *line, char *err, size_t size),
	void *arg, char *err, size_t size);

#endif
