/* The fields of a file under the scenario's own names. */
#include "script/api.h"

#include "core/filemap.h"

static const struct inode *file_of(lua_State *L, struct ref ref)
{
	return inode_by_id(run_machine(L), ref.id);
}

void file_name_field(lua_State *L, struct ref ref)
{
	lua_pushstring(L, inode_name(run_machine(L), ref.id));
}

void file_pages_field(lua_State *L, struct ref ref)
{
	lua_pushinteger(L, (lua_Integer)file_of(L, ref)->i_size);
}

void file_size_field(lua_State *L, struct ref ref)
{
	lua_pushinteger(
		L, (lua_Integer)(file_of(L, ref)->i_size << PAGE_SHIFT));
}

void file_cached_field(lua_State *L, struct ref ref)
{
	lua_pushinteger(L, (lua_Integer)file_of(L, ref)->i_mapping.nrpages);
}
