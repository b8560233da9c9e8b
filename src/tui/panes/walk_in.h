/* What the files of the page-table walk share. */
#ifndef TUI_PANES_WALK_IN_H
#define TUI_PANES_WALK_IN_H

#include "tui/panes/pad.h"

/* The address that is walked. */
struct target {
	const struct task_struct *task; /* alive */
	uint64_t addr;                  /* in it, with the byte's offset */
};

/* A walk that is being drawn. */
struct trip {
	struct pad *s;          /* where to */
	struct target at;       /* its address */
	const struct paging *p; /* the machine's geometry */
	struct walk walk;       /* what it met */
	int around; /* neighbours on each side */
	int column; /* columns of a table that is not the last */
};

/* Of view->own: the address that was shown last. */
#define OWN_PID 0
#define OWN_ADDR 1

/* The address to walk: the selected one, else the latest event's, else the
 * first there is; false when there is none. */
bool walk_target(const struct pane_view *view, const struct look *look,
	struct target *t);

bool walk_is_leaf(const struct trip *t, unsigned level);
/* The object that entry @index of the table at @level is. */
struct ref walk_entry_ref(
	const struct trip *t, unsigned level, uint32_t index);
/* An entry: its frame, and of the last table's (or with @bits) its bits;
 * returns columns. */
int walk_put_entry(struct trip *t, int x, int y, unsigned level,
	uint32_t index, bool bits);
/* What lies at the end of the walk; returns lines. */
int walk_put_end(struct trip *t, int y);
/* Is the current event about the entry that is used at @level? */
bool walk_is_now(const struct trip *t, unsigned level);

/* Columns for each table above the last; 0: not enough for the wide form. */
int walk_table_columns(const struct trip *t);
/* The wide form; returns its lines. */
int walk_wide(struct trip *t);

#endif
