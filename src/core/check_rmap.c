/*
 * The reverse map: each VMA is linked to its anon_vmas from both sides, the
 * counters are what they count, and every PTE of a page would be found by a
 * walk that begins at the page.
 */
#include "core/checker.h"

static struct ref av_ref(const struct anon_vma *av)
{
	return ref_make(REF_ANON_VMA, av->id);
}

static bool is_alive(const struct checker *c, const struct anon_vma *av)
{
	for (uint32_t id = 1; id <= c->m->anon_vmas.last; id++)
		if (c->m->anon_vmas.slot[id] == av)
			return true;
	return false;
}

static bool for_each_anon_vma(struct checker *c,
	bool (*fn)(struct checker *, const struct anon_vma *))
{
	for (uint32_t id = 1; id <= c->m->anon_vmas.last; id++)
		if (c->m->anon_vmas.slot[id] &&
			!fn(c, c->m->anon_vmas.slot[id]))
			return false;
	return true;
}

static bool for_each_vma(struct checker *c,
	bool (*fn)(struct checker *, const struct vm_area_struct *))
{
	for (uint32_t id = 1; id <= c->m->vmas.last; id++)
		if (c->m->vmas.slot[id] && !fn(c, c->m->vmas.slot[id]))
			return false;
	return true;
}

static const struct anon_vma_chain *chain_avc(const struct list_head *node)
{
	return container_of((struct list_head *)node, struct anon_vma_chain,
		same_vma);
}

static const struct anon_vma_chain *tree_avc(const struct rb_node *node)
{
	return container_of((struct rb_node *)node, struct anon_vma_chain, rb);
}

static bool on_list(const struct list_head *node, const struct list_head *head)
{
	const struct list_head *p = head->next;

	while (p != head && p != node)
		p = p->next;
	return p == node;
}

/* -- edges -------------------------------------------------------------------- */

/* Is @node in the tree below @root, by its own links? */
static bool in_tree(const struct rb_node *node, const struct rb_root *root)
{
	while (node->parent) {
		if (node->parent->left != node && node->parent->right != node)
			return false;
		node = node->parent;
	}
	return root->node == node;
}

static bool check_chain(struct checker *c, const struct vm_area_struct *vma)
{
	const struct list_head *head = &vma->anon_vma_chain;

	for (const struct list_head *p = head->next; p != head; p = p->next) {
		const struct anon_vma_chain *avc = chain_avc(p);
		struct ref o = ref_make(REF_AVC, avc->id);

		if (avc_by_id(c->m, avc->id) != avc || avc->vma != vma ||
			!is_alive(c, avc->anon_vma) ||
			!in_tree(&avc->rb, &avc->anon_vma->rb_root))
			return broken(c, "avc", o, vma->id, 0);
	}
	return true;
}

static uint64_t last_of(const struct anon_vma_chain *avc)
{
	return avc->vma->vm_pgoff + vma_pages(avc->vma) - 1;
}

/* A subtree: order, largest last offset, each edge on its VMA's list. */
static bool check_subtree(struct checker *c, const struct rb_node *node,
	uint64_t *last, uint32_t *count)
{
	const struct anon_vma_chain *avc = tree_avc(node);
	uint64_t first = avc->vma->vm_pgoff, below = 0;
	struct ref o = ref_make(REF_AVC, avc->id);

	*last = last_of(avc);
	++*count;
	if (!on_list(&avc->same_vma, &avc->vma->anon_vma_chain))
		return broken(c, "avc", o, avc->vma->id, 0);
	if (node->left) {
		if (tree_avc(node->left)->vma->vm_pgoff > first)
			return broken(c, "avc", o, first, 0);
		if (!check_subtree(c, node->left, &below, count))
			return false;
		*last = below > *last ? below : *last;
	}
	if (node->right) {
		if (tree_avc(node->right)->vma->vm_pgoff < first)
			return broken(c, "avc", o, first, 0);
		if (!check_subtree(c, node->right, &below, count))
			return false;
		*last = below > *last ? below : *last;
	}
	if (avc->rb_subtree_last != *last)
		return broken(c, "avc", o, *last, avc->rb_subtree_last);
	return true;
}

static bool check_tree(struct checker *c, const struct anon_vma *av)
{
	uint64_t last = 0;
	uint32_t count = 0;

	if (av->lock.writer || av->lock.readers)
		return broken(c, "lock", av_ref(av), 0, 1);
	return !av->rb_root.node ||
		check_subtree(c, av->rb_root.node, &last, &count);
}

static uint32_t nodes_below(const struct rb_node *node)
{
	return node ? 1 + nodes_below(node->left) + nodes_below(node->right)
		    : 0;
}

/* No VMA has it any more, but an item of KSM, its own or of a descendant. */
static bool is_held_empty(const struct machine *m, const struct anon_vma *av)
{
	if (check_ksm_pins(m, av))
		return true;
	for (uint32_t id = 1; id <= m->anon_vmas.last; id++) {
		const struct anon_vma *a = m->anon_vmas.slot[id];

		if (a && a != av && a->root == av && check_ksm_pins(m, a))
			return true;
	}
	return false;
}

static bool check_linked(struct checker *c, const struct anon_vma *av)
{
	uint32_t count = nodes_below(av->rb_root.node);

	for (const struct list_head *p = av->head.next; p != &av->head;
		p = p->next)
		count++;
	if (count != av->nr_linked)
		return broken(c, "nr_linked", av_ref(av), count,
			av->nr_linked);
	if (!count && !is_held_empty(c->m, av))
		return broken(c, "anon_vma", av_ref(av), 1, 0);
	return true;
}

/* -- a VMA's own anon_vma ------------------------------------------------------ */

static bool is_linked(const struct vm_area_struct *vma,
	const struct anon_vma *av)
{
	const struct list_head *head = &vma->anon_vma_chain;

	for (const struct list_head *p = head->next; p != head; p = p->next)
		if (chain_avc(p)->anon_vma == av)
			return true;
	return on_list(&vma->anon_vma_node, &av->head);
}

static bool check_own(struct checker *c, const struct vm_area_struct *vma)
{
	const struct list_head *chain = &vma->anon_vma_chain;
	bool linked = !(chain->next == chain) ||
		vma->anon_vma_node.next != &vma->anon_vma_node;
	struct ref o = ref_make(REF_VMA, vma->id);

	if (!vma->anon_vma)
		return linked ? broken(c, "anon_vma", o, 0, 1) : true;
	if (!is_alive(c, vma->anon_vma) || !is_linked(vma, vma->anon_vma))
		return broken(c, "anon_vma", o, vma->anon_vma->id, 0);
	for (const struct list_head *p = chain->next; p != chain; p = p->next)
		if (chain_avc(p)->anon_vma->root != vma->anon_vma->root)
			return broken(c, "root", o, vma->anon_vma->root->id,
				chain_avc(p)->anon_vma->root->id);
	return true;
}

/* -- counters ------------------------------------------------------------------- */

static bool check_family(struct checker *c, const struct anon_vma *av)
{
	if (!is_alive(c, av->root) || av->root->root != av->root)
		return broken(c, "root", av_ref(av), 1, 0);
	if (!av->nr_linked) /* only pinned: its parent may be gone */
		return true;
	if (!is_alive(c, av->parent) || av->parent->root != av->root)
		return broken(c, "parent", av_ref(av), av->root->id, 0);
	return true;
}

struct tally {
	uint32_t children, active, descendants;
};

static struct tally count_users(const struct checker *c,
	const struct anon_vma *av)
{
	const struct machine *m = c->m;
	struct tally t = { 0, 0, 0 };

	for (uint32_t id = 1; id <= m->anon_vmas.last; id++) {
		const struct anon_vma *a = m->anon_vmas.slot[id];

		if (!a)
			continue;
		t.children += a->parent == av && a->nr_linked;
		t.descendants += a != av && a->root == av;
	}
	for (uint32_t id = 1; id <= m->vmas.last; id++) {
		const struct vm_area_struct *v = m->vmas.slot[id];

		t.active += v && v->anon_vma == av;
	}
	return t;
}

/* 4.0 on: a list head has no counters. */
static bool check_counters(struct checker *c, const struct anon_vma *av)
{
	struct tally t = count_users(c, av);
	struct ref o = av_ref(av);
	uint32_t refs;

	if (!av->rb_root.node && !is_held_empty(c->m, av))
		return true;
	if (av->num_children != t.children)
		return broken(c, "num_children", o, t.children,
			av->num_children);
	if (av->num_active_vmas != t.active)
		return broken(c, "num_active_vmas", o, t.active,
			av->num_active_vmas);
	if (av->degree != t.children + t.active)
		return broken(c, "degree", o, t.children + t.active,
			av->degree);
	refs = !!av->rb_root.node + t.descendants + check_ksm_pins(c->m, av);
	if (av->refcount != refs)
		return broken(c, "refcount", o, refs, av->refcount);
	return true;
}

bool check_anon_vmas(struct checker *c)
{
	return for_each_vma(c, check_chain) &&
		for_each_anon_vma(c, check_tree) &&
		for_each_vma(c, check_own) &&
		for_each_anon_vma(c, check_linked) &&
		for_each_anon_vma(c, check_family) &&
		for_each_anon_vma(c, check_counters);
}

/* -- from each PTE back to its page ---------------------------------------------- */

static int check_mapping(const struct machine *m, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte, void *ctx)
{
	bool present = pte_present(m, pte);
	const struct page *page =
		&m->mem_map[present ? pte_pfn(m, pte) : m->zero_pfn];
	const struct vm_area_struct *vma = vma_lookup(mm, addr);
	const struct anon_vma *av = page_anon_vma(page);
	struct ref o = ref_make(REF_PAGE, page_pfn(m, page));
	struct checker *c = ctx;
	uint64_t index = vma->vm_pgoff + (addr - vma->vm_start) / PAGE_SIZE;

	if (page->kind == PAGE_FILE || page->kind == PAGE_SHMEM) {
		if (!vma->vm_file ||
			page->mapping != (uintptr_t)&vma->vm_file->i_mapping)
			return !broken(c, "mapping", o, vma->id, 0);
		return page->index != index &&
			!broken(c, "index", o, index, page->index);
	}
	if (page->kind != PAGE_ANON || !ops_of(m)->walk_anon)
		return 0;
	if (!av || !is_alive(c, av) || !is_linked(vma, av))
		return !broken(c, "mapping", o, vma->id, av ? 1 : 0);
	if (page->index != index)
		return !broken(c, "index", o, index, page->index);
	return 0;
}

static bool check_mm_mappings(struct checker *c, const struct mm_struct *mm)
{
	return !mm_for_each_pte(c->m, mm, 0, machine_paging(c->m)->task_size,
		check_mapping, c);
}

bool check_mappings(struct checker *c)
{
	return check_each_mm(c, check_mm_mappings);
}
