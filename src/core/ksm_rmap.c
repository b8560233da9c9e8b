/*
 * The reverse map of KSM pages (mm/ksm.c).  A page's mapping names its
 * stable_node; on that list each item names an anon_vma and an address.  First
 * the VMA is visited that has the item's address in the item's mm; then, if
 * PTEs are left to find, those at the same address in other mms, since such may
 * have been forked off after ksmd passed.
 */
#include "core/fault.h"
#include "core/ksm_in.h"
#include "core/page_alloc.h"
#include "core/page_state.h"
#include "core/pgtable.h"
#include "core/rmap.h"

/* The walk of one item, in one pass: the tree is asked for all its VMAs, since
 * the page has no index.  False: stop. */
static bool walk_item(struct machine *m, struct rmap_walk *w,
	const struct rmap_item *item, bool new_forks)
{
	struct anon_vma *av = item->anon_vma;
	uint64_t addr = item_addr(item);
	bool go_on = true;

	tell(m, EV_KSM_ITEM, item_ref(item), anon_vma_ref(av), addr);
	lock_read(m, &av->root->lock, anon_vma_ref(av->root),
		ops_of(m)->anon_lock);
	for (struct rb_node *n = rb_first(&av->rb_root); n && go_on;
		n = rb_next(n)) {
		struct vm_area_struct *vma =
			container_of(n, struct anon_vma_chain, rb)->vma;

		cost(m, COST_TREE_NODES, 1);
		if (addr < vma->vm_start || addr >= vma->vm_end)
			continue;
		if ((item->mm == vma->vm_mm) == new_forks)
			continue;
		go_on = rmap_visit_at(m, w, vma, addr,
			linear_page_index(vma, addr));
	}
	unlock_read(m, &av->root->lock, anon_vma_ref(av->root),
		ops_of(m)->anon_lock);
	return go_on;
}

void rmap_walk_ksm(struct machine *m, struct rmap_walk *w)
{
	struct stable_node *node = page_stable_node(w->page);
	struct ref o = page_ref(m, w->page);
	bool go_on = node;

	call(m, FN_KSM_WALK, o, stable_ref(node), 0);
	tell(m, EV_KSM_WALK, o, stable_ref(node),
		node ? node->rmap_hlist_len : 0);
	for (int pass = 0; pass < 2 && go_on; pass++) {
		if (pass)
			tell(m, EV_KSM_NEW_FORKS, o, stable_ref(node), 0);
		list_for_each (p, &node->hlist) {
			cost(m, COST_LIST_NODES, 1);
			go_on = walk_item(m, w, container_of(p,
				struct rmap_item, hlist), pass);
			if (!go_on)
				break;
		}
	}
	ret(m, FN_KSM_WALK);
}

void ksm_migrate_page(struct machine *m, struct page *new, struct page *old)
{
	struct stable_node *node = page_stable_node(old);
	uint32_t pfn = page_pfn(m, new);

	if (!node)
		return;
	node->kpfn = pfn;
	old->mapping = PAGE_MAPPING_BITS;
	tell_set(m, stable_ref(node), "kpfn", VT_HEX, page_pfn(m, old), pfn);
}

/* Does the page that was swapped out belong to @vma at @addr?  A KSM page does
 * not, once it has left memory: what is read back belongs to the first who
 * wants it. */
static bool fits(const struct machine *m, const struct page *page,
	const struct vm_area_struct *vma, uint64_t addr)
{
	const struct anon_vma *av = page_anon_vma(page);

	if (page_is_ksm(page))
		return page_stable_node(page);
	if (!av)
		return true;
	av = page_anon_vma_alive(m, page);
	return av && av->root == vma->anon_vma->root &&
		page->index == linear_page_index(vma, addr);
}

bool ksm_needs_copy(const struct machine *m, const struct page *page,
	const struct vm_area_struct *vma, uint64_t addr)
{
	return ksm_rule(m) && !fits(m, page, vma, addr);
}

struct page *ksm_might_need_to_copy(struct machine *m, struct page *page,
	struct vm_area_struct *vma, uint64_t addr)
{
	struct page *new;

	if (!ksm_needs_copy(m, page, vma, addr))
		return page;
	call(m, FN_KSM_COPY, page_ref(m, page), addr_ref(vma->vm_mm, addr), 0);
	new = alloc_pages(m, 0, PAGE_ANON);
	if (new) {
		trylock_page(m, new);
		fault_copy_page(m, page, new);
		page_set_flag(m, new, PG(DIRTY));
	}
	ret(m, FN_KSM_COPY);
	return new;
}
