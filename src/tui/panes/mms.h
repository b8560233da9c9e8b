/* Address spaces as reclaim meets them, and what they hold of memory. */
#ifndef TUI_PANES_MMS_H
#define TUI_PANES_MMS_H

#include "tui/panes/pad.h"

/* A table of all mms from line @y on; returns the line after it.  If it begins
 * at line 0 its first lines stay at the top. */
int mms_table(struct pad *s, int y);

/* Does this kernel have no reverse map, so that it finds pages to take away
 * by going through the mms? */
bool mms_are_scanned(const struct machine *m);
/* The ring of the mmlist, from init_mm around; returns the line after it. */
int mms_ring(struct pad *s, int y);
/* The scan in one mm: VMA by VMA, a sign for each page, the cursor among
 * them; returns the line after it. */
int mms_scan(struct pad *s, int y);
/* The mm that the scan stands in or that somebody looks at; NULL: none. */
const struct mm_struct *mms_shown(const struct pad *s);
/* "▸" or the like stands before this address of an mm; false: nowhere. */
bool mms_cursor(
	const struct machine *m, const struct mm_struct *mm, uint64_t *addr);
/* What the signs mean that were put down in this run (pad.seen). */
struct legend;
void mms_legend(struct legend *l, bool ascii, unsigned seen);

#endif
