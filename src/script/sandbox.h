/*
 * A Lua state that can be ended at any instant.
 *
 * All memory of a state comes from blocks that the sandbox lists; ending a
 * state is giving them back, without running it any further.  So a run may be
 * left from anywhere inside Lua: from the count hook, or from the timer's
 * signal handler while a library call such as a pattern match, which runs no
 * hook, does not come to an end.  Whoever works outside of Lua (the machine,
 * the log, malloc) stands between sandbox_busy() and sandbox_ready(); the
 * handler then leaves nothing half done: it waits for the latter.
 *
 * For the same reason a script's values must hold nothing outside the state,
 * and there is no __gc (finalizers run without hooks).
 */
#ifndef SCRIPT_SANDBOX_H
#define SCRIPT_SANDBOX_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

enum sandbox_end {
	SANDBOX_OK,
	SANDBOX_ERROR, /* a Lua error; see sandbox.fail */
	SANDBOX_MEMORY,
	SANDBOX_INSTRUCTIONS,
	SANDBOX_OPS,
	SANDBOX_NAMES,
	SANDBOX_TIME,
	SANDBOX_STOPPED, /* stop() said so */
	SANDBOX_DONE	 /* left on purpose, see sandbox_leave() */
};

#define CHUNK_MAX 256 /* files one script may consist of */

/* A file that the script consists of: the script itself is the first. */
struct chunk {
	char *path;		/* as in messages */
	char shown[LUA_IDSIZE]; /* as Lua writes it in its own messages */
	char *text;
	size_t length; /* bytes of text */
};

/* What went wrong and where; texts are malloc'ed. */
struct failure {
	char *what;    /* without the place */
	char *trace;   /* " (called from FILE:LINE, ...)" or NULL */
	int chunk;     /* index of the file, -1: none */
	unsigned line; /* 0: none */
};

struct block;

struct sandbox {
	lua_State *L;	      /* the main thread */
	struct block *blocks; /* all memory of the state, newest first */
	size_t used;	      /* bytes of blocks and of sandbox_charge() */
	size_t max_memory;
	uint64_t instructions; /* run so far, in steps of the hook */
	uint64_t max_instructions;
	unsigned ticks; /* of the timer that fell into Lua's own work */
	unsigned max_ticks;
	volatile sig_atomic_t busy; /* > 0: outside of Lua, do not leave */
	volatile sig_atomic_t tick; /* the timer ticked and nobody looked */
	bool (*stop)(void *ctx);    /* may be NULL */
	void *ctx;		    /* of stop */
	sigjmp_buf boundary;	    /* where a left run ends */
	struct chunk chunk[CHUNK_MAX];
	unsigned nr_chunks;
	struct failure fail; /* after SANDBOX_ERROR and the limits */
	int seen_chunk;	     /* last place of the script that was seen */
	unsigned seen_line;
	void *owner; /* struct run, or what else uses it */
};

struct sandbox_limits {
	uint64_t instructions; /* 0: SCRIPT_LIMIT */
	unsigned seconds;      /* 0: as script.h says */
	bool (*stop)(void *ctx);
	void *ctx;
};

/* NULL when the host has no memory. */
struct sandbox *sandbox_new(const struct sandbox_limits *limits, void *owner);
void sandbox_delete(struct sandbox *sb);

/* Run @fn(@arg as light userdata) protected and under the limits.  One run at
 * a time in a program; the state is not to be used for another one after any
 * end but OK and ERROR. */
enum sandbox_end sandbox_run(struct sandbox *sb, lua_CFunction fn, void *arg);

/* End the run here and now. */
_Noreturn void sandbox_leave(struct sandbox *sb, enum sandbox_end how);

static inline struct sandbox *sandbox_of(lua_State *L)
{
	return *(struct sandbox **)lua_getextraspace(L);
}

static inline void sandbox_busy(struct sandbox *sb)
{
	sb->busy++;
}

/* May leave the run: a limit may have been reached meanwhile. */
void sandbox_ready(struct sandbox *sb);

/* Count bytes that live outside the state against its memory; leaves the run
 * when there are too many. */
void sandbox_charge(struct sandbox *sb, size_t bytes);

/* sandbox_libs.c: the libraries a script has, the rest left out. */
void sandbox_open_libs(lua_State *L);
/* A list of the keys of the table at @idx: numbers, then strings by bytes. */
void push_sorted_keys(lua_State *L, int idx);

/* chunk.c: take over malloc'ed @text; index, or -1 when there are too many. */
int chunk_add(struct sandbox *sb, const char *path, char *text, size_t length);
/* Compile chunk @i: a function on the stack, or raises a Lua error. */
void chunk_load(lua_State *L, int i);
/* The whole file, malloc'ed and ended by 0; NULL with @err "why" without a
 * path in it.  Only regular files ("-": standard input) of at most 16 MiB. */
char *chunk_read(const char *path, size_t *length, char *err, size_t size);
/* @text without a byte order mark and a first line for the shell. */
const char *chunk_skip_head(const char *text, size_t *length);
/* Line @line (from 1) of chunk @i without the blanks around: its @n bytes. */
const char *chunk_line(
	const struct sandbox *sb, int i, unsigned line, size_t *n);

/* blame.c: the innermost line of the script's own files that is running. */
bool blame_here(lua_State *L, int *chunk, unsigned *line);
/* Message handler: fills sb->fail from the error value and the stack. */
int blame_error(lua_State *L);
/* A failure without an error value; the place is where the run stands. */
void blame_limit(struct sandbox *sb, const char *what);
/* "FILE:LINE: what (called from ...)", malloc'ed. */
char *blame_text(const struct sandbox *sb);
/* Raise "FILE:LINE: what" with the line of the script that called. */
int script_error(lua_State *L, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

#endif
