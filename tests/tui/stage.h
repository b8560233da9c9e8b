/*
 * A stage for tests of panes: a history made by a few operations, a look at
 * one position of it, and a pane drawn on a canvas.
 */
#ifndef TESTS_TUI_STAGE_H
#define TESTS_TUI_STAGE_H

#include "history/history.h"
#include "tui/pane.h"
#include "view/canvas.h"
#include "view/look.h"

struct stage {
	struct history *h;
	struct look look;
	struct pane_view view;
	struct canvas *cv;
	bool stale; /* operations ran since the look was updated */
};

/* @arch NULL: the era's. */
void stage_open(
	struct stage *st, const char *era, const char *arch, uint64_t ram);
void stage_open_with(struct stage *st, const struct machine_config *config);
void stage_close(struct stage *st);

/* Operations; they fail the test unless they succeed. */
uint32_t stage_spawn(struct stage *st, const char *name);
uint64_t stage_mmap(
	struct stage *st, uint32_t pid, uint64_t pages, const char *name);
uint32_t stage_file(struct stage *st, const char *name, uint64_t pages);
void stage_write(
	struct stage *st, uint32_t pid, uint64_t addr, const char *value);
uint32_t stage_fork(struct stage *st, uint32_t pid, const char *name);
/* @name with arguments (name, value)..., ended by NULL; returns the status. */
int stage_op(struct stage *st, const char *name, uint32_t subject, ...)
	__attribute__((sentinel));

/* Look at a position. */
void stage_goto(struct stage *st, struct pos pos);
/* Inside the last operation just after its @n-th event (from 1) of that id;
 * false when there is none. */
bool stage_goto_event(struct stage *st, enum event_id id, unsigned n);
/* Look again after the selection changed. */
void stage_update(struct stage *st);

/* Draw @pane as @w by @h from a fresh view on a canvas that has a frame of
 * empty cells around; stage_redraw() keeps the view. */
#define STAGE_X 3
#define STAGE_Y 2
void stage_draw(
	struct stage *st, const struct pane *pane, int w, int h, bool ascii);
void stage_redraw(struct stage *st, const struct pane *pane);
/* What was drawn, lines without trailing blanks; free() it. */
char *stage_text(const struct stage *st);

/* Compare with tests/tui/golden/NAME.txt; with UPDATE_GOLDEN=1 in the
 * environment write it instead. */
void golden_check(const char *name, const char *text);

#endif
