/*
 * The numbers of scenario{} that a kernel's administrator would choose: each
 * is a row of a table; what a row lacks is the era's default.
 */
#include "script/api.h"

#include <stdio.h>
#include <string.h>

enum kind {
	FLAG,	 /* bool */
	FLAG_NOT, /* bool, kept negated */
	NUMBER,	 /* from min to max */
	ONE_OF	 /* one of the values */
};

struct tunable {
	const char *name;
	enum kind kind;
	lua_Integer min, max;
	const lua_Integer *values; /* ONE_OF: ended by -1 */
	size_t offset, size;	   /* of the number in struct tunables */
};

#define TUNES(field)                                                           \
	offsetof(struct tunables, field),                                      \
		sizeof(((struct tunables *)0)->field)

/* Cache lines of 16 to 128 bytes, less the pointer, 4 bytes a PTE. */
static const lua_Integer nrpte_values[] = { 3, 7, 15, 31, -1 };
/* fault_around_bytes is a power of two and lies in one page table. */
static const lua_Integer around_values[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256,
	512, -1 };

static const struct tunable tunables[] = {
	{ "oom_killer", FLAG_NOT, 0, 1, NULL, TUNES(no_oom_killer) },
	{ "lru_batches", FLAG, 0, 1, NULL, TUNES(lru_batches) },
	{ "pcp", FLAG, 0, 1, NULL, TUNES(pcp) },
	{ "swappiness", NUMBER, 0, 100, NULL, TUNES(swappiness) },
	{ "page_cluster", NUMBER, 0, 6, NULL, TUNES(page_cluster) },
	{ "nrpte", ONE_OF, 0, 0, nrpte_values, TUNES(nrpte) },
	{ "fault_around", ONE_OF, 0, 0, around_values, TUNES(fault_around) },
	{ "swap_cluster", NUMBER, 1, 1024, NULL, TUNES(swap_cluster) },
	{ "pages_min", NUMBER, 0, 1 << 24, NULL, TUNES(pages_min) },
};

static void store(struct tunables *tune, const struct tunable *t, uint64_t n)
{
	void *at = (char *)tune + t->offset;
	bool flag = n;
	uint8_t n8 = (uint8_t)n;
	uint16_t n16 = (uint16_t)n;

	if (t->kind == FLAG || t->kind == FLAG_NOT)
		memcpy(at, &flag, sizeof(flag));
	else if (t->size == sizeof(n8))
		memcpy(at, &n8, sizeof(n8));
	else if (t->size == sizeof(n16))
		memcpy(at, &n16, sizeof(n16));
	else
		memcpy(at, &n, sizeof(n));
}

static _Noreturn void not_one_of(
	lua_State *L, const struct tunable *t, lua_Integer n)
{
	char allowed[64];
	size_t at = 0;

	for (const lua_Integer *v = t->values; *v >= 0; v++)
		at += (size_t)snprintf(allowed + at, sizeof(allowed) - at,
			" %lld", (long long)*v);
	script_error(L, "scenario: %s is %lld; allowed:%s", t->name,
		(long long)n, allowed);
}

static lua_Integer one_of(lua_State *L, const struct tunable *t)
{
	lua_Integer n =
		arg_integer(L, -1, "scenario", t->name, 0, LUA_MAXINTEGER);

	for (const lua_Integer *v = t->values; *v >= 0; v++)
		if (*v == n)
			return n;
	not_one_of(L, t, n);
}

/* The value on top of the stack. */
static lua_Integer read_value(
	lua_State *L, const struct tunable *t, const struct era *era)
{
	lua_Integer max = t->max;

	if (t->offset == offsetof(struct tunables, swappiness))
		max = era->max_swappiness ? era->max_swappiness : max;
	switch (t->kind) {
	case FLAG:
		return arg_bool(L, -1, "scenario", t->name);
	case FLAG_NOT:
		return !arg_bool(L, -1, "scenario", t->name);
	case ONE_OF:
		return one_of(L, t);
	default:
		return arg_integer(L, -1, "scenario", t->name, t->min, max);
	}
}

void scenario_tunables(lua_State *L)
{
	struct machine_config *config = &run_of(L)->sc.config;

	config->tune = tunables_default(config->era);
	for (unsigned i = 0; i < sizeof(tunables) / sizeof(*tunables); i++) {
		if (lua_getfield(L, 1, tunables[i].name) != LUA_TNIL)
			store(&config->tune, &tunables[i],
				(uint64_t)read_value(L, &tunables[i],
					config->era));
		lua_pop(L, 1);
	}
}
