/* Putting the API into a state: globals, methods, and the guard of names. */
#include "script/api.h"
#include "view/nearest.h"

#include <limits.h>
#include <string.h>

static int api_method(lua_State *L)
{
	const struct api_function *f = lua_touserdata(L, lua_upvalueindex(1));

	object_self(L, f->on, f->name);
	return f->fn(L);
}

static void bind(lua_State *L, lua_CFunction fn, const void *row,
	const char *on, const char *name)
{
	lua_pushlightuserdata(L, (void *)(uintptr_t)row);
	lua_pushcclosure(L, fn, 1);
	if (*on)
		method_add(L, on, name);
	else
		lua_setglobal(L, name);
}

void api_open(lua_State *L)
{
	const struct api_function *f;

	lua_getglobal(L, "tostring");
	lua_setfield(L, LUA_REGISTRYINDEX, "rmapscope.tostring");
	objects_open(L);
	region_open(L);
	for (unsigned i = 0; (f = api_function_at(i)); i++)
		bind(L, *f->on ? api_method : f->fn, f, f->on, f->name);
	for (unsigned id = 1; id < NR_OPS; id++) {
		const struct op_desc *d = op_desc((enum op_id)id);

		if (d)
			bind(L, api_op, d, op_on(d), op_call(d));
	}
}

const char *api_absent(const char *name)
{
	static const char *const absent[] = { "io", "os", "debug", "package",
		"dofile", "loadfile", "warn", NULL };

	for (const char *const *a = absent; *a; a++)
		if (strcmp(*a, name) == 0)
			return "a script cannot reach the system";
	return NULL;
}

const char *global_nearest(lua_State *L, const char *name)
{
	struct nearest near;

	nearest_start(&near, name);
	lua_pushglobaltable(L);
	/* Keys live as long as the globals; the order is not ours, so of two
	 * equally near ones the first by name is taken. */
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		struct nearest one = { name, NULL, UINT_MAX };

		if (lua_type(L, -2) != LUA_TSTRING)
			continue;
		nearest_try(&one, lua_tostring(L, -2));
		if (one.best &&
			(one.distance < near.distance ||
				(one.distance == near.distance &&
					strcmp(one.best, near.best) < 0)))
			near = one;
	}
	lua_pop(L, 1);
	return nearest_name(&near);
}

static int unknown_global(lua_State *L)
{
	const char *name, *near;

	if (lua_type(L, 2) != LUA_TSTRING) {
		lua_pushnil(L);
		return 1;
	}
	name = lua_tostring(L, 2);
	if (api_absent(name))
		script_error(
			L, "there is no '%s' here: %s", name, api_absent(name));
	near = global_nearest(L, name);
	if (near)
		script_error(
			L, "unknown name '%s'; did you mean '%s'?", name, near);
	script_error(L, "unknown name '%s'", name);
}

void api_guard_globals(lua_State *L)
{
	lua_pushglobaltable(L);
	lua_newtable(L);
	lua_pushcfunction(L, unknown_global);
	lua_setfield(L, -2, "__index");
	lua_pushliteral(L, "globals");
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
}
