/*
 * A canvas: cells that panes draw on.  It knows neither terminal nor file;
 * one writer turns it into curses calls, others into text, ANSI, HTML, SVG.
 *
 * A cell holds one character (a wide one takes two cells, the second is its
 * shadow), a style, the sides by which a line leaves it, and a link to the
 * object it stands for.  Lines that meet in a cell are or-ed: junctions join
 * by themselves when the canvas is written.
 */
#ifndef VIEW_CANVAS_H
#define VIEW_CANVAS_H

#include "core/ref.h"
#include "view/style.h"
#include "view/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum line_side { LINE_N = 1, LINE_E = 2, LINE_S = 4, LINE_W = 8 };
enum line_look { LINE_THIN, LINE_THICK, LINE_DASHED, LINE_DOUBLE };

#define CELL_COMBINING 2 /* combining marks kept with a character */

struct cell {
	uint32_t ch;    /* code point; 0: empty; CELL_SHADOW: right half */
	uint32_t mark[CELL_COMBINING];
	uint16_t style; /* enum style */
	uint8_t extra;  /* STYLE_... flags laid over the style */
	uint8_t lines;  /* enum line_side bits; then ch is not used */
	uint8_t look;   /* enum line_look of each side, 2 bits, N E S W */
	uint16_t link;  /* index into canvas.links, 0: none */
};
#define CELL_SHADOW UINT32_MAX

struct rect {
	int x, y; /* top left */
	int w, h;
};

struct canvas {
	int w, h;
	struct cell *cells;   /* w * h, row by row */
	struct ref *links;    /* objects that cells stand for */
	uint16_t nr_links;
	uint16_t room_links;
	struct rect clip;     /* drawing outside is legal and free */
	int dx, dy;           /* origin of the current pane */
	bool ascii;           /* lines and glyphs are shown in ASCII */
	struct ref link;      /* put into the cells that are drawn now */
	bool link_fresh;      /* and the last of links is that one */
	int cursor_x, cursor_y; /* where the terminal's cursor goes; -1: hidden */
};

#define CANVAS_MAX 2048 /* columns and rows */

/* NULL: no memory. */
struct canvas *canvas_new(int w, int h);
void canvas_delete(struct canvas *cv);
/* Make it w by h (cut to 0..CANVAS_MAX) and empty: all cells blank, no links,
 * clip = everything, no cursor.  Without memory for it it becomes 0 by 0, on
 * which drawing is legal and shows nothing. */
void canvas_reset(struct canvas *cv, int w, int h);

/* Clip to @r (in the current origin's coordinates, cut by the clip in force)
 * and move the origin to its corner; canvas_leave() undoes it. */
struct canvas_state {
	struct rect clip;
	int dx, dy;
	struct ref link;
};
struct canvas_state canvas_enter(struct canvas *cv, struct rect r);
void canvas_leave(struct canvas *cv, struct canvas_state saved);

/*
 * Put UTF-8 @text at (x, y), at most @w columns (w < 0: to the clip's edge);
 * returns the columns used, those outside the clip included.  A wide
 * character that does not fit is not split; control characters and malformed
 * bytes are shown as one replacement each (text.h, where all measuring is).
 */
int canvas_put(struct canvas *cv, int x, int y, int w, enum style style,
	const char *text);
int canvas_printf(struct canvas *cv, int x, int y, int w, enum style style,
	const char *format, ...) __attribute__((format(printf, 6, 7)));
/* As put, but what does not fit ends in an ellipsis. */
int canvas_put_cut(struct canvas *cv, int x, int y, int w, enum style style,
	const char *text);
/* As put, wrapped at blanks (and between wide characters) into lines of @w
 * columns and at most @h lines, the first @skip lines left out; returns the
 * number of lines that the whole text needs. */
int canvas_wrap(struct canvas *cv, int x, int y, int w, int h, int skip,
	enum style style, const char *text);

/* One of our glyphs, or its ASCII form; returns the columns used: 1. */
int canvas_glyph(struct canvas *cv, int x, int y, enum style style,
	enum glyph glyph);

/* From the middle of the first cell to the middle of the last: what begins or
 * ends on another line joins it there.  An end that joins nothing is drawn
 * through its cell. */
void canvas_hline(struct canvas *cv, int x, int y, int w, enum style style,
	enum line_look look);
void canvas_vline(struct canvas *cv, int x, int y, int h, enum style style,
	enum line_look look);
/* Or @sides into one cell; of two looks of one side the later stays. */
void canvas_line(struct canvas *cv, int x, int y, unsigned sides,
	enum style style, enum line_look look);
/* One column or row: a plain line. */
void canvas_box(struct canvas *cv, struct rect r, enum style style,
	enum line_look look);
void canvas_fill(struct canvas *cv, struct rect r, enum style style);
/* Lay style flags (STYLE_CHANGED, STYLE_SELECTED ...) over cells; what is
 * drawn over them later has none. */
void canvas_mark(struct canvas *cv, struct rect r, unsigned extra);

/* Cells drawn from now on stand for @ref (NO_REF: for nothing). */
void canvas_link(struct canvas *cv, struct ref ref);
/* What a cell stands for (absolute coordinates); NO_REF outside. */
struct ref canvas_ref_at(const struct canvas *cv, int x, int y);
/* The code point to show in a cell: lines and glyphs resolved; 0 = shadow.
 * A wide character is always whole: its shadow is in the cell at its right. */
uint32_t canvas_char(const struct canvas *cv, int x, int y);
/* The same with the marks as UTF-8 and a 0; returns the bytes, 0 = shadow. */
#define CELL_UTF8 (4 * (1 + CELL_COMBINING) + 1)
size_t canvas_utf8(
	const struct canvas *cv, int x, int y, char buf[CELL_UTF8]);
/* The cell; NULL outside. */
const struct cell *canvas_cell(const struct canvas *cv, int x, int y);

#endif
