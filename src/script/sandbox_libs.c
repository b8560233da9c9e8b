/*
 * The libraries of a script: string, table, math, utf8, coroutine and the base
 * library without what reads files, bytecode or the clock.  What depends on
 * the host's addresses is replaced, so that every run is like the last: random
 * numbers begin from one seed, pairs() visits in order, tostring() of a table
 * gives a number of our own.
 */
#include "script/api.h"

#include <string.h>

/* -- load ---------------------------------------------------------------- */

/* load(chunk, name, mode, env): text only, whatever @mode says. */
static int lib_load(lua_State *L)
{
	int n = lua_gettop(L);

	luaL_checkany(L, 1);
	if (n < 4)
		lua_settop(L, 3);
	lua_pushliteral(L, "t");
	lua_replace(L, 3);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
	return lua_gettop(L);
}

/* -- collectgarbage ------------------------------------------------------ */

static int lib_collectgarbage(lua_State *L)
{
	static const char *const options[] = { "collect", "count", NULL };

	if (luaL_checkoption(L, 1, "collect", options) == 0) {
		lua_gc(L, LUA_GCCOLLECT);
		lua_pushinteger(L, 0);
	} else {
		int kib = lua_gc(L, LUA_GCCOUNT);

		lua_pushnumber(L, kib + lua_gc(L, LUA_GCCOUNTB) / 1024.0);
	}
	return 1;
}

/* -- setmetatable -------------------------------------------------------- */

static int lib_setmetatable(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	if (lua_type(L, 2) == LUA_TTABLE) {
		lua_pushliteral(L, "__gc");
		if (lua_rawget(L, 2) != LUA_TNIL)
			script_error(L, "setmetatable: there is no __gc in "
					"scenarios");
		lua_pop(L, 1);
	}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 1);
	return 1;
}

/* -- pairs --------------------------------------------------------------- */

static const char sort_key; /* registry: table.sort as it was */

/* Numbers, strings, booleans, objects of the machine, then the rest as it
 * comes. */
static int key_rank(lua_State *L, int idx)
{
	switch (lua_type(L, idx)) {
	case LUA_TNUMBER:
		return 0;
	case LUA_TSTRING:
		return 1;
	case LUA_TBOOLEAN:
		return 2;
	case LUA_TUSERDATA:
		return 3;
	default:
		return 4;
	}
}

/* By kind, then in order of creation. */
static bool object_less(lua_State *L)
{
	struct ref a = object_at(L, 1), b = object_at(L, 2);

	return a.kind != b.kind ? a.kind < b.kind : a.id < b.id;
}

/* By bytes: the locale has no say in the order. */
static bool string_less(lua_State *L)
{
	size_t na, nb;
	const char *a = lua_tolstring(L, 1, &na), *b = lua_tolstring(L, 2, &nb);
	int c = memcmp(a, b, na < nb ? na : nb);

	return c ? c < 0 : na < nb;
}

/* table.sort's less-than for keys of any type. */
static int key_less(lua_State *L)
{
	int a = key_rank(L, 1), b = key_rank(L, 2);

	if (a != b)
		lua_pushboolean(L, a < b);
	else if (a == 0)
		lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
	else if (a == 1)
		lua_pushboolean(L, string_less(L));
	else if (a == 2)
		lua_pushboolean(L, lua_toboolean(L, 1) < lua_toboolean(L, 2));
	else if (a == 3)
		lua_pushboolean(L, object_less(L));
	else
		lua_pushboolean(L, false);
	return 1;
}

/* The iterator: upvalues are the sorted keys and how many were visited. */
static int pairs_next(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(2));

	for (;;) {
		lua_settop(L, 1);
		if (lua_rawgeti(L, lua_upvalueindex(1), ++i) == LUA_TNIL)
			return 1;
		lua_pushvalue(L, -1);
		lua_rawget(L, 1);
		if (!lua_isnil(L, -1))
			break; /* else removed meanwhile */
	}
	lua_pushinteger(L, i);
	lua_replace(L, lua_upvalueindex(2));
	return 2;
}

void push_sorted_keys(lua_State *L, int idx)
{
	lua_Integer n = 0;
	int keys;

	idx = lua_absindex(L, idx);
	luaL_checkstack(L, 8, "too deep");
	lua_newtable(L);
	keys = lua_gettop(L);
	for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
		lua_pushvalue(L, -2);
		lua_rawseti(L, keys, ++n);
	}
	if ((lua_Integer)lua_rawlen(L, idx) < n) { /* not a plain list */
		lua_rawgetp(L, LUA_REGISTRYINDEX, &sort_key);
		lua_pushvalue(L, keys);
		lua_pushcfunction(L, key_less);
		lua_call(L, 2, 0);
	}
}

static int lib_pairs(lua_State *L)
{
	luaL_checkany(L, 1);
	if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
		lua_pushvalue(L, 1);
		lua_call(L, 1, 3);
		return 3;
	}
	luaL_checktype(L, 1, LUA_TTABLE);
	push_sorted_keys(L, 1);
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, pairs_next, 2);
	lua_pushvalue(L, 1);
	lua_pushnil(L);
	return 3;
}

/* -- tostring ------------------------------------------------------------ */

/* A number for a table, function or thread: in order of first mention.
 * Upvalue 1: weak table from object to number; [0] is the last. */
static void push_identity(lua_State *L)
{
	lua_Integer n;

	lua_pushvalue(L, 1);
	if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL) {
		lua_pop(L, 1);
		lua_rawgeti(L, lua_upvalueindex(1), 0);
		n = lua_tointeger(L, -1) + 1;
		lua_pop(L, 1);
		lua_pushinteger(L, n);
		lua_rawseti(L, lua_upvalueindex(1), 0);
		lua_pushvalue(L, 1);
		lua_pushinteger(L, n);
		lua_rawset(L, lua_upvalueindex(1));
		lua_pushinteger(L, n);
	}
	n = lua_tointeger(L, -1);
	lua_pushfstring(L, "%s: %I", luaL_typename(L, 1), (LUAI_UACINT)n);
}

static int lib_tostring(lua_State *L)
{
	luaL_checkany(L, 1);
	if (luaL_getmetafield(L, 1, "__tostring") == LUA_TNIL &&
		luaL_getmetafield(L, 1, "__name") == LUA_TNIL &&
		(lua_istable(L, 1) || lua_isfunction(L, 1) ||
			lua_isthread(L, 1)))
		push_identity(L);
	else
		luaL_tolstring(L, 1, NULL);
	return 1;
}

/* -- math.randomseed ----------------------------------------------------- */

static int lib_randomseed(lua_State *L)
{
	if (lua_isnoneornil(L, 1)) {
		lua_settop(L, 0);
		lua_pushinteger(L, 0);
	}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 0);
	return 0;
}

/* -- all together -------------------------------------------------------- */

/* Replace t[name] (t on top) by @fn with the old t[name] as its upvalue. */
static void wrap(lua_State *L, const char *name, lua_CFunction fn)
{
	lua_getfield(L, -1, name);
	lua_pushcclosure(L, fn, 1);
	lua_setfield(L, -2, name);
}

static void drop(lua_State *L, const char *name)
{
	lua_pushnil(L);
	lua_setfield(L, -2, name);
}

static void open_base(lua_State *L)
{
	luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
	drop(L, "dofile");
	drop(L, "loadfile");
	drop(L, "warn");
	wrap(L, "load", lib_load);
	wrap(L, "setmetatable", lib_setmetatable);
	lua_pushcfunction(L, lib_collectgarbage);
	lua_setfield(L, -2, "collectgarbage");
	lua_newtable(L); /* identities, its own weak metatable */
	lua_pushliteral(L, "k");
	lua_setfield(L, -2, "__mode");
	lua_pushvalue(L, -1);
	lua_setmetatable(L, -2);
	lua_pushcclosure(L, lib_tostring, 1);
	lua_setfield(L, -2, "tostring");
	lua_pop(L, 1);
}

static void open_table_and_pairs(lua_State *L)
{
	luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
	lua_getfield(L, -1, "sort");
	lua_rawsetp(L, LUA_REGISTRYINDEX, &sort_key);
	lua_register(L, "pairs", lib_pairs);
	lua_pop(L, 1);
}

void sandbox_open_libs(lua_State *L)
{
	open_base(L);
	open_table_and_pairs(L);
	luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
	drop(L, "dump");
	luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
	luaL_requiref(L, LUA_COLIBNAME, luaopen_coroutine, 1);
	luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
	wrap(L, "randomseed", lib_randomseed);
	lua_getfield(L, -1, "randomseed");
	lua_call(L, 0, 0);
	lua_settop(L, 0);
}
