/* mremap's parts that generations share.  Inside the core only. */
#ifndef CORE_MREMAP_H
#define CORE_MREMAP_H

#include "core/machine.h"

struct remap {
	struct mm_struct *mm;
	struct vm_area_struct *vma; /* that holds the old range */
	uint64_t addr, old_len;	    /* page aligned lengths */
	uint64_t new_addr, new_len;
	uint64_t cut_off;	    /* bytes that went before a move */
	bool maymove, fixed, dontunmap;
};

/* All PTEs of r's old range go to the new one; neither page nor count of
 * mappings changes (2.6.11 on). */
int remap_move_tables(struct machine *m, struct remap *r);
/* The old range must lie in one VMA: r->vma.  0 or -EFAULT. */
int remap_find_source(struct machine *m, struct remap *r);
/* RLIMIT_MEMLOCK: -EAGAIN; RLIMIT_AS, RLIMIT_DATA: -ENOMEM. */
int remap_limits(struct machine *m, const struct remap *r);
/* Is nothing mapped where the range would grow to? */
bool remap_room_above(const struct machine *m, const struct remap *r);
/* Let r->vma end at the new end.  0 or -ENOMEM. */
int remap_grow_in_place(struct machine *m, struct remap *r);
/* Count what a VMA with @vm_flags has grown by in place; faulted in, if it is
 * locked. */
void remap_count_grown(struct machine *m, const struct remap *r,
	uint64_t vm_flags);
/* It has moved and is longer now: the same for the pages alone. */
void remap_lock_grown(struct machine *m, const struct remap *r);

#endif
