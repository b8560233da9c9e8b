/*
 * The i_mmap of one file as a picture needs it: its VMAs line by line as they
 * stand in the era's structure, and what the last walk of this step has looked
 * at so far.
 */
#ifndef VIEW_MMAP_PICTURE_H
#define VIEW_MMAP_PICTURE_H

#include "core/i_mmap.h"
#include "view/look.h"

enum mmap_mark {
	MMAP_NONE,   /* the walk has not looked at it */
	MMAP_HIT,    /* maps a page that is asked for */
	MMAP_WASTED, /* it does, but its PTE maps none or another frame */
	MMAP_MISS,   /* does not */
	MMAP_ENDS,   /* it and all below end before: skipped */
	MMAP_BEGINS, /* begins behind, as all right of it: the walk ends */
};

/* A line: a VMA, or a run of VMAs of one set or list that look alike. */
struct mmap_row {
	struct i_mmap_node node; /* its VMA; of a run the first */
	uint32_t count;          /* VMAs in the run */
	uint32_t visit;          /* the walk came here as n-th; 0: not */
	enum mmap_mark mark;
	bool left_out;           /* in a subtree that the walk skipped */
	bool right_left_out;     /* what is right of it was skipped */
	uint64_t limit;          /* MMAP_ENDS: where; right_left_out: from */
	bool more;               /* its parent has a child below this one */
};

struct mmap_picture {
	enum i_mmap_form form;
	struct mmap_row *row;    /* nr of them */
	uint32_t nr;
	bool asked;              /* this step walked it; the rest holds then: */
	uint64_t first, last;    /* pages that the walk asks for */
	uint32_t found;          /* so far */
	bool over;               /* the walk has ended */
};

/* False when the host has no memory. */
bool mmap_picture_make(struct mmap_picture *p, const struct look *look,
	const struct address_space *mapping);
/* Where there are more than @rows, let runs become one line each; lines of
 * which @pinned is true stay. */
void mmap_picture_fold(struct mmap_picture *p, uint32_t rows,
	bool (*pinned)(void *ctx, const struct mmap_row *row), void *ctx);
void mmap_picture_free(struct mmap_picture *p);

#endif
