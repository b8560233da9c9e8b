/*
 * VMAs that grow down (VM_GROWSDOWN) when an address below them is touched.
 * Inside the core only.
 */
#ifndef CORE_STACK_H
#define CORE_STACK_H

#include "core/machine.h"

#define STACK_GUARD_GAP 256 /* pages, since 4.12 */

/* The fault at @addr lies below the VMA that is next, mmap_sem is held for
 * reading: let it grow down to there.  @sp is the stack pointer.  NULL: it may
 * not, or does not grow. */
struct vm_area_struct *grow_stack(struct machine *m, struct mm_struct *mm,
	uint64_t addr, uint64_t sp);

/* 4.0: a fault on the lowest page lets the VMA grow by one more, so that this
 * one stays unused (check_stack_guard_page).  0, or -ENOMEM: SIGSEGV. */
int check_stack_guard_page(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr);
/* Is @addr that page?  Nothing populates it. */
bool is_stack_guard_page(const struct machine *m,
	const struct vm_area_struct *vma, uint64_t addr);

/* Where nothing may be placed any more below @vma (vm_start_gap). */
uint64_t vm_start_gap(const struct machine *m,
	const struct vm_area_struct *vma);

/* Mechanisms: @vma shall begin at @addr, which is page aligned. */
int expand_stack_old(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr);
int expand_stack_2_6_11(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr);
int expand_stack_4_0(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr);
int expand_stack_6_18(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr);
/* 6.18's for exec, which holds mmap_lock for writing. */
int expand_stack_locked(struct machine *m, struct vm_area_struct *vma,
	uint64_t addr);


#endif
