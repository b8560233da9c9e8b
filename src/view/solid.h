/* Pens in definite colours, for formats that have no terminal's defaults. */
#ifndef VIEW_SOLID_H
#define VIEW_SOLID_H

#include "view/style.h"

struct solid {
	uint32_t fg, bg;	      /* 0xrrggbb; reverse and dim are done */
	bool on_page;		      /* bg is the page's own */
	bool bold, underline, italic; /* drawn in that way */
};

struct solid solid_of(const struct theme *theme, struct pen pen);
/* The page's own colours: those of "text", or light on dark. */
struct solid solid_page(const struct theme *theme);
/* @part sixteenths of @a and the rest of @b, both 0xrrggbb. */
uint32_t solid_mix(uint32_t a, uint32_t b, uint32_t part);

#endif
