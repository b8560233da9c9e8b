/*
 * From a canvas to the bytes that bring a terminal from what it shows to what
 * the canvas shows.
 */
#ifndef TUI_PAINT_H
#define TUI_PAINT_H

#include "tui/caps.h"
#include "tui/pens.h"

struct painter;

/* @caps and @pens stay the caller's.  @utf8: the terminal speaks it; else all
 * beyond ASCII becomes "?".  NULL: out of memory. */
struct painter *painter_new(
	const struct caps *caps, struct pens *pens, bool utf8);
void painter_delete(struct painter *p);

/* The terminal has @w columns and @h lines; all will be painted again.  False:
 * out of memory, the size stays. */
bool painter_size(struct painter *p, int w, int h);

/* Nobody knows what the terminal shows: clear it before the next frame. */
void painter_forget(struct painter *p);
/* The cells are as they were but look different now (another theme). */
void painter_repaint(struct painter *p);

/*
 * The bytes for @cv, valid until the next call; @len of them, 0 when nothing
 * changed.  What is outside of the terminal is left out; what @cv lacks is
 * blank.
 */
const char *painter_frame(
	struct painter *p, const struct canvas *cv, size_t *len);

#endif
