/* Which line of the script is to blame: places, messages and failures. */
#include "script/sandbox.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRACE_MAX 6   /* callers named after a message */
#define WHAT_MAX 2000 /* bytes of a message */
#define LEVELS 64     /* looked at: each costs as much as it is deep */

static int chunk_of_source(const struct sandbox *sb, const char *source)
{
	if (*source != '@')
		return -1;
	for (unsigned i = 0; i < sb->nr_chunks; i++)
		if (strcmp(sb->chunk[i].path, source + 1) == 0)
			return (int)i;
	return -1;
}

/* Is level @ar a function of the script's files?  Then where it stands. */
static bool frame_place(lua_State *L, lua_Debug *ar, int *chunk, unsigned *line)
{
	int i;

	if (!lua_getinfo(L, "Sl", ar) || ar->currentline <= 0)
		return false;
	i = chunk_of_source(sandbox_of(L), ar->source);
	if (i < 0)
		return false;
	*chunk = i;
	*line = (unsigned)ar->currentline;
	return true;
}

static bool thread_place(lua_State *L, int *chunk, unsigned *line)
{
	lua_Debug ar;

	for (int level = 0; level < 4 * LEVELS && lua_getstack(L, level, &ar);
		level++)
		if (frame_place(L, &ar, chunk, line))
			return true;
	return false;
}

bool blame_here(lua_State *L, int *chunk, unsigned *line)
{
	struct sandbox *sb = sandbox_of(L);

	/* A coroutine whose body is not Lua: its resumer is to blame. */
	return thread_place(L, chunk, line) ||
	       (L != sb->L && thread_place(sb->L, chunk, line));
}

int script_error(lua_State *L, const char *format, ...)
{
	struct sandbox *sb = sandbox_of(L);
	char what[WHAT_MAX];
	unsigned line = 0;
	int chunk = -1;
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (blame_here(L, &chunk, &line))
		lua_pushfstring(L, "%s:%d: %s", sb->chunk[chunk].shown,
			(int)line, what);
	else
		lua_pushstring(L, what);
	lua_error(L);
	__builtin_unreachable();
}

/* "shown:LINE: rest" of a chunk: the rest, and the place; else NULL. */
static const char *cut_place(struct sandbox *sb, const char *text)
{
	for (unsigned i = 0; i < sb->nr_chunks; i++) {
		size_t n = strlen(sb->chunk[i].shown);
		char *end;
		unsigned long line;

		if (strncmp(text, sb->chunk[i].shown, n) != 0 || text[n] != ':')
			continue;
		line = strtoul(text + n + 1, &end, 10);
		if (end == text + n + 1 || strncmp(end, ": ", 2) != 0)
			continue;
		sb->fail.chunk = (int)i;
		sb->fail.line = (unsigned)line;
		return end + 2;
	}
	return NULL;
}

/* The level of the failed place: error(text, 2) blames one further out. */
static int failed_level(lua_State *L)
{
	const struct failure *fail = &sandbox_of(L)->fail;
	unsigned line;
	lua_Debug ar;
	int chunk;

	for (int i = 0; i < LEVELS && lua_getstack(L, i, &ar); i++)
		if (frame_place(L, &ar, &chunk, &line) &&
			chunk == fail->chunk && line == fail->line)
			return i;
	return 0;
}

/* The callers of the failed place, as far as they are the script's own. */
static char *trace_text(lua_State *L)
{
	struct sandbox *sb = sandbox_of(L);
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int chunk, last_chunk = sb->fail.chunk, shown = 0;
	unsigned line, last_line = sb->fail.line;
	lua_Debug ar;

	if (!f)
		return NULL;
	for (int i = failed_level(L);
		i < LEVELS && shown < TRACE_MAX && lua_getstack(L, i, &ar);
		i++) {
		if (!frame_place(L, &ar, &chunk, &line))
			continue;
		if (chunk == last_chunk && line == last_line)
			continue; /* the place itself, or a recursion */
		fprintf(f, "%s%s:%u", shown++ ? ", " : " (called from ",
			sb->chunk[chunk].path, line);
		last_chunk = chunk;
		last_line = line;
	}
	fputs(shown ? ")" : "", f);
	fclose(f);
	return text;
}

static void fail_set(struct sandbox *sb, const char *what)
{
	free(sb->fail.what);
	free(sb->fail.trace);
	sb->fail.what = strndup(what, WHAT_MAX);
	sb->fail.trace = NULL;
}

/* The error value in words.  A table may have a __tostring. */
static const char *error_words(lua_State *L)
{
	if (lua_type(L, 1) == LUA_TSTRING || lua_type(L, 1) == LUA_TNUMBER ||
		luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL)
		return luaL_tolstring(L, 1, NULL);
	return lua_pushfstring(
		L, "the error is a %s value, not a text", luaL_typename(L, 1));
}

int blame_error(lua_State *L)
{
	struct sandbox *sb = sandbox_of(L);
	const char *what = error_words(L);
	const char *rest;

	sb->fail.chunk = -1;
	sb->fail.line = 0;
	/* A coroutine adds its resumer's place in front: the last one is the
	 * place where it happened. */
	while ((rest = cut_place(sb, what)))
		what = rest;
	if (sb->fail.chunk < 0)
		blame_here(L, &sb->fail.chunk, &sb->fail.line);
	sandbox_busy(sb);
	fail_set(sb, what);
	sb->fail.trace = trace_text(L);
	sandbox_ready(sb);
	return 1;
}

void blame_limit(struct sandbox *sb, const char *what)
{
	fail_set(sb, what);
	sb->fail.chunk = sb->seen_chunk;
	sb->fail.line = sb->seen_line;
}

char *blame_text(const struct sandbox *sb)
{
	const struct failure *fail = &sb->fail;
	const char *trace = fail->trace ? fail->trace : "";
	const char *what = fail->what ? fail->what : "error";
	char *text = NULL;
	int n;

	if (fail->chunk < 0 && sb->nr_chunks)
		n = asprintf(&text, "%s: %s%s", sb->chunk[0].path, what, trace);
	else if (fail->chunk < 0)
		n = asprintf(&text, "%s%s", what, trace);
	else
		n = asprintf(&text, "%s:%u: %s%s", sb->chunk[fail->chunk].path,
			fail->line, what, trace);
	return n < 0 ? NULL : text;
}
