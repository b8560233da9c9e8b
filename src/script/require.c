/*
 * require: text of Lua from beside the scenario or from the script folders,
 * nowhere else.  A name is letters, digits, _ and dots; a dot goes down into a
 * folder.  `require "shapes"` finds _shapes.lua, or shapes.lua.
 */
#include "script/api.h"
#include "script/paths.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char loaded_key;  /* registry: name -> what it returned */
static const char loading_key; /* stands there while it runs */

static bool name_valid(const char *name)
{
	bool empty = true; /* the part since the last dot */

	for (const char *p = name; *p; p++) {
		if (*p == '.' ? empty
			      : !isalnum((unsigned char)*p) && *p != '_')
			return false;
		empty = *p == '.';
	}
	return !empty;
}

/* FOLDER/a/_b.lua and FOLDER/a/b.lua for "a.b"; malloc'ed, or NULL. */
static char *module_in(const char *folder, const char *name)
{
	static const char *const prefix[] = { "_", "" };
	const char *dot = strrchr(name, '.');
	const char *last = dot ? dot + 1 : name;

	for (unsigned i = 0; i < 2; i++) {
		char *path, *p;

		if (*last == '_' && i == 0)
			continue;
		if (asprintf(&path, "%s/%.*s%s%s.lua", folder,
			    (int)(last - name), name, prefix[i], last) < 0)
			return NULL;
		for (p = path + strlen(folder); p < path + strlen(path) - 4;
			p++)
			if (*p == '.')
				*p = '/';
		if (is_regular(path))
			return path;
		free(path);
	}
	return NULL;
}

char *module_find(const char *beside, const char *name)
{
	struct folder folder[MAX_FOLDERS];
	unsigned n;
	char *path;

	if (!name_valid(name))
		return NULL;
	n = folders_get("scripts", folder);
	path = module_in(beside, name);
	for (unsigned i = n; i-- && !path;) /* the user's own first */
		path = module_in(folder[i].path, name);
	folders_free(folder, n);
	return path;
}

/* Read module @name: its chunk, or -1 with @err. */
static int module_add(struct run *r, const char *name, char *err, size_t size)
{
	char *path = module_find(r->dir, name), *text;
	size_t length = 0;
	int chunk = -1;

	if (!path) {
		snprintf(err, size,
			"no module '%s' (looked for _%s.lua beside "
			"the scenario and in the script folders)",
			name, name);
		return -1;
	}
	stamps_add(&r->stamps, path);
	text = chunk_read(path, &length, err, size);
	if (text) {
		chunk = chunk_add(r->sb, path, text, length);
		snprintf(err, size, "more than %d files", CHUNK_MAX);
	}
	free(path);
	return chunk;
}

static void load_module(lua_State *L, const char *name)
{
	struct run *r = run_of(L);
	char err[512];
	int chunk;

	sandbox_busy(r->sb);
	chunk = module_add(r, name, err, sizeof(err));
	sandbox_ready(r->sb);
	if (chunk < 0)
		script_error(L, "require: %s", err);
	sandbox_charge(r->sb, r->sb->chunk[chunk].length);
	chunk_load(L, chunk);
}

int api_require(lua_State *L)
{
	const char *name;

	arg_count(L, "require", 1);
	name = arg_string(L, 1, "require", "the name", 1, 100);
	if (!name_valid(name))
		script_error(L,
			"require: '%s' is not a module's name (letters, "
			"digits, _ and dots between them)",
			name);
	if (!lua_rawgetp(L, LUA_REGISTRYINDEX, &loaded_key)) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &loaded_key);
	}
	if (lua_getfield(L, 2, name) != LUA_TNIL) {
		if (lua_touserdata(L, -1) == &loading_key)
			script_error(L,
				"require: '%s' requires itself, or failed "
				"before",
				name);
		return 1;
	}
	lua_pushlightuserdata(L, (void *)(uintptr_t)&loading_key);
	lua_setfield(L, 2, name);
	load_module(L, name);
	lua_pushvalue(L, 1);
	lua_call(L, 1, 1);
	if (lua_isnil(L, -1)) {
		lua_pop(L, 1);
		lua_pushboolean(L, true);
	}
	lua_pushvalue(L, -1);
	lua_setfield(L, 2, name);
	return 1;
}
