/* Notices that a scenario's file was written, without ever polling it. */
#ifndef TUI_WATCH_H
#define TUI_WATCH_H

#include <stdbool.h>

struct watch {
	int fd; /* readable when something happened; -1: watches nothing */
};

/* Watch the folder of @path: editors replace files more often than they write
 * them.  "-" and "" are not watched. */
void watch_start(struct watch *w, const char *path);
/* Forget what has been noticed. */
void watch_drain(struct watch *w);
void watch_stop(struct watch *w);

#endif
