#include "tui/panes/swap_slot.h"

#include "core/objects.h"
#include "core/swap.h"
#include "tui/panes/facts.h"

#define BUDGET 32768 /* PTEs read in search of holders */

bool swap_of_ref(const struct machine *m, struct ref ref, uint64_t *slot)
{
	const struct page *page;
	const struct task_struct *task;
	pteval_t pte;

	*slot = ref.id;
	if (ref.kind == REF_SWAP)
		return object_exists(m, ref);
	if (ref.kind == REF_PAGE) {
		page = page_by_pfn(m, ref.id);
		if (!page || !(page->flags & PG(SWAPCACHE)))
			return false;
		*slot = page_swap_slot(m, page);
		return *slot && *slot < m->swap_info.max;
	}
	if (ref.kind != REF_PTE && ref.kind != REF_ADDR)
		return false;
	task = task_find(m, ref.id);
	pte = task && task->mm ? mm_pte(m, task->mm, ref.addr) : 0;
	if (!pte_is_swap(m, pte))
		return false;
	*slot = swap_slot(m, pte);
	return *slot && *slot < m->swap_info.max;
}

/* The slot that the pane is about: of the event, the cursor, the selection. */
bool swap_shown(const struct pane_view *view, const struct look *look,
	uint64_t *slot)
{
	size_t least = look->done > LOOK_BACK ? look->done - LOOK_BACK : 0;
	bool here = !view->follow &&
		    (swap_of_ref(look->m, view->cursor, slot) ||
			    swap_of_ref(look->m, look->selected, slot));

	for (size_t i = look->done; !here && i > least; i--)
		here = swap_of_ref(look->m, look->events[i - 1].o, slot) ||
		       swap_of_ref(look->m, look->events[i - 1].p, slot);
	return here || swap_of_ref(look->m, view->cursor, slot) ||
	       swap_of_ref(look->m, look->selected, slot);
}

/* The PTEs of one VMA; false: enough was read or found. */
static bool look_through(const struct machine *m,
	const struct vm_area_struct *vma, uint64_t slot, uint32_t wanted,
	unsigned *budget, struct swap_holders *h)
{
	for (uint64_t addr = vma->vm_start; addr < vma->vm_end;
		addr += PAGE_SIZE) {
		pteval_t pte = mm_pte(m, vma->vm_mm, addr);

		if (!(*budget)--)
			return false;
		if (!pte_is_swap(m, pte) || swap_slot(m, pte) != slot)
			continue;
		h->pte[h->n++] = ref_at(REF_PTE, vma->vm_mm->id, addr);
		if (h->n == wanted || h->n == HOLDERS_MAX)
			return false;
	}
	return true;
}

void swap_holders_find(
	const struct machine *m, uint64_t slot, struct swap_holders *h)
{
	uint32_t wanted = swap_count(m, slot);
	unsigned budget = BUDGET;
	bool more = wanted > 0;

	h->n = 0;
	for (uint32_t pid = 1; more && pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		if (!task || !task->mm || task->mm->id != pid)
			continue;
		for (const struct vm_area_struct *vma = task->mm->mmap;
			more && vma; vma = vma->vm_next)
			more = look_through(
				m, vma, slot, wanted, &budget, h);
	}
	h->all = more || h->n == wanted;
}
