#include "script/contents.h"

#include "script/api.h"
#include "script/paths.h"
#include "script/plain_lua.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct contents {
	struct script_list *list;
	size_t from;  /* first entry of the folder */
	unsigned rank; /* of the name read next, from 1 */
};

static struct script_entry *find_entry(const struct contents *c,
	const char *name)
{
	for (size_t i = c->from; i < c->list->count; i++)
		if (c->list->entry[i].name &&
			!strcmp(c->list->entry[i].name, name))
			return &c->list->entry[i];
	return NULL;
}

static void take_name(lua_State *L, struct contents *c, struct text topic)
{
	const char *name = arg_string(L, -1, "contents", "a name", 1, 255);
	struct script_entry *e = find_entry(c, name);

	if (!e)
		script_error(L, "contents: no scenario '%s' lies beside it",
			name);
	if (e->rank)
		script_error(L, "contents: '%s' stands there twice", name);
	sandbox_busy(sandbox_of(L));
	e->rank = c->rank++;
	e->topic.en = strdup(topic.en);
	e->topic.zh = topic.zh ? strdup(topic.zh) : NULL;
	sandbox_ready(sandbox_of(L));
}

/* The topic on the top of the stack. */
static void take_topic(lua_State *L, struct contents *c)
{
	int topic = lua_gettop(L);
	struct text title;

	arg_table(L, topic, "contents", "a topic");
	lua_getfield(L, topic, "title");
	title = arg_text(L, -1, "contents", "title");
	for (lua_Integer i = 1; lua_rawgeti(L, topic, i) != LUA_TNIL; i++) {
		take_name(L, c, title);
		lua_pop(L, 1);
	}
	lua_settop(L, topic);
}

static int contents_body(lua_State *L)
{
	struct contents *c = sandbox_of(L)->owner;

	sandbox_open_libs(L);
	objects_open(L); /* what messages about values ask for */
	region_open(L);
	api_guard_globals(L);
	chunk_load(L, 0);
	lua_call(L, 0, 1);
	arg_table(L, 1, "contents", "what the file returns");
	for (lua_Integer i = 1; lua_rawgeti(L, 1, i) != LUA_TNIL; i++) {
		take_topic(L, c);
		lua_settop(L, 1);
	}
	return 0;
}

/* By rank; those without one behind, in the order they had: by name. */
static int by_rank(const void *a, const void *b)
{
	const struct script_entry *x = a, *y = b;
	unsigned rx = x->rank ? x->rank : ~0u, ry = y->rank ? y->rank : ~0u;

	return rx != ry ? (rx > ry) - (rx < ry) : strcmp(x->name, y->name);
}

void contents_apply(struct script_list *list, size_t from, const char *path)
{
	struct contents c = { list, from, 1 };
	char *file, err[512] = "";

	if (asprintf(&file, "%s/_contents.lua", path) < 0)
		return;
	if (is_regular(file) &&
		!plain_run(file, contents_body, &c, err, sizeof(err)) &&
		!list->error)
		list->error = strdup(err);
	if (c.rank > 1)
		qsort(&list->entry[from], list->count - from,
			sizeof(*list->entry), by_rank);
	free(file);
}
