/*
 * A pad: the content of a pane, which may be larger than the pane.  A pane
 * writes one function that lays its content out line by line; the pad
 * scrolls it, marks every object, shows the cursor and moves it from object
 * to object.
 *
 * The content function is run in three ways: to find where the cursor and the
 * current event lie, to draw, and to collect the places of objects when the
 * cursor moves.  It must lay out the same each time, and should skip work on
 * lines that pad_wants() does not want.
 */
#ifndef TUI_PANES_PAD_H
#define TUI_PANES_PAD_H

#include "tui/pane.h"
#include "tui/panes/facts.h"
#include "view/format.h"

/* Where an object lies in the content. */
struct spot {
	struct ref ref; /* the object */
	int x, y, w;    /* column, line, columns; w 0: no place */
};

enum pad_run { PAD_FIND, PAD_DRAW, PAD_COLLECT };

struct pad {
	struct pane_view *view;
	const struct look *look;
	const struct machine *m; /* look->m */
	struct canvas *cv;	 /* PAD_DRAW, else NULL */
	enum pad_run run;
	int w, h;	    /* of the pane */
	int from, to;	    /* lines wanted: from <= y < to */
	unsigned extra;	    /* STYLE_ flags for all that is put now */
	unsigned seen;	    /* the pane's own bits of what was put */
	int sticky;	    /* lines that stay at the top */
	bool beyond;	    /* what is put beyond the sides can be moved to */
	struct spot *spots; /* PAD_COLLECT: found so far */
	int nr_spots, room_spots;
	struct spot cursor; /* best place of view->cursor; w 0: none */
	struct spot now;    /* place of the current event; w 0: none */
	int now_rank;	    /* how surely that is the place */
	int cursor_end, now_end; /* last lines of the blocks they are in */
};

/* Lay out the content; returns its lines. */
typedef int pad_content(struct pad *s);

/* Draw, scrolled to the cursor or, when following, to the current event.
 * Returns what the content left in pad.seen. */
unsigned pad_draw(struct pane_view *view, const struct look *look,
	struct canvas *cv, pad_content *content);
/* Lines of the content, nothing drawn. */
int pad_lines(
	struct pane_view *view, const struct look *look, pad_content *content);
bool pad_move(struct pane_view *view, const struct look *look,
	pad_content *content, enum move move, int count);
/* Cursor onto the first of @refs (ended by NO_REF) that the pane shows; false
 * and nothing changed when it shows none. */
bool pad_seek(struct pane_view *view, const struct look *look,
	pad_content *content, const struct ref *refs);

static inline bool pad_wants(const struct pad *s, int y)
{
	return y >= s->from && y < s->to;
}

/* Put text that stands for @ref (NO_REF: nothing); returns its columns. */
int pad_put(struct pad *s, int x, int y, enum style style, struct ref ref,
	const char *format, ...) __attribute__((format(printf, 6, 7)));
/* The same in at most @w columns, cut with an ellipsis. */
int pad_cut(struct pad *s, int x, int y, int w, enum style style,
	struct ref ref, const char *text);
/* The object's own name on the screen: "vma1", "av1", "21", "parent". */
int pad_name(struct pad *s, int x, int y, enum style style, struct ref ref);
int pad_glyph(struct pad *s, int x, int y, enum style style, struct ref ref,
	enum glyph glyph);
void pad_line(struct pad *s, int x, int y, unsigned sides, enum style style,
	enum line_look look);
/* The current event's mark on both sides of what lies at x .. x + w - 1. */
void pad_now_marks(struct pad *s, int x, int y, int w);
/* The first @lines of the content stay at the pane's top however it scrolls:
 * clears them and returns the line to put them at.  After all else. */
int pad_sticky(struct pad *s, int lines);
/* Lines @y .. are one block: scrolling shows them together if it can.  After
 * they were put. */
void pad_block(struct pad *s, int y, int lines);
/* Say that the current event (or the cursor) is on line @y. */
void pad_here(struct pad *s, int y);

/* One quiet line for a pane that has nothing to show. */
void pad_quiet(struct canvas *cv, const char *text);

#endif
