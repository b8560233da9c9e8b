/*
 * What a terminal understands, from terminfo: the bytes that move its cursor,
 * set looks, erase.  Padding is left out, and so is the choice of a character
 * set, as no other than its own is ever chosen.
 */
#ifndef TUI_CAPS_H
#define TUI_CAPS_H

#include <stdbool.h>
#include <stddef.h>

#define CAPS_LOOK 128 /* bytes that a look takes at most, with its 0 */
#define CAPS_MOVE 32  /* the same of a movement */

struct caps {
	char plain[CAPS_MOVE];	 /* no attributes, the terminal's colours */
	char attr[5][CAPS_MOVE]; /* sets attribute 1 << i (ATTR_ bits) */
	char clear[CAPS_MOVE];	 /* clears the screen */
	char hide[CAPS_MOVE];	 /* hides the cursor */
	char show[CAPS_MOVE];	 /* shows it */
	unsigned not_coloured;	 /* ATTR_ bits that colours do not go with */
	bool ansi_move;		 /* ESC [ line ; column H moves the cursor */
	bool ansi_erase;	 /* ESC [ n X makes n cells blank */
	bool scrolls;		 /* it does, when the last cell is written */
};

/* Those of the terminal that curses or setupterm() has chosen. */
void caps_read(struct caps *c);

/* Whatever was set before: @attr (ATTR_ bits) and colours (-1: its own) from
 * now on.  Returns the length of @buf. */
size_t caps_look(const struct caps *c, unsigned attr, int fg, int bg,
	char buf[CAPS_LOOK]);

/* To column @x of line @y, from 0. */
size_t caps_move(const struct caps *c, int x, int y, char buf[CAPS_MOVE]);

#endif
