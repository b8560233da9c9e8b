#include "tui/panes/reverse.h"

#define FEW 512 /* VMAs looked at for the first mapper */
#define YOUNG_VMAS 16 /* looked at for a young PTE */

static uint32_t from_list(const struct anon_vma *av,
	const struct vm_area_struct **vmas, uint32_t max)
{
	uint32_t n = 0;

	if (!av->head.next)
		return 0;
	list_for_each(node, &av->head)
	{
		if (n == max)
			break;
		vmas[n++] = container_of(
			node, struct vm_area_struct, anon_vma_node);
	}
	return n;
}

static uint32_t from_tree(const struct anon_vma *av,
	const struct vm_area_struct **vmas, uint32_t max)
{
	struct rb_node *node = rb_first(&av->rb_root);
	uint32_t n = 0;

	for (; node && n < max; node = rb_next(node))
		vmas[n++] = container_of(node, struct anon_vma_chain, rb)->vma;
	return n;
}

uint32_t reverse_vmas(const struct machine *m, const struct anon_vma *av,
	const struct vm_area_struct **vmas, uint32_t max)
{
	if (machine_era(m)->cache[CACHE_AVC].name)
		return from_tree(av, vmas, max);
	return from_list(av, vmas, max);
}

bool reverse_address(
	const struct vm_area_struct *vma, uint64_t index, uint64_t *addr)
{
	if (index < vma->vm_pgoff || index - vma->vm_pgoff >= vma_pages(vma))
		return false;
	*addr = vma->vm_start + ((index - vma->vm_pgoff) << PAGE_SHIFT);
	return true;
}

const struct task_struct *reverse_task(
	const struct machine *m, const struct vm_area_struct *vma)
{
	const struct task_struct *task = task_find(m, vma->vm_mm->id);

	return task && task->mm == vma->vm_mm ? task : mm_owner(m, vma->vm_mm);
}

/* The PTE of @item, if it maps frame @pfn. */
static bool item_maps(const struct machine *m, const struct rmap_item *item,
	uint32_t pfn, pteval_t *pte)
{
	if (!item->mm->mm_users || !item->mm->pgd)
		return false;
	*pte = mm_pte(m, item->mm, item->address & PAGE_MASK);
	return pte_present(m, *pte) && pte_pfn(m, *pte) == pfn;
}

/* KSM: the first item that maps it still, a young one if @young. */
static const struct rmap_item *first_item(const struct machine *m,
	const struct page *page, bool young)
{
	const struct stable_node *node = page_stable_node(page);
	unsigned n = 0;

	if (!node)
		return NULL;
	for (const struct list_head *p = node->hlist.next;
		p != &node->hlist && n < YOUNG_VMAS; p = p->next, n++) {
		const struct rmap_item *item = container_of(
			(struct list_head *)p, struct rmap_item, hlist);
		pteval_t pte;

		if (item_maps(m, item, page_pfn(m, page), &pte) &&
			(!young || pte_young(m, pte)))
			return item;
	}
	return NULL;
}

bool reverse_first(
	const struct machine *m, uint32_t pfn, uint32_t *pid, uint64_t *addr)
{
	const struct vm_area_struct *vmas[FEW];
	const struct page *page = page_by_pfn(m, pfn);
	struct anon_vma *av = page ? page_anon_vma_alive(m, page) : NULL;
	uint32_t n = av ? reverse_vmas(m, av, vmas, FEW) : 0;
	const struct rmap_item *item = page ? first_item(m, page, false) : NULL;

	if (item) {
		*pid = item->mm->id;
		*addr = item->address & PAGE_MASK;
		return true;
	}

	for (uint32_t i = 0; i < n; i++) {
		const struct task_struct *task = reverse_task(m, vmas[i]);
		pteval_t pte;

		if (!task || !reverse_address(vmas[i], page->index, addr))
			continue;
		pte = mm_pte(m, vmas[i]->vm_mm, *addr);
		if (!pte_present(m, pte) || pte_pfn(m, pte) != pfn)
			continue;
		*pid = task->pid;
		return true;
	}
	return false;
}

/* 2.6.0: the entry that a slot of a chain names. */
static bool slot_is_young(const struct machine *m, pte_addr_t slot)
{
	struct ref ref = slot ? pte_addr_ref(m, slot) : NO_REF;
	const struct task_struct *task =
		ref.kind == REF_PTE ? task_find(m, ref.id) : NULL;

	return task && task->mm && pte_young(m, mm_pte(m, task->mm, ref.addr));
}

/* The first node holds the newest mappings. */
static bool chain_is_young(const struct machine *m, const struct page *page)
{
	const struct pte_chain *pc = page->pte.chain;
	bool young = false;

	if (page_mapcount(page) <= 0 || page->kind < PAGE_ANON)
		return false;
	if (page->flags & PG(DIRECT))
		return slot_is_young(m, page->pte.direct);
	for (unsigned i = pc ? pc->idx : 0; pc && i < m->tune.nrpte; i++)
		young |= slot_is_young(m, pc->ptes[i]);
	return young;
}

bool reverse_young(const struct machine *m, uint32_t pfn)
{
	const struct vm_area_struct *vmas[YOUNG_VMAS];
	const struct page *page = page_by_pfn(m, pfn);
	struct anon_vma *av = page ? page_anon_vma_alive(m, page) : NULL;
	uint32_t n = av ? reverse_vmas(m, av, vmas, YOUNG_VMAS) : 0;

	if (page && m->caches[CACHE_PTE_CHAIN].name)
		return chain_is_young(m, page);
	if (page && page_stable_node(page))
		return first_item(m, page, true);

	for (uint32_t i = 0; i < n; i++) {
		uint64_t addr;
		pteval_t pte;

		if (!vmas[i]->vm_mm || !vmas[i]->vm_mm->pgd ||
			!reverse_address(vmas[i], page->index, &addr))
			continue;
		pte = mm_pte(m, vmas[i]->vm_mm, addr);
		if (pte_present(m, pte) && pte_pfn(m, pte) == pfn &&
			pte_young(m, pte))
			return true;
	}
	return false;
}
