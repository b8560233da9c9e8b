/* Notices that a scenario's file was written, without ever polling it. */
#ifndef TUI_WATCH_H
#define TUI_WATCH_H

#include <stdbool.h>

struct watch {
	int fd;		/* readable when something happened; -1: nothing */
	char name[256]; /* of the file in its folder */
};

/* Watch the folder of @path: editors replace files more often than they write
 * them.  "-" and "" are not watched. */
void watch_start(struct watch *w, const char *path);
/* Take what has been noticed: was it about that file, or about another Lua
 * file beside it, which it may require? */
bool watch_take(struct watch *w);
void watch_stop(struct watch *w);

#endif
