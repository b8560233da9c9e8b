/* Checks.  One result for each evaluation; a failed one stops nothing. */
#include "script/api.h"
#include "view/nearest.h"

#include <string.h>

/* The text of a check: argument @idx, or the script's own line. */
static const char *check_text(
	lua_State *L, int idx, const char *fn, const char **zh)
{
	unsigned line;
	int chunk;

	*zh = NULL;
	if (!lua_isnoneornil(L, idx)) {
		struct text text = arg_text(L, idx, fn, "the text");

		*zh = text.zh;
		return text.en;
	}
	if (blame_here(L, &chunk, &line)) {
		size_t n;
		const char *s = chunk_line(sandbox_of(L), chunk, line, &n);

		return lua_pushlstring(L, s, n < 200 ? n : 200);
	}
	return fn;
}

static int add_check(lua_State *L, bool ok, const char *en, const char *zh)
{
	struct note note = { .kind = NOTE_EXPECT, .ok = ok };

	note.text.en = en;
	note.text.zh = zh;
	run_note(L, &note);
	return 0;
}

int api_expect(lua_State *L)
{
	const char *en, *zh;

	arg_count(L, "expect", 2);
	if (lua_gettop(L) == 0)
		script_error(L, "expect: the condition is missing");
	en = check_text(L, 2, "expect", &zh);
	return add_check(L, lua_toboolean(L, 1), en, zh);
}

/* A value for a message: strings in quotes, long ones cut. */
static const char *value_words(lua_State *L, int idx)
{
	if (lua_isnoneornil(L, idx))
		return "nil";
	if (lua_type(L, idx) == LUA_TSTRING && lua_rawlen(L, idx) > 60)
		return "a long string";
	if (lua_type(L, idx) == LUA_TSTRING)
		return lua_pushfstring(L, "\"%s\"", lua_tostring(L, idx));
	lua_getfield(L, LUA_REGISTRYINDEX, "rmapscope.tostring");
	lua_pushvalue(L, idx);
	lua_call(L, 1, 1);
	return lua_tostring(L, -1) ? lua_tostring(L, -1) : "?";
}

int api_expect_eq(lua_State *L)
{
	const char *en, *zh;
	bool ok;

	arg_count(L, "expect_eq", 3);
	if (lua_gettop(L) < 2)
		script_error(L, "expect_eq: needs what was got and what is "
				"wanted");
	lua_settop(L, 3);
	en = check_text(L, 3, "expect_eq", &zh);
	ok = lua_compare(L, 1, 2, LUA_OPEQ);
	if (!ok)
		en = lua_pushfstring(L, "%s (got %s, wanted %s)", en,
			value_words(L, 1), value_words(L, 2));
	return add_check(L, ok, en, ok ? zh : NULL);
}

/* The status of an errno's name; an error when there is no such name. */
static int arg_status(lua_State *L, int idx)
{
	const char *name =
		arg_string(L, idx, "expect_error", "the name", 1, 31);
	int status = status_find(name);
	struct nearest near;

	if (status)
		return status;
	nearest_start(&near, name);
	for (int s = -1; s > STATUS_OOM - 1; s--)
		nearest_try(&near, status_name(s));
	if (nearest_name(&near))
		script_error(L,
			"expect_error: unknown error '%s'; did you "
			"mean '%s'?",
			name, nearest_name(&near));
	script_error(L,
		"expect_error: unknown error '%s' (allowed: an "
		"errno's name, SIGSEGV, SIGBUS, OOM)",
		name);
}

int api_expect_error(lua_State *L)
{
	struct run *r = run_of(L);
	uint32_t before = r->all_ops;
	const char *en, *zh, *got;
	int wanted;
	bool ok;

	arg_count(L, "expect_error", 3);
	lua_settop(L, 3);
	wanted = arg_status(L, 1);
	if (!lua_isfunction(L, 2))
		arg_wrong(L, 2, "expect_error", "fn", "a function");
	en = check_text(L, 3, "expect_error", &zh);
	lua_pushvalue(L, 2);
	lua_call(L, 0, 0);
	ok = r->all_ops != before && r->last_status == wanted;
	got = r->all_ops == before ? "no operation ran" : "it succeeded";
	if (r->all_ops != before && r->last_status < 0)
		got = lua_pushfstring(L, "got %s", status_name(r->last_status));
	if (!ok)
		en = lua_pushfstring(
			L, "%s (%s, wanted %s)", en, got, status_name(wanted));
	return add_check(L, ok, en, ok ? zh : NULL);
}
