/* The VMAs that map a file, drawn as the era's i_mmap holds them. */
#ifndef TUI_PANES_FILES_MMAP_H
#define TUI_PANES_FILES_MMAP_H

#include "tui/panes/pad.h"

/* From line @y on, for a file of @pages pages; returns the lines. */
int files_mmap(struct pad *s, int y, const struct address_space *mapping,
	uint64_t pages);

#endif
