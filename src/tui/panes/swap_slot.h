/* One slot of the swap area: which one is meant, and whose PTEs hold it. */
#ifndef TUI_PANES_SWAP_SLOT_H
#define TUI_PANES_SWAP_SLOT_H

#include "tui/pane.h"

/* The slot that an object is, is cached in, or holds; false: none. */
bool swap_of_ref(const struct machine *m, struct ref ref, uint64_t *slot);

/* The slot that the pane is about: of the event, the cursor, the selection. */
bool swap_shown(const struct pane_view *view, const struct look *look,
	uint64_t *slot);

#define HOLDERS_MAX 16

struct swap_holders {
	struct ref pte[HOLDERS_MAX]; /* n of them */
	unsigned n;
	bool all; /* there are no others that could be found */
};

/* PTEs that hold @slot, read from the page tables of one task after the other:
 * nothing leads from a slot to them.  At most some ten thousand are read. */
void swap_holders_find(
	const struct machine *m, uint64_t slot, struct swap_holders *h);

#endif
