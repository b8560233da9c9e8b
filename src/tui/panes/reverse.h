/*
 * The reverse map as the panes see it: read from the machine's structures in
 * the order in which its kernel would walk them, by bounded work.
 */
#ifndef TUI_PANES_REVERSE_H
#define TUI_PANES_REVERSE_H

#include "core/machine.h"

/* VMAs that a walk from @av passes, in its order, at most @max of them;
 * returns how many were put into @vmas.  In a kernel with chains they come
 * from the interval tree, in the one before from the list. */
uint32_t reverse_vmas(const struct machine *m, const struct anon_vma *av,
	const struct vm_area_struct **vmas, uint32_t max);
/* Where @vma would map offset @index; false when it is outside. */
bool reverse_address(
	const struct vm_area_struct *vma, uint64_t index, uint64_t *addr);
/* First place that maps the anonymous page @pfn; false when none is found
 * among the first few hundred VMAs. */
bool reverse_first(
	const struct machine *m, uint32_t pfn, uint32_t *pid, uint64_t *addr);
/* Has any of the PTEs that map the anonymous page @pfn been used lately (its
 * accessed bit)?  Only the first few VMAs are looked at. */
bool reverse_young(const struct machine *m, uint32_t pfn);
/* The task that @vma belongs to; NULL while a fork has not joined them. */
const struct task_struct *reverse_task(
	const struct machine *m, const struct vm_area_struct *vma);

#endif
