/* What a script sees of swap: the slots, and which page lies in the cache. */
#include "script/api.h"

#include "core/swap.h"

static void set_count(lua_State *L, const char *name, uint64_t n)
{
	lua_pushinteger(L, (lua_Integer)n);
	lua_setfield(L, -2, name);
}

/* {slot=, count=, cached=, value=, swap_map=} as in the state record. */
static void push_slot(lua_State *L, const struct machine *m, uint64_t slot)
{
	const struct page *page = swap_cache_page(m, slot);

	lua_createtable(L, 0, 5);
	set_count(L, "slot", slot);
	set_count(L, "count", swap_count(m, slot));
	set_count(L, "swap_map", swap_map_raw(m, slot));
	lua_pushboolean(L, page != NULL);
	lua_setfield(L, -2, "cached");
	push_value(L, page ? page->value : m->swap_info.value[slot]);
	lua_setfield(L, -2, "value");
}

/* Slots that are in use, in order. */
void machine_slots_field(lua_State *L, struct ref ref)
{
	const struct machine *m = run_machine(L);
	lua_Integer n = 0;

	(void)ref;
	lua_newtable(L);
	for (uint64_t slot = 1; slot < m->swap_info.max; slot++) {
		if (!m->swap_info.swap_map[slot])
			continue;
		push_slot(L, m, slot);
		lua_rawseti(L, -2, ++n);
	}
}

void machine_swap_field(lua_State *L, struct ref ref)
{
	(void)ref;
	lua_pushinteger(L, (lua_Integer)run_machine(L)->swap);
}

/* The slot whose content a page of the cache is. */
void page_slot_field(lua_State *L, struct ref ref)
{
	const struct machine *m = run_machine(L);
	const struct page *page = page_by_pfn(m, ref.id);

	if (page->flags & PG(SWAPCACHE))
		lua_pushinteger(L, (lua_Integer)page_swap_slot(m, page));
	else
		lua_pushnil(L);
}

/* What an entry that is not present says: the slot of a page in swap, or the
 * frame of one that is being moved. */
void push_entry(lua_State *L, const struct machine *m, pteval_t pte)
{
	if (pte_is_swap(m, pte))
		set_count(L, "swap", swap_slot(m, pte));
	else if (pte_is_migration(m, pte))
		set_count(L, "migrating", pte_to_swp(m, pte).offset);
	if (pte_is_guard(m, pte)) {
		lua_pushboolean(L, 1);
		lua_setfield(L, -2, "guard");
	}
}
