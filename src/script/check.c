/*
 * `rmapscope check`: names in a script that nothing defines, found without
 * running it.  The text has compiled, so this walk over its grammar only keeps
 * what the questions need: which names are local where (a stack of names with a
 * mark for each block), and whether a table stands as an argument of a call.
 *
 * Every file is walked twice: first to gather what the script itself defines
 * (globals, fields, methods), then to ask about what it uses.
 */
#include "script/api.h"
#include "script/lex.h"
#include "script/paths.h"
#include "script/script.h"
#include "view/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct names {
	struct token *list;
	size_t count, room;
};

struct check {
	lua_State *L;        /* its globals are what a script is given */
	struct sandbox *sb;
	struct lexer lx;
	int chunk;           /* the file that is walked */
	bool gather;         /* first walk */
	struct names locals; /* in scope, innermost last */
	struct names defined; /* globals and fields that the script sets */
	char *dir;           /* of the script: where modules are looked for */
	script_report_fn *report;
	void *ctx;
	int found;
};

/* The call that a table constructor is an argument of. */
struct callee {
	const char *on;      /* "" or the word of an object; NULL: none */
	struct token name;
};

static void block(struct check *c);
static void expression(struct check *c);

/* -- names --------------------------------------------------------------- */

static void names_add(struct names *names, struct token t)
{
	if (names->count == names->room) {
		size_t room = names->room ? 2 * names->room : 64;
		struct token *list = realloc(names->list,
			room * sizeof(*list));

		if (!list)
			return;
		names->list = list;
		names->room = room;
	}
	names->list[names->count++] = t;
}

static bool names_has(const struct names *names, struct token t)
{
	for (size_t i = names->count; i--;)
		if (names->list[i].n == t.n &&
			memcmp(names->list[i].s, t.s, t.n) == 0)
			return true;
	return false;
}

static const char *word(struct token t, char buf[64])
{
	snprintf(buf, 64, "%.*s", (int)(t.n < 63 ? t.n : 63), t.s);
	return buf;
}

static bool token_is(struct token t, const char *text)
{
	return strlen(text) == t.n && memcmp(t.s, text, t.n) == 0;
}

/* -- what is found ------------------------------------------------------- */

static void found(struct check *c, struct token t, const char *what,
	const char *near)
{
	char text[256], name[64];

	if (near)
		snprintf(text, sizeof(text), "%s '%s'; did you mean '%s'?",
			what, word(t, name), near);
	else
		snprintf(text, sizeof(text), "%s '%s'", what, word(t, name));
	c->report(c->ctx, c->sb->chunk[c->chunk].path, t.line, text);
	c->found++;
}

static bool is_global(struct check *c, const char *name)
{
	bool known = lua_getglobal(c->L, name) != LUA_TNIL;

	lua_pop(c->L, 1);
	return known;
}

static void use_name(struct check *c, struct token t)
{
	char name[64];

	if (c->gather || names_has(&c->locals, t) ||
		names_has(&c->defined, t) || token_is(t, "_ENV") ||
		is_global(c, word(t, name)))
		return;
	if (api_absent(name))
		found(c, t, "a script cannot reach the system: no", NULL);
	else
		found(c, t, "unknown name", global_nearest(c->L, name));
}

/* Field @t of library @lib, e.g. string.fromat. */
static void use_library(struct check *c, struct token lib, struct token t)
{
	static const char *const libs[] = { "string", "table", "math", "utf8",
		"coroutine" };
	char name[64], field[64], what[96];
	bool known;

	if (c->gather || names_has(&c->locals, lib) ||
		names_has(&c->defined, t))
		return;
	for (unsigned i = 0; i < sizeof(libs) / sizeof(*libs); i++) {
		if (!token_is(lib, libs[i]))
			continue;
		lua_getglobal(c->L, word(lib, name));
		known = lua_getfield(c->L, -1, word(t, field)) != LUA_TNIL;
		lua_pop(c->L, 2);
		snprintf(what, sizeof(what), "%s has no", name);
		if (!known)
			found(c, t, what, NULL);
	}
}

static bool is_string_method(struct check *c, const char *name)
{
	bool known;

	lua_getglobal(c->L, "string");
	known = lua_getfield(c->L, -1, name) != LUA_TNIL;
	lua_pop(c->L, 2);
	return known;
}

/* The object a method belongs to; reports it when no object has it. */
static const char *use_method(struct check *c, struct token t)
{
	static const char *const objects[] = { "task", "page" };
	const char *near = NULL, *one;
	char name[64];

	word(t, name);
	for (unsigned i = 0; i < 2; i++) {
		if (api_has(objects[i], name, &one))
			return objects[i];
		near = near ? near : one;
	}
	if (!c->gather && !names_has(&c->defined, t) &&
		!is_string_method(c, name))
		found(c, t, "unknown call", near);
	return NULL;
}

static void use_option(struct check *c, struct callee callee, struct token t)
{
	char name[64], option[64], what[96];
	const char *near;

	if (c->gather || !callee.on || !callee.name.s)
		return;
	if (api_has_option(callee.on, word(callee.name, name), word(t, option),
		    &near))
		return;
	snprintf(what, sizeof(what), "%s: unknown option", name);
	found(c, t, what, near);
}

/* -- expressions --------------------------------------------------------- */

static struct token take(struct check *c)
{
	struct token t = c->lx.now;

	lex_next(&c->lx);
	return t;
}

static bool skip(struct check *c, const char *text)
{
	bool is = lex_is(&c->lx, text);

	if (is)
		lex_next(&c->lx);
	return is;
}

static void define(struct check *c, struct token t)
{
	if (c->gather)
		names_add(&c->defined, t);
}

static void constructor(struct check *c, struct callee callee)
{
	skip(c, "{");
	while (!skip(c, "}") && c->lx.now.type != TOKEN_END) {
		struct token next = lex_peek(&c->lx);

		if (skip(c, "[")) {
			expression(c);
			skip(c, "]");
			skip(c, "=");
		} else if (c->lx.now.type == TOKEN_NAME &&
			token_is(next, "=")) {
			use_option(c, callee, c->lx.now);
			define(c, take(c));
			skip(c, "=");
		}
		expression(c);
		if (!skip(c, ","))
			skip(c, ";");
	}
}

static void argument(struct check *c, struct callee callee)
{
	if (lex_is(&c->lx, "{"))
		constructor(c, callee);
	else
		expression(c);
}

/* "(...)", a table or a string; false when no arguments follow. */
static bool arguments(struct check *c, struct callee callee)
{
	if (c->lx.now.type == TOKEN_STRING) {
		lex_next(&c->lx);
	} else if (lex_is(&c->lx, "{")) {
		constructor(c, callee);
	} else if (skip(c, "(")) {
		while (!skip(c, ")") && c->lx.now.type != TOKEN_END) {
			argument(c, callee);
			skip(c, ",");
		}
	} else {
		return false;
	}
	return true;
}

static void body(struct check *c)
{
	size_t mark = c->locals.count;

	skip(c, "(");
	while (!skip(c, ")") && c->lx.now.type != TOKEN_END) {
		if (c->lx.now.type == TOKEN_NAME)
			names_add(&c->locals, c->lx.now);
		lex_next(&c->lx);
	}
	block(c);
	skip(c, "end");
	c->locals.count = mark;
}

/* What follows a name or a parenthesis: fields, indices, calls. */
static void suffixes(struct check *c, struct token first)
{
	struct callee callee = { NULL, first };

	if (first.s && !names_has(&c->locals, first))
		callee.on = "";
	for (;;) {
		if (skip(c, ".")) {
			struct token field = take(c);

			if (first.s)
				use_library(c, first, field);
			if (lex_is(&c->lx, "=") || lex_is(&c->lx, ","))
				define(c, field);
		} else if (skip(c, "[")) {
			expression(c);
			skip(c, "]");
		} else if (skip(c, ":")) {
			struct token method = take(c);

			callee.on = use_method(c, method);
			callee.name = method;
			arguments(c, callee);
		} else if (!arguments(c, callee)) {
			break;
		}
		first.s = NULL;
		callee.on = NULL;
	}
}

/* A name or (...) with what follows it. */
static void suffixed(struct check *c)
{
	struct token first = { .s = NULL };

	if (skip(c, "(")) {
		expression(c);
		skip(c, ")");
	} else if (c->lx.now.type == TOKEN_NAME) {
		first = take(c);
		use_name(c, first);
	} else {
		lex_next(&c->lx); /* never in compiled text; go on all the same */
	}
	suffixes(c, first);
}

static bool skip_one_of(struct check *c, const char *const *texts)
{
	for (; *texts; texts++)
		if (skip(c, *texts))
			return true;
	return false;
}

static void operand(struct check *c)
{
	static const char *const constants[] = { "nil", "true", "false", "...",
		NULL };

	if (c->lx.now.type == TOKEN_STRING || c->lx.now.type == TOKEN_NUMBER)
		lex_next(&c->lx);
	else if (lex_is(&c->lx, "{"))
		constructor(c, (struct callee){ .on = NULL });
	else if (skip(c, "function"))
		body(c);
	else if (!skip_one_of(c, constants))
		suffixed(c);
}

/* Precedence does not matter to what is asked here. */
static void expression(struct check *c)
{
	static const char *const unary[] = { "not", "-", "#", "~", NULL };
	static const char *const binary[] = { "+", "-", "*", "/", "//", "^",
		"%", "&", "~", "|", ">>", "<<", "..", "<", "<=", ">", ">=",
		"==", "~=", "and", "or", NULL };

	do {
		while (skip_one_of(c, unary))
			;
		operand(c);
	} while (skip_one_of(c, binary));
}

static void expressions(struct check *c)
{
	do
		expression(c);
	while (skip(c, ","));
}

/* -- statements ---------------------------------------------------------- */

static void scoped_block(struct check *c)
{
	size_t mark = c->locals.count;

	block(c);
	c->locals.count = mark;
}

static void if_statement(struct check *c)
{
	do {
		expression(c);
		skip(c, "then");
		scoped_block(c);
	} while (skip(c, "elseif"));
	if (skip(c, "else"))
		scoped_block(c);
	skip(c, "end");
}

static void while_statement(struct check *c)
{
	expression(c);
	skip(c, "do");
	scoped_block(c);
	skip(c, "end");
}

static void do_statement(struct check *c)
{
	scoped_block(c);
	skip(c, "end");
}

static void for_statement(struct check *c)
{
	size_t mark = c->locals.count;
	struct token names[32];
	unsigned n = 0;

	do {
		struct token t = take(c);

		if (n < 32)
			names[n++] = t;
	} while (skip(c, ","));
	if (!skip(c, "="))
		skip(c, "in");
	expressions(c);
	for (unsigned i = 0; i < n; i++)
		names_add(&c->locals, names[i]);
	skip(c, "do");
	block(c);
	skip(c, "end");
	c->locals.count = mark;
}

static void repeat_statement(struct check *c)
{
	size_t mark = c->locals.count;

	block(c);
	skip(c, "until");
	expression(c); /* sees the block's locals */
	c->locals.count = mark;
}

static void function_statement(struct check *c)
{
	struct token name = take(c);
	bool plain = true;

	while (skip(c, ".") || skip(c, ":")) {
		if (plain)
			use_name(c, name);
		plain = false;
		define(c, take(c));
	}
	if (plain && !names_has(&c->locals, name))
		define(c, name);
	body(c);
}

static void local_statement(struct check *c)
{
	struct token names[200];
	unsigned n = 0;

	if (skip(c, "function")) {
		names_add(&c->locals, take(c));
		body(c);
		return;
	}
	do {
		struct token t = take(c);

		if (n < 200)
			names[n++] = t;
		if (skip(c, "<")) { /* an attribute */
			lex_next(&c->lx);
			skip(c, ">");
		}
	} while (skip(c, ","));
	if (skip(c, "="))
		expressions(c);
	for (unsigned i = 0; i < n; i++)
		names_add(&c->locals, names[i]);
}

static bool ends_block(const struct check *c)
{
	return c->lx.now.type == TOKEN_END || lex_is(&c->lx, "end") ||
		lex_is(&c->lx, "else") || lex_is(&c->lx, "elseif") ||
		lex_is(&c->lx, "until");
}

static void return_statement(struct check *c)
{
	if (!ends_block(c) && !lex_is(&c->lx, ";"))
		expressions(c);
}

static void goto_statement(struct check *c)
{
	lex_next(&c->lx);
}

static void label_statement(struct check *c)
{
	lex_next(&c->lx);
	skip(c, "::");
}

static void nothing(struct check *c)
{
	(void)c;
}

/* A call, or an assignment: a plain name on its left is then defined. */
static void expression_statement(struct check *c)
{
	bool more;

	do {
		struct token t = c->lx.now, next = lex_peek(&c->lx);
		bool plain = t.type == TOKEN_NAME &&
			(token_is(next, "=") || token_is(next, ","));

		if (plain) {
			lex_next(&c->lx);
			if (!names_has(&c->locals, t))
				define(c, t);
		} else {
			suffixed(c);
		}
		more = skip(c, ",");
	} while (more);
	if (skip(c, "="))
		expressions(c);
}

static void statement(struct check *c)
{
	static const struct {
		const char *word;
		void (*parse)(struct check *c);
	} statements[] = { { "if", if_statement }, { "while", while_statement },
		{ "do", do_statement }, { "for", for_statement },
		{ "repeat", repeat_statement },
		{ "function", function_statement },
		{ "local", local_statement }, { "return", return_statement },
		{ "break", nothing }, { "goto", goto_statement },
		{ "::", label_statement }, { ";", nothing } };

	for (unsigned i = 0; i < sizeof(statements) / sizeof(*statements); i++)
		if (skip(c, statements[i].word)) {
			statements[i].parse(c);
			return;
		}
	/* "goto" is a name where no name follows; compiled text has none. */
	expression_statement(c);
}

static void block(struct check *c)
{
	while (!ends_block(c))
		statement(c);
}

/* -- files --------------------------------------------------------------- */

static void walk_file(struct check *c, int chunk, bool gather)
{
	const struct chunk *file = &c->sb->chunk[chunk];
	size_t length = file->length;
	const char *text = chunk_skip_head(file->text, &length);

	c->chunk = chunk;
	c->gather = gather;
	c->locals.count = 0;
	lex_start(&c->lx, text, length);
	block(c);
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

static int check_text(struct check *c, const char *path, char *text,
	size_t length)
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

int script_check(const char *name, script_report_fn *report, void *ctx)
{
	struct check c = { .report = report, .ctx = ctx };
	char err[512], *path = script_resolve(name, err, sizeof(err)), *text;
	size_t length = 0;
	int result;

	text = path ? chunk_read(path, &length, err, sizeof(err)) : NULL;
	if (!text) {
		report(ctx, path ? path : name, 0,
			path ? err : "no such file or scenario");
		free(path);
		return -1;
	}
	result = check_text(&c, strcmp(path, "-") ? path : "(stdin)", text,
		length);
	free(path);
	return result;
}
