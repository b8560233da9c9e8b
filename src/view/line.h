/*
 * Lines in cells: which sides they leave by, how each side looks, and the
 * box drawing character that shows it.
 */
#ifndef VIEW_LINE_H
#define VIEW_LINE_H

#include <stdbool.h>
#include <stdint.h>

/* What one side of a cell has; two bits of a shape. */
enum line_weight { WEIGHT_NONE, WEIGHT_THIN, WEIGHT_THICK, WEIGHT_DOUBLE };

/* A shape: enum line_weight of N, E, S, W in bits 0-1, 2-3, 4-5, 6-7. */
#define SHAPE(n, e, s, w) ((n) | (e) << 2 | (s) << 4 | (w) << 6)
#define SHAPE_SIDE(shape, i) ((shape) >> 2 * (i)&3)

/*
 * @sides: enum line_side bits.  @look: enum line_look of each side, two bits a
 * side, in the order of the bits of @sides.  A line that ends in a cell is
 * drawn through it, so that a single side becomes a whole line.
 */
uint8_t line_shape(unsigned sides, unsigned look);
/* The character for it: the one that is there, or the nearest. */
uint32_t line_char(unsigned sides, unsigned look);
/* The same with - | + only. */
char line_ascii(unsigned sides);

/* The shape of a box drawing character; 0: it is none that has one. */
uint8_t line_shape_of(uint32_t ch);
/* A shape with - | + only; 0 for shape 0. */
char line_shape_ascii(uint8_t shape);

#endif
