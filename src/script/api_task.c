/*
 * Operations: one function for all of them, driven by the core's table and, for
 * the few that take a table of options, by op_shape().  Its upvalue is the
 * operation's description.
 */
#include "script/api.h"
#include "view/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One call on its way from the stack into an operation. */
struct call {
	const struct op_desc *d;      /* of the operation */
	const struct op_shape *shape; /* NULL: all arguments in order */
	int first;		      /* index of the first argument */
	int table;		      /* index of the option table, or 0 */
	uint64_t region_len;	      /* of a region given as address */
	bool has_region;	      /* there was one */
	struct op op;		      /* what it becomes */
};

static void set_arg(struct call *c, unsigned i, uint64_t value)
{
	c->op.arg[i] = value;
	c->op.given |= (uint16_t)(1u << i);
}

/* -- one function per type of argument ----------------------------------- */

typedef void convert_fn(lua_State *L, int idx, struct call *c, unsigned i);

static void take_addr(lua_State *L, int idx, struct call *c, unsigned i)
{
	uint64_t addr, len;

	if (i == 0 && c->d->arg[1].type == ARG_LEN &&
		region_at(L, idx, &addr, &len)) {
		c->has_region = true;
		c->region_len = len;
		set_arg(c, i, addr);
		return;
	}
	set_arg(c, i, arg_addr(L, idx, c->d->name, c->d->arg[i].name));
}

static void take_len(lua_State *L, int idx, struct call *c, unsigned i)
{
	set_arg(c, i, arg_size(L, idx, c->d->name, c->d->arg[i].name));
}

static void take_pages(lua_State *L, int idx, struct call *c, unsigned i)
{
	set_arg(c, i,
		(uint64_t)arg_integer(
			L, idx, c->d->name, c->d->arg[i].name, 0, MAX_PAGES));
}

static void take_prot(lua_State *L, int idx, struct call *c, unsigned i)
{
	const char *text =
		arg_string(L, idx, c->d->name, c->d->arg[i].name, 0, 31);
	int prot = prot_parse(text);

	if (prot < 0)
		script_error(L,
			"%s: %s is '%s'; allowed: r, w, x and - as in "
			"\"rw-\", or \"none\"",
			c->d->name, c->d->arg[i].name, text);
	set_arg(c, i, (uint64_t)prot);
}

static void take_bool(lua_State *L, int idx, struct call *c, unsigned i)
{
	set_arg(c, i, arg_bool(L, idx, c->d->name, c->d->arg[i].name));
}

static _Noreturn void wrong_advice(
	lua_State *L, const char *fn, const char *text)
{
	struct nearest near;
	luaL_Buffer b;

	nearest_start(&near, text);
	luaL_buffinit(L, &b);
	for (int a = 0; a <= ADVICE_GUARD_REMOVE; a++) {
		const char *name = advice_name((enum advice)a);

		if (!name)
			continue;
		nearest_try(&near, name);
		luaL_addchar(&b, ' ');
		luaL_addstring(&b, name);
	}
	luaL_pushresult(&b);
	if (nearest_name(&near))
		script_error(L, "%s: unknown advice '%s'; did you mean '%s'?",
			fn, text, nearest_name(&near));
	script_error(L, "%s: unknown advice '%s' (allowed:%s)", fn, text,
		lua_tostring(L, -1));
}

static void take_advice(lua_State *L, int idx, struct call *c, unsigned i)
{
	const char *text =
		arg_string(L, idx, c->d->name, c->d->arg[i].name, 0, 63);
	int advice = advice_parse(text);

	if (advice < 0)
		wrong_advice(L, c->d->name, text);
	set_arg(c, i, (uint64_t)advice);
}

static void take_fixed(lua_State *L, int idx, struct call *c, unsigned i)
{
	if (lua_isboolean(L, idx))
		set_arg(c, i, (uint64_t)lua_toboolean(L, idx));
	else if (lua_type(L, idx) == LUA_TSTRING &&
		 strcmp(lua_tostring(L, idx), "noreplace") == 0)
		set_arg(c, i, 2);
	else
		arg_wrong(L, idx, c->d->name, c->d->arg[i].name,
			"true, false or \"noreplace\"");
}

static void take_text(lua_State *L, int idx, struct call *c, unsigned i)
{
	snprintf(c->op.text, sizeof(c->op.text), "%s",
		arg_string(L, idx, c->d->name, c->d->arg[i].name, 1,
			NAME_SIZE - 1));
	set_arg(c, i, 0);
}

static void take_value(lua_State *L, int idx, struct call *c, unsigned i)
{
	const lua_Integer top = (lua_Integer)1 << 47;
	int type = lua_type(L, idx);

	if (type != LUA_TNUMBER && type != LUA_TSTRING)
		arg_wrong(L, idx, c->d->name, c->d->arg[i].name,
			"a whole number or a string");
	if (type == LUA_TSTRING) {
		take_text(L, idx, c, i);
		c->op.text_value = true;
	} else {
		set_arg(c, i,
			(uint64_t)arg_integer(L, idx, c->d->name,
				c->d->arg[i].name, -top, top - 1));
	}
}

static void take_pfn(lua_State *L, int idx, struct call *c, unsigned i)
{
	struct ref ref = object_at(L, idx);

	if (ref.kind == REF_PAGE)
		set_arg(c, i, ref.id);
	else
		set_arg(c, i,
			(uint64_t)arg_integer(L, idx, c->d->name,
				c->d->arg[i].name, 0, UINT32_MAX));
}

static void take_file(lua_State *L, int idx, struct call *c, unsigned i)
{
	set_arg(c, i,
		arg_object(L, idx, c->d->name, c->d->arg[i].name, REF_FILE).id);
}

static convert_fn *const convert[] = {
	[ARG_ADDR] = take_addr,
	[ARG_LEN] = take_len,
	[ARG_PAGES] = take_pages,
	[ARG_PROT] = take_prot,
	[ARG_BOOL] = take_bool,
	[ARG_ADVICE] = take_advice,
	[ARG_FIXED] = take_fixed,
	[ARG_VALUE] = take_value,
	[ARG_NAME] = take_text,
	[ARG_PFN] = take_pfn,
	[ARG_FILE] = take_file,
	[ARG_INDEX] = take_pages,
};

/* -- from the stack to the operation ------------------------------------- */

static void take_positional(lua_State *L, struct call *c, unsigned i, int idx)
{
	const struct arg_desc *arg = &c->d->arg[i];

	if (!lua_isnoneornil(L, idx))
		convert[arg->type](L, idx, c, i);
	else if (arg->type == ARG_LEN && i == 1 && c->has_region)
		set_arg(c, i, c->region_len);
	else if (!arg->optional)
		script_error(L, "%s: %s is missing", c->d->name, arg->name);
}

/* A length that may be said in pages= instead; true when it was. */
static bool take_size(lua_State *L, struct call *c, unsigned i)
{
	const char *fn = c->d->name;
	bool has_len = !lua_isnil(L, -1), has_pages;

	has_pages = c->table && lua_getfield(L, c->table, "pages") != LUA_TNIL;
	if (has_len && has_pages)
		script_error(L, "%s: pages= and len= cannot both be given", fn);
	if (!has_len && !has_pages)
		script_error(L, "%s: pages= or len= is missing", fn);
	if (has_pages)
		set_arg(c, i,
			(uint64_t)arg_integer(L, -1, fn, "pages", 0, MAX_PAGES)
				<< PAGE_SHIFT);
	if (c->table)
		lua_pop(L, 1);
	return has_pages;
}

static void take_option(lua_State *L, struct call *c, unsigned i)
{
	const struct arg_desc *arg = &c->d->arg[i];

	if (c->table)
		lua_getfield(L, c->table, arg->name);
	else
		lua_pushnil(L);
	if (arg->type == ARG_LEN && !arg->optional && take_size(L, c, i)) {
		lua_pop(L, 1);
		return;
	}
	if (!lua_isnil(L, -1))
		convert[arg->type](L, lua_gettop(L), c, i);
	else if (!arg->optional)
		script_error(L, "%s: %s= is missing", c->d->name, arg->name);
	lua_pop(L, 1);
}

/* An option that nothing stands behind yet may only have its default. */
static void refuse_later(lua_State *L, const struct call *c)
{
	const struct option *o = c->shape ? c->shape->options : NULL;

	for (; o && o->name; o++) {
		char what[64];

		lua_getfield(L, c->table, o->name);
		if (lua_toboolean(L, -1) && o->later &&
			!op_has_arg(c->d, o->name)) {
			snprintf(what, sizeof(what), "%s: %s=", c->d->name,
				o->name);
			not_built(L, what, o->later);
		}
		lua_pop(L, 1);
	}
}

static void take_table(lua_State *L, struct call *c, int idx)
{
	if (lua_isnoneornil(L, idx))
		return;
	arg_table(L, idx, c->d->name, "the options");
	arg_check_options(L, idx, op_on(c->d), c->d->name);
	c->table = idx;
	refuse_later(L, c);
}

/* t:mprotect(region, "r"): one argument fewer than there are places, because
 * the length is the region's.  A nil is put where the length would stand. */
static void fill_length(lua_State *L, const struct call *c, int places)
{
	bool table =
		c->shape && c->shape->table && lua_istable(L, lua_gettop(L));
	int given = lua_gettop(L) - c->first + 1 - table;

	if (places < 3 || given != places - 1 || c->d->arg[1].type != ARG_LEN ||
		!region_at(L, c->first, NULL, NULL))
		return;
	lua_pushnil(L);
	lua_insert(L, c->first + 1);
}

static void take_arguments(lua_State *L, struct call *c)
{
	int places = 0;

	for (unsigned i = 0; c->d->arg[i].type != ARG_END; i++)
		places += op_place(c->d, i) >= 0;
	fill_length(L, c, places);
	arg_count(L, c->d->name,
		c->first - 1 + places + (c->shape && c->shape->table));
	if (c->shape && c->shape->table)
		take_table(L, c, c->first + places);
	for (unsigned i = 0; c->d->arg[i].type != ARG_END; i++) {
		int place = op_place(c->d, i);

		if (place >= 0)
			take_positional(L, c, i, c->first + place);
		else
			take_option(L, c, i);
	}
}

/* -- results ------------------------------------------------------------- */

static int push_walk(lua_State *L, const struct op_result *res)
{
	uint32_t n =
		res->nr_found < res->max_found ? res->nr_found : res->max_found;

	lua_createtable(L, (int)n, 1);
	for (uint32_t i = 0; i < n; i++) {
		push_mapping(L, res->found[i].pid, res->found[i].vma,
			res->found[i].addr);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	push_costs(L, &res->costs);
	lua_setfield(L, -2, "cost");
	return 1;
}

/* mincore tells of so many pages, the first of the range. */
#define VECTOR_PAGES 65536u

static uint32_t vector_pages(const struct op *op)
{
	uint64_t pages = (op->arg[1] >> PAGE_SHIFT) +
		((op->arg[1] & ~PAGE_MASK) != 0);

	return (uint32_t)(pages < VECTOR_PAGES ? pages : VECTOR_PAGES);
}

/* Room for each page of the range, should all be in memory. */
static void vector_room(lua_State *L, const struct op *op,
	struct op_result *res)
{
	res->max_found = vector_pages(op);
	res->found = lua_newuserdatauv(L,
		res->max_found * sizeof(*res->found), 0);
}

/* "1101": a digit for each page, 1 if it is in memory. */
static int push_vector(lua_State *L, const struct op *op,
	const struct op_result *res)
{
	uint32_t pages = vector_pages(op);
	luaL_Buffer b;
	char *text = luaL_buffinitsize(L, &b, pages);

	memset(text, '0', pages);
	for (uint32_t i = 0; i < res->nr_found && i < res->max_found; i++)
		text[(res->found[i].addr - op->arg[0]) >> PAGE_SHIFT] = '1';
	luaL_pushresultsize(&b, pages);
	return 1;
}

static int push_result(lua_State *L, const struct op_desc *d,
	const struct op *op, const struct op_result *res)
{
	if (res->status < 0) {
		lua_pushnil(L);
		lua_pushstring(L, status_name(res->status));
		return 2;
	}
	switch (d->result) {
	case RESULT_TASK:
		object_push(L, ref_make(REF_TASK, (uint32_t)res->value));
		return 1;
	case RESULT_REGION:
		region_push(L, res->value, res->len);
		return 1;
	case RESULT_VALUE:
		push_value(L, res->value);
		return 1;
	case RESULT_ADDR:
	case RESULT_COUNT:
		lua_pushinteger(L, (lua_Integer)res->value);
		return 1;
	case RESULT_WALK:
		return push_walk(L, res);
	case RESULT_VECTOR:
		return push_vector(L, op, res);
	case RESULT_FILE:
		object_push(L, ref_make(REF_FILE, (uint32_t)res->value));
		return 1;
	default:
		lua_pushboolean(L, true);
		return 1;
	}
}

/* Room for all that a walk from frame @pfn can find; Lua keeps it. */
static void walk_room(lua_State *L, uint32_t pfn, struct op_result *res)
{
	const struct page *page = page_by_pfn(run_machine(L), pfn);
	int count = page ? page_mapcount(page) : 0;

	if (count <= 0)
		return;
	res->max_found = (uint32_t)count;
	res->found =
		lua_newuserdatauv(L, (size_t)count * sizeof(*res->found), 0);
}

/* migrate(page) is a function, page:rmap() a method. */
static struct ref subject_of(lua_State *L, const struct op_desc *d)
{
	const char *word = op_subject_word(d);

	if (*op_on(d))
		return object_self(L, word, d->name);
	return arg_object(L, 1, d->name, word,
		d->subject == ON_TASK ? REF_TASK : REF_PAGE);
}

int api_op(lua_State *L)
{
	struct call c = { .d = lua_touserdata(L, lua_upvalueindex(1)) };
	struct op_result res = { .status = 0 };

	c.shape = op_shape(c.d->id);
	c.op.id = (uint16_t)c.d->id;
	c.first = c.d->subject == ON_NOTHING ? 1 : 2;
	if (c.d->subject != ON_NOTHING)
		c.op.subject = subject_of(L, c.d).id;
	take_arguments(L, &c);
	if (c.d->result == RESULT_WALK)
		walk_room(L, c.op.subject, &res);
	if (c.d->result == RESULT_VECTOR)
		vector_room(L, &c.op, &res);
	run_do(L, &c.op, &res);
	return push_result(L, c.d, &c.op, &res);
}
