/* Themes: a file returns { name =, presenter =, styles = { ["vma.anon"] =
 * "fg=green,bold", ... } }.  What it does not name is as in the built-in one.
 */
#include "script/api.h"
#include "script/paths.h"
#include "script/plain_lua.h"
#include "script/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct theme *theme_of(lua_State *L)
{
	return sandbox_of(L)->owner;
}

static void take_styles(lua_State *L, int table)
{
	char err[256];

	push_sorted_keys(L, table);
	for (lua_Integer i = 1; lua_rawgeti(L, table + 1, i) != LUA_TNIL; i++) {
		lua_pushvalue(L, -1);
		if (lua_type(L, -1) != LUA_TSTRING ||
			lua_gettable(L, table) != LUA_TSTRING)
			script_error(L, "styles: both a style and its look are "
					"strings");
		if (!theme_set(theme_of(L), lua_tostring(L, -2),
			    lua_tostring(L, -1), err, sizeof(err)))
			script_error(L, "%s", err);
		lua_settop(L, table + 1);
	}
	lua_settop(L, table);
}

static void take_entry(lua_State *L, const char *key)
{
	struct theme *t = theme_of(L);

	if (strcmp(key, "name") == 0)
		snprintf(t->name, sizeof(t->name), "%s",
			arg_string(L, -1, "theme", "name", 1,
				sizeof(t->name) - 1));
	else if (strcmp(key, "presenter") == 0)
		t->presenter = arg_bool(L, -1, "theme", "presenter");
	else if (strcmp(key, "styles") == 0 && lua_istable(L, -1))
		take_styles(L, lua_gettop(L));
	else if (strcmp(key, "styles") == 0)
		arg_wrong(L, -1, "theme", "styles", "a table");
	else
		script_error(L,
			"theme: unknown key '%s' (allowed: name "
			"presenter styles)",
			key);
}

static int theme_body(lua_State *L)
{
	sandbox_open_libs(L);
	objects_open(L); /* what messages about values ask for */
	region_open(L);
	api_guard_globals(L);
	chunk_load(L, 0);
	lua_call(L, 0, 1);
	if (!lua_istable(L, 1))
		script_error(
			L, "a theme returns a table, not %s", arg_words(L, 1));
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING)
			script_error(L, "theme: keys are names, not %s",
				arg_words(L, -2));
		take_entry(L, lua_tostring(L, -2));
	}
	return 0;
}

bool script_theme(const char *name, struct theme *theme, char *err, size_t size)
{
	char *path = file_resolve("themes", name, err, size), *stem;
	struct theme read = theme_builtin;
	bool ok;

	if (!path)
		return false;
	stem = file_name(path);
	snprintf(read.name, sizeof(read.name), "%s", stem ? stem : "");
	free(stem);
	ok = plain_run(path, theme_body, &read, err, size);
	if (ok)
		*theme = read;
	free(path);
	return ok;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Put the names of @files into @names, which has @n; a name twice is one. */
static size_t add_names(char **names, size_t n, char **files)
{
	for (char **f = files; f && *f; f++) {
		char *name = file_name(*f);
		size_t i = 0;

		while (name && i < n && strcmp(names[i], name) != 0)
			i++;
		if (name && i == n)
			names[n++] = name;
		else
			free(name);
	}
	return n;
}

static size_t count(char **files)
{
	size_t n = 0;

	while (files && files[n])
		n++;
	return n;
}

char **script_theme_names(void)
{
	struct folder folder[MAX_FOLDERS];
	unsigned nr = folders_get("themes", folder);
	char **files[MAX_FOLDERS], **names;
	size_t n = 0, room = 1;

	for (unsigned i = 0; i < nr; i++) {
		files[i] = folder_files(folder[i].path);
		room += count(files[i]);
	}
	names = calloc(room, sizeof(*names));
	for (unsigned i = 0; i < nr; i++) {
		if (names)
			n = add_names(names, n, files[i]);
		names_free(files[i]);
	}
	if (names)
		qsort(names, n, sizeof(*names), by_name);
	folders_free(folder, nr);
	return names;
}

void script_names_free(char **names)
{
	names_free(names);
}
