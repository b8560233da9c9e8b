/* scenario{}: what the script is about and which machine it runs on; batch. */
#include "script/api.h"
#include "script/script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_ERA "4.0"

/* -- texts that outlive the state ---------------------------------------- */

static void keep(lua_State *L, const char **slot, const char *text)
{
	struct sandbox *sb = sandbox_of(L);

	sandbox_busy(sb);
	*slot = text ? strdup(text) : NULL;
	sandbox_ready(sb);
}

/* Field @name of the options at 1 is left on the stack, as its owner. */
static bool option(lua_State *L, const char *name)
{
	return lua_getfield(L, 1, name) != LUA_TNIL;
}

static void take_text(lua_State *L, const char *name, struct text *text)
{
	struct text t;

	if (!option(L, name))
		return;
	t = arg_text(L, -1, "scenario", name);
	keep(L, &text->en, t.en);
	keep(L, &text->zh, t.zh);
}

/* -- eras and archs ------------------------------------------------------ */

static const char *era_names(char *buf, size_t size)
{
	const struct era *era;
	size_t n = 0;

	for (unsigned i = 0; (era = era_at(i)) && n < size; i++)
		n += (size_t)snprintf(
			buf + n, size - n, "%s%s", i ? " " : "", era->name);
	return buf;
}

static const char *arch_names(const struct era *era, char *buf, size_t size)
{
	size_t n = 0;

	*buf = 0;
	for (unsigned a = 0; a < NR_ARCHS && n < size; a++)
		if (!era || era->archs >> a & 1)
			n += (size_t)snprintf(buf + n, size - n, "%s%s",
				n ? " " : "", paging_get((enum arch)a)->name);
	return buf;
}

static void add_era(lua_State *L, const char *name)
{
	struct scenario *sc = &run_of(L)->sc;
	const struct era *era = era_find(name);
	char names[128];

	if (!era)
		script_error(L, "scenario: unknown era '%s' (allowed: %s)",
			name, era_names(names, sizeof(names)));
	if (sc->nr_eras == 8)
		script_error(L, "scenario: more than 8 eras");
	sc->eras[sc->nr_eras++] = era;
}

static void take_eras(lua_State *L)
{
	struct scenario *sc = &run_of(L)->sc;

	if (!option(L, "eras") && !option(L, "era"))
		return;
	if (lua_type(L, -1) == LUA_TSTRING) {
		add_era(L, arg_string(L, -1, "scenario", "eras", 1, 31));
	} else {
		arg_table(L, -1, "scenario", "eras");
		for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(L, -1);
			i++) {
			lua_rawgeti(L, -1, i);
			add_era(L,
				arg_string(L, -1, "scenario", "an era", 1,
					31));
			lua_pop(L, 1);
		}
	}
	if (!sc->nr_eras)
		script_error(L, "scenario: eras is empty");
	sc->has_eras = true;
}

static void take_arch(lua_State *L)
{
	struct scenario *sc = &run_of(L)->sc;
	const struct era *era =
		sc->nr_eras ? sc->eras[0] : era_find(DEFAULT_ERA);
	const char *name;
	char names[128];

	if (!option(L, "arch"))
		return;
	name = arg_string(L, -1, "scenario", "arch", 1, 31);
	sc->paging = paging_find(name);
	if (!sc->paging)
		script_error(L, "scenario: unknown arch '%s' (allowed: %s)",
			name, arch_names(NULL, names, sizeof(names)));
	if (era && !era_allows(era, sc->paging))
		script_error(L, "scenario: %s has no arch %s (allowed: %s)",
			era->name, name, arch_names(era, names, sizeof(names)));
}

static bool era_is_named(const struct scenario *sc, const struct era *era)
{
	for (unsigned i = 0; i < sc->nr_eras; i++)
		if (sc->eras[i] == era)
			return true;
	return false;
}

/* Without eras= it means something in all of them, 4.0 first. */
static void default_eras(struct scenario *sc)
{
	const struct era *first = era_find(DEFAULT_ERA), *era;

	if (sc->has_eras)
		return;
	if (first)
		sc->eras[sc->nr_eras++] = first;
	for (unsigned i = 0; (era = era_at(i)) && sc->nr_eras < 8; i++)
		if (era != first)
			sc->eras[sc->nr_eras++] = era;
	sc->has_eras = true;
}

static bool unusable(struct run *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool unusable(struct run *r, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&r->unusable, format, ap) < 0)
		r->unusable = NULL;
	va_end(ap);
	return false;
}

static bool choose_era(struct run *r)
{
	struct scenario *sc = &r->sc;
	const struct era *wanted = r->req->era;
	char names[128];
	size_t n = 0;

	default_eras(sc);
	if (!wanted || era_is_named(sc, wanted)) {
		sc->config.era = wanted ? wanted : sc->eras[0];
		return true;
	}
	for (unsigned i = 0; i < sc->nr_eras && n < sizeof(names); i++)
		n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s",
			i ? " " : "", sc->eras[i]->name);
	return unusable(r, "it means nothing in era %s (allowed: %s)",
		wanted->name, names);
}

static bool choose_arch(struct run *r)
{
	struct scenario *sc = &r->sc;
	const struct era *era = sc->config.era;
	const struct paging *wanted = r->req->paging;
	char names[128];

	if (wanted && !era_allows(era, wanted))
		return unusable(r, "%s has no arch %s (allowed: %s)", era->name,
			wanted->name, arch_names(era, names, sizeof(names)));
	sc->config.paging = wanted ? wanted : sc->paging;
	if (sc->config.paging && era_allows(era, sc->config.paging))
		return true;
	sc->config.paging = paging_get(era->default_arch);
	if (sc->paging &&
		asprintf(&r->notice, "arch %s is not in %s: %s is used",
			sc->paging->name, era->name,
			sc->config.paging->name) < 0)
		r->notice = NULL;
	return true;
}

bool scenario_resolve(struct run *r)
{
	if (r->sc.config.paging) /* it was done before */
		return true;
	return choose_era(r) && choose_arch(r);
}

/* -- memory -------------------------------------------------------------- */

static void take_sizes(lua_State *L)
{
	struct machine_config *config = &run_of(L)->sc.config;

	if (option(L, "ram")) {
		config->ram = arg_size(L, -1, "scenario", "ram");
		if (config->ram < 1u << 20 || config->ram > 64ull << 30)
			script_error(L, "scenario: ram must be 1M to 64G");
	}
	if (option(L, "swap")) {
		config->swap = arg_size(L, -1, "scenario", "swap");
		if (config->swap > 64ull << 30)
			script_error(L, "scenario: swap is at most 64G");
	}
	if (option(L, "cpus") &&
		arg_integer(L, -1, "scenario", "cpus", 1, 64) != 1)
		not_built(L, "scenario: cpus above 1",
			"it comes with several processors");
}

static int zone_index(lua_State *L, int idx)
{
	static const char *const names[NR_ZONES_MAX] = { "DMA", "DMA32",
		"Normal", "HighMem" };
	struct machine_config *config = &run_of(L)->sc.config;
	const char *name =
		lua_type(L, idx) == LUA_TSTRING ? lua_tostring(L, idx) : "";

	for (int i = 0; i < NR_ZONES_MAX; i++)
		if (strcmp(names[i], name) == 0) {
			config->zone_name[i] = names[i];
			return i;
		}
	return script_error(L,
		"scenario: unknown zone %s (allowed: DMA DMA32 "
		"Normal HighMem)",
		arg_words(L, idx));
}

static void take_zones(lua_State *L)
{
	struct machine_config *config = &run_of(L)->sc.config;
	struct machine_config out = *config;
	int n = 0, table;

	if (!option(L, "zones"))
		return;
	arg_table(L, -1, "scenario", "zones");
	table = lua_gettop(L);
	for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
		int i = zone_index(L, -2);

		config->zone_pages[i] = (uint64_t)arg_integer(
			L, -1, "scenario", "frames of a zone", 16, 1 << 24);
	}
	for (int i = 0; i < NR_ZONES_MAX; i++) /* low to high, no gaps */
		if (config->zone_name[i]) {
			out.zone_name[n] = config->zone_name[i];
			out.zone_pages[n++] = config->zone_pages[i];
		}
	*config = out;
	if (n)
		config->ram = 0;
	while (n--)
		config->ram += out.zone_pages[n] << PAGE_SHIFT;
}

/* -- options of mechanisms that are not built ---------------------------- */

/* Their default may be said already. */
static bool says_default(lua_State *L, const char *name)
{
	static const struct {
		const char *name, *value;
	} words[] = { { "io", "end" }, { "kswapd", "inline" } };

	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].name, name) == 0)
			return strcmp(arg_string(L, -1, "scenario", name, 1,
					      31),
				       words[i].value) == 0;
	return !arg_bool(L, -1, "scenario", name);
}

static void refuse_later(lua_State *L)
{
	char what[64];

	for (const struct option *o = scenario_options; o->name; o++) {
		if (!o->later || !option(L, o->name) ||
			says_default(L, o->name))
			continue;
		snprintf(what, sizeof(what), "scenario: %s=", o->name);
		not_built(L, what, o->later);
	}
}

/* Numbers are checked by what the chosen era allows. */
static void choose_machine(lua_State *L)
{
	struct run *r = run_of(L);
	bool fits;

	sandbox_busy(r->sb);
	fits = scenario_resolve(r);
	sandbox_ready(r->sb);
	if (!fits)
		sandbox_leave(r->sb, SANDBOX_DONE);
	scenario_tunables(L);
}

int api_scenario(lua_State *L)
{
	struct run *r = run_of(L);

	arg_count(L, "scenario", 1);
	arg_table(L, 1, "scenario", "the options");
	if (r->sc.called)
		script_error(L, "scenario: called twice");
	if (r->h)
		script_error(L, "scenario: must be the first call");
	arg_check_options(L, 1, "", "scenario");
	luaL_checkstack(L, 64, "scenario");
	r->sc.called = true;
	take_text(L, "title", &r->sc.title);
	take_text(L, "summary", &r->sc.summary);
	take_eras(L);
	take_arch(L);
	take_sizes(L);
	take_zones(L);
	if (option(L, "panes"))
		keep(L, &r->sc.panes, arg_panes(L, -1, "scenario"));
	refuse_later(L);
	if (r->titles_only)
		sandbox_leave(r->sb, SANDBOX_DONE);
	choose_machine(L);
	run_begin(L);
	object_push(L, ref_make(REF_MACHINE, 0));
	return 1;
}

/* -- batch --------------------------------------------------------------- */

/* Also when fn failed: its to-be-closed variable comes here. */
static int batch_close(lua_State *L)
{
	struct run *r = run_of(L);

	sandbox_busy(r->sb);
	run_end(r);
	sandbox_ready(r->sb);
	return 0;
}

static void push_closer(lua_State *L)
{
	lua_newuserdatauv(L, 0, 0);
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, batch_close);
	lua_setfield(L, -2, "__close");
	lua_setmetatable(L, -2);
}

int api_batch(lua_State *L)
{
	struct run *r = run_of(L);
	struct text text;
	unsigned line = 0;
	int chunk = -1;

	arg_count(L, "batch", 2);
	text = arg_text(L, 1, "batch", "the text");
	if (!lua_isfunction(L, 2))
		arg_wrong(L, 2, "batch", "fn", "a function");
	if (r->in_batch)
		script_error(L, "batch inside batch()");
	run_history(L);
	if (r->ops++ >= SCRIPT_MAX_OPS) /* an empty one is a step, too */
		sandbox_leave(r->sb, SANDBOX_OPS);
	sandbox_charge(r->sb, strlen(text.en) + 1);
	blame_here(L, &chunk, &line);
	push_closer(L);
	sandbox_busy(r->sb);
	history_batch_begin(r->h, text.en, line, run_file(r, chunk));
	r->in_batch = true;
	sandbox_ready(r->sb);
	lua_toclose(L, 3);
	lua_pushvalue(L, 2);
	lua_call(L, 0, LUA_MULTRET);
	lua_closeslot(L, 3);
	return lua_gettop(L) - 3;
}
