/*
 * What a scenario may call, as tables: the functions that are no operations,
 * the shape of those operations that take a table, and what comes later.
 * Binding, checking, annotations and the reference are made from these and from
 * the core's tables.
 */
#include "script/api.h"
#include "view/nearest.h"
#include "view/pane_names.h"

#include <string.h>

#define ROWS(table) (sizeof(table) / sizeof(*(table)))

const struct option scenario_options[] = {
	{ "title", "text", "what the list shows", NULL },
	{ "summary", "text", "one sentence on what is seen", NULL },
	{ "era", "string", "the kernel generation it means something in",
		NULL },
	{ "eras", "string|string[]",
		"the same for several; the first is the "
		"default",
		NULL },
	{ "arch", "string", "i386, pae, x86_64 or x86_64-la57", NULL },
	{ "ram", "size", "memory, 16M unless said", NULL },
	{ "swap", "size", "swap space, 0 unless said", NULL },
	{ "cpus", "integer", "processors, 1 unless said", NULL },
	{ "zones", "table<string, integer>", "frames of each zone", NULL },
	{ "panes", "string[]", "the panes to begin with", NULL },
	{ "oom_killer", "boolean",
		"false: an operation that finds no memory fails with OOM and "
		"nobody is killed",
		NULL },
	{ "lru_batches", "boolean",
		"keep pages in per-CPU LRU batches between operations", NULL },
	{ "pcp", "boolean",
		"the CPU keeps batches of free frames at hand, from 2.6 on",
		NULL },
	{ "thp", "boolean", "transparent huge pages",
		"it comes with huge pages" },
	{ "swappiness", "integer", "0 to 100, in 6.18 200; 60 unless said",
		NULL },
	{ "page_cluster", "integer",
		"swap readahead of 2^n slots, n 0 to 6; 0 unless said", NULL },
	{ "nrpte", "integer",
		"PTEs a pte_chain node holds in 2.6.0: 3, 7, 15 or 31; 7 "
		"unless said",
		NULL },
	{ "fault_around", "integer",
		"pages mapped around a file fault where the era does that, a "
		"power of two; 16 unless said, 1: only the page itself",
		NULL },
	{ "swap_cluster", "integer",
		"SWAP_CLUSTER_MAX, frames a scan wants; 32 unless said", NULL },
	{ "pages_min", "integer",
		"frames of the lowest watermark, for the three of a small "
		"machine; 0 unless said",
		NULL },
	{ "overcommit", "integer",
		"vm.overcommit_memory: 0 guess, 1 promise anything, 2 never "
		"more than there is (not in 2.4); 0 unless said",
		NULL },
	{ "overcommit_ratio", "integer",
		"percent of ram that mode 2 promises beside swap; 50 unless "
		"said",
		NULL },
	{ "max_map_count", "integer",
		"VMAs of an address space; 65536 in the 2.x eras, 65530 later",
		NULL },
	{ "io", "string", "when I/O is done: \"end\" of the operation",
		"it comes with slow disks" },
	{ "kswapd", "string",
		"when kswapd runs: \"inline\", in the operation that woke it",
		"it comes with several processors" },
	{ NULL, NULL, NULL, NULL },
};

static const struct option mmap_options[] = {
	{ "pages", "integer", "length in pages, instead of len", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct option no_options[] = { { NULL, NULL, NULL, NULL } };

static const struct option ask_options[] = {
	{ "choices", "text[]", "2 to 9 answers", NULL },
	{ "answer", "integer", "number of the right one", NULL },
	{ "why", "text", "the explanation", NULL },
	{ NULL, NULL, NULL, NULL },
};

/* Also of operations that the machine does not have yet. */
static const struct op_shape shapes[] = {
	{ "file", 2, true, no_options, false },
	{ "mmap", 0, true, mmap_options, false },
	{ "mremap", 3, true, no_options, false },
	{ "rmap", 0, true, no_options, false },
	{ "mlock", 2, true, no_options, false },
	{ "mlockall", 0, true, no_options, false },
	{ "setrlimit", 0, true, no_options, false },
	{ "clone", 0, true, no_options, false },
	{ "exec", 1, true, no_options, false },
	{ "migrate", 0, false, no_options, true },
};

static const struct api_function functions[] = {
	{ "scenario", api_scenario, "", "options: scenario.options", "machine",
		"what this scenario is and which machine it runs on; the first "
		"call, at most once",
		scenario_options, NULL },
	{ "say", api_say, "", "text: text", "",
		"narration, from the next operation's first event on", NULL,
		NULL },
	{ "scene", api_scene, "", "title: text", "",
		"a new scene begins before the next operation", NULL, NULL },
	{ "note", api_note, "", "text: text", "",
		"an aside to the next operation", NULL, NULL },
	{ "ask", api_ask, "", "question: ask.options", "",
		"the viewer predicts before the next operation is shown",
		ask_options, NULL },
	{ "show", api_show, "", "panes: string[]", "",
		"show these panes from here on", NULL, NULL },
	{ "point", api_point, "", "object: task|page|vma|anon_vma", "",
		"look at this object", NULL, NULL },
	{ "pause", api_pause, "", "", "", "play stops here", NULL, NULL },
	{ "print", api_print, "", "...: any", "",
		"write a line into the run's output", NULL, NULL },
	{ "expect", api_expect, "", "cond: any, text?: text", "",
		"a check: the condition holds now", NULL, NULL },
	{ "expect_eq", api_expect_eq, "", "got: any, want: any, text?: text",
		"", "a check: both are equal", NULL, NULL },
	{ "expect_error", api_expect_error, "", "name: string, fn: fun(), text?: text",
		"",
		"a check: the last operation inside fn failed with this error",
		NULL, NULL },
	{ "batch", api_batch, "", "text: text, fn: fun(): ...", "any",
		"everything inside is one step", NULL, NULL },
	{ "page_at", api_page_at, "", "task: task, addr: integer", "page?",
		"the page that is mapped there, or nil", NULL, NULL },
	{ "anon_vmas", api_anon_vmas, "", "", "anon_vma[]", "all anon_vmas",
		NULL, NULL },
	{ "machine", api_machine, "", "", "machine", "the machine", NULL,
		NULL },
	{ "costs", api_costs, "", "last?: boolean", "table<string, integer>",
		"costs since the start, or of the last operation", NULL, NULL },
	{ "require", api_require, "", "name: string", "any",
		"load _name.lua from beside the scenario or the script folders",
		NULL, NULL },
	{ "walk", api_task_walk, "task", "addr: integer", "walk",
		"the page-table walk of an address", NULL, NULL },
	{ "vmas", api_task_vmas, "task", "", "vma[]", "its VMAs by address",
		NULL, NULL },
	{ "mappers", api_page_mappers, "page", "", "mapping[]",
		"who maps it, read from the page tables", NULL, NULL },
	{ "page", api_file_page, "file", "index: integer", "page?",
		"the frame that the page cache has for it, or nil", NULL,
		NULL },
};

const char *const known_panes[] = {
#define PANE(name) #name,
	PANE_LIST(PANE)
#undef PANE
	NULL
};
const char *const pane_names_later[] = { NULL };

/* A row stands for what is not built only until it is. */
static bool is_built(const struct api_function *f)
{
	const struct op_desc *d = f->later ? op_find(f->name) : NULL;

	return d && strcmp(op_on(d), f->on) == 0;
}

const struct api_function *api_function_at(unsigned i)
{
	for (unsigned k = 0; k < ROWS(functions); k++)
		if (!is_built(&functions[k]) && !i--)
			return &functions[k];
	return NULL;
}

const struct op_shape *op_shape(enum op_id id)
{
	const struct op_desc *d = op_desc(id);

	for (unsigned i = 0; d && i < ROWS(shapes); i++)
		if (strcmp(shapes[i].name, d->name) == 0)
			return &shapes[i];
	return NULL;
}

const char *op_subject_word(const struct op_desc *d)
{
	static const char *const words[] = {
		[ON_NOTHING] = "", [ON_TASK] = "task", [ON_PAGE] = "page",
		[ON_FILE] = "file"
	};

	return words[d->subject];
}

const char *op_on(const struct op_desc *d)
{
	const struct op_shape *shape = op_shape(d->id);

	return shape && shape->global ? "" : op_subject_word(d);
}

const char *op_call(const struct op_desc *d)
{
	return d->method ? d->method : d->name;
}

int op_place(const struct op_desc *d, unsigned i)
{
	const struct op_shape *shape = op_shape(d->id);

	return !shape || !shape->table || i < shape->positional ? (int)i : -1;
}

bool op_has_arg(const struct op_desc *d, const char *name)
{
	for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
		if (strcmp(d->arg[i].name, name) == 0)
			return true;
	return false;
}

/* -- is there such a name? ----------------------------------------------- */

static bool tried(struct nearest *near, const char *name)
{
	nearest_try(near, name);
	return strcmp(name, near->wanted) == 0;
}

static bool has_described(const char *on, struct nearest *near)
{
	for (unsigned kind = 1; kind < NR_REF_KINDS; kind++) {
		const char *word = object_word((enum ref_kind)kind);
		const struct object_desc *d;

		if (!word || strcmp(word, on) != 0)
			continue;
		d = object_desc((enum ref_kind)kind);
		for (const struct field *f = d ? d->fields : NULL; f && f->name;
			f++)
			if (tried(near, f->name))
				return true;
	}
	return false;
}

static bool has_function(const char *on, struct nearest *near)
{
	const struct api_function *f;

	for (unsigned i = 0; (f = api_function_at(i)); i++)
		if (strcmp(f->on, on) == 0 && tried(near, f->name))
			return true;
	for (unsigned id = 1; id < NR_OPS; id++) {
		const struct op_desc *d = op_desc((enum op_id)id);

		if (d && strcmp(op_on(d), on) == 0 && tried(near, op_call(d)))
			return true;
	}
	return false;
}

static bool has_field(const char *on, struct nearest *near)
{
	const struct api_field *f;

	for (unsigned i = 0; (f = api_field_at(i)); i++)
		if (strcmp(f->on, on) == 0 && tried(near, f->name))
			return true;
	return false;
}

bool api_has(const char *on, const char *name, const char **near)
{
	struct nearest n;
	bool has;

	nearest_start(&n, name);
	has = has_function(on, &n) || has_field(on, &n) ||
	      has_described(on, &n);
	if (near)
		*near = nearest_name(&n);
	return has;
}

/* -- options ------------------------------------------------------------- */

static const struct api_function *function_find(
	const char *on, const char *name)
{
	const struct api_function *f;

	for (unsigned i = 0; (f = api_function_at(i)); i++)
		if (strcmp(f->on, on) == 0 && strcmp(f->name, name) == 0)
			break;
	return f;
}

const struct api_function *api_function_find(const char *on, const char *name)
{
	return function_find(on, name);
}

void api_each_option(const char *on, const char *name, option_fn *fn, void *ctx)
{
	const struct api_function *f = function_find(on, name);
	const struct op_desc *d = f ? NULL : op_find(name);
	const struct op_shape *shape = d ? op_shape(d->id) : NULL;
	const struct option *o = f ? f->options : NULL;

	if (d && strcmp(op_on(d), on) != 0)
		return;
	if (shape && shape->table) {
		for (unsigned i = 0; d->arg[i].type != ARG_END; i++)
			if (op_place(d, i) < 0)
				fn(ctx, d->arg[i].name);
		o = shape->options;
	}
	for (; o && o->name; o++)
		if (!d || !op_has_arg(d, o->name))
			fn(ctx, o->name);
}

struct option_search {
	struct nearest near; /* to the name that was written */
	bool found;	     /* it is one of them */
	bool any;	     /* there are options at all */
};

static void search_option(void *ctx, const char *option)
{
	struct option_search *s = ctx;

	s->any = true;
	if (tried(&s->near, option))
		s->found = true;
}

bool api_has_option(
	const char *on, const char *name, const char *option, const char **near)
{
	struct option_search s = { .found = false };

	nearest_start(&s.near, option);
	api_each_option(on, name, search_option, &s);
	*near = nearest_name(&s.near);
	return s.found || !s.any;
}

static void add_option(void *ctx, const char *option)
{
	luaL_Buffer *b = ctx;

	luaL_addchar(b, ' ');
	luaL_addstring(b, option);
}

/* A key of an option table that is none of @fn's. */
static _Noreturn void unknown_option(lua_State *L, const char *on,
	const char *fn, const char *key, const char *near)
{
	luaL_Buffer b;

	luaL_buffinit(L, &b);
	api_each_option(on, fn, add_option, &b);
	luaL_pushresult(&b);
	if (near)
		script_error(L, "%s: unknown option '%s'; did you mean '%s'?",
			fn, key, near);
	script_error(L, "%s: unknown option '%s' (allowed:%s)", fn, key,
		lua_rawlen(L, -1) ? lua_tostring(L, -1) : " none");
}

static void check_option(lua_State *L, int idx, const char *on, const char *fn)
{
	struct option_search s = { .found = false };
	const char *key;

	if (lua_type(L, idx) == LUA_TNUMBER && strcmp(fn, "ask") == 0)
		return; /* the question itself */
	if (lua_type(L, idx) != LUA_TSTRING)
		script_error(L, "%s: options have names, [%s] has none", fn,
			arg_words(L, idx));
	key = lua_tostring(L, idx);
	nearest_start(&s.near, key);
	api_each_option(on, fn, search_option, &s);
	if (!s.found)
		unknown_option(L, on, fn, key, nearest_name(&s.near));
}

void arg_check_options(lua_State *L, int idx, const char *on, const char *fn)
{
	int keys;

	idx = lua_absindex(L, idx);
	push_sorted_keys(L, idx);
	keys = lua_gettop(L);
	for (lua_Integer i = 1; lua_rawgeti(L, keys, i) != LUA_TNIL; i++) {
		check_option(L, keys + 1, on, fn);
		lua_settop(L, keys);
	}
	lua_settop(L, keys - 1);
}
