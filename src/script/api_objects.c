/*
 * Objects as scripts see them: a userdata that holds a name (struct ref) and
 * nothing else.  A field is read from the machine when it is asked for; an
 * object that is gone is an error.  One name is one userdata, kept in a weak
 * table, so that objects compare equal and serve as keys.
 */
#include "script/api.h"
#include "view/nearest.h"

#include <stdio.h>
#include <string.h>

#define OBJECT "rmapscope.object"

static const char cache_key; /* its address is the registry's key */
static const char methods_key;

const char *object_word(enum ref_kind kind)
{
	static const char *const words[NR_REF_KINDS + 1] = {
		[REF_TASK] = "task",
		[REF_VMA] = "vma",
		[REF_ANON_VMA] = "anon_vma",
		[REF_PAGE] = "page",
		[REF_FILE] = "file",
		[REF_RMAP_ITEM] = "rmap_item",
		[REF_STABLE_NODE] = "stable_node",
		[REF_MACHINE] = "machine",
	};

	return words[kind];
}

const char *object_name(char buf[32], struct ref ref)
{
	if (ref.kind == REF_MACHINE)
		snprintf(buf, 32, "machine");
	else if (ref.kind == REF_PAGE)
		snprintf(buf, 32, "page:0x%x", ref.id);
	else
		snprintf(buf, 32, "%s:%u", object_word(ref.kind), ref.id);
	return buf;
}

static lua_Integer cache_index(struct ref ref)
{
	return (lua_Integer)((uint64_t)ref.kind << 32 | ref.id);
}

void object_push(lua_State *L, struct ref ref)
{
	struct ref *o;

	if (ref.kind == REF_NONE || !object_word((enum ref_kind)ref.kind)) {
		lua_pushnil(L);
		return;
	}
	lua_rawgetp(L, LUA_REGISTRYINDEX, &cache_key);
	if (lua_rawgeti(L, -1, cache_index(ref)) == LUA_TNIL) {
		lua_pop(L, 1);
		o = lua_newuserdatauv(L, sizeof(*o), 0);
		*o = ref;
		luaL_setmetatable(L, OBJECT);
		lua_pushvalue(L, -1);
		lua_rawseti(L, -3, cache_index(ref));
	}
	lua_remove(L, -2);
}

struct ref object_at(lua_State *L, int idx)
{
	const struct ref *o = luaL_testudata(L, idx, OBJECT);

	return o ? *o : NO_REF;
}

static void must_exist(lua_State *L, struct ref ref)
{
	char name[32];

	if (ref.kind != REF_MACHINE && !object_exists(run_machine(L), ref))
		script_error(L, "%s no longer exists", object_name(name, ref));
}

struct ref arg_object(lua_State *L, int idx, const char *fn, const char *name,
	enum ref_kind kind)
{
	struct ref ref = object_at(L, idx);
	char wanted[32];

	if (ref.kind != (uint32_t)kind) {
		snprintf(wanted, sizeof(wanted), "a %s", object_word(kind));
		arg_wrong(L, idx, fn, name, wanted);
	}
	must_exist(L, ref);
	return ref;
}

/* A described field of the kernel's, by the kernel's name. */
static bool push_described(lua_State *L, struct ref ref, const char *name)
{
	const struct machine *m = run_machine(L);
	const struct field *f;

	if (ref.kind == REF_MACHINE)
		return false;
	f = field_find(m, (enum ref_kind)ref.kind, name);
	if (!f || !field_present(m, f))
		return false;
	push_typed(L, f, f->get(m, object_find(m, ref)));
	return true;
}

static const struct api_field *field_of(const char *on, const char *name)
{
	const struct api_field *f;

	for (unsigned i = 0; (f = api_field_at(i)); i++)
		if (strcmp(f->on, on) == 0 && strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static _Noreturn void no_such_field(
	lua_State *L, struct ref ref, const char *name)
{
	const char *on = object_word((enum ref_kind)ref.kind), *near = NULL;

	if (!api_has(on, name, &near) && near)
		script_error(L, "a %s has no '%s'; did you mean '%s'?", on,
			name, near);
	script_error(L, "a %s has no '%s' in this kernel", on, name);
}

static int object_index(lua_State *L)
{
	struct ref ref = *(struct ref *)luaL_checkudata(L, 1, OBJECT);
	const char *on = object_word((enum ref_kind)ref.kind), *name;
	const struct api_field *f;

	if (lua_type(L, 2) != LUA_TSTRING)
		script_error(L, "a %s has no field %s", on, arg_words(L, 2));
	name = lua_tostring(L, 2);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &methods_key);
	if (lua_getfield(L, -1, on) == LUA_TTABLE) {
		lua_pushvalue(L, 2);
		if (lua_rawget(L, -2) != LUA_TNIL)
			return 1;
	}
	must_exist(L, ref);
	f = field_of(on, name);
	if (f)
		f->push(L, ref);
	else if (!push_described(L, ref, name))
		no_such_field(L, ref, name);
	return 1;
}

static int object_newindex(lua_State *L)
{
	struct ref ref = *(struct ref *)luaL_checkudata(L, 1, OBJECT);

	return script_error(L,
		"a %s is read-only; use its calls to change the "
		"machine",
		object_word((enum ref_kind)ref.kind));
}

static int object_tostring(lua_State *L)
{
	char name[32];

	lua_pushstring(L, object_name(name, *(struct ref *)luaL_checkudata(
						    L, 1, OBJECT)));
	return 1;
}

static int object_eq(lua_State *L)
{
	struct ref a = object_at(L, 1), b = object_at(L, 2);

	lua_pushboolean(L, a.kind != REF_NONE && ref_eq(a, b));
	return 1;
}

struct ref object_self(lua_State *L, const char *on, const char *name)
{
	struct ref ref = object_at(L, 1);
	const char *word = ref.kind ? object_word((enum ref_kind)ref.kind) : "";

	if (strcmp(word, on) != 0)
		script_error(L, "%s is called with a colon: %s:%s(...)", name,
			on, name);
	return ref;
}

void method_add(lua_State *L, const char *on, const char *name)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &methods_key);
	if (lua_getfield(L, -1, on) == LUA_TNIL) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_setfield(L, -3, on);
	}
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, name);
	lua_pop(L, 3);
}

void objects_open(lua_State *L)
{
	static const luaL_Reg meta[] = {
		{ "__index", object_index },
		{ "__newindex", object_newindex },
		{ "__tostring", object_tostring },
		{ "__eq", object_eq },
		{ NULL, NULL },
	};

	luaL_newmetatable(L, OBJECT);
	luaL_setfuncs(L, meta, 0);
	lua_pushliteral(L, "object");
	lua_setfield(L, -2, "__name");
	lua_pushliteral(L, "object");
	lua_setfield(L, -2, "__metatable");
	lua_newtable(L); /* the cache: values are weak */
	lua_newtable(L);
	lua_pushliteral(L, "v");
	lua_setfield(L, -2, "__mode");
	lua_setmetatable(L, -2);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &cache_key);
	lua_newtable(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &methods_key);
	lua_pop(L, 1);
}
