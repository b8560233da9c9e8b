/*
 * Lines in cells.
 *
 * `shapes` holds what each character of the box drawing block looks like, in
 * Unicode's order, so that it serves both ways: from a shape to the character
 * (the first that fits, hence plain ones before dashed and round ones) and
 * from a character to its shape.  The first answer for a shape is kept.
 */
#include "view/line.h"
#include "view/canvas.h"

#include <stdlib.h>

#define BOX_FIRST 0x2500
#define NR_BOX 128
#define DASH_ACROSS 0x2504 /* ┄ */
#define DASH_DOWN 0x250a   /* ┊ finer, as cells are higher than wide */

/* clang-format off */
#define S(n, e, s, w) SHAPE(n, e, s, w)
static const uint8_t shapes[NR_BOX] = { /* north, east, south, west */
	S(0, 1, 0, 1), S(0, 2, 0, 2), S(1, 0, 1, 0), S(2, 0, 2, 0),
	S(0, 1, 0, 1), S(0, 2, 0, 2), S(1, 0, 1, 0), S(2, 0, 2, 0),
	S(0, 1, 0, 1), S(0, 2, 0, 2), S(1, 0, 1, 0), S(2, 0, 2, 0),
	S(0, 1, 1, 0), S(0, 2, 1, 0), S(0, 1, 2, 0), S(0, 2, 2, 0),
	S(0, 0, 1, 1), S(0, 0, 1, 2), S(0, 0, 2, 1), S(0, 0, 2, 2),
	S(1, 1, 0, 0), S(1, 2, 0, 0), S(2, 1, 0, 0), S(2, 2, 0, 0),
	S(1, 0, 0, 1), S(1, 0, 0, 2), S(2, 0, 0, 1), S(2, 0, 0, 2),
	S(1, 1, 1, 0), S(1, 2, 1, 0), S(2, 1, 1, 0), S(1, 1, 2, 0),
	S(2, 1, 2, 0), S(2, 2, 1, 0), S(1, 2, 2, 0), S(2, 2, 2, 0),
	S(1, 0, 1, 1), S(1, 0, 1, 2), S(2, 0, 1, 1), S(1, 0, 2, 1),
	S(2, 0, 2, 1), S(2, 0, 1, 2), S(1, 0, 2, 2), S(2, 0, 2, 2),
	S(0, 1, 1, 1), S(0, 1, 1, 2), S(0, 2, 1, 1), S(0, 2, 1, 2),
	S(0, 1, 2, 1), S(0, 1, 2, 2), S(0, 2, 2, 1), S(0, 2, 2, 2),
	S(1, 1, 0, 1), S(1, 1, 0, 2), S(1, 2, 0, 1), S(1, 2, 0, 2),
	S(2, 1, 0, 1), S(2, 1, 0, 2), S(2, 2, 0, 1), S(2, 2, 0, 2),
	S(1, 1, 1, 1), S(1, 1, 1, 2), S(1, 2, 1, 1), S(1, 2, 1, 2),
	S(2, 1, 1, 1), S(1, 1, 2, 1), S(2, 1, 2, 1), S(2, 1, 1, 2),
	S(2, 2, 1, 1), S(1, 1, 2, 2), S(1, 2, 2, 1), S(2, 2, 1, 2),
	S(1, 2, 2, 2), S(2, 1, 2, 2), S(2, 2, 2, 1), S(2, 2, 2, 2),
	S(0, 1, 0, 1), S(0, 2, 0, 2), S(1, 0, 1, 0), S(2, 0, 2, 0),
	S(0, 3, 0, 3), S(3, 0, 3, 0), S(0, 3, 1, 0), S(0, 1, 3, 0),
	S(0, 3, 3, 0), S(0, 0, 1, 3), S(0, 0, 3, 1), S(0, 0, 3, 3),
	S(1, 3, 0, 0), S(3, 1, 0, 0), S(3, 3, 0, 0), S(1, 0, 0, 3),
	S(3, 0, 0, 1), S(3, 0, 0, 3), S(1, 3, 1, 0), S(3, 1, 3, 0),
	S(3, 3, 3, 0), S(1, 0, 1, 3), S(3, 0, 3, 1), S(3, 0, 3, 3),
	S(0, 3, 1, 3), S(0, 1, 3, 1), S(0, 3, 3, 3), S(1, 3, 0, 3),
	S(3, 1, 0, 1), S(3, 3, 0, 3), S(1, 3, 1, 3), S(3, 1, 3, 1),
	S(3, 3, 3, 3), S(0, 1, 1, 0), S(0, 0, 1, 1), S(1, 0, 0, 1),
	S(1, 1, 0, 0), S(0, 0, 0, 0), S(0, 0, 0, 0), S(0, 0, 0, 0),
	S(0, 0, 0, 1), S(1, 0, 0, 0), S(0, 1, 0, 0), S(0, 0, 1, 0),
	S(0, 0, 0, 2), S(2, 0, 0, 0), S(0, 2, 0, 0), S(0, 0, 2, 0),
	S(0, 2, 0, 1), S(1, 0, 2, 0), S(0, 1, 0, 2), S(2, 0, 1, 0),
};
#undef S
/* clang-format on */

static unsigned through(unsigned sides)
{
	if (sides == LINE_E || sides == LINE_W)
		return LINE_E | LINE_W;
	if (sides == LINE_N || sides == LINE_S)
		return LINE_N | LINE_S;
	return sides;
}

static unsigned look_of_side(unsigned look, int side)
{
	return look >> 2 * side & 3;
}

/* A line drawn through takes the look of the side that it has. */
static unsigned look_through(unsigned sides, unsigned look)
{
	for (int i = 0; i < 4; i++)
		if (sides == 1u << i)
			return look_of_side(look, i) * 0x55;
	return look;
}

uint8_t line_shape(unsigned sides, unsigned look)
{
	static const uint8_t weight[] = {
		[LINE_THIN] = WEIGHT_THIN,
		[LINE_THICK] = WEIGHT_THICK,
		[LINE_DASHED] = WEIGHT_THIN,
		[LINE_DOUBLE] = WEIGHT_DOUBLE,
	};
	unsigned all = through(sides);
	unsigned shape = 0;

	look = look_through(sides, look);
	for (int i = 0; i < 4; i++)
		if (all & 1u << i)
			shape |= (unsigned)weight[look_of_side(look, i)]
				 << 2 * i;
	return (uint8_t)shape;
}

/* How unlike two shapes are; sides that only one of them has weigh most. */
static int distance(unsigned a, unsigned b)
{
	int d = 0;

	for (int i = 0; i < 4; i++) {
		int x = SHAPE_SIDE(a, i), y = SHAPE_SIDE(b, i);

		if (!x != !y)
			d += 100;
		else
			d += abs(x - y);
	}
	return d;
}

static uint32_t nearest(uint8_t shape)
{
	static uint8_t known[256]; /* 1 + place in shapes; 0: not asked yet */
	int best = 0;

	if (known[shape])
		return BOX_FIRST + known[shape] - 1u;
	for (int i = 1; i < NR_BOX; i++)
		if (distance(shapes[i], shape) < distance(shapes[best], shape))
			best = i;
	known[shape] = (uint8_t)(best + 1);
	return BOX_FIRST + (uint32_t)best;
}

static bool all_dashed(unsigned sides, unsigned look)
{
	for (int i = 0; i < 4; i++)
		if (sides & 1u << i && look_of_side(look, i) != LINE_DASHED)
			return false;
	return true;
}

uint32_t line_char(unsigned sides, unsigned look)
{
	unsigned all = through(sides);

	if (all == (LINE_E | LINE_W) && all_dashed(sides, look))
		return DASH_ACROSS;
	if (all == (LINE_N | LINE_S) && all_dashed(sides, look))
		return DASH_DOWN;
	return nearest(line_shape(sides, look));
}

char line_ascii(unsigned sides)
{
	return line_shape_ascii(line_shape(sides, 0));
}

uint8_t line_shape_of(uint32_t ch)
{
	if (ch < BOX_FIRST || ch >= BOX_FIRST + NR_BOX)
		return 0;
	return shapes[ch - BOX_FIRST];
}

char line_shape_ascii(uint8_t shape)
{
	bool down = SHAPE_SIDE(shape, 0) || SHAPE_SIDE(shape, 2);
	bool across = SHAPE_SIDE(shape, 1) || SHAPE_SIDE(shape, 3);

	if (down && across)
		return '+';
	if (down)
		return '|';
	return across ? '-' : 0;
}
