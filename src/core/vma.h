/*
 * VMAs: the index of an address space, making, splitting and merging.
 * Inside the core only.
 */
#ifndef CORE_VMA_H
#define CORE_VMA_H

#include "core/machine.h"
#include "core/mechanism.h"

/* The smallest VMA that ends above @addr, as the kernel finds it: counted and
 * told.  NULL when there is none. */
struct vm_area_struct *find_vma(struct machine *m, struct mm_struct *mm,
	uint64_t addr);
/* The last VMA that ends at or below @addr, or NULL. */
struct vm_area_struct *vma_before(const struct mm_struct *mm, uint64_t addr);
/* The first VMA that overlaps [start, end), or NULL. */
struct vm_area_struct *vma_intersection(const struct mm_struct *mm,
	uint64_t start, uint64_t end);

/* Call @fn for the part of [start, end) in each VMA, as madvise and msync go:
 * holes are passed over and told by -ENOMEM at the end, @fn's first error ends
 * it. */
typedef int vma_part_fn(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, const void *ctx);
int vma_each_part(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, vma_part_fn *fn, const void *ctx);

/* A VMA that is linked nowhere yet; NULL: no memory. */
struct vm_area_struct *vma_alloc(struct machine *m);
/* A copy of @from for @mm, linked nowhere; NULL: no memory. */
struct vm_area_struct *vma_dup(struct machine *m,
	const struct vm_area_struct *from, struct mm_struct *mm);
void vma_free(struct machine *m, struct vm_area_struct *vma);

/* Into its mm's list and tree; just after @prev if that is known (NULL: as the
 * first). */
void vma_link(struct machine *m, struct vm_area_struct *vma);
void vma_link_after(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *prev);
/* Out of both, because another VMA has its range now. */
void vma_unlink(struct machine *m, struct vm_area_struct *vma);
/* Out of both, to be unmapped; then, for all of [start, end) together, what
 * was found before is forgotten. */
void vma_detach(struct machine *m, struct vm_area_struct *vma);
void vma_detached(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end);

/* 6.18 stores ranges.  Memory for letting [start, end) be @vma's (NULL: no
 * VMA's), before anything is changed: 0 or -ENOMEM; what is not used then is
 * given back.  Other kernels need none. */
int vma_reserve(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, struct vm_area_struct *vma);
void vma_unreserve(struct machine *m);
/* The range that @vma has now is its, whatever was there. */
void vma_store(struct machine *m, struct vm_area_struct *vma);
/* fork: @to begins with a copy of the tree of @from.  0 or -ENOMEM. */
int vma_index_dup(struct machine *m, struct mm_struct *to,
	struct mm_struct *from);
void vma_index_dup_end(struct mm_struct *to);
/* exit: nothing of it is left. */
void vma_index_end(struct machine *m, struct mm_struct *mm);

/* How VMAs are found: vma_index.c. */
struct vma_index {
	struct vm_area_struct *(*find)(struct machine *m, struct mm_struct *mm,
		uint64_t addr); /* the first that ends above @addr, told */
	void (*insert)(struct machine *m, struct vm_area_struct *vma);
	void (*erase)(struct vm_area_struct *vma); /* NULL: by a store */
	/* found before: @vma is gone, NULL: anything may be */
	void (*forget)(struct mm_struct *mm, struct vm_area_struct *vma);
	bool ranges; /* a tree of ranges, mm_mt */
};
extern const struct vma_index index_mmap_cache; /* until 2.6 */
extern const struct vma_index index_vmacache;   /* 4.0 */
extern const struct vma_index index_maple;      /* 6.18 */

/* Give @vma other bounds.  It keeps its place among its neighbours; trees that
 * are ordered by vm_pgoff are put right. */
void vma_set_range(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, uint64_t pgoff);

/* The same where @vma keeps only a part and nobody gets the rest: 6.18 must
 * have memory for the store.  0 or -ENOMEM. */
int vma_shrink(struct machine *m, struct vm_area_struct *vma, uint64_t start,
	uint64_t end);

/* 6.18: keep faults out of @vma until mmap_write_unlock(); nothing before. */
void vma_start_write(struct machine *m, struct vm_area_struct *vma);

/* Cut @vma at @addr; the new VMA is the part below if @new_below, else the
 * part above.  0 or -ENOMEM. */
typedef int vma_split_fn(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr, bool new_below);
vma_split_fn vma_split;
/* The same beyond max_map_count (__split_vma). */
vma_split_fn vma_split_unlimited;

/* Try to let a range join its neighbours.  The VMA that holds it then, or NULL
 * if it joins none; *err is -ENOMEM when memory ran out (nothing changed). */
struct vm_area_struct *vma_merge(struct machine *m,
	const struct merge_request *req, int *err);

/* What the kernels call the cases, see era_ops. */
extern const char *const merge_names_2_4[];
extern const char *const merge_names_2_6_0[];
extern const char *const merge_names_cases[];
extern const char *const merge_names_6_18[];

/* The range at @addr becomes part of @vma: case @which of vma_merge. */
void tell_merge(struct machine *m, const struct vm_area_struct *vma,
	uint64_t addr, unsigned which);
/* It does not become part of @vma, which is "prev", "next" or (NULL) both;
 * @vm_flags: what it wants. */
void tell_no_merge(struct machine *m, const struct mm_struct *mm,
	uint64_t addr, const char *side, const struct vm_area_struct *vma,
	enum no_merge why, uint64_t vm_flags);
/* The same of both neighbours, as far as there is something to say. */
void tell_neighbours(struct machine *m, const struct merge_request *req,
	const struct neighbour *prev, const struct neighbour *next);
/* @vma is cut at @addr; @name: what the kernel calls that. */
void tell_cut(struct machine *m, const struct vm_area_struct *vma,
	uint64_t addr, enum vma_cut cut, const char *name);

/* Mechanisms: a new mapping that only flags decide about. */
struct vm_area_struct *vma_merge_2_4(struct machine *m,
	const struct merge_request *req, int *err);
struct vm_area_struct *vma_merge_2_6_0(struct machine *m,
	const struct merge_request *req, int *err);
/* The same for a range that mremap moves there (move_vma). */
struct vm_area_struct *vma_merge_moved(struct machine *m,
	const struct merge_request *req);

/* Take a VMA out of its mm and its anon_vmas, and free it (merging). */
void vma_absorbed(struct machine *m, struct vm_area_struct *vma);

#endif
