/* What the contract names and the machine cannot do yet: how it is called is
 * checked all the same, so that a script is right once it can. */
#include "script/api.h"

#include <stdio.h>
#include <string.h>

/* How many arguments @params names, and how many of them must be given. */
static void count_params(const char *params, int *all, int *needed)
{
	*all = *needed = 0;
	if (!*params)
		return;
	for (const char *p = params; p; p = strchr(p, ',')) {
		const char *colon;

		p += *p == ',';
		colon = strchr(p, ':');
		++*all;
		if (colon && colon > p && colon[-1] != '?')
			*needed = *all;
	}
}

int api_later(lua_State *L)
{
	const struct api_function *f = lua_touserdata(L, lua_upvalueindex(1));
	int self = *f->on ? 1 : 0, given = lua_gettop(L) - self, all, needed;
	char what[64];

	count_params(f->params, &all, &needed);
	arg_count(L, f->name, all + self);
	if (given < needed)
		script_error(L, "%s: %d of %d arguments are missing", f->name,
			needed - given, needed);
	if (f->options && !lua_isnoneornil(L, all + self)) {
		arg_table(L, all + self, f->name, "the options");
		arg_check_options(L, all + self, f->on, f->name);
	}
	snprintf(what, sizeof(what), "%s%s", *f->on ? "t:" : "", f->name);
	not_built(L, what, f->later);
}
