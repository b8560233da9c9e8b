/*
 * What is remembered between two sessions: bookmarks and last positions of
 * each scenario, and the lines typed at the prompt.  All of it lies in
 * $XDG_STATE_HOME/rmapscope; where that cannot be read or written nothing is
 * remembered and nobody complains.
 */
#ifndef TUI_MARKS_H
#define TUI_MARKS_H

#include "history/history.h"
#include "tui/lineedit.h"

struct mark {
	char *path;    /* of the scenario */
	char name[32]; /* "a"; MARK_LAST: where the viewer was last */
	struct pos pos;
};
#define MARK_LAST "."

struct marks {
	struct mark *mark; /* nr of them */
	size_t nr;
};

/* The file @name of the state folder, made if @make; NULL: there is no such
 * folder.  To be freed. */
char *state_path(const char *name, bool make);

void marks_load(struct marks *m);
bool marks_save(const struct marks *m);
void marks_release(struct marks *m);
/* Set (over an older one) or find one; NULL: there is none. */
bool marks_set(
	struct marks *m, const char *path, const char *name, struct pos pos);
const struct mark *marks_find(
	const struct marks *m, const char *path, const char *name);

void lines_load(struct lineedit *le);
bool lines_save(const struct lineedit *le);

#endif
