/*
 * rmap_items (mm/ksm.c): what ksmd remembers of each address where it met a
 * page.  The items of an mm are a list by address.  An item is in neither tree,
 * in the unstable tree (KSM_UNSTABLE_FLAG and the round in its address; one of
 * the round before is in the tree no more), or on the list of a stable node
 * (KSM_STABLE_FLAG), which pins its anon_vma.
 */
#include "core/idmap.h"
#include "core/ksm_in.h"
#include "core/page_alloc.h"
#include "core/page_state.h"
#include "core/pgtable.h"
#include "core/rmap.h"
#include "core/slab.h"

/* -- what is mapped where ------------------------------------------------------------ */

struct vm_area_struct *find_mergeable_vma(struct machine *m,
	struct mm_struct *mm, uint64_t addr)
{
	struct vm_area_struct *vma = mm->mm_users ? vma_lookup(mm, addr)
						  : NULL;

	cost(m, COST_VMAS, vma != NULL);
	if (!vma || vma->vm_start > addr || !(vma->vm_flags & VM_MERGEABLE) ||
		!vma->anon_vma)
		return NULL;
	return vma;
}

struct page *follow_anon_page(struct machine *m, struct mm_struct *mm,
	uint64_t addr)
{
	pteval_t pte = get_pte(m, mm, addr);
	struct page *page;

	cost(m, COST_PTES, 1);
	if (!pte_present(m, pte))
		return NULL;
	page = vm_normal_page(m, pte);
	if (!page || !page_is_anon(page))
		return NULL;
	get_page(m, page);
	return page;
}

/* -- out of the trees ----------------------------------------------------------------- */

static void forget_flags(struct machine *m, struct rmap_item *item)
{
	uint64_t old = item->address;

	item->address &= PAGE_MASK;
	tell_set(m, item_ref(item), "address", VT_HEX, old, item->address);
}

static void leave_stable(struct machine *m, struct rmap_item *item)
{
	struct stable_node *node = item->head;
	struct page *page = get_ksm_page(m, node);

	if (!page)
		return; /* and the item went with the stale node */
	list_del(&item->hlist);
	put_page(m, page);
	node->rmap_hlist_len--;
	if (list_empty(&node->hlist))
		m->ksm.pages_shared--;
	else
		m->ksm.pages_sharing--;
	item->mm->ksm_merging_pages--;
	tell(m, EV_KSM_ITEM_LEAVE, item_ref(item), stable_ref(node),
		node->rmap_hlist_len);
	item->head = NULL;
	anon_vma_put(m, item->anon_vma);
	item->anon_vma = NULL;
	forget_flags(m, item);
}

/* Only an item of this round is in the tree that there is. */
static void leave_unstable(struct machine *m, struct rmap_item *item)
{
	struct ksm *k = &m->ksm;

	if (!((k->seqnr - item->address) & KSM_SEQNR_MASK)) {
		rb_erase(&k->unstable, &item->node, NULL);
		cost(m, COST_TREE_NODES, 1);
	}
	k->pages_unshared--;
	forget_flags(m, item);
}

void remove_rmap_item_from_tree(struct machine *m, struct rmap_item *item)
{
	if (item->address & KSM_STABLE_FLAG)
		leave_stable(m, item);
	else if (item->address & KSM_UNSTABLE_FLAG)
		leave_unstable(m, item);
}

/* -- the list of an mm ------------------------------------------------------------------ */

/* Out of its tree and off the list at @link. */
static void free_first(struct machine *m, struct rmap_item **link)
{
	struct rmap_item *item = *link;
	struct ref ref = item_ref(item);

	remove_rmap_item_from_tree(m, item);
	*link = item->rmap_list;
	item->mm->ksm_rmap_items--;
	m->ksm.rmap_items--;
	cost(m, COST_LIST_NODES, 1);
	idmap_remove(&m->rmap_items, item->id);
	slab_free(m, CACHE_KSM_RMAP_ITEM, item, ref);
}

void remove_trailing_rmap_items(struct machine *m, struct rmap_item **link)
{
	while (*link)
		free_first(m, link);
}

static struct rmap_item *new_item(struct machine *m, struct mm_struct *mm,
	uint64_t addr)
{
	struct rmap_item *item = slab_alloc(m, CACHE_KSM_RMAP_ITEM);

	if (!item)
		return NULL;
	item->id = idmap_next(&m->rmap_items);
	item->mm = mm;
	item->address = addr;
	list_init(&item->hlist);
	idmap_add(m, &m->rmap_items, item);
	mm->ksm_rmap_items++;
	m->ksm.rmap_items++;
	slab_tell(m, CACHE_KSM_RMAP_ITEM, item_ref(item));
	return item;
}

/* The item of @addr, old or new; items below it, from the cursor on, are of
 * pages that are gone. */
struct rmap_item *get_next_rmap_item(struct machine *m,
	struct ksm_mm_slot *slot, uint64_t addr)
{
	struct rmap_item **link = m->ksm.rmap_list, *item;

	while (*link && item_addr(*link) < addr)
		free_first(m, link);
	cost(m, COST_LIST_NODES, 1);
	if (*link && item_addr(*link) == addr)
		return *link;
	item = new_item(m, slot->mm, addr);
	if (item) {
		item->rmap_list = *link;
		*link = item;
	}
	return item;
}
