/*
 * The maple tree of an address space, checked from its definition: nodes, their
 * ranges and gaps, and that it holds exactly the VMAs of the list.
 */
#include "core/checker.h"
#include "core/maple_tree.h"

struct maple_check {
	struct checker *c;
	const struct mm_struct *mm;
	const struct vm_area_struct *next; /* on the list, not yet met */
	uint64_t met_to;     /* first address that no slot has covered */
	bool was_null;       /* the slot before held nothing */
	uint32_t nodes;
};

/* What a node turned out to hold. */
struct seen {
	uint64_t gap;        /* longest run of nothing, across its slots */
	unsigned height;
};

static bool wrong(const struct maple_check *w, const struct maple_node *node,
	const char *rule, uint64_t want, uint64_t got)
{
	return broken(w->c, rule, ref_make(REF_MAPLE_NODE, node->id), want,
		got);
}

static bool node_ok(const struct maple_check *w, const struct maple_node *node,
	const struct maple_node *parent, unsigned slot)
{
	unsigned most = node->leaf ? MAPLE_LEAF_SLOTS : MAPLE_ARANGE_SLOTS;
	unsigned least = node->leaf ? MAPLE_LEAF_MIN : MAPLE_ARANGE_MIN;

	if (maple_node_by_id(w->c->m, node->id) != node)
		return wrong(w, node, "id", 1, 0);
	if (node->parent != parent || (parent && node->parent_slot != slot))
		return wrong(w, node, "maple_parent", slot, node->parent_slot);
	if (node->end >= most)
		return wrong(w, node, "maple_end", most, node->end);
	if (parent && node->end < least)
		return wrong(w, node, "maple_min", least, node->end);
	if (!parent && !node->leaf && !node->end)
		return wrong(w, node, "maple_min", 1, 0);
	return true;
}

/* A slot of a leaf: the next VMA of the list, or nothing. */
static bool entry_ok(struct maple_check *w, const struct maple_node *node,
	unsigned i, uint64_t first, uint64_t last, struct seen *s)
{
	const struct vm_area_struct *vma = node->slot[i];

	if (!vma) {
		if (w->was_null)
			return wrong(w, node, "maple_null", 0, i);
		if (i == node->end && last != MAPLE_MAX)
			return wrong(w, node, "maple_null", 0, i);
		w->was_null = true;
		if (last - first + 1 > s->gap)
			s->gap = last - first + 1;
		return true;
	}
	w->was_null = false;
	if (vma != w->next)
		return wrong(w, node, "maple_vma", w->next ? w->next->id : 0,
			i);
	if (vma->vm_start != first || vma->vm_end - 1 != last)
		return wrong(w, node, "maple_range", vma->vm_start, first);
	w->next = vma->vm_next;
	return true;
}

static bool subtree_ok(struct maple_check *w, const struct maple_node *node,
	const struct maple_node *parent, unsigned slot, uint64_t max,
	struct seen *s)
{
	w->nodes++;
	if (!node_ok(w, node, parent, slot))
		return false;
	*s = (struct seen){ 0, 1 };
	for (unsigned i = 0; i <= node->end; i++) {
		uint64_t last = i < node->end ? node->pivot[i] : max;
		struct seen below;

		if (last < w->met_to || last > max)
			return wrong(w, node, "maple_pivot", w->met_to, last);
		if (node->leaf) {
			if (!entry_ok(w, node, i, w->met_to, last, s))
				return false;
			w->met_to = last + 1;
			continue;
		}
		if (!subtree_ok(w, node->slot[i], node, i, last, &below))
			return false;
		if (below.gap != node->gap[i])
			return wrong(w, node, "maple_gap", below.gap,
				node->gap[i]);
		if (i && s->height != below.height + 1)
			return wrong(w, node, "maple_height", s->height,
				below.height + 1);
		s->height = below.height + 1;
		s->gap = below.gap > s->gap ? below.gap : s->gap;
	}
	return true;
}

bool check_maple(struct checker *c, const struct mm_struct *mm,
	uint32_t *nodes)
{
	struct maple_check w = { c, mm, mm->mmap, 0, false, 0 };
	const struct maple_tree *mt = &mm->mm_mt;
	struct ref o = ref_make(REF_TASK, mm->id);
	struct seen s = { 0 };

	if (mm->mm_rb.node || mm->mmap_cache || !mt->rcu)
		return broken(c, "maple_tree", o, 0, 1);
	if (mt->root &&
		!subtree_ok(&w, mt->root, NULL, 0, MAPLE_MAX, &s))
		return false;
	if (w.next)
		return broken(c, "maple_vma", o, w.next->id, 0);
	if (mt->height != s.height)
		return broken(c, "maple_height", o, s.height, mt->height);
	if (!mm->mmap && mt->root)
		return broken(c, "maple_tree", o, 0, 1);
	if (mt->near && (vma_by_id(c->m, mt->near->id) != mt->near ||
				mt->near->vm_mm != mm))
		return broken(c, "maple_near", o, 1, 0);
	*nodes += w.nodes;
	return true;
}
