/* The page cache of a file: its pages, in memory or not. */
#ifndef TUI_PANES_FILES_CACHE_H
#define TUI_PANES_FILES_CACHE_H

#include "tui/panes/legend.h"
#include "tui/panes/pad.h"

/* From line @y on; returns the lines. */
int files_cache(struct pad *s, int y, const struct inode *inode);
/* What the letters mean. */
void files_cache_legend(struct legend *l, bool ascii);

#endif
