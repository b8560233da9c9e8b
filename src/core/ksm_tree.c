/*
 * KSM's two trees (mm/ksm.c), both ordered by what the pages hold.
 *
 * Stable: a node for each KSM page.  Its pages are read-only, so the order
 * holds.  A node does not keep its page: when the last PTE is gone the frame is
 * freed and the node is stale, which whoever meets it finds out by the page's
 * mapping.  Where a node may have only so many items (6.18) there can be
 * several of one content, one beside the other; the kernel hangs them below a
 * chain node of its own.
 *
 * Unstable: items of pages that nothing protects; a page that was written since
 * may stand in the wrong place, and who passes it may miss its equal until the
 * next round.
 */
#include "core/idmap.h"
#include "core/ksm_in.h"
#include "core/page_alloc.h"
#include "core/page_state.h"
#include "core/rmap.h"
#include "core/slab.h"

static struct stable_node *node_of(struct rb_node *node)
{
	return node ? container_of(node, struct stable_node, node) : NULL;
}

/* memcmp_pages */
static int compare(struct machine *m, const struct page *page,
	const struct page *other)
{
	int order = (page->value > other->value) - (page->value < other->value);

	cost(m, COST_TREE_NODES, 1);
	tell(m, EV_KSM_COMPARE, page_ref(m, page), page_ref(m, other),
		(uint64_t)(order + 1));
	return order;
}

/* -- stale nodes -------------------------------------------------------------------- */

static void item_goes(struct machine *m, struct rmap_item *item, bool last)
{
	uint64_t old = item->address;

	if (last)
		m->ksm.pages_shared--;
	else
		m->ksm.pages_sharing--;
	list_del(&item->hlist);
	item->mm->ksm_merging_pages--;
	item->head = NULL;
	item->address &= PAGE_MASK;
	anon_vma_put(m, item->anon_vma);
	item->anon_vma = NULL;
	tell_set(m, item_ref(item), "address", VT_HEX, old, item->address);
}

/* remove_node_from_stable_tree */
static void remove_node(struct machine *m, struct stable_node *node)
{
	struct ref ref = stable_ref(node);

	tell(m, EV_KSM_STALE, ref, ref_make(REF_PAGE, node->kpfn), 0);
	while (!list_empty(&node->hlist)) {
		node->rmap_hlist_len--;
		item_goes(m, container_of(node->hlist.next, struct rmap_item,
				     hlist), !node->rmap_hlist_len);
	}
	rb_erase(&m->ksm.stable, &node->node, NULL);
	cost(m, COST_TREE_NODES, 1);
	idmap_remove(&m->stable_nodes, node->id);
	slab_free(m, CACHE_KSM_STABLE_NODE, node, ref);
}

struct page *get_ksm_page(struct machine *m, struct stable_node *node)
{
	struct page *page = &m->mem_map[node->kpfn];

	if (page_stable_node(page) != node) {
		remove_node(m, node);
		return NULL;
	}
	get_page(m, page);
	return page;
}

/* -- the stable tree ------------------------------------------------------------------ */

static bool has_room(const struct machine *m, const struct stable_node *node)
{
	uint32_t max = ksm_rule(m)->max_page_sharing;

	return !max || node->rmap_hlist_len < max;
}

/* Among nodes of one content the fullest that has room, its page with a
 * reference (stable_node_dup). */
static struct page *roomy_page(struct machine *m, struct stable_node *node)
{
	value_t value = m->mem_map[node->kpfn].value;
	struct page *best = NULL;
	uint32_t most = 0;

	while (rb_prev(&node->node) &&
		m->mem_map[node_of(rb_prev(&node->node))->kpfn].value == value)
		node = node_of(rb_prev(&node->node));
	while (node) {
		struct stable_node *next = node_of(rb_next(&node->node));
		struct page *page = get_ksm_page(m, node);

		if (page && page->value != value) {
			put_page(m, page);
			break;
		}
		if (page && has_room(m, node) &&
			(!best || node->rmap_hlist_len > most)) {
			most = node->rmap_hlist_len;
			if (best)
				put_page(m, best);
			best = page;
		} else if (page) {
			put_page(m, page);
		}
		node = next;
	}
	return best;
}

/* Where @page belongs; the node that is equal to it, or NULL and the place.
 * True: a node on the way was stale and is gone. */
struct place {
	struct rb_node *parent, **link; /* where it would be inserted */
	struct stable_node *equal;
};

static bool descend(struct machine *m, const struct page *page,
	struct place *p)
{
	*p = (struct place){ NULL, &m->ksm.stable.node, NULL };
	while (*p->link) {
		struct stable_node *node = node_of(*p->link);
		struct page *tree_page = get_ksm_page(m, node);
		int order;

		if (!tree_page)
			return true;
		order = compare(m, page, tree_page);
		put_page(m, tree_page);
		if (!order) {
			p->equal = node;
			return false;
		}
		p->parent = *p->link;
		p->link = order < 0 ? &p->parent->left : &p->parent->right;
	}
	return false;
}

/* 4.0 gives up when it meets a stale node; later it begins anew.  False: it
 * gave up. */
static bool find_place(struct machine *m, const struct page *page,
	struct place *p)
{
	while (descend(m, page, p))
		if (!ksm_rule(m)->search_restarts)
			return false;
	return true;
}

struct page *stable_tree_search(struct machine *m, struct page *page)
{
	struct page *found = NULL;
	struct place p;

	call(m, FN_KSM_STABLE_SEARCH, page_ref(m, page), NO_REF, 0);
	if (page_stable_node(page)) { /* forked */
		get_page(m, page);
		found = page;
	} else if (find_place(m, page, &p) && p.equal) {
		found = roomy_page(m, p.equal);
	}
	ret(m, FN_KSM_STABLE_SEARCH);
	return found;
}

static struct stable_node *new_node(struct machine *m, struct page *kpage)
{
	struct stable_node *node = slab_alloc(m, CACHE_KSM_STABLE_NODE);

	if (!node)
		return NULL;
	node->id = idmap_next(&m->stable_nodes);
	node->kpfn = page_pfn(m, kpage);
	list_init(&node->hlist);
	idmap_add(m, &m->stable_nodes, node);
	slab_tell(m, CACHE_KSM_STABLE_NODE, stable_ref(node));
	return node;
}

/* Beside its equals: to the right of the last of them. */
static void place_behind(struct stable_node *equal, struct place *p)
{
	p->parent = &equal->node;
	p->link = &equal->node.right;
	while (*p->link) {
		p->parent = *p->link;
		p->link = &p->parent->left;
	}
}

struct stable_node *stable_tree_insert(struct machine *m, struct page *kpage)
{
	struct stable_node *node = NULL;
	struct place p;

	call(m, FN_KSM_STABLE_INSERT, page_ref(m, kpage), NO_REF, 0);
	if (find_place(m, kpage, &p) &&
		(!p.equal || ksm_rule(m)->max_page_sharing))
		node = new_node(m, kpage);
	/* what was freed for the node may have taken others' pages */
	if (node && find_place(m, kpage, &p)) {
		if (p.equal)
			place_behind(p.equal, &p);
		rb_insert(&m->ksm.stable, &node->node, p.parent, p.link, NULL);
		cost(m, COST_TREE_NODES, 1);
		set_page_stable_node(m, kpage, node);
		tell(m, EV_KSM_STABLE_ADD, stable_ref(node), page_ref(m, kpage),
			0);
	} else if (node) {
		idmap_remove(&m->stable_nodes, node->id);
		slab_free(m, CACHE_KSM_STABLE_NODE, node, stable_ref(node));
		node = NULL;
	}
	ret(m, FN_KSM_STABLE_INSERT);
	return node;
}

void stable_tree_append(struct machine *m, struct rmap_item *item,
	struct stable_node *node)
{
	call(m, FN_KSM_APPEND, item_ref(item), stable_ref(node), 0);
	item->head = node;
	item->address |= KSM_STABLE_FLAG;
	list_add(&item->hlist, &node->hlist);
	if (node->rmap_hlist_len++)
		m->ksm.pages_sharing++;
	else
		m->ksm.pages_shared++;
	item->mm->ksm_merging_pages++;
	cost(m, COST_LIST_NODES, 1);
	tell(m, EV_KSM_APPEND, item_ref(item), stable_ref(node),
		node->rmap_hlist_len);
	ret(m, FN_KSM_APPEND);
}

/* -- the unstable tree ------------------------------------------------------------------ */

/* get_mergeable_page */
static struct page *get_mergeable_page(struct machine *m,
	const struct rmap_item *item)
{
	struct mm_struct *mm = item->mm;
	struct page *page = NULL;

	ksm_lock_mm(m, mm);
	if (find_mergeable_vma(m, mm, item_addr(item)))
		page = follow_anon_page(m, mm, item_addr(item));
	ksm_unlock_mm(m, mm);
	return page;
}

static void insert(struct machine *m, struct rmap_item *item,
	const struct page *page, struct rb_node *parent, struct rb_node **link)
{
	struct ksm *k = &m->ksm;

	item->address |= KSM_UNSTABLE_FLAG | (k->seqnr & KSM_SEQNR_MASK);
	rb_insert(&k->unstable, &item->node, parent, link, NULL);
	k->pages_unshared++;
	tell(m, EV_KSM_UNSTABLE_ADD, item_ref(item), page_ref(m, page), 0);
}

static struct rmap_item *search_or_insert(struct machine *m,
	struct rmap_item *item, struct page *page, struct page **tree_page)
{
	struct rb_node *parent = NULL, **link = &m->ksm.unstable.node;

	while (*link) {
		struct rmap_item *other =
			container_of(*link, struct rmap_item, node);
		int order;

		*tree_page = get_mergeable_page(m, other);
		if (!*tree_page)
			return NULL;
		if (*tree_page == page) { /* forked: nothing to merge */
			tell(m, EV_KSM_SAME, page_ref(m, page),
				item_ref(other), 0);
			put_page(m, page);
			return NULL;
		}
		order = compare(m, page, *tree_page);
		if (!order)
			return other;
		put_page(m, *tree_page);
		parent = *link;
		link = order < 0 ? &parent->left : &parent->right;
	}
	insert(m, item, page, parent, link);
	return NULL;
}

struct rmap_item *unstable_tree_search_insert(struct machine *m,
	struct rmap_item *item, struct page *page, struct page **tree_page)
{
	struct rmap_item *found;

	call(m, FN_KSM_UNSTABLE, item_ref(item), page_ref(m, page), 0);
	found = search_or_insert(m, item, page, tree_page);
	ret(m, FN_KSM_UNSTABLE);
	return found;
}
