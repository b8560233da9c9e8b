/* The grid of page frames, a content for a pad. */
#ifndef TUI_PANES_FRAMES_GRID_H
#define TUI_PANES_FRAMES_GRID_H

#include "tui/panes/pad.h"

/* Leaves a bit in pad.seen for each kind of page that it shows. */
int frames_grid(struct pad *s);
/* A cell is 8^this frames. */
unsigned frames_zoom(uint64_t frames);
/* The frame that an object is or that its page is mapped to. */
bool frames_of_ref(const struct machine *m, struct ref r, uint32_t *pfn);
/* The frame whose struct page is to be shown. */
bool frames_shown(const struct pane_view *view, const struct look *look,
	uint32_t *pfn);

#endif
