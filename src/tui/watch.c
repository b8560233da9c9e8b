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
	snprintf(w->name, sizeof(w->name), "%s", slash ? slash + 1 : path);
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0)
		return;
	if (inotify_add_watch(w->fd, folder,
		    IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE) < 0)
		watch_stop(w);
}

static bool concerns(const struct watch *w, const struct inotify_event *ev)
{
	size_t len = ev->len ? strlen(ev->name) : 0;

	return len && (!strcmp(ev->name, w->name) ||
			      (len > 4 && !strcmp(ev->name + len - 4, ".lua")));
}

bool watch_take(struct watch *w)
{
	_Alignas(struct inotify_event) char buf[4096];
	bool ours = false;
	ssize_t n;

	while (w->fd >= 0 && (n = read(w->fd, buf, sizeof(buf))) > 0)
		for (char *p = buf; p < buf + n;) {
			const struct inotify_event *ev = (void *)p;

			ours |= concerns(w, ev);
			p += sizeof(*ev) + ev->len;
		}
	return ours;
}

void watch_stop(struct watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}
