/* Lua files without a machine: the same sandbox with tighter limits. */
#include "script/plain_lua.h"

#include <stdio.h>
#include <stdlib.h>

#define PLAIN_INSTRUCTIONS 10000000
#define PLAIN_SECONDS 2

bool plain_run(
	const char *path, lua_CFunction body, void *ctx, char *err, size_t size)
{
	struct sandbox_limits limits = { .instructions = PLAIN_INSTRUCTIONS,
		.seconds = PLAIN_SECONDS };
	size_t length;
	char why[256];
	char *text = chunk_read(path, &length, why, sizeof(why)), *what;
	struct sandbox *sb = text ? sandbox_new(&limits, ctx) : NULL;
	bool ok = false;

	if (!text) {
		snprintf(err, size, "%s: %s", path, why);
		return false;
	}
	if (!sb) {
		snprintf(err, size, "%s: no memory", path);
		free(text);
		return false;
	}
	chunk_add(sb, path, text, length);
	ok = sandbox_run(sb, body, NULL) == SANDBOX_OK;
	what = ok ? NULL : blame_text(sb);
	if (!ok)
		snprintf(err, size, "%s", what ? what : path);
	free(what);
	sandbox_delete(sb);
	return ok;
}
