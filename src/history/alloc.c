/* Memory of the host, or a clear end. */
#include "history/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *checked(void *p)
{
	if (p)
		return p;
	fputs("rmapscope: this computer has no memory left for the history\n",
		stderr);
	exit(2);
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t size)
{
	return checked(realloc(p, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return checked(strdup(text));
}

void *xgrow(void *array, size_t *room, size_t want, size_t size)
{
	size_t more = *room + *room / 2 + 8;

	if (want <= *room)
		return array;
	*room = want > more ? want : more;
	if (*room > SIZE_MAX / size)
		checked(NULL);
	return xrealloc(array, *room * size);
}

void *xmap(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return checked(p == MAP_FAILED ? NULL : p);
}

void *xremap(void *p, size_t old_size, size_t size)
{
	void *q = mremap(p, old_size, size, MREMAP_MAYMOVE);

	return checked(q == MAP_FAILED ? NULL : q);
}

void xunmap(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}
