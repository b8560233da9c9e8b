/* Regions: where an mmap put something.  Plain numbers that follow nothing. */
#include "script/api.h"

#include <stdio.h>
#include <string.h>

#define REGION "rmapscope.region"

struct region {
	uint64_t addr;
	uint64_t len;
};

void region_push(lua_State *L, uint64_t addr, uint64_t len)
{
	struct region *r = lua_newuserdatauv(L, sizeof(*r), 0);

	r->addr = addr;
	r->len = len;
	luaL_setmetatable(L, REGION);
}

bool region_at(lua_State *L, int idx, uint64_t *addr, uint64_t *len)
{
	const struct region *r = luaL_testudata(L, idx, REGION);

	if (!r)
		return false;
	if (addr)
		*addr = r->addr;
	if (len)
		*len = r->len;
	return true;
}

static const struct region *region_self(lua_State *L)
{
	return luaL_checkudata(L, 1, REGION);
}

static uint64_t region_pages(const struct region *r)
{
	return (r->len + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

static int region_page(lua_State *L, const struct region *r)
{
	int ok;
	lua_Integer i = lua_tointegerx(L, 2, &ok);

	if (!ok)
		arg_wrong(L, 2, "region", "the page", "a whole number");
	if (i < 0 || (uint64_t)i >= region_pages(r)) {
		if (region_pages(r) == 0)
			script_error(L, "region[%lld]: the region is empty",
				(long long)i);
		script_error(L, "region[%lld]: outside; it has pages 0 to %lld",
			(long long)i, (long long)region_pages(r) - 1);
	}
	lua_pushinteger(
		L, (lua_Integer)(r->addr + ((uint64_t)i << PAGE_SHIFT)));
	return 1;
}

static int region_index(lua_State *L)
{
	const struct region *r = region_self(L);
	const char *key;

	if (lua_type(L, 2) == LUA_TNUMBER)
		return region_page(L, r);
	key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
	if (strcmp(key, "addr") == 0)
		lua_pushinteger(L, (lua_Integer)r->addr);
	else if (strcmp(key, "len") == 0)
		lua_pushinteger(L, (lua_Integer)r->len);
	else
		script_error(L,
			"a region has no %s (allowed: .addr, .len, "
			"#region, region[page])",
			arg_words(L, 2));
	return 1;
}

static int region_newindex(lua_State *L)
{
	return script_error(L, "a region is read-only");
}

static int region_len(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)region_pages(region_self(L)));
	return 1;
}

static int region_eq(lua_State *L)
{
	uint64_t a = 0, na = 0, b = 1, nb = 1;

	lua_pushboolean(L, region_at(L, 1, &a, &na) &&
				   region_at(L, 2, &b, &nb) && a == b &&
				   na == nb);
	return 1;
}

static int region_tostring(lua_State *L)
{
	const struct region *r = region_self(L);
	char text[64];

	snprintf(text, sizeof(text), "region 0x%llx-0x%llx",
		(unsigned long long)r->addr,
		(unsigned long long)(r->addr + r->len));
	lua_pushstring(L, text);
	return 1;
}

void region_open(lua_State *L)
{
	static const luaL_Reg meta[] = {
		{ "__index", region_index },
		{ "__newindex", region_newindex },
		{ "__len", region_len },
		{ "__eq", region_eq },
		{ "__tostring", region_tostring },
		{ NULL, NULL },
	};

	luaL_newmetatable(L, REGION);
	luaL_setfuncs(L, meta, 0);
	lua_pushliteral(L, "region");
	lua_setfield(L, -2, "__name");
	lua_pushliteral(L, "region");
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}
