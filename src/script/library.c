#include "script/library.h"

#include <lua.h>

const char *script_library(void)
{
	return LUA_RELEASE;
}
