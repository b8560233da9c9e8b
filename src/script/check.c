/*
 * `rmapscope check`: names in a script that nothing defines, found without
 * running it.  Every file is walked twice: first to gather what the script
 * itself defines (globals, fields, methods; those of its modules, too), then to
 * ask about what it uses.
 */
#include "script/api.h"
#include "script/check.h"
#include "script/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void walk_file(struct check *c, int chunk, bool gather)
{
	const struct chunk *file = &c->sb->chunk[chunk];
	size_t length = file->length;
	const char *text = chunk_skip_head(file->text, &length);

	c->chunk = chunk;
	c->gather = gather;
	lex_start(&c->lx, text, length);
	check_walk(c);
}

static void add_module(struct check *c, const char *name)
{
	char *path = module_find(c->dir, name), *text, err[64];
	bool known = c->sb->nr_chunks >= 32;
	size_t n;

	for (unsigned i = 0; path && i < c->sb->nr_chunks; i++)
		if (strcmp(c->sb->chunk[i].path, path) == 0)
			known = true;
	text = path && !known ? chunk_read(path, &n, err, sizeof(err)) : NULL;
	if (text)
		chunk_add(c->sb, path, text, n);
	free(path);
}

/* Modules that a file requires by a literal name, and that can be found. */
static void add_modules(struct check *c, int chunk)
{
	const struct chunk *file = &c->sb->chunk[chunk];
	struct lexer lx;

	for (lex_start(&lx, file->text, file->length); lx.now.type != TOKEN_END;
		lex_next(&lx)) {
		char name[64];
		struct token t;

		if (lx.now.type != TOKEN_NAME || !token_is(lx.now, "require"))
			continue;
		t = lex_peek(&lx);
		if (token_is(t, "(")) {
			lex_next(&lx);
			t = lex_peek(&lx);
		}
		if (t.type != TOKEN_STRING || t.n < 3 || t.n > 60)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)t.n - 2, t.s + 1);
		add_module(c, name);
	}
}

static int check_body(lua_State *L)
{
	struct check *c = sandbox_of(L)->owner;

	c->L = L;
	sandbox_open_libs(L);
	api_open(L);
	for (unsigned i = 0; i < c->sb->nr_chunks; i++) {
		chunk_load(L, (int)i);
		lua_settop(L, 0);
		sandbox_busy(c->sb);
		add_modules(c, (int)i);
		walk_file(c, (int)i, true);
		sandbox_ready(c->sb);
	}
	sandbox_busy(c->sb);
	walk_file(c, 0, false);
	sandbox_ready(c->sb);
	return 0;
}

static void report_failure(struct check *c)
{
	const struct failure *fail = &c->sb->fail;
	int chunk = fail->chunk < 0 ? 0 : fail->chunk;

	c->report(c->ctx, c->sb->chunk[chunk].path, fail->line,
		fail->what ? fail->what : "cannot be compiled");
	c->found++;
}

static int check_text(
	struct check *c, const char *path, char *text, size_t length)
{
	struct sandbox_limits limits = { .instructions = 0 };

	c->sb = sandbox_new(&limits, c);
	if (!c->sb) {
		free(text);
		return -1;
	}
	c->dir = file_folder(path);
	chunk_add(c->sb, path, text, length);
	if (sandbox_run(c->sb, check_body, NULL) != SANDBOX_OK)
		report_failure(c);
	free(c->locals.list);
	free(c->defined.list);
	free(c->dir);
	sandbox_delete(c->sb);
	return c->found;
}

/* What file_resolve() says begins with the name, if there was room for it. */
static const char *without_name(const char *err, const char *name)
{
	size_t n = strlen(name);

	return strlen(err) > n + 2 ? err + n + 2 : err;
}

int script_check(const char *name, script_report_fn *report, void *ctx)
{
	struct check c = { .report = report, .ctx = ctx };
	char err[512], *path = script_resolve(name, err, sizeof(err)), *text;
	size_t length = 0;
	int result;

	text = path ? chunk_read(path, &length, err, sizeof(err)) : NULL;
	if (!text) {
		report(ctx, path ? path : name, 0,
			path ? err : without_name(err, name));
		free(path);
		return -1;
	}
	result = check_text(
		&c, strcmp(path, "-") ? path : "(stdin)", text, length);
	free(path);
	return result;
}
