/* The struct page of one frame, as a table of fields or as one line. */
#ifndef TUI_PANES_FRAME_PAGE_H
#define TUI_PANES_FRAME_PAGE_H

#include "view/canvas.h"
#include "view/look.h"

void frame_page_fields(
	struct canvas *cv, int w, int h, const struct look *look, uint32_t pfn);
void frame_page_line(
	struct canvas *cv, int w, const struct look *look, uint32_t pfn);

#endif
