/*
 * The command line: what was asked for, and who does it.  Options and commands
 * are rows of two tables; help, completion and the checks of the manual are
 * made from them.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "core/era.h"
#include "core/paging.h"
#include "history/history.h"
#include "view/look.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Exit statuses; a signal is re-raised instead. */
enum cli_status {
	CLI_OK = 0,
	CLI_FAILED = 1, /* an expect, the script, a limit, no such position */
	CLI_USAGE = 2	/* wrong usage, or nothing that could be worked on */
};

struct format; /* cli/formats.h */

enum option_id {
	OPT_ERA,
	OPT_ARCH,
	OPT_AT,
	OPT_JSON,
	OPT_EVENTS,
	OPT_STATE,
	OPT_FORMAT,
	OPT_OUTPUT,
	OPT_PANE,
	OPT_RANGE,
	OPT_COST,
	OPT_SIZE,
	OPT_ADDR,
	OPT_ALL,
	OPT_FULL,
	OPT_NO_FAULTS,
	OPT_THEME,
	OPT_LANG,
	OPT_ASCII,
	OPT_KEYS,
	OPT_LIMIT,
	OPT_NO_MOUSE,
	OPT_QUIET,
	OPT_HELP,
	OPT_VERSION,
	NR_OPTIONS
};
#define OPT(id) (1u << OPT_##id)

#define MAX_ERAS 8

struct options {
	unsigned given; /* OPT() bits of those that were given */
	const struct era *eras[MAX_ERAS];
	unsigned nr_eras;	     /* 0: the scenario's own */
	const struct paging *paging; /* NULL: the scenario's or era's */
	const char *at;		     /* as written, already checked; or NULL */
	bool state_each;	     /* --state=each */
	const struct format *format; /* NULL: by the name of the output */
	const char *output;	     /* file name, or NULL */
	const char *pane;	     /* name of a pane, or NULL */
	uint32_t costs;		     /* --cost: bits of enum cost_id, or 0 */
	uint32_t from, to;	     /* --range; to = UINT32_MAX: the end */
	int w, h;		     /* --size; 0: the default */
	uint64_t addr;		     /* --addr */
	const char *theme;	     /* name, or NULL */
	enum lang lang;
	const char *keys; /* file name, or NULL */
	uint64_t limit;	  /* instructions; 0: the default */
	char **args;	  /* what is left, without the command */
	int nr_args;
};

static inline bool option_given(const struct options *o, enum option_id id)
{
	return o->given >> id & 1;
}

struct option_row {
	const char *name;   /* long, without the dashes */
	char letter;	    /* short, 0: none */
	const char *arg;    /* name of its argument; NULL: none */
	bool optional;	    /* the argument may be left out */
	const char *values; /* for completion: words, "@file", "@scenario",
			     * "@era", "@pane", "@theme", "@cost"; or NULL */
	const char *note;   /* one line */
	/* Take @value (NULL: none); false after a message.  NULL: only noted
	 * in options.given. */
	bool (*set)(struct options *o, const char *value);
};
extern const struct option_row option_table[NR_OPTIONS];

struct example {
	const char *line; /* NULL ends them */
	const char *does;
};

struct verb {
	const char *name; /* "": the screen */
	const char *args; /* for the usage line */
	const char *note; /* one line */
	unsigned options; /* OPT() bits of those it takes */
	int min_args, max_args;
	const char *values; /* of its arguments, as in option_row */
	bool hidden;	    /* not in the help */
	struct example examples[5];
	int (*run)(const struct options *o);
};
/* All commands; the first is the screen, a row without a name ends them. */
extern const struct verb verb_table[];
const struct verb *verb_find(const char *name);

/* -- parts -------------------------------------------------------------- */

/* Fill in @o from the arguments of main; false after a message.  The command
 * is not looked for: it is the first of o->args. */
bool options_parse(struct options *o, int argc, char **argv);
/* Only options that @c takes were given?  False after a message. */
bool options_fit(const struct options *o, const struct verb *c);

/* "rmapscope: ..." on standard error, control characters escaped. */
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* As error, with the place: "rmapscope: FILE:LINE: ..." */
void cli_error_at(const char *file, unsigned line, const char *what);

/* Open descriptors 0 to 2 where they are closed, so that no file takes their
 * place; set the locale. */
void cli_start(void);
/* Let messages and texts be in @lang from now on. */
void cli_language(enum lang lang);
/* Write out what is still buffered.  The status for the process: @status, or
 * CLI_USAGE when the output could not be written; a broken pipe ends it as the
 * signal does. */
int cli_finish(int status);

void cli_help(const struct verb *c);
void cli_version(void);

/* A scenario that was run for a command. */
struct ran {
	struct source *source;
	struct history *h; /* NULL: nothing ran, the status says why */
	int status;	   /* CLI_OK, or after a message CLI_FAILED, _USAGE */
};
/*
 * Run scenario @name in @era (NULL: its own), saying on standard error what
 * went wrong.  While it runs SIGINT stops it; after ran_close() the signal is
 * raised again.
 */
struct ran ran_open(
	const struct options *o, const char *name, const struct era *era);
/* The same scenario again, in another era; what came before is forgotten. */
void ran_again(struct ran *r, const struct options *o, const struct era *era);
void ran_close(struct ran *r);
/* Has SIGINT come, or can the output no longer be written? */
bool ran_stopped(void);
/* The same for telling what was run: what a stopped script did is told. */
bool ran_telling_stopped(void);

int verb_screen(const struct options *o);
int verb_run(const struct options *o);
int verb_test(const struct options *o);
int verb_compare(const struct options *o);
int verb_export(const struct options *o);
int verb_attach(const struct options *o);
int verb_record(const struct options *o);
int verb_live(const struct options *o);
int verb_list(const struct options *o);
int verb_new(const struct options *o);
int verb_check(const struct options *o);
int verb_completion(const struct options *o);
int verb_generate(const struct options *o);

#endif
