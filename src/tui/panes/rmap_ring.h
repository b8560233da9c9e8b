/*
 * VMAs that hang on one anon_vma, line by line, each with what a walk for one
 * frame finds there.
 */
#ifndef TUI_PANES_RMAP_RING_H
#define TUI_PANES_RMAP_RING_H

#include "tui/panes/rmap.h"

enum ring_result {
	RING_PLAIN,   /* no frame is looked for */
	RING_PENDING, /* not visited (yet) */
	RING_LOOKING, /* just visited, its PTE not yet read */
	RING_OUTSIDE, /* cannot hold the page's index */
	RING_MISS,    /* its PTE maps nothing or another frame */
	RING_HIT      /* its PTE maps the frame */
};

struct ring_row {
	const struct vm_area_struct *vma; /* of a run the first */
	uint32_t count;			  /* VMAs in the run */
	enum ring_result result;
	uint64_t addr; /* where the page would be */
	pteval_t pte;  /* there, MISS and HIT */
	bool now;      /* the walk stands here */
};

struct ring {
	const struct anon_vma *av;
	struct ring_row *row;
	uint32_t nr;	  /* rows */
	uint32_t nr_vmas; /* before folding */
	bool has_frame;	  /* a frame is looked for: */
	uint32_t pfn;
	uint64_t index; /* its page->index */
};

/* The VMAs of @av, all RING_PLAIN; false when the host has no memory. */
bool ring_make(
	struct ring *ring, const struct machine *m, const struct anon_vma *av);
void ring_free(struct ring *ring);
/* What a walk for frame @pfn would find now in each of them. */
void ring_look_for(struct ring *ring, const struct machine *m, uint32_t pfn);
/* Fold what looks alike when there are more than @rows. */
void ring_fold(struct ring *ring, const struct pad *s, uint32_t rows);
/* Draw from line @y; returns the lines. */
int ring_draw(struct ring *ring, struct pad *s, int y);
/* "frame 21  mapping > av1  index b7ffe  mapcount 2"; returns its lines. */
int ring_draw_frame(struct pad *s, int y, uint32_t pfn);

#endif
