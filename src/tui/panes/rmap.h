/*
 * The reverse map's pictures: the lattice of VMAs and anon_vmas, its density
 * when it is too large, the lists of the kernel before chains, and a walk.
 */
#ifndef TUI_PANES_RMAP_H
#define TUI_PANES_RMAP_H

#include "tui/panes/pad.h"

#define RMAP_PAGES 24 /* frames remembered for a column */

/* A row of the lattice: a VMA, or a run of VMAs that look alike. */
struct rmap_row {
	const struct vm_area_struct *vma; /* the first of the run */
	const struct task_struct *task;	  /* of vma; may be NULL */
	uint32_t count;			  /* VMAs in the run */
	uint64_t key;			  /* what makes rows look alike */
	int first, last;		  /* columns it has AVCs in; last -1:
					   * none */
};

/* A column: an anon_vma, or a run of anon_vmas that look alike. */
struct rmap_col {
	const struct anon_vma *av; /* the first of the run */
	uint32_t count;		   /* anon_vmas in the run */
	uint32_t owners;	   /* VMAs whose own anon_vma it is, of each */
	int last_row;		   /* lowest row with an AVC here, -1: none */
	uint32_t pfn[RMAP_PAGES];  /* frames that point to it */
	uint32_t nr_pages;	   /* how many were found; may be more */
};

struct rmap_model {
	struct rmap_row *row;
	int nr_rows;
	struct rmap_col *col;
	int nr_cols;
	uint32_t *ids;   /* of living anon_vmas, hashed by their address */
	uint32_t nr_ids; /* slots of it, a power of two */
	uint32_t *owners; /* by anon_vma id */
	int *col_of;	  /* by anon_vma id: its column, -1: none */
	int *row_of;	  /* by VMA id: its row; of a run only its first */
	uint32_t nr_vmas; /* before folding */
	uint32_t nr_avs;
	bool more_pages; /* not every page table was read */
};

/* Read VMAs and anon_vmas; fold what looks alike when there are more than
 * @rows or @cols of them.  False when the host has no memory for it. */
bool rmap_model_make(
	struct rmap_model *r, const struct pad *s, int rows, int cols);
/* Fill in the columns' frames, from at most a few thousand PTEs. */
void rmap_model_pages(struct rmap_model *r, const struct machine *m);
void rmap_model_free(struct rmap_model *r);
/* The column of an anon_vma that a VMA or a chain points to; -1 for NULL and
 * for one that is freed: while the kernel takes objects apart, pointers to it
 * may stand for some instants. */
int rmap_col_of(const struct rmap_model *r, const struct machine *m,
	const struct anon_vma *av);

/* Contents for a pad. */
int rmap_lattice(struct pad *s); /* the matrix when it is too large */
int rmap_matrix(struct pad *s);
int rmap_list(struct pad *s);
int rmap_walk(struct pad *s);
int rmap_chains(struct pad *s); /* 2.6.0: frames and the PTEs they name */
int rmap_mmlist(struct pad *s); /* 2.4: there is none */

/* KSM, from line @y; the lines: every stable_node with its addresses; and the
 * node of a walk that began with event @first, with what was found. */
int rmap_ksm_nodes(struct pad *s, int y);
int rmap_ksm_walk(struct pad *s, int y, uint32_t id, size_t first);

/* Does a page name its PTEs, or does nothing lead back? */
bool rmap_by_ptes(const struct machine *m);
bool rmap_by_scan(const struct machine *m);

/* Is the current operation a walk of the reverse map, or in one? */
bool rmap_is_walking(const struct look *look);

#endif
