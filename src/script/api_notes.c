/* Narration and stage directions: say, scene, note, ask, show, point, pause,
 * print.  Each becomes a note of the log. */
#include "script/api.h"
#include "view/nearest.h"

#include <string.h>

static void not_in_batch(lua_State *L, const char *fn)
{
	if (run_of(L)->in_batch)
		script_error(L, "%s inside batch(): say it before", fn);
}

static int add_text(lua_State *L, const char *fn, enum note_kind kind)
{
	struct note note = { .kind = kind };

	arg_count(L, fn, 1);
	note.text = arg_text(L, 1, fn, "the text");
	run_note(L, &note);
	return 0;
}

int api_say(lua_State *L)
{
	not_in_batch(L, "say");
	return add_text(L, "say", NOTE_SAY);
}

int api_scene(lua_State *L)
{
	not_in_batch(L, "scene");
	return add_text(L, "scene", NOTE_SCENE);
}

int api_note(lua_State *L)
{
	return add_text(L, "note", NOTE_NOTE);
}

int api_pause(lua_State *L)
{
	struct note note = { .kind = NOTE_PAUSE, .text = { "", NULL } };

	arg_count(L, "pause", 0);
	run_note(L, &note);
	return 0;
}

/* -- ask ----------------------------------------------------------------- */

static void ask_choices(lua_State *L, struct note *note)
{
	lua_Integer n;

	if (lua_getfield(L, 1, "choices") == LUA_TNIL)
		return;
	arg_table(L, -1, "ask", "choices");
	n = (lua_Integer)lua_rawlen(L, -1);
	if (n < 2 || n > NOTE_MAX_CHOICES)
		script_error(L, "ask: choices has %d; allowed: 2 to %d", (int)n,
			NOTE_MAX_CHOICES);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_rawgeti(L, -1, i);
		note->choice[i - 1] = arg_text(L, -1, "ask", "a choice");
		lua_pop(L, 1); /* the table keeps it */
	}
	note->nr_choices = (unsigned)n;
}

static void ask_answer(lua_State *L, struct note *note)
{
	if (lua_getfield(L, 1, "answer") == LUA_TNIL)
		return;
	if (!note->nr_choices)
		script_error(L, "ask: answer= is the number of one of "
				"choices=, which is missing");
	note->answer = (unsigned)arg_integer(
		L, -1, "ask", "answer", 1, note->nr_choices);
}

int api_ask(lua_State *L)
{
	struct note note = { .kind = NOTE_ASK };

	not_in_batch(L, "ask");
	arg_count(L, "ask", 1);
	arg_table(L, 1, "ask", "the question");
	arg_check_options(L, 1, "", "ask");
	lua_rawgeti(L, 1, 1);
	note.text = arg_text(L, -1, "ask", "the question");
	ask_choices(L, &note);
	ask_answer(L, &note);
	if (lua_getfield(L, 1, "why") != LUA_TNIL)
		note.why = arg_text(L, -1, "ask", "why");
	run_note(L, &note);
	return 0;
}

/* -- show and point ------------------------------------------------------ */

static bool is_one_of(
	const char *name, const char *const *names, struct nearest *near)
{
	for (; *names; names++) {
		nearest_try(near, *names);
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

static void check_pane(lua_State *L, const char *fn, const char *name)
{
	struct nearest near;

	nearest_start(&near, name);
	if (is_one_of(name, known_panes, &near))
		return;
	if (is_one_of(name, pane_names_later, &near))
		script_error(L, "%s: pane '%s' is not built yet", fn, name);
	if (nearest_name(&near))
		script_error(L, "%s: unknown pane '%s'; did you mean '%s'?", fn,
			name, nearest_name(&near));
	luaL_Buffer b;

	luaL_buffinit(L, &b);
	for (const char *const *p = known_panes; *p; p++) {
		luaL_addchar(&b, ' ');
		luaL_addstring(&b, *p);
	}
	luaL_pushresult(&b);
	script_error(L, "%s: unknown pane '%s' (allowed:%s)", fn, name,
		lua_tostring(L, -1));
}

const char *arg_panes(lua_State *L, int idx, const char *fn)
{
	lua_Integer n;
	luaL_Buffer b;

	arg_table(L, idx, fn, "panes");
	idx = lua_absindex(L, idx);
	n = (lua_Integer)lua_rawlen(L, idx);
	if (n < 1 || n > 16)
		script_error(L, "%s: %d panes; allowed: 1 to 16", fn, (int)n);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_rawgeti(L, idx, i);
		check_pane(L, fn, arg_string(L, -1, fn, "a pane", 1, 31));
		lua_pop(L, 1);
	}
	luaL_buffinit(L, &b);
	for (lua_Integer i = 1; i <= n; i++) {
		if (i > 1)
			luaL_addchar(&b, ' ');
		lua_rawgeti(L, idx, i);
		luaL_addvalue(&b);
	}
	luaL_pushresult(&b);
	return lua_tostring(L, -1);
}

int api_show(lua_State *L)
{
	struct note note = { .kind = NOTE_SHOW, .text = { "", NULL } };

	arg_count(L, "show", 1);
	note.panes = arg_panes(L, 1, "show");
	run_note(L, &note);
	return 0;
}

int api_point(lua_State *L)
{
	struct note note = { .kind = NOTE_POINT, .text = { "", NULL } };
	struct ref ref = object_at(L, 1);

	arg_count(L, "point", 1);
	if (ref.kind == REF_NONE || ref.kind == REF_MACHINE)
		arg_wrong(L, 1, "point", "the object",
			"a task, page, vma or anon_vma");
	note.point = arg_object(
		L, 1, "point", "the object", (enum ref_kind)ref.kind);
	run_note(L, &note);
	return 0;
}

/* -- print --------------------------------------------------------------- */

/* A NUL would end the line in the log: it is shown as U+FFFD. */
static void add_without_nul(luaL_Buffer *b, const char *s, size_t n)
{
	const char *end = s + n, *nul;

	while ((nul = memchr(s, 0, (size_t)(end - s)))) {
		luaL_addlstring(b, s, (size_t)(nul - s));
		luaL_addlstring(b, "\xef\xbf\xbd", 3);
		s = nul + 1;
	}
	luaL_addlstring(b, s, (size_t)(end - s));
}

/* Arguments by the script's tostring (which knows no host address) with tabs
 * between; the strings stand above the arguments. */
int api_print(lua_State *L)
{
	struct note note = { .kind = NOTE_PRINT };
	int n = lua_gettop(L);
	size_t total = 0;
	luaL_Buffer b;

	luaL_checkstack(L, n + 8, "print: too many arguments");
	for (int i = 1; i <= n; i++) {
		lua_getfield(L, LUA_REGISTRYINDEX, "rmapscope.tostring");
		lua_pushvalue(L, i);
		lua_call(L, 1, 1);
		if (lua_type(L, -1) != LUA_TSTRING)
			script_error(L, "print: __tostring must return a "
					"string");
		total += lua_rawlen(L, -1) + 1;
	}
	if (total > TEXT_MAX_BYTES)
		script_error(L, "print: the line has %zu bytes; at most %u",
			total - 1, TEXT_MAX_BYTES);
	luaL_buffinit(L, &b);
	for (int i = 1; i <= n; i++) {
		size_t len;
		const char *s = lua_tolstring(L, n + i, &len);

		if (i > 1)
			luaL_addchar(&b, '\t');
		add_without_nul(&b, s, len);
	}
	luaL_pushresult(&b);
	note.text.en = lua_tostring(L, -1);
	run_note(L, &note);
	return 0;
}
