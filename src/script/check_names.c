/* `rmapscope check`: is there such a name, and what was most likely meant? */
#include "script/api.h"
#include "script/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- names --------------------------------------------------------------- */

void names_add(struct names *names, struct token t)
{
	if (names->count == names->room) {
		size_t room = names->room ? 2 * names->room : 64;
		struct token *list = realloc(names->list, room * sizeof(*list));

		if (!list)
			return;
		names->list = list;
		names->room = room;
	}
	names->list[names->count++] = t;
}

bool names_has(const struct names *names, struct token t)
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

bool token_is(struct token t, const char *text)
{
	return strlen(text) == t.n && memcmp(t.s, text, t.n) == 0;
}

/* -- what is found ------------------------------------------------------- */

static void found(
	struct check *c, struct token t, const char *what, const char *near)
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

void use_name(struct check *c, struct token t)
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
void use_library(struct check *c, struct token lib, struct token t)
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
const char *use_method(struct check *c, struct token t)
{
	static const char *const objects[] = { "task", "page", "file" };
	const char *near = NULL, *one;
	char name[64];

	word(t, name);
	for (unsigned i = 0; i < 3; i++) {
		if (api_has(objects[i], name, &one))
			return objects[i];
		near = near ? near : one;
	}
	if (!c->gather && !names_has(&c->defined, t) &&
		!is_string_method(c, name))
		found(c, t, "unknown call", near);
	return NULL;
}

void use_option(struct check *c, struct callee callee, struct token t)
{
	char name[64], option[64], what[96];
	const char *near;

	if (c->gather || !callee.on || !callee.name.s)
		return;
	if (api_has_option(
		    callee.on, word(callee.name, name), word(t, option), &near))
		return;
	snprintf(what, sizeof(what), "%s: unknown option", name);
	found(c, t, what, near);
}
