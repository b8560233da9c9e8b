/* A zone as a strip of memory: free blocks by order, used frames by kind. */
#ifndef TUI_PANES_BUDDY_MAP_H
#define TUI_PANES_BUDDY_MAP_H

#include "tui/panes/buddy_step.h"
#include "tui/panes/pad.h"

/* Of pad.seen, beside a bit for each kind of frame: a cell that is partly
 * free. */
#define BUDDY_SEEN_MIXED (1u << 31)
/* A free frame that the CPU has at hand. */
#define BUDDY_SEEN_HAND (1u << 30)

/* Lay it out from line @y in columns @x .. @x + @w - 1; returns its lines. */
int buddy_map(struct pad *s, const struct zone *z,
	const struct buddy_step *step, int x, int y, int w);
/* A cell is 2^this frames. */
unsigned buddy_map_zoom(const struct machine *m);
/* How a used frame of this kind is shown. */
char buddy_map_letter(int kind);
/* A free block: its order, a mark if the step split or merged it. */
const char *buddy_mark_letter(enum buddy_mark mark);

#endif
