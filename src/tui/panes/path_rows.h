/* The rows of the kernel path: events, folds of many alike, calls. */
#ifndef TUI_PANES_PATH_ROWS_H
#define TUI_PANES_PATH_ROWS_H

#include "view/look.h"

struct row {
	size_t event;  /* index of the event, or of the first one folded */
	size_t folded; /* repetitions that the row stands for; 0: one event */
};

struct rows {
	struct row *row; /* n of them; free() it */
	size_t n, room;
};

/* Do rows stand for the calls of a batch?  Then row.event is a call. */
bool rows_are_calls(const struct look *look);
void rows_make(struct rows *rows, const struct look *look);
/* Calls or events that have happened. */
size_t rows_done(const struct look *look);
/* The same up to the row that is marked as the latest.  Of a whole operation
 * that is the last event that is no return: what it did, not that it ended. */
size_t rows_latest(const struct look *look);
/* The row of the last thing that has happened. */
size_t rows_now(const struct rows *rows, const struct look *look);

#endif
