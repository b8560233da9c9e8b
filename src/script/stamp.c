/* Has a file changed since it was read?  By time, size and inode. */
#include "script/api.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void stamps_add(struct stamps *s, const char *path)
{
	struct stamp *list;
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return; /* a pipe cannot be read again */
	list = realloc(s->list, (s->count + 1) * sizeof(*list));
	if (!list)
		return;
	s->list = list;
	list[s->count++] = (struct stamp){ strdup(path), st.st_mtim, st.st_size,
		st.st_ino };
}

bool stamps_changed(const struct stamps *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct stamp *old = &s->list[i];
		struct stat st;

		/* A file that is gone for the moment is being replaced. */
		if (!old->path || stat(old->path, &st) != 0)
			continue;
		if (st.st_mtim.tv_sec != old->mtime.tv_sec ||
			st.st_mtim.tv_nsec != old->mtime.tv_nsec ||
			st.st_size != old->size || st.st_ino != old->inode)
			return true;
	}
	return false;
}

void stamps_clear(struct stamps *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->list[i].path);
	free(s->list);
	*s = (struct stamps){ NULL, 0 };
}
