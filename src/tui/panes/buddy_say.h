/* The line on top of the buddy pane: what became of the last block. */
#ifndef TUI_PANES_BUDDY_SAY_H
#define TUI_PANES_BUDDY_SAY_H

#include "view/look.h"

/* One sentence on the frames taken or given back last, and the object that it
 * is about; false: this step moved none. */
bool buddy_say(
	const struct look *look, char *buf, size_t size, struct ref *ref);

#endif
