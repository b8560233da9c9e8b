/* A zone's watermarks and free lists, parts of a content. */
#ifndef TUI_PANES_BUDDY_LISTS_H
#define TUI_PANES_BUDDY_LISTS_H

#include "tui/panes/buddy_step.h"
#include "tui/panes/pad.h"

struct buddy_lists {
	struct pad *s;
	const struct zone *z;
	const struct buddy_step *step; /* for the marks */
	int w;			       /* columns */
};

/* From line @y on; return their lines.  A small machine keeps no reserve: no
 * watermarks. */
int buddy_watermarks(struct pad *s, int y, const struct zone *z);
int buddy_lists(struct buddy_lists *l, int y);

#endif
