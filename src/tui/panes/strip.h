/*
 * The strip of a VMA's pages: for each its number, its value and the frame
 * that the page table gives, with pages that are alike folded into one cell
 * when they do not all fit.
 */
#ifndef TUI_PANES_STRIP_H
#define TUI_PANES_STRIP_H

#include "tui/panes/pad.h"

#define STRIP_LINES 3
#define STRIP_BRIEF_LINES 2 /* page and value in one line */

/* Draw the strip from (@x, @y), STRIP_LINES or, if @brief, STRIP_BRIEF_LINES
 * high, to the pane's edge. */
void strip_draw(struct pad *s, int x, int y, bool brief,
	const struct task_struct *task, const struct vm_area_struct *vma);
/* The same as one letter a page in at most @w columns; returns them. */
int strip_letters(struct pad *s, int x, int y, int w,
	const struct task_struct *task, const struct vm_area_struct *vma);
/* What the letters mean that were put down in this run. */
void strip_legend(struct pad *s, int x, int y);

#endif
