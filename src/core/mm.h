/*
 * Address spaces as a whole: making, copying, unmapping, ending.  Inside the
 * core only.  All return 0 or a negative errno unless said otherwise.
 */
#ifndef CORE_MM_H
#define CORE_MM_H

#include "core/machine.h"
#include "core/mechanism.h"

/* An empty address space for the task with number @id; NULL: no memory. */
struct mm_struct *mm_new(struct machine *m, uint32_t id);
/* Free @mm if neither tasks nor ksmd have it any more (mmdrop).  Its pages are
 * unmapped. */
void mm_drop(struct machine *m, struct mm_struct *mm);
/* Mechanisms: unmap everything (exit_mmap).  Since 2.6 all pages go before the
 * first VMA. */
void exit_mmap_2_4(struct machine *m, struct mm_struct *mm);
void exit_mmap_2_6_0(struct machine *m, struct mm_struct *mm);
void exit_mmap_all_first(struct machine *m, struct mm_struct *mm);
/* Mechanisms: munmap.  Since 2.6 VMAs are split first. */
int unmap_range_2_4(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end);
int unmap_split_first(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end);
/* Mechanisms: where the next search for a free range may begin. */
void note_hole_above(struct mm_struct *mm, uint64_t start, uint64_t end);
void note_hole_below(struct mm_struct *mm, uint64_t start, uint64_t end);

/* 2.4, 2.6.0: @mm enters the mmlist right after @after, or as its first (NULL),
 * and leaves it; nothing in others. */
void mmlist_add(struct machine *m, struct mm_struct *mm,
	struct mm_struct *after);
void mmlist_del(struct machine *m, struct mm_struct *mm);

/* fork: the child's mm, a copy of @old (dup_mmap). */
int dup_mmap(struct machine *m, struct mm_struct *mm, struct mm_struct *old);
/* Mechanisms of the generations: one present PTE. */
void copy_pte_2_4(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte,
	struct page *page);
void copy_pte_2_6_0(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte,
	struct page *page);
void copy_pte_2_6_11(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte,
	struct page *page);
void copy_pte_4_0(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte,
	struct page *page);
void copy_pte_6_18(struct machine *m, struct vm_area_struct *dst,
	struct vm_area_struct *src, uint64_t addr, pteval_t pte,
	struct page *page);

/* Take away all PTEs of @vma in [start, end) (zap_pte_range); @flags: */
#define ZAP_MARKERS 1u    /* guard markers, too */
#define ZAP_FILE_ONLY 2u  /* but not what is anonymous */
void zap_range(struct machine *m, struct vm_area_struct *vma, uint64_t start,
	uint64_t end, unsigned flags);
/* Free every table but the top one; nothing is mapped (2.4, 2.6.0). */
void clear_page_tables(struct machine *m, struct mm_struct *mm);
/* So many pages less in the mm's count (2.4, 2.6.0). */
void lower_rss(struct machine *m, struct mm_struct *mm, uint32_t anon,
	uint32_t file);
/* Flush and free what was gathered. */
void gather_flush(struct machine *m, struct mm_struct *mm);

/* Cut VMAs so that none crosses @start or @end. */
int split_at_ends(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end);

/* Arguments of the operation mmap, by place. */
enum {
	MMAP_LEN,
	MMAP_ADDR,
	MMAP_FIXED,
	MMAP_PROT,
	MMAP_NAME,
	MMAP_SHARED,
	MMAP_FILE,
	MMAP_PGOFF,
	MMAP_POPULATE,
	MMAP_NORESERVE,
	MMAP_LOCKED,
	MMAP_GROWSDOWN,
	MMAP_DROPPABLE
};

/* The system calls; addresses and lengths as the user gave them. */
int do_munmap(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len);
int do_mmap(struct machine *m, struct mm_struct *mm, const struct op *op,
	uint64_t *addr, uint64_t *len);
/* MAP_POPULATE of [start, start + len), mapped just now.  No lock is held. */
void mm_populate(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len);
/* The same for mlock, which fails where that does (__mm_populate). */
int mm_populate_locked(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len);
/* get_user_pages of one page: fault until it is there as wanted. */
int make_present(struct machine *m, struct vm_area_struct *vma, uint64_t addr,
	bool write);
/* 4.0 on: [start, end) of @vma (populate_vma_page_range), mmap_lock held. */
int populate_vma_range(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end);
/* 2.x: all of [start, end) of @vma, mmap_sem held.  0, -EFAULT, -ENOMEM. */
int make_pages_present(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end);
int do_mprotect(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, unsigned prot);
int do_mremap(struct machine *m, struct mm_struct *mm, const struct op *op,
	uint64_t *addr, uint64_t *len);
/* Its order of checks and unmaps: 2.4, 2.6.0, until 6.17 and since. */
struct remap;
int remap_2_4(struct machine *m, struct remap *r);
int remap_2_6_0(struct machine *m, struct remap *r);
int remap_target_first(struct machine *m, struct remap *r);
int remap_source_first(struct machine *m, struct remap *r);
int do_madvise(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, enum advice advice);
/* [start, start + len) becomes zeroed memory; it is page aligned (do_brk). */
int vm_brk(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, const char *name);
/* The resulting break, unchanged when refused. */
uint64_t do_brk(struct machine *m, struct mm_struct *mm, uint64_t brk);

/* Which pages of the range are in memory: a mapping in @res->found for each
 * that is.  0, -EINVAL, -ENOMEM. */
int do_mincore(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, struct op_result *res);
/* Mechanisms: is the page at @addr in memory? */
bool in_core_by_cache(const struct machine *m,
	const struct vm_area_struct *vma, uint64_t addr);
bool in_core_by_pte(const struct machine *m, const struct vm_area_struct *vma,
	uint64_t addr);
#define MSYNC_ASYNC 1u
#define MSYNC_INVALIDATE 2u
#define MSYNC_SYNC 4u
int do_msync(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, unsigned flags);
/* Mechanisms: msync of a VMA that shares a file. */
void msync_harvest(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, unsigned flags);
void msync_fsync(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, unsigned flags);

/* A free range of @len bytes, or -ENOMEM as a negative value cast.  @hint 0:
 * anywhere. */
int unmapped_area(struct machine *m, struct mm_struct *mm, uint64_t hint,
	uint64_t len, uint64_t *addr);
/* Mechanisms: where a free range is looked for. */
uint64_t place_top_down_cached(struct machine *m, struct mm_struct *mm,
	uint64_t len); /* 2.6.11: from where the last search ended */
uint64_t place_bottom_up(struct machine *m, struct mm_struct *mm,
	uint64_t len); /* 2.4: the lowest hole above the base */
uint64_t place_bottom_up_cached(struct machine *m, struct mm_struct *mm,
	uint64_t len); /* 2.6.0: from where the last search ended */
uint64_t place_top_down(struct machine *m, struct mm_struct *mm,
	uint64_t len); /* 4.0: the highest hole */
uint64_t place_by_gaps(struct machine *m, struct mm_struct *mm,
	uint64_t len); /* 6.18: the same, by the maple tree */

/* A change of flags of [start, end) within @vma: merge, or split.  The VMA that
 * is to get the flags, NULL with *err. */
struct vm_area_struct *vma_modify(struct machine *m,
	struct vm_area_struct *vma, uint64_t start, uint64_t end,
	uint64_t vm_flags, int *err);

/* Give [start, end) the PTEs that the flags of @vma say. */
void change_protection(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end);
void vma_set_flags(struct machine *m, struct vm_area_struct *vma,
	uint64_t vm_flags);
/* The accounting bit that goes with a new protection of @pages. */
int account_protection(struct machine *m, const struct vm_area_struct *vma,
	uint64_t pages, uint64_t *vm_flags);

/* @bytes of the mm have other flags now: vm_stat_account() of both. */
void account_flags(struct mm_struct *mm, uint64_t old, uint64_t new,
	uint64_t bytes);

/* What was promised to @had and is not to @has is promised no more. */
void unaccount_protection(struct machine *m, uint64_t had, uint64_t has,
	uint64_t bytes);

/* Mechanisms: mprotect.  Since 2.6.11 VMA by VMA, each merged or split. */
int mprotect_2_4(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, unsigned prot);
int mprotect_2_6_0(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, unsigned prot);
int mprotect_merging(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end, unsigned prot);
/* Mechanisms: madvise of what is kept in vm_flags.  2.x cuts even where nothing
 * changes and never joins again. */
int advise_2_4(struct machine *m, struct vm_area_struct *vma, uint64_t start,
	uint64_t end, uint64_t vm_flags);
int advise_2_6_0(struct machine *m, struct vm_area_struct *vma, uint64_t start,
	uint64_t end, uint64_t vm_flags);
int advise_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, uint64_t vm_flags);
int advise_merging(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end, uint64_t vm_flags);

/* PROT_ bits as vm_flags. */
static inline uint64_t prot_flags(unsigned prot)
{
	return ((prot & PROT_R) ? VM_READ : 0) |
		((prot & PROT_W) ? VM_WRITE : 0) |
		((prot & PROT_X) ? VM_EXEC : 0);
}

void mmap_write_lock(struct machine *m, struct mm_struct *mm);
void mmap_write_unlock(struct machine *m, struct mm_struct *mm);

/* The largest unsigned long of the machine's user. */
static inline uint64_t ulong_max(const struct machine *m)
{
	return machine_paging(m)->addr_bits == 32 ? UINT32_MAX : UINT64_MAX;
}

static inline uint64_t page_align(uint64_t len)
{
	return (len + PAGE_SIZE - 1) & PAGE_MASK;
}

/* The same as that user's kernel computes it: it may wrap to 0. */
static inline uint64_t whole_pages(const struct machine *m, uint64_t len)
{
	return page_align(len) & ulong_max(m);
}

/* *end of [start, start + len) in whole pages; false: it wraps. */
static inline bool page_range_end(const struct machine *m, uint64_t start,
	uint64_t len, uint64_t *end)
{
	*end = (start + whole_pages(m, len)) & ulong_max(m);
	return *end >= start;
}

#endif
