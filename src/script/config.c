/* config.lua: set{ name = value, ... } and bind(key, command). */
#include "script/api.h"
#include "script/paths.h"
#include "script/plain_lua.h"
#include "script/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct config {
	bool (*line)(void *arg, const char *line, char *err, size_t size);
	void *arg; /* of line */
};

static void send_line(lua_State *L, const char *line)
{
	struct sandbox *sb = sandbox_of(L);
	struct config *c = sb->owner;
	char err[512] = "";
	bool ok;

	sandbox_busy(sb);
	ok = c->line(c->arg, line, err, sizeof(err));
	sandbox_ready(sb);
	if (!ok)
		script_error(L, "%s", err);
}

/* A value as a word of a command line: quoted where it has blanks. */
static const char *value_word(lua_State *L, int idx, const char *name)
{
	const char *text;

	if (lua_isboolean(L, idx))
		return lua_toboolean(L, idx) ? "on" : "off";
	if (lua_type(L, idx) == LUA_TNUMBER) {
		lua_pushfstring(L, "%I",
			(LUAI_UACINT)arg_integer(
				L, idx, "set", name, 0, INT32_MAX));
		return lua_tostring(L, -1);
	}
	text = arg_string(L, idx, "set", name, 0, 255);
	if (strpbrk(text, "\"\\\n\r"))
		script_error(L, "set: %s contains a quote or a line end", name);
	return strpbrk(text, " \t") || !*text
		       ? lua_pushfstring(L, "\"%s\"", text)
		       : text;
}

static int config_set(lua_State *L)
{
	arg_count(L, "set", 1);
	arg_table(L, 1, "set", "the settings");
	push_sorted_keys(L, 1);
	for (lua_Integer i = 1; lua_rawgeti(L, 2, i) != LUA_TNIL; i++) {
		const char *name, *value;

		if (lua_type(L, 3) != LUA_TSTRING)
			script_error(L, "set: settings have names, not %s",
				arg_words(L, 3));
		name = arg_string(L, 3, "set", "a name", 1, 31);
		lua_getfield(L, 1, name);
		value = value_word(L, 4, name);
		send_line(L, lua_pushfstring(L, "set %s %s", name, value));
		lua_settop(L, 2);
	}
	return 0;
}

static int config_bind(lua_State *L)
{
	const char *key, *command;

	arg_count(L, "bind", 2);
	key = arg_string(L, 1, "bind", "the key", 1, 31);
	command = arg_string(L, 2, "bind", "the command", 1, 255);
	if (strpbrk(key, " \t\r\n") || strpbrk(command, "\r\n"))
		script_error(L, "bind: a key has no blanks and a command no "
				"line ends");
	send_line(L, lua_pushfstring(L, "bind %s %s", key,
			     command + (*command == ':')));
	return 0;
}

static int config_body(lua_State *L)
{
	sandbox_open_libs(L);
	objects_open(L);
	region_open(L);
	lua_register(L, "set", config_set);
	lua_register(L, "bind", config_bind);
	api_guard_globals(L);
	chunk_load(L, 0);
	lua_call(L, 0, 0);
	return 0;
}

bool script_config(const char *path,
	bool (*line)(void *arg, const char *line, char *err, size_t size),
	void *arg, char *err, size_t size)
{
	struct config c = { line, arg };
	char *found = path ? strdup(path) : config_path();
	bool ok = true;

	if (found && (path || access(found, F_OK) == 0))
		ok = plain_run(found, config_body, &c, err, size);
	free(found);
	return ok;
}
