/* The slots of the swap area, a content for a pad. */
#ifndef TUI_PANES_SWAP_MAP_H
#define TUI_PANES_SWAP_MAP_H

#include "tui/panes/pad.h"

int swap_map(struct pad *s);
/* A cell is 2^this slots. */
unsigned swap_map_zoom(const struct machine *m);

/* Does anybody need the slot, or the cache have its page? */
bool swap_in_use(const struct machine *m, uint64_t slot);
/* Slot 0, the header, is no object. */
struct ref swap_slot_ref(uint64_t slot);

#endif
