/* Checking arguments: every message names the call, the argument, what is
 * wanted and what was given. */
#include "script/api.h"

#include <stdio.h>
#include <string.h>

const char *arg_words(lua_State *L, int idx)
{
	struct ref ref;

	switch (lua_type(L, idx)) {
	case LUA_TNONE:
	case LUA_TNIL:
		return "nothing";
	case LUA_TBOOLEAN:
		return lua_toboolean(L, idx) ? "true" : "false";
	case LUA_TNUMBER:
		lua_pushvalue(L, idx); /* tolstring would change it */
		return lua_pushfstring(L, "%s", lua_tostring(L, -1));
	case LUA_TSTRING:
		if (lua_rawlen(L, idx) > 40)
			return "a long string";
		return lua_pushfstring(L, "'%s'", lua_tostring(L, idx));
	case LUA_TUSERDATA:
		ref = object_at(L, idx);
		if (ref.kind != REF_NONE)
			return lua_pushfstring(L, "a %s",
				object_word((enum ref_kind)ref.kind));
		return region_at(L, idx, NULL, NULL) ? "a region" : "an object";
	default:
		return lua_pushfstring(L, "a %s", luaL_typename(L, idx));
	}
}

_Noreturn void arg_wrong(lua_State *L, int idx, const char *fn,
	const char *name, const char *wanted)
{
	script_error(L, "%s: %s must be %s, not %s", fn, name, wanted,
		arg_words(L, idx));
}

void arg_count(lua_State *L, const char *fn, int max)
{
	if (lua_gettop(L) > max)
		script_error(L, "%s: too many arguments (%d; at most %d)", fn,
			lua_gettop(L), max);
}

lua_Integer arg_integer(lua_State *L, int idx, const char *fn, const char *name,
	lua_Integer min, lua_Integer max)
{
	int ok = 0;
	lua_Integer n = 0;

	if (lua_type(L, idx) == LUA_TNUMBER)
		n = lua_tointegerx(L, idx, &ok);
	if (!ok)
		arg_wrong(L, idx, fn, name, "a whole number");
	if (n < min || n > max)
		script_error(L, "%s: %s is %lld; allowed: %lld to %lld", fn,
			name, (long long)n, (long long)min, (long long)max);
	return n;
}

bool arg_bool(lua_State *L, int idx, const char *fn, const char *name)
{
	if (!lua_isboolean(L, idx))
		arg_wrong(L, idx, fn, name, "true or false");
	return lua_toboolean(L, idx);
}

uint64_t arg_addr(lua_State *L, int idx, const char *fn, const char *name)
{
	int ok = 0;
	lua_Integer n = 0;

	if (lua_type(L, idx) == LUA_TNUMBER)
		n = lua_tointegerx(L, idx, &ok);
	if (!ok)
		arg_wrong(L, idx, fn, name, "an address");
	return (uint64_t)n; /* the machine says which it can use */
}

/* "64K" to bytes; false when it is not written like that. */
static bool size_parse(const char *s, uint64_t *bytes)
{
	static const char units[] = "KMG";
	uint64_t n = 0;
	const char *unit;

	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		n = n * 10 + (uint64_t)(*s - '0');
		if (n > 1ull << 32)
			return false;
	}
	if (*s == 0) {
		*bytes = n;
		return true;
	}
	unit = strchr(units, *s);
	if (!unit || s[1])
		return false;
	*bytes = n << (10 * (unit - units + 1));
	return true;
}

uint64_t arg_size(lua_State *L, int idx, const char *fn, const char *name)
{
	static const char wanted[] = "bytes or a size such as \"64K\", "
				     "\"16M\", \"1G\"";
	uint64_t bytes;
	lua_Integer n;
	int ok;

	if (lua_type(L, idx) == LUA_TSTRING) {
		if (!size_parse(lua_tostring(L, idx), &bytes))
			arg_wrong(L, idx, fn, name, wanted);
		return bytes;
	}
	if (lua_type(L, idx) != LUA_TNUMBER)
		arg_wrong(L, idx, fn, name, wanted);
	n = lua_tointegerx(L, idx, &ok);
	if (!ok || n < 0)
		arg_wrong(L, idx, fn, name, wanted);
	return (uint64_t)n;
}

bool text_valid(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s, *end = p + n;

	while (p < end) {
		static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
		unsigned more = *p < 0x80	      ? 0
				: (*p & 0xe0) == 0xc0 ? 1
				: (*p & 0xf0) == 0xe0 ? 2
				: (*p & 0xf8) == 0xf0 ? 3
						      : 9;
		uint32_t ch = more ? *p & (0x3fu >> more) : *p;

		if (*p++ == 0 || more == 9 || (size_t)(end - p) < more)
			return false;
		for (unsigned i = 0; i < more; i++, p++) {
			if ((*p & 0xc0) != 0x80)
				return false;
			ch = ch << 6 | (*p & 0x3f);
		}
		if (ch < least[more] || ch > 0x10ffff ||
			(ch >= 0xd800 && ch < 0xe000))
			return false;
	}
	return true;
}

const char *arg_string(lua_State *L, int idx, const char *fn, const char *name,
	size_t min, size_t max)
{
	const char *s;
	size_t n;

	if (lua_type(L, idx) != LUA_TSTRING)
		arg_wrong(L, idx, fn, name, "a string");
	s = lua_tolstring(L, idx, &n);
	if (n < min || n > max)
		script_error(L, "%s: %s has %zu bytes; allowed: %zu to %zu", fn,
			name, n, min, max);
	if (memchr(s, 0, n))
		script_error(L, "%s: %s contains a NUL byte", fn, name);
	if (!text_valid(s, n))
		script_error(L, "%s: %s is not UTF-8", fn, name);
	return s;
}

/* Field @lang of the table at @idx; the table keeps the string alive. */
static const char *text_in(lua_State *L, int idx, const char *lang,
	const char *fn, const char *name)
{
	const char *s = NULL;
	int at;

	lua_pushstring(L, lang);
	lua_rawget(L, idx);
	at = lua_gettop(L);
	if (!lua_isnil(L, at))
		s = arg_string(L, at, fn,
			lua_pushfstring(L, "%s.%s", name, lang), 0,
			TEXT_MAX_BYTES);
	lua_pop(L, s ? 2 : 1);
	return s;
}

struct text arg_text(lua_State *L, int idx, const char *fn, const char *name)
{
	struct text text = { NULL, NULL };

	idx = lua_absindex(L, idx);
	if (lua_type(L, idx) == LUA_TSTRING) {
		text.en = arg_string(L, idx, fn, name, 0, TEXT_MAX_BYTES);
		return text;
	}
	if (!lua_istable(L, idx))
		arg_wrong(L, idx, fn, name, "a string or {en=..., zh=...}");
	for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
		const char *key = lua_type(L, -2) == LUA_TSTRING
					  ? lua_tostring(L, -2)
					  : arg_words(L, -2);

		if (strcmp(key, "en") != 0 && strcmp(key, "zh") != 0)
			script_error(L,
				"%s: %s has no language %s (allowed: "
				"en zh)",
				fn, name, key);
	}
	text.en = text_in(L, idx, "en", fn, name);
	text.zh = text_in(L, idx, "zh", fn, name);
	if (!text.en)
		script_error(L, "%s: %s needs en= (zh= is optional)", fn, name);
	return text;
}

void arg_table(lua_State *L, int idx, const char *fn, const char *name)
{
	if (!lua_istable(L, idx))
		arg_wrong(L, idx, fn, name, "a table");
}

_Noreturn void not_built(lua_State *L, const char *what, const char *later)
{
	script_error(L, "%s is not built yet (%s)", what, later);
}
