/* Lua files without a machine: themes and settings. */
#ifndef SCRIPT_PLAIN_LUA_H
#define SCRIPT_PLAIN_LUA_H

#include "script/sandbox.h"

#include <stddef.h>

/* Run @body with @ctx as sandbox.owner in a state that has the libraries and
 * file @path as chunk 0.  False with @err. */
bool plain_run(const char *path, lua_CFunction body, void *ctx, char *err,
	size_t size);

#endif
