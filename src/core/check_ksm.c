/*
 * KSM, by definition: every item is on the list of one mm and in the tree that
 * its address says; counters count; a KSM page is mapped read-only; who is on
 * the list of a stable node and still maps its page is found by a walk.
 */
#include "core/checker.h"

static struct ref node_ref(const struct stable_node *node)
{
	return ref_make(REF_STABLE_NODE, node->id);
}

static struct ref item_ref(const struct rmap_item *item)
{
	return ref_make(REF_RMAP_ITEM, item->id);
}

static const struct ksm_mm_slot *slot_at(const struct list_head *node)
{
	return container_of((struct list_head *)node, struct ksm_mm_slot,
		mm_list);
}

static const struct rmap_item *listed(const struct list_head *node)
{
	return container_of((struct list_head *)node, struct rmap_item, hlist);
}

static bool is_stale(const struct machine *m, const struct stable_node *node)
{
	return page_stable_node(&m->mem_map[node->kpfn]) != node;
}

/* -- what others ask --------------------------------------------------------- */

uint32_t check_ksm_mms(const struct machine *m, bool all)
{
	const struct list_head *head = &m->ksm.mm_head;
	uint32_t n = 0;

	for (const struct list_head *p = head->next; p != head; p = p->next)
		n += all || !slot_at(p)->mm->mm_users;
	return n;
}

bool check_each_ksm_mm(struct checker *c,
	bool (*fn)(struct checker *, const struct mm_struct *))
{
	const struct list_head *head = &c->m->ksm.mm_head;

	for (const struct list_head *p = head->next; p != head; p = p->next)
		if (!slot_at(p)->mm->mm_users && !fn(c, slot_at(p)->mm))
			return false;
	return true;
}

uint32_t check_ksm_pins(const struct machine *m, const struct anon_vma *av)
{
	uint32_t n = 0;

	for (uint32_t id = 1; id <= m->rmap_items.last; id++) {
		const struct rmap_item *item = m->rmap_items.slot[id];

		n += item && (item->address & KSM_STABLE_FLAG) &&
			item->anon_vma == av;
	}
	return n;
}

/* -- mms and their items ------------------------------------------------------ */

static bool check_item(struct checker *c, const struct rmap_item *item,
	const struct mm_struct *mm, uint64_t above)
{
	bool stable = item->address & KSM_STABLE_FLAG;
	uint64_t addr = item->address & PAGE_MASK;

	if (rmap_item_by_id(c->m, item->id) != item || item->mm != mm)
		return broken(c, "ksm_item", item_ref(item), mm->id, 0);
	if (addr < above)
		return broken(c, "ksm_order", item_ref(item), above, addr);
	if (stable && (item->address & KSM_UNSTABLE_FLAG))
		return broken(c, "ksm_tree", item_ref(item), 0, item->address);
	if (stable != (item->head != NULL) ||
		stable != (item->anon_vma != NULL))
		return broken(c, "ksm_tree", item_ref(item), stable, !stable);
	return true;
}

/* The link where the cursor stands is one of this mm's. */
static bool check_slot(struct checker *c, const struct ksm_mm_slot *slot)
{
	const struct mm_struct *mm = slot->mm;
	struct ref o = ref_make(REF_TASK, mm->id);
	bool at = c->m->ksm.rmap_list == &slot->rmap_list;
	uint64_t items = 0, merging = 0, above = 0;

	if (mm->ksm_slot != slot)
		return broken(c, "ksm_slot", o, 1, 0);
	for (const struct rmap_item *i = slot->rmap_list; i; i = i->rmap_list) {
		if (!check_item(c, i, mm, above))
			return false;
		above = (i->address & PAGE_MASK) + 1;
		items++;
		merging += !!(i->address & KSM_STABLE_FLAG);
		at |= c->m->ksm.rmap_list == &i->rmap_list;
	}
	if (items != mm->ksm_rmap_items)
		return broken(c, "ksm_rmap_items", o, items,
			mm->ksm_rmap_items);
	if (merging != mm->ksm_merging_pages)
		return broken(c, "ksm_merging_pages", o, merging,
			mm->ksm_merging_pages);
	return c->m->ksm.slot != slot || at || broken(c, "ksm_cursor", o, 1, 0);
}

static bool check_slots(struct checker *c)
{
	const struct ksm *k = &c->m->ksm;
	const struct list_head *head = &k->mm_head;
	bool met = !k->slot;
	uint64_t items = 0;

	for (const struct list_head *p = head->next; p != head; p = p->next) {
		if (!check_slot(c, slot_at(p)))
			return false;
		met |= slot_at(p) == k->slot;
		items += slot_at(p)->mm->ksm_rmap_items;
	}
	if (!met)
		return broken(c, "ksm_cursor", NO_REF, 1, 0);
	if (items != k->rmap_items)
		return broken(c, "ksm_rmap_items", NO_REF, items,
			k->rmap_items);
	return true;
}

/* Every mm with a MERGEABLE range is known to ksmd. */
static bool check_known(struct checker *c, const struct mm_struct *mm)
{
	for (const struct vm_area_struct *v = mm->mmap; v; v = v->vm_next)
		if ((v->vm_flags & VM_MERGEABLE) && !mm->ksm_slot)
			return broken(c, "ksm_slot", ref_make(REF_VMA, v->id),
				1, 0);
	return true;
}

/* -- the stable tree -------------------------------------------------------------- */

static bool is_linked(const struct vm_area_struct *vma,
	const struct anon_vma *av)
{
	const struct list_head *head = &vma->anon_vma_chain;

	for (const struct list_head *p = head->next; p != head; p = p->next)
		if (container_of((struct list_head *)p, struct anon_vma_chain,
			    same_vma)->anon_vma == av)
			return true;
	return false;
}

/* An item whose PTE maps the page leads a walk to it. */
static bool check_finds(struct checker *c, const struct stable_node *node,
	const struct rmap_item *item)
{
	uint64_t addr = item->address & PAGE_MASK;
	const struct vm_area_struct *vma = vma_lookup(item->mm, addr);
	pteval_t pte = item->mm->mm_users ? mm_pte(c->m, item->mm, addr) : 0;

	if (item->head != node || !(item->address & KSM_STABLE_FLAG))
		return broken(c, "ksm_head", item_ref(item), node->id, 0);
	if (!pte_present(c->m, pte) || pte_pfn(c->m, pte) != node->kpfn ||
		is_stale(c->m, node))
		return true;
	return is_linked(vma, item->anon_vma) ||
		broken(c, "ksm_walk", item_ref(item), vma->id, 0);
}

static bool check_node(struct checker *c, const struct stable_node *node)
{
	const struct list_head *head = &node->hlist;
	uint32_t n = 0;

	if (stable_node_by_id(c->m, node->id) != node)
		return broken(c, "ksm_node", node_ref(node), 1, 0);
	for (const struct list_head *p = head->next; p != head; p = p->next) {
		if (!check_finds(c, node, listed(p)))
			return false;
		n++;
	}
	return n == node->rmap_hlist_len ||
		broken(c, "ksm_hlist", node_ref(node), n,
			node->rmap_hlist_len);
}

struct tree_walk {
	struct checker *c;
	uint64_t nodes, items, with_items; /* met */
	value_t last;                      /* content of the node before */
	bool any;
};

/* In order: contents do not fall, but a stale node has none. */
static bool walk_stable(struct tree_walk *t, const struct rb_node *rb)
{
	const struct stable_node *node;
	const struct machine *m = t->c->m;
	value_t value;

	if (!rb)
		return true;
	node = container_of((struct rb_node *)rb, struct stable_node, node);
	if (!walk_stable(t, rb->left) || !check_node(t->c, node))
		return false;
	t->nodes++;
	t->items += node->rmap_hlist_len;
	t->with_items += node->rmap_hlist_len > 0;
	if (!is_stale(m, node)) {
		value = m->mem_map[node->kpfn].value;
		if (t->any && value < t->last)
			return broken(t->c, "ksm_order", node_ref(node),
				t->last, value);
		t->last = value;
		t->any = true;
	}
	return walk_stable(t, rb->right);
}

static bool check_stable(struct checker *c)
{
	const struct ksm *k = &c->m->ksm;
	struct tree_walk t = { .c = c };
	uint64_t nodes = c->m->caches[CACHE_KSM_STABLE_NODE].nr_objects;

	if (!walk_stable(&t, k->stable.node))
		return false;
	if (t.nodes != nodes)
		return broken(c, "ksm_node", NO_REF, t.nodes, nodes);
	if (t.with_items != k->pages_shared)
		return broken(c, "pages_shared", NO_REF, t.with_items,
			k->pages_shared);
	if (t.items - t.with_items != k->pages_sharing)
		return broken(c, "pages_sharing", NO_REF,
			t.items - t.with_items, k->pages_sharing);
	return true;
}

/* -- the unstable tree -------------------------------------------------------------- */

static uint32_t nodes_below(const struct rb_node *node)
{
	return node ? 1 + nodes_below(node->left) + nodes_below(node->right)
		    : 0;
}

/* Those of this round are in it; all with the flag are counted. */
static bool check_unstable(struct checker *c)
{
	const struct machine *m = c->m;
	uint64_t flagged = 0, current = 0;
	uint32_t nodes = nodes_below(m->ksm.unstable.node);

	for (uint32_t id = 1; id <= m->rmap_items.last; id++) {
		const struct rmap_item *item = m->rmap_items.slot[id];

		if (!item || !(item->address & KSM_UNSTABLE_FLAG))
			continue;
		flagged++;
		current += !((m->ksm.seqnr - item->address) & KSM_SEQNR_MASK);
	}
	if (flagged != m->ksm.pages_unshared)
		return broken(c, "pages_unshared", NO_REF, flagged,
			m->ksm.pages_unshared);
	/* between two rounds what is there is of the last one */
	if (m->ksm.slot && current != nodes)
		return broken(c, "ksm_unstable", NO_REF, current, nodes);
	return true;
}

/* -- pages ------------------------------------------------------------------------ */

static bool check_pages(struct checker *c)
{
	const struct machine *m = c->m;

	for (uint64_t pfn = 0; pfn < m->nr_frames; pfn++) {
		const struct page *page = &m->mem_map[pfn];
		const struct stable_node *node;
		struct ref o = ref_make(REF_PAGE, (uint32_t)pfn);

		if (page->kind != PAGE_KSM && page->kind != PAGE_ANON)
			continue;
		if ((page->kind == PAGE_KSM) != page_is_ksm(page))
			return broken(c, "ksm_page", o, 1, page->mapping);
		node = page_stable_node(page);
		/* without a node: break_cow() found no memory */
		if (page->kind == PAGE_KSM && node && node->kpfn != pfn)
			return broken(c, "ksm_page", o, pfn, node->kpfn);
	}
	return true;
}

bool check_ksm(struct checker *c)
{
	return check_slots(c) && check_each_mm(c, check_known) &&
		check_stable(c) && check_unstable(c) && check_pages(c);
}
