/*
 * Pages that must stay in memory (mm/mlock.c).  Inside the core only.
 */
#ifndef CORE_MLOCK_H
#define CORE_MLOCK_H

#include "core/machine.h"

/* A VM_LOCKED VMA maps @page, whose PTE is held still: it goes to the
 * unevictable list (mlock_vma_page, mlock_vma_folio).  Nothing in 2.x. */
void mlock_vma_page(struct machine *m, struct page *page);
/* A VM_LOCKED VMA does not map @page any more, or is unlocked: back to the
 * evictable lists if that was the last one (munlock_vma_page). */
void munlock_vma_page(struct machine *m, struct page *page);

/* @vma has a copy of @page instead (4.0 do_wp_page). */
void munlock_copied(struct machine *m, const struct vm_area_struct *vma,
	struct page *page);

/* A new page of @vma onto its list: lru_cache_add(), or the unevictable one
 * where the VMA is VM_LOCKED (lru_cache_add_active_or_unevictable,
 * folio_add_lru_vma). */
void lru_cache_add_vma(struct machine *m, struct page *page,
	const struct vm_area_struct *vma);

/* A PTE of @vma that maps @page is gone, its mapcount lowered: 6.18's
 * folio_remove_rmap of a VM_LOCKED VMA; 4.0's clear_page_mlock when it was the
 * last.  And one that has come (6.18 folio_add_anon_rmap_ptes). */
void pte_unlocks(struct machine *m, const struct vm_area_struct *vma,
	struct page *page);
void pte_locks(struct machine *m, const struct vm_area_struct *vma,
	struct page *page);

enum mlock_how { MLOCK_NOT, MLOCK_NOW, MLOCK_ONFAULT };

static inline uint64_t vm_locked(enum mlock_how how)
{
	if (how == MLOCK_NOT)
		return 0;
	return VM_LOCKED | (how == MLOCK_ONFAULT ? VM_LOCKONFAULT : 0);
}

/* The system calls; mmap_sem is not held.  0, -EINVAL (the range wraps, no
 * flag), -ENOMEM (a hole: what lies before it is changed), -EAGAIN (not all
 * could be faulted in), -ENOSYS (mlock2 before 4.4). */
int do_mlock(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len, enum mlock_how how);
int do_mlockall(struct machine *m, struct mm_struct *mm, bool current,
	bool future, bool onfault);
void do_munlockall(struct machine *m, struct mm_struct *mm);

/* @len bytes of a VM_LOCKED VMA at @start are new: they are counted and, in
 * 2.x, faulted in; what cannot be is left for later.  mmap_sem is held. */
void lock_new_range(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t len);
/* VMAs of [start, end), none cut, are about to be unmapped (do_munmap,
 * exit_mmap). */
void munlock_vmas(struct machine *m, struct mm_struct *mm, uint64_t start,
	uint64_t end);
/* So many pages of VM_LOCKED VMAs more or less. */
void add_locked_vm(struct machine *m, struct mm_struct *mm, int64_t pages);

/* Mechanisms. */
void mlock_page_4_0(struct machine *m, struct page *page);
void munlock_page_4_0(struct machine *m, struct page *page);
void mlock_folio_6_18(struct machine *m, struct page *page);
void munlock_folio_6_18(struct machine *m, struct page *page);

#endif
