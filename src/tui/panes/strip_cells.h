/* What the two files of the strip share: its cells and their texts. */
#ifndef TUI_PANES_STRIP_CELLS_H
#define TUI_PANES_STRIP_CELLS_H

#include "tui/panes/strip.h"

#define STRIP_CELLS 64

/* What a PTE says, for a strip. */
struct state {
	char letters[3]; /* "r", "w", "z", "n", "s", "rx", "r*" or "-" */
	bool mapped;	 /* a frame is there: */
	uint64_t pfn;	 /* its number */
	value_t value;	 /* what it holds */
};

/* A cell of the strip: a page, or pages that are alike. */
struct piece {
	uint64_t page;	    /* number of its first page */
	uint64_t count;	    /* pages */
	struct state state; /* of its first page */
	bool same_value;    /* all its pages have the value */
	bool unread;	    /* the pages were not looked at */
	int w;		    /* columns of its widest text */
};

struct strip {
	struct pad *s;			  /* where to */
	const struct task_struct *task;	  /* whose */
	const struct vm_area_struct *vma; /* its pages */
	struct piece cell[STRIP_CELLS];	  /* in page order */
	int nr;				  /* of them */
	int pinned;  /* cell of the page to be seen, or -1 */
	int rank;    /* of that cell */
	bool fold;   /* pages that are alike become one cell */
	bool brief;  /* page and value share a line */
	int least;   /* columns of a cell that has one page */
	int columns; /* there are */
};

/* What the PTE of page @n says; notes its letters for the legend. */
struct state strip_read(const struct strip *t, uint64_t n);
struct ref strip_pte(const struct strip *t, uint64_t n);

/* The three texts of a cell. */
const char *strip_ellipsis(const struct strip *t);
void strip_page_text(const struct piece *c, char *buf, size_t size);
void strip_value_text(
	const struct strip *t, const struct piece *c, char *buf, size_t size);
void strip_frame_text(
	const struct strip *t, const struct piece *c, char *buf, size_t size);

/* Make the cells for t->columns. */
void strip_make(struct strip *t);
/* Columns of the cells @from .. @to - 1 with their gaps. */
int strip_width(const struct strip *t, int from, int to);
/* The first cell to draw, so that the pinned one is seen and the next. */
int strip_first_cell(const struct strip *t);

#endif
