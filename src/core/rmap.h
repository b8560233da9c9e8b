/*
 * The reverse map: counts on the page, links between VMAs and anon_vmas, and
 * the walk from a page to all PTEs that map it.  Inside the core only.
 */
#ifndef CORE_RMAP_H
#define CORE_RMAP_H

#include "core/mechanism.h"
#include "core/page_state.h"

/* A new page of @vma, mapped at @addr (page_add_rmap, page_add_anon_rmap,
 * folio_add_new_anon_rmap). */
static inline void page_add_new_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr)
{
	ops_of(m)->add_new_rmap(m, page, vma, addr);
}

/* One more PTE maps it, that of @mm for @addr (page_add_rmap, page_dup_rmap). */
static inline void page_dup_rmap(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr)
{
	ops_of(m)->dup_rmap(m, page, mm, addr);
}

/* A page that was swapped out is mapped again; @exclusive: nobody else needs it
 * (page_add_anon_rmap, do_page_add_anon_rmap, folio_add_anon_rmap_ptes). */
static inline void page_add_swapped_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr, bool exclusive)
{
	ops_of(m)->add_swapped_rmap(m, page, vma, addr, exclusive);
}

/* A PTE of @vma maps a page of its file (page_add_file_rmap). */
static inline void page_add_file_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr)
{
	ops_of(m)->add_file_rmap(m, page, vma, addr);
}

/* One less; mapping and index are left as they are (page_remove_rmap). */
static inline void page_remove_rmap(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr)
{
	ops_of(m)->remove_rmap(m, page, mm, addr);
}

/* Memory for one page_add_new_rmap() or page_dup_rmap(): to be had before the
 * page table lock is taken, and given back after.  0 or -ENOMEM. */
static inline int rmap_reserve(struct machine *m)
{
	return ops_of(m)->rmap_reserve ? ops_of(m)->rmap_reserve(m, true) : 0;
}

/* The same for those who hold a lock that reclaim may take. */
static inline int rmap_reserve_nowait(struct machine *m)
{
	return ops_of(m)->rmap_reserve ? ops_of(m)->rmap_reserve(m, false) : 0;
}

static inline void rmap_release(struct machine *m)
{
	if (ops_of(m)->rmap_release)
		ops_of(m)->rmap_release(m);
}

/* Only @vma maps it: its walks begin at the own anon_vma from now on
 * (4.0 page_move_anon_rmap, 6.18 folio_move_anon_rmap). */
void page_move_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma);

/* The operation rmap: the walk of page_referenced() or, if @full, of
 * rmap_walk() to the end.  Fills res->found.  0, or -EINVAL for a free frame.
 */
int rmap_walk_op(struct machine *m, struct page *page, bool full,
	struct op_result *res);

/* A walk of @page's mappings that does @w->job: by its anon_vma or by i_mmap,
 * under the lock of that.  w->to_find is the number of mappings to find. */
void rmap_walk_page(struct machine *m, struct rmap_walk *w);

/* Look whether @vma maps w->page; false: the walk may stop. */
bool rmap_visit(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma);
/* The same where it is not the page's index that gives the address (KSM). */
bool rmap_visit_at(struct machine *m, struct rmap_walk *w,
	struct vm_area_struct *vma, uint64_t addr, uint64_t index);

/* A walk found that @vma maps the page at @addr. */
void rmap_found(struct op_result *res, const struct vm_area_struct *vma,
	uint64_t addr);

/* An anon_vma, its own root and parent, linked to nothing; NULL: no memory. */
struct anon_vma *anon_vma_alloc(struct machine *m);
void anon_vma_free(struct machine *m, struct anon_vma *av);
/* A neighbour's anon_vma that @vma may share, or NULL; @fits decides about the
 * neighbour's own state (find_mergeable_anon_vma). */
struct anon_vma *find_mergeable_anon_vma(struct machine *m,
	struct vm_area_struct *vma,
	bool (*fits)(const struct vm_area_struct *neighbour));
/* Set vma->anon_vma and tell it. */
void vma_set_anon_vma(struct machine *m, struct vm_area_struct *vma,
	struct anon_vma *av);

/* Mechanisms: 2.4 has none; its walk scans every mm (rmap_scan.c). */
void scan_add_new_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr);
void scan_add_swapped_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr, bool exclusive);
void scan_dup_rmap(struct machine *m, struct page *page, struct mm_struct *mm,
	uint64_t addr);
void scan_remove_rmap(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr);
int scan_walk(struct machine *m, struct page *page, bool full,
	struct op_result *res);

/* Mechanisms: 2.6.0's chain of PTEs (rmap_chain.c). */
void chain_add_new_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr);
void chain_add_swapped_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr, bool exclusive);
void chain_dup_rmap(struct machine *m, struct page *page, struct mm_struct *mm,
	uint64_t addr);
void chain_remove_rmap(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr);
int chain_reserve(struct machine *m, bool wait);
void chain_release(struct machine *m);
int chain_walk(struct machine *m, struct page *page, bool full,
	struct op_result *res);

/* Mechanisms: generations without anon_vma (rmap_scan.c). */
void old_add_file_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr);
int no_anon_prepare(struct machine *m, struct vm_area_struct *vma);
int no_anon_fork(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *parent);
void no_anon_unlink(struct machine *m, struct vm_area_struct *vma);
enum no_merge any_anon_merge(const struct merge_request *req,
	const struct vm_area_struct *target);

/* Mechanisms: counts on the page of all that have anon_vmas (rmap.c). */
void anon_add_new_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr);
void anon_add_swapped_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr, bool exclusive);
void anon_dup_rmap(struct machine *m, struct page *page, struct mm_struct *mm,
	uint64_t addr);
void file_add_rmap(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr);
void anon_remove_rmap(struct machine *m, struct page *page,
	struct mm_struct *mm, uint64_t addr);

/* Mechanisms: 2.6.11's list of VMAs (rmap_list.c). */
int list_prepare(struct machine *m, struct vm_area_struct *vma);
int list_fork(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *parent);
int list_clone(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src);
void list_unlink(struct machine *m, struct vm_area_struct *vma);
void list_range(struct machine *m, struct vm_area_struct *vma);
void list_walk(struct machine *m, struct rmap_walk *w);
enum no_merge list_anon_merge(const struct merge_request *req,
	const struct vm_area_struct *target);

/* Mechanisms: the anon_vma_chain of 4.0 and 6.18 (rmap_avc.c). */
int avc_prepare(struct machine *m, struct vm_area_struct *vma);
int avc_fork_degree(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *parent); /* 4.0: reuse by degree */
int avc_fork_active(struct machine *m, struct vm_area_struct *vma,
	struct vm_area_struct *parent); /* 6.18: by active VMAs */
int avc_clone(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src);
void avc_unlink(struct machine *m, struct vm_area_struct *vma);
void avc_range_pre(struct machine *m, struct vm_area_struct *vma);
void avc_range_post(struct machine *m, struct vm_area_struct *vma);
void avc_walk(struct machine *m, struct rmap_walk *w);
enum no_merge avc_anon_merge_4_0(const struct merge_request *req,
	const struct vm_area_struct *target);
enum no_merge avc_anon_merge_6_18(const struct merge_request *req,
	const struct vm_area_struct *target);
/* A reference more or less on an anon_vma; without one it is freed, and what it
 * held on its root goes (get_anon_vma, put_anon_vma). */
void anon_vma_get(struct machine *m, struct anon_vma *av);
void anon_vma_put(struct machine *m, struct anon_vma *av);
/* vma->anon_vma_chain has exactly one entry. */
bool avc_is_singular(const struct vm_area_struct *vma);

#endif
