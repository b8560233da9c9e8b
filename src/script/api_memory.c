/* What a script sees of memory as a whole: zones with their watermarks, the
 * lengths of the LRU lists, the pages of a file that are in memory. */
#include "script/api.h"

#include "core/filemap.h"

static void set_count(lua_State *L, const char *name, uint64_t n)
{
	lua_pushinteger(L, (lua_Integer)n);
	lua_setfield(L, -2, name);
}

/* {name=, free=, min=, low=, high=} of each zone, the lowest first. */
void machine_zones_field(lua_State *L, struct ref ref)
{
	const struct machine *m = run_machine(L);

	(void)ref;
	lua_createtable(L, (int)m->nr_zones, 0);
	for (unsigned i = 0; i < m->nr_zones; i++) {
		const struct zone *z = &m->zones[i];

		lua_createtable(L, 0, 5);
		lua_pushstring(L, z->name);
		lua_setfield(L, -2, "name");
		set_count(L, "free", z->free_pages);
		set_count(L, "min", z->pages_min);
		set_count(L, "low", z->pages_low);
		set_count(L, "high", z->pages_high);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

/* Pages on each LRU list of the machine, by the list's name. */
void machine_lru_field(lua_State *L, struct ref ref)
{
	const struct machine *m = run_machine(L);

	(void)ref;
	lua_newtable(L);
	for (unsigned list = 0; list < machine_era(m)->nr_lru_lists; list++) {
		uint64_t n = 0;

		for (unsigned i = 0; i < m->nr_zones; i++)
			n += m->zones[i].nr_lru[list];
		set_count(L, lru_name(m, (enum lru_list)list), n);
	}
}

/* f:page(index): the frame that the page cache has for it, or nil. */
int api_file_page(lua_State *L)
{
	struct inode *inode;
	struct page *page;
	struct ref file;
	lua_Integer index;

	arg_count(L, "page", 2);
	file = arg_object(L, 1, "page", "the file", REF_FILE);
	index = arg_integer(L, 2, "page", "index", 0, MAX_PAGES - 1);
	inode = inode_by_id(run_machine(L), file.id);
	page = inode ? entry_page(cache_entry(inode, (uint64_t)index)) : NULL;
	object_push(L, page ? ref_make(REF_PAGE,
				      (uint32_t)page_pfn(run_machine(L), page))
			    : NO_REF);
	return 1;
}
