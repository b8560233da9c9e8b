/* A file's folder under inotify. */
#include "tui/watch.h"

#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

void watch_start(struct watch *w, const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];

	w->fd = -1;
	if (!*path || !strcmp(path, "-"))
		return;
	snprintf(folder, sizeof(folder), "%.*s",
		slash ? (int)(slash - path + (slash == path)) : 1,
		slash ? path : ".");
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0)
		return;
	if (inotify_add_watch(w->fd, folder,
		    IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE) < 0)
		watch_stop(w);
}

void watch_drain(struct watch *w)
{
	char buf[4096];

	while (w->fd >= 0 && read(w->fd, buf, sizeof(buf)) > 0)
		;
}

void watch_stop(struct watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}
