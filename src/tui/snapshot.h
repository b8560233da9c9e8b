/*
 * Pictures of the viewer without a terminal: the same screen and the same
 * panes, at any position and size.
 */
#ifndef TUI_SNAPSHOT_H
#define TUI_SNAPSHOT_H

#include "tui/app.h"
#include "tui/pane.h"

struct snapshot;

/* Open options->scenario.  NULL when it is unusable: the reason is on stderr
 * and *@status says how to exit. */
struct snapshot *snapshot_open(const struct app_options *options, int *status);
void snapshot_close(struct snapshot *s);

/* What is shown; its message says why a script did not end well. */
const struct source *snapshot_source(const struct snapshot *s);
struct history *snapshot_history(const struct snapshot *s);
const struct theme *snapshot_theme(const struct snapshot *s);

/* -ERANGE when there is no such position. */
int snapshot_goto(struct snapshot *s, struct pos pos);

/* The whole screen, or one pane in its border.  Good until the next call. */
const struct canvas *snapshot_screen(struct snapshot *s, int w, int h);
const struct canvas *snapshot_pane(struct snapshot *s, const struct pane *pane,
	int w, int h);

#endif
