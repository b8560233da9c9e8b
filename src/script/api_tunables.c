/* The numbers of scenario{} that are the machine's own (core/tunables.h). */
#include "core/tunables.h"
#include "script/api.h"

#include <stdio.h>

static _Noreturn void not_one_of(
	lua_State *L, const struct tunable *t, lua_Integer n)
{
	char allowed[64] = "";
	size_t at = 0;

	for (const uint16_t *v = t->values; *v && at < sizeof(allowed); v++)
		at += (size_t)snprintf(
			allowed + at, sizeof(allowed) - at, " %u", *v);
	script_error(L, "scenario: %s is %lld; allowed:%s", t->name,
		(long long)n, allowed);
}

static uint64_t one_of(lua_State *L, const struct tunable *t)
{
	lua_Integer n =
		arg_integer(L, -1, "scenario", t->name, 0, LUA_MAXINTEGER);

	for (const uint16_t *v = t->values; *v; v++)
		if (*v == n)
			return (uint64_t)n;
	not_one_of(L, t, n);
}

/* The value on top of the stack. */
static uint64_t read_value(
	lua_State *L, const struct tunable *t, const struct era *era)
{
	switch (t->kind) {
	case TUNE_NUMBER:
		return (uint64_t)arg_integer(L, -1, "scenario", t->name,
			(lua_Integer)t->min, (lua_Integer)tunable_max(t, era));
	case TUNE_ONE_OF:
		return one_of(L, t);
	default:
		return arg_bool(L, -1, "scenario", t->name);
	}
}

void scenario_tunables(lua_State *L)
{
	struct machine_config *config = &run_of(L)->sc.config;
	const struct tunable *t;

	config->tune = tunables_default(config->era);
	for (unsigned i = 0; (t = tunable_at(i)); i++) {
		if (lua_getfield(L, 1, t->name) != LUA_TNIL)
			tunable_set(&config->tune, t,
				read_value(L, t, config->era));
		lua_pop(L, 1);
	}
}
