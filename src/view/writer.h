/*
 * Writers: a canvas as text, ANSI, HTML or SVG.  A file is begun, gets one
 * page for each canvas, and is ended; single_page() does all three.  What
 * comes from scripts is harmless in each format: the canvas holds no control
 * characters, titles are cleaned and everything is escaped.
 */
#ifndef VIEW_WRITER_H
#define VIEW_WRITER_H

#include "view/buf.h"
#include "view/canvas.h"

/* What all pages of one file share. */
struct sheet {
	const struct theme *theme;
	const char *title;   /* of the file; may be "" */
	int w, h;	     /* columns and rows of the largest page */
	unsigned nr_pages;   /* how many there will be */
	unsigned nr_colours; /* ANSI: 0, 8, 16, 256 or 1 << 24 */
};

struct writer {
	const char *name;   /* as in --format */
	const char *suffix; /* of files, with the dot */
	void (*begin)(struct buf *out, const struct sheet *sheet);
	/* Page @nr, from 0; @caption names it ("step 9.14"), "" for nothing. */
	void (*page)(struct buf *out, const struct sheet *sheet,
		const struct canvas *cv, unsigned nr, const char *caption);
	void (*end)(struct buf *out, const struct sheet *sheet);
};

#define NR_WRITERS 4
extern const struct writer *const writers[NR_WRITERS]; /* all, text first */
extern const struct writer writer_text;		       /* writer_text.c */
extern const struct writer writer_ansi;		       /* writer_ansi.c */
extern const struct writer writer_html;		       /* writer_html.c */
extern const struct writer writer_svg;		       /* writer_svg.c */

/* By name; NULL: none. */
const struct writer *writer_find(const char *name);
/* By the end of a file's name (".htm" and ".ans" too); NULL: none. */
const struct writer *writer_for_file(const char *file);

/* A whole file of one page; ANSI in 256 colours. */
void single_page(struct buf *out, const struct writer *writer,
	const struct theme *theme, const struct canvas *cv, const char *title);

/* ---- for the writers ---- */

/* Cells of one row that look alike. */
struct run {
	int x, w;	/* first column, columns; never half a wide character */
	struct pen pen; /* how they look */
};

/* The run in row @y that follows @run (begin with x = w = 0); false: none. */
bool run_next(const struct canvas *cv, const struct theme *theme, int y,
	struct run *run);
/* Columns of row @y up to the last that shows anything; with @theme, a
 * background and an underline show. */
int row_width(const struct canvas *cv, const struct theme *theme, int y);

/* Add text from outside for HTML and XML. */
void put_escaped(struct buf *out, const char *text);

#endif
