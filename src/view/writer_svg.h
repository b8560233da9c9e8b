/* A canvas as SVG: what the two halves of that writer share. */
#ifndef VIEW_WRITER_SVG_H
#define VIEW_WRITER_SVG_H

#include "view/solid.h"
#include "view/writer.h"

#define SVG_W 9 /* a cell, in units */
#define SVG_H 18

/* All box drawing characters of @cv as strokes. */
void svg_lines(
	struct buf *out, const struct canvas *cv, const struct theme *theme);

#endif
