/* What the two halves of the SVG writer share. */
#ifndef VIEW_WRITER_SVG_H
#define VIEW_WRITER_SVG_H

#include "view/writer.h"

#define SVG_W 9 /* a cell, in units */
#define SVG_H 18

/* All box drawing characters of @cv as strokes. */
void svg_lines(
	struct buf *out, const struct canvas *cv, const struct theme *theme);

#endif
