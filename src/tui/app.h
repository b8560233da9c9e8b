/*
 * The viewer: a history on a screen, driven by commands.  It knows neither
 * Lua nor the command line; main lends it what it needs of both.
 */
#ifndef TUI_APP_H
#define TUI_APP_H

#include "history/source.h"
#include "view/settings.h"
#include "view/style.h"

/* A scenario that can be opened. */
struct app_scenario {
	const char *name;  /* what open() takes: a path or a bundled name */
	struct text title; /* en may be NULL */
	struct text topic; /* part of the course; en may be NULL */
	bool own;	   /* the user's, not bundled */
};

/* Runs one command line of the viewer ("set theme dark", "bind x step 3");
 * false when it failed, then @err says why. */
typedef bool app_line_fn(void *arg, const char *line, char *err, size_t size);

/* What main lends.  Strings handed out live until the next call of the same
 * function. */
struct app_host {
	void *ctx;
	/* The @i-th scenario of the list; false after the last. */
	bool (*scenario)(void *ctx, size_t i, struct app_scenario *s);
	/* A source for a path, a name or "-"; "" is an empty machine.  NULL
	 * with @err when there is no such thing. */
	struct source *(*open)(
		void *ctx, const char *name, char *err, size_t size);
	/* Load a theme by name. */
	bool (*theme)(void *ctx, const char *name, struct theme *t, char *err,
		size_t size);
	/* Name of the @i-th theme; NULL after the last. */
	const char *(*theme_name)(void *ctx, size_t i);
	/* Read the user's config: call @line for each setting and binding in
	 * it.  True when there is none, too. */
	bool (*config)(void *ctx, app_line_fn *line, void *arg, char *err,
		size_t size);
};

struct app_options {
	const struct app_host *host;
	const char *scenario;	     /* NULL: begin with the list */
	const struct era *era;	     /* NULL: the scenario's */
	const struct paging *paging; /* NULL: the scenario's */
	uint64_t limit;		     /* instructions; 0: the default */
	const char *at;		     /* "9", "9.14", "@mark" or NULL */
	const char *const *lines;    /* commands run after the config, before
				      * the first screen; NULL ends them */
	int w, h;		     /* of the canvas of app_keys() */
	const char *keys;	     /* file of app_keys(), "-" for stdin */
};

/* Exit statuses of both. */
enum app_status { APP_OK = 0, APP_FAILED = 1, APP_USAGE = 2 };

/* On the terminal, until the viewer quits.  Messages about what made it
 * impossible go to stderr. */
int app_run(const struct app_options *options);

/* Without a terminal: the commands and keys of options->keys on a canvas.
 * Stops at the first line that fails, names it on stderr: APP_FAILED. */
int app_keys(const struct app_options *options);

/* -- for main and for the manual ------------------------------------------ */

/* Where mark @name of scenario @path was set ("9.14"); false: there is none. */
bool app_mark_find(const char *path, const char *name, struct pos *pos);

/* "9", "9.14", "9.3.2" or "end" (op = UINT32_MAX) to a position. */
bool pos_parse(const char *text, struct pos *pos);

/* A row of the table of commands, or of keys. */
struct app_entry {
	const char *name; /* of the command, or the key */
	const char *args; /* of the command; the command line of a key */
	const char *note;
};
/* The @i-th command, or key; false after the last. */
bool app_command_entry(size_t i, struct app_entry *e);
bool app_key_entry(size_t i, struct app_entry *e);

#endif
