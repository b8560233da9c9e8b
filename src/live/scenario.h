/* A recording as a scenario: Lua text that makes the same operations. */
#ifndef LIVE_SCENARIO_H
#define LIVE_SCENARIO_H

#include "live/recording.h"
#include "view/buf.h"

struct scenario_request {
	const char *command; /* as it was typed, for the title */
	const char *when;    /* date and kernel, for a comment; or NULL */
	bool unfolded;       /* each step of a program's start is one */
};

/* Add the text to @out.  False when memory ran out. */
bool scenario_write(struct buf *out, const struct recording *rec,
	const struct scenario_request *req);

#endif
