/* Address spaces as reclaim meets them, and what they hold of memory. */
#ifndef TUI_PANES_MMS_H
#define TUI_PANES_MMS_H

#include "tui/panes/pad.h"

/* The task that stands for an mm; NULL: it is not @task's to show. */
const struct task_struct *mms_owner(
	const struct machine *m, const struct task_struct *task);
/* A table of all mms, a content. */
int mms_table(struct pad *s);

#endif
