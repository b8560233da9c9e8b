/* Pens in definite colours. */
#include "view/solid.h"

#define PAGE_BG 0x16181du
#define PAGE_FG 0xd8dadeu

/* The 16 colours, made to be read on PAGE_BG. */
static const uint32_t palette[16] = { 0x101216, 0xe8696d, 0x7fc26b, 0xd6b04a,
	0x5f9fea, 0xcb86e0, 0x45b5c4, 0xd8dade, 0x868c97, 0xff8085, 0xa2dd8a,
	0xffdc5e, 0x82b9ff, 0xe3a8f5, 0x6fdbe8, 0xffffff };

static uint32_t to_rgb(bool has, struct colour c, uint32_t own)
{
	if (!has || c.kind == COLOUR_DEFAULT)
		return own;
	if (c.kind == COLOUR_RGB)
		return c.rgb;
	return c.index < 16 ? palette[c.index] : colour_rgb(c.index);
}

uint32_t solid_mix(uint32_t a, uint32_t b, uint32_t part)
{
	uint32_t rgb = 0;

	for (int shift = 0; shift <= 16; shift += 8) {
		uint32_t x = a >> shift & 255, y = b >> shift & 255;

		rgb |= (x * part + y * (16 - part)) / 16 << shift;
	}
	return rgb;
}

struct solid solid_page(const struct theme *theme)
{
	struct pen pen = theme_pen(theme, ST_TEXT, 0);

	return (struct solid){ .fg = to_rgb(pen.has_fg, pen.fg, PAGE_FG),
		.bg = to_rgb(pen.has_bg, pen.bg, PAGE_BG),
		.on_page = true };
}

struct solid solid_of(const struct theme *theme, struct pen pen)
{
	struct solid page = solid_page(theme);
	uint32_t fg = to_rgb(pen.has_fg, pen.fg, page.fg);
	uint32_t bg = to_rgb(pen.has_bg, pen.bg, page.bg);
	bool swap = pen.attr & ATTR_REVERSE;
	struct solid p = { .fg = swap ? bg : fg, .bg = swap ? fg : bg };

	if (pen.attr & ATTR_DIM)
		p.fg = solid_mix(p.fg, p.bg, 9);
	p.on_page = p.bg == page.bg;
	p.bold = pen.attr & ATTR_BOLD;
	p.underline = pen.attr & ATTR_UNDERLINE;
	p.italic = pen.attr & ATTR_ITALIC;
	return p;
}
