/*
 * Colours: their names, what the 256 look like, and what is nearest on a
 * terminal that has fewer.
 */
#include "view/style.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NR_NAMED 16
#define CUBE 16		 /* first of the 6 * 6 * 6 cube */
#define GREYS (16 + 216) /* first of the 24 greys */
#define DIRECT (1u << 24)

static const struct {
	const char *name; /* in themes */
	uint32_t rgb;	  /* as xterm shows it */
} named[NR_NAMED] = {
	{ "black", 0x000000 },
	{ "red", 0xcd0000 },
	{ "green", 0x00cd00 },
	{ "yellow", 0xcdcd00 },
	{ "blue", 0x0000ee },
	{ "magenta", 0xcd00cd },
	{ "cyan", 0x00cdcd },
	{ "white", 0xe5e5e5 },
	{ "bright-black", 0x7f7f7f },
	{ "bright-red", 0xff0000 },
	{ "bright-green", 0x00ff00 },
	{ "bright-yellow", 0xffff00 },
	{ "bright-blue", 0x5c5cff },
	{ "bright-magenta", 0xff00ff },
	{ "bright-cyan", 0x00ffff },
	{ "bright-white", 0xffffff },
};

uint32_t colour_rgb(uint8_t index)
{
	static const uint8_t level[] = { 0, 95, 135, 175, 215, 255 };
	uint32_t i = index;

	if (i < CUBE)
		return named[i].rgb;
	if (i >= GREYS)
		return (8 + 10 * (i - GREYS)) * 0x010101;
	i -= CUBE;
	return (uint32_t)level[i / 36] << 16 | (uint32_t)level[i / 6 % 6] << 8 |
	       level[i % 6];
}

/* Exactly @n hexadecimal digits. */
static bool parse_hex(const char *text, size_t n, uint32_t *value)
{
	if (strlen(text) != n || strspn(text, "0123456789abcdefABCDEF") != n)
		return false;
	*value = (uint32_t)strtoul(text, NULL, 16);
	return true;
}

static bool parse_index(const char *text, uint8_t *index)
{
	size_t n = strlen(text);
	unsigned long value;

	if (n < 1 || n > 3 || strspn(text, "0123456789") != n)
		return false;
	value = strtoul(text, NULL, 10);
	*index = (uint8_t)value;
	return value < 256;
}

bool colour_parse(const char *text, struct colour *colour)
{
	struct colour c = { .kind = COLOUR_INDEX };

	for (uint8_t i = 0; i < NR_NAMED; i++) {
		if (strcmp(named[i].name, text))
			continue;
		c.index = i;
		*colour = c;
		return true;
	}
	if (!strcmp(text, "default"))
		c.kind = COLOUR_DEFAULT;
	else if (text[0] == '#' && parse_hex(text + 1, 6, &c.rgb))
		c.kind = COLOUR_RGB;
	else if (!parse_index(text, &c.index))
		return false;
	*colour = c;
	return true;
}

/* How unlike two colours look: squares weighted as the eye weighs them. */
static long unlike(uint32_t a, uint32_t b)
{
	long r = (long)(a >> 16) - (long)(b >> 16);
	long g = (long)(a >> 8 & 255) - (long)(b >> 8 & 255);
	long blue = (long)(a & 255) - (long)(b & 255);
	long red = (long)((a >> 16) + (b >> 16)) / 2;

	return (((512 + red) * r * r) >> 8) + 4 * g * g +
	       (((767 - red) * blue * blue) >> 8);
}

uint8_t colour_to_index(struct colour colour, unsigned nr_colours)
{
	/* The first 16 of 256 are the user's own: not a safe choice. */
	unsigned first = nr_colours >= 256 ? CUBE : 0;
	unsigned end = nr_colours >= 256 ? 256 : nr_colours >= 16 ? 16 : 8;
	uint32_t rgb = colour.rgb;
	unsigned best = first;

	if (colour.kind == COLOUR_DEFAULT)
		return 7;
	if (colour.kind == COLOUR_INDEX) {
		if (colour.index < end)
			return colour.index;
		if (colour.index < 16)
			return colour.index - 8;
		rgb = colour_rgb(colour.index);
	}
	for (unsigned i = first; i < end; i++)
		if (unlike(colour_rgb((uint8_t)i), rgb) <
			unlike(colour_rgb((uint8_t)best), rgb))
			best = i;
	return (uint8_t)best;
}

static struct pen pen_mono(struct pen pen)
{
	if (pen.has_bg && pen.bg.kind != COLOUR_DEFAULT)
		pen.attr |= ATTR_REVERSE;
	pen.has_fg = pen.has_bg = false;
	return pen;
}

static void reduce(struct colour *c, unsigned nr_colours)
{
	if (c->kind == COLOUR_DEFAULT)
		return;
	c->index = colour_to_index(*c, nr_colours);
	c->kind = COLOUR_INDEX;
}

static bool is_light(uint8_t index)
{
	return unlike(colour_rgb(index), 0) >
	       unlike(colour_rgb(index), ~0u >> 8);
}

struct pen pen_reduce(struct pen pen, unsigned nr_colours)
{
	if (nr_colours < 8)
		return pen_mono(pen);
	if (nr_colours >= DIRECT)
		return pen;
	if (pen.has_fg)
		reduce(&pen.fg, nr_colours);
	if (pen.has_bg)
		reduce(&pen.bg, nr_colours);
	if (pen.has_fg && pen.has_bg && pen.fg.kind == COLOUR_INDEX &&
		pen.bg.kind == COLOUR_INDEX && pen.fg.index == pen.bg.index)
		pen.fg.index = is_light(pen.bg.index) ? 0 : 7;
	return pen;
}
