/*
 * Where a new mapping goes: each kernel's get_unmapped_area (2.4, 2.6.0, 2.6.11
 * and 4.0 mm/mmap.c; 6.18 mm/vma.c unmapped_area_topdown), which keeps free
 * what a stack needs below it (stack.h).
 */
#include "core/emit.h"
#include "core/maple_tree.h"
#include "core/mm.h"
#include "core/stack.h"
#include "core/vma.h"

#include <errno.h>

static bool is_free(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, uint64_t len)
{
	const struct vm_area_struct *vma = vma_lookup(mm, addr);

	return addr <= machine_paging(m)->task_size - len &&
		(!vma || addr + len <= vm_start_gap(m, vma));
}

uint64_t place_top_down(struct machine *m, struct mm_struct *mm, uint64_t len)
{
	uint64_t top = mm->mmap_base;
	struct vm_area_struct *vma = vma_before(mm, top);
	struct vm_area_struct *over = vma_lookup(mm, top - 1);

	/* a VMA may reach over the base: the hole ends at its start */
	if (over && vm_start_gap(m, over) < top)
		top = vm_start_gap(m, over), vma = over->vm_prev;
	for (; vma; vma = vma->vm_prev) {
		cost(m, COST_TREE_NODES, 1);
		if (top > vma->vm_end && top - vma->vm_end >= len)
			return top - len;
		if (vm_start_gap(m, vma) < top)
			top = vm_start_gap(m, vma);
	}
	return top >= len + PAGE_SIZE ? top - len : 0;
}

/* 6.18 unmapped_area_topdown: the highest gap, found by the gaps that the tree
 * keeps of its nodes; what a stack above keeps free is no part of it. */
uint64_t place_by_gaps(struct machine *m, struct mm_struct *mm, uint64_t len)
{
	uint64_t top = mm->mmap_base;

	while (top) {
		uint64_t at = maple_empty_area_rev(m, mm, PAGE_SIZE, top - 1,
			len);
		const struct vm_area_struct *next;

		if (at == MAPLE_MAX)
			break;
		next = vma_lookup(mm, at + len);
		if (!next || vm_start_gap(m, next) >= at + len)
			return at;
		top = vm_start_gap(m, next);
	}
	return 0;
}

/* Down from @from: just below it, or below the VMA that is in the way. */
static uint64_t search_down(struct machine *m, struct mm_struct *mm,
	uint64_t from, uint64_t len)
{
	while (from > len) {
		uint64_t addr = from - len;
		struct vm_area_struct *vma =
			vma_intersection(mm, addr, from);

		cost(m, COST_VMAS, 1);
		if (!vma)
			return addr;
		from = vma->vm_start;
	}
	return 0;
}

uint64_t place_top_down_cached(struct machine *m, struct mm_struct *mm,
	uint64_t len)
{
	uint64_t addr = search_down(m, mm, mm->free_area_cache, len);

	if (!addr)
		addr = search_down(m, mm, mm->mmap_base, len);
	if (addr)
		mm->free_area_cache = addr;
	return addr;
}

/* Up from @addr. */
static uint64_t search_up(struct machine *m, struct mm_struct *mm,
	uint64_t addr, uint64_t len)
{
	uint64_t end = machine_paging(m)->task_size;

	while (addr <= end - len) {
		struct vm_area_struct *vma =
			vma_intersection(mm, addr, addr + len);

		cost(m, COST_VMAS, 1);
		if (!vma)
			return addr;
		addr = vma->vm_end;
	}
	return 0;
}

/* Above the base: the first choice of 2.4, and what is left when there is
 * nothing below it. */
uint64_t place_bottom_up(struct machine *m, struct mm_struct *mm, uint64_t len)
{
	return search_up(m, mm, mm->mmap_base, len);
}

uint64_t place_bottom_up_cached(struct machine *m, struct mm_struct *mm,
	uint64_t len)
{
	uint64_t addr = search_up(m, mm, mm->free_area_cache, len);

	if (!addr)
		addr = search_up(m, mm, mm->mmap_base, len);
	if (addr)
		mm->free_area_cache = addr + len;
	return addr;
}

int unmapped_area(struct machine *m, struct mm_struct *mm, uint64_t hint,
	uint64_t len, uint64_t *addr)
{
	if (len > machine_paging(m)->task_size)
		return -ENOMEM;
	call(m, FN_UNMAPPED_AREA, addr_ref(mm, hint), NO_REF, len);
	hint = page_align(hint);
	if (hint && is_free(m, mm, hint, len))
		*addr = hint;
	else
		*addr = ops_of(m)->unmapped_area(m, mm, len);
	if (!*addr)
		*addr = place_bottom_up(m, mm, len);
	if (*addr)
		tell(m, EV_PLACE, addr_ref(mm, *addr), NO_REF, len);
	ret(m, FN_UNMAPPED_AREA);
	return *addr ? 0 : -ENOMEM;
}
