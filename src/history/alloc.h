/*
 * Memory of the host for the history.  Nobody can show a history with a hole
 * in it, so when the host has no memory left these print one sentence and end
 * the program by exit(2): what was registered with atexit() gives the terminal
 * back first.
 */
#ifndef HISTORY_ALLOC_H
#define HISTORY_ALLOC_H

#include <stddef.h>

/* As malloc, calloc, realloc, strdup; never NULL. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *text);

/* Room for @want items of @size bytes in an array that has room for *@room of
 * them; grows by half at least.  Returns the array, moved perhaps. */
void *xgrow(void *array, size_t *room, size_t want, size_t size);

/* Page-aligned zeroed bytes, given back by xunmap(). */
void *xmap(size_t size);
/* The same bytes with room for @size; what is new is zero. */
void *xremap(void *p, size_t old_size, size_t size);
void xunmap(void *p, size_t size);

#endif
