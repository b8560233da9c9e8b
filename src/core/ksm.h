/*
 * KSM, kernel samepage merging (mm/ksm.c of 4.0 and 6.18): a daemon looks at
 * the MERGEABLE ranges round by round and lets pages of equal content share one
 * frame.  Inside the core only.
 */
#ifndef CORE_KSM_H
#define CORE_KSM_H

#include "core/machine.h"
#include "core/mechanism.h"

/* What differs between the kernels that have it. */
struct ksm_rule {
	bool checksum_first;   /* a page that changes is not looked up in the
				  stable tree either (6.10 on) */
	bool smart_scan;       /* what found no equal is looked at less often
				  (6.7 on) */
	bool search_restarts;  /* over a stale node; before 4.4 it fails */
	bool unshares;         /* what is taken apart is not written to; before
				  6.1 a write fault does it */
	bool dirties;          /* a page that becomes a KSM page is dirty
				  (4.5 on) */
	bool enters_last;      /* fork: a child that could not be made was never
				  known (6.12 on); before, the first thing */
	uint32_t max_page_sharing; /* items of one stable node; 0: no limit */
	uint64_t incompatible; /* vm_flags that no MERGEABLE range has */
};
extern const struct ksm_rule ksm_4_0;
extern const struct ksm_rule ksm_6_18;

/* MADV_MERGEABLE and UNMERGEABLE of [start, end), a part of @vma: do what it
 * takes and change *vm_flags, which the caller gives to the range then
 * (ksm_madvise).  0, or -ENOMEM, which madvise() turns into EAGAIN; -EINVAL
 * where the kernel has no KSM.  mmap_sem is held for writing. */
int ksm_madvise(struct machine *m, struct vm_area_struct *vma, uint64_t start,
	uint64_t end, enum advice advice, uint64_t *vm_flags);
/* mremap: what is moved is taken apart first.  0 or -ENOMEM. */
int ksm_unmerge_moved(struct machine *m, struct vm_area_struct *vma,
	uint64_t start, uint64_t end);

/* dup_mmap: the child of a known mm is known, too.  Called before the VMAs are
 * copied and after, does it where the era does.  0 or -ENOMEM. */
int ksm_fork(struct machine *m, struct mm_struct *mm, struct mm_struct *old,
	bool last);
/* mmput: nobody uses @mm any more and it is about to be unmapped.  If ksmd has
 * items of it, it stays on its list (mm->ksm_slot) and must not be freed:
 * ksmd will call mm_drop() for it (__ksm_exit). */
void ksm_exit(struct machine *m, struct mm_struct *mm);

/* ksmd looks at @pages pages, or (0) goes on to the end of its round
 * (ksm_do_scan).  How many PTEs were given another frame.  -ENOSYS. */
int ksm_scan(struct machine *m, uint64_t pages, uint64_t *merged);

/* The walk from a KSM page (rmap_walk_ksm). */
void rmap_walk_ksm(struct machine *m, struct rmap_walk *w);
/* Its content and place have gone over to @new (ksm_migrate_page). */
void ksm_migrate_page(struct machine *m, struct page *new, struct page *old);
/* Can @vma not share the swapped page @page at @addr? */
bool ksm_needs_copy(const struct machine *m, const struct page *page,
	const struct vm_area_struct *vma, uint64_t addr);
/* do_swap_page: @page, locked and with a reference, or a copy of it, locked,
 * for @addr if @vma cannot share it (ksm_might_need_to_copy).  NULL: no memory
 * for the copy; the caller keeps @page then as well as with a copy. */
struct page *ksm_might_need_to_copy(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr);

#endif
