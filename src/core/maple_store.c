/*
 * A store into a maple tree: the plan is drawn, its nodes are taken from the
 * cache, then all of it changes at once.
 *
 * The kernel reserves what the kind of store can need at most and gives the
 * rest back (mas_preallocate, mas_destroy); here exactly what is needed is
 * taken.  Nodes that readers might still look at are freed at once, there after
 * a grace period (ma_free_rcu).
 *
 * Reserved nodes hang on machine.spare_nodes by their parent pointers; between
 * operations there is none.
 */
#include "core/emit.h"
#include "core/idmap.h"
#include "core/maple_plan.h"
#include "core/slab.h"

#include <errno.h>
#include <string.h>

/* -- nodes ----------------------------------------------------------------- */

static void number(struct machine *m, struct maple_node *node)
{
	node->id = idmap_next(&m->maple_nodes);
	idmap_add(m, &m->maple_nodes, node);
}

struct maple_node *maple_node_alloc(struct machine *m, bool wait)
{
	struct maple_node *node = m->spare_nodes;

	if (node) {
		m->spare_nodes = node->parent;
		m->nr_spare_nodes--;
		node->parent = NULL;
		return node;
	}
	node = wait ? slab_alloc(m, CACHE_MAPLE_NODE)
		    : slab_alloc_nowait(m, CACHE_MAPLE_NODE);
	if (!node)
		return NULL;
	node->leaf = true;
	number(m, node);
	slab_tell(m, CACHE_MAPLE_NODE, maple_ref(node));
	return node;
}

/* For a store that nobody could reserve for and that must not fail: without a
 * frame the node stands beside the machine's memory (the kernel would wait
 * until there is one, __GFP_NOFAIL). */
static struct maple_node *alloc_nofail(struct machine *m)
{
	struct maple_node *node = maple_node_alloc(m, false);

	if (node)
		return node;
	node = arena_alloc(m, sizeof *node);
	node->borrowed = true;
	number(m, node);
	return node;
}

void maple_node_free(struct machine *m, struct maple_node *node)
{
	struct ref ref = maple_ref(node);

	idmap_remove(&m->maple_nodes, node->id);
	if (node->borrowed)
		arena_free(m, node, sizeof *node);
	else
		slab_free(m, CACHE_MAPLE_NODE, node, ref);
}

void maple_release(struct machine *m)
{
	while (m->spare_nodes)
		maple_node_free(m, maple_node_alloc(m, false));
}

static unsigned nodes_of(const struct maple_plan *plan)
{
	return plan->in_place ? 0 : plan->nr;
}

static int reserve(struct machine *m, unsigned nodes)
{
	struct maple_node *first = NULL, *node;

	while (m->nr_spare_nodes < nodes) {
		first = m->spare_nodes;
		m->spare_nodes = NULL;
		node = maple_node_alloc(m, true);
		m->spare_nodes = first;
		if (!node) {
			maple_release(m);
			return -ENOMEM;
		}
		node->parent = first;
		m->spare_nodes = node;
		m->nr_spare_nodes++;
	}
	return 0;
}

int maple_reserve(struct machine *m, struct mm_struct *mm, uint64_t first,
	uint64_t last, struct vm_area_struct *entry)
{
	struct maple_plan plan;

	maple_plan_store(&plan, &mm->mm_mt, first, last, entry);
	return reserve(m, nodes_of(&plan));
}

/* -- putting it in --------------------------------------------------------- */

/* The node becomes what the draft says; its children know where they are. */
static void fill(struct maple_node *node, const struct maple_draft *d)
{
	node->leaf = d->leaf;
	node->end = (uint8_t)(d->n - 1);
	for (unsigned i = 0; i < d->n; i++) {
		const struct maple_part *part = &d->part[i];

		if (i < d->n - 1)
			node->pivot[i] = part->last;
		node->slot[i] = part->draft ? part->draft->node : part->slot;
		if (d->leaf)
			continue;
		node->gap[i] = part->gap;
		((struct maple_node *)node->slot[i])->parent = node;
		((struct maple_node *)node->slot[i])->parent_slot =
			(uint8_t)i;
	}
	for (unsigned i = d->n; i < MAPLE_LEAF_SLOTS; i++)
		node->slot[i] = NULL;
	for (unsigned i = d->n - 1; i < MAPLE_LEAF_SLOTS - 1; i++)
		node->pivot[i] = 0;
}

/* What was replaced goes, except what new nodes have taken over. */
static void free_replaced(struct machine *m, struct maple_node *node)
{
	for (unsigned i = 0; !node->leaf && i <= node->end; i++) {
		struct maple_node *child = node->slot[i];

		if (child->parent == node)
			free_replaced(m, child);
	}
	maple_node_free(m, node);
}

/* mas_update_gap: the parents' numbers, as far up as they change. */
static void update_gaps(struct maple_node *node, uint64_t gap)
{
	while (node->parent) {
		struct maple_node *parent = node->parent;
		unsigned slot = node->parent_slot;

		if (parent->gap[slot] == gap)
			return;
		parent->gap[slot] = gap;
		for (unsigned i = 0; i <= parent->end; i++)
			if (parent->gap[i] > gap)
				gap = parent->gap[i];
		node = parent;
	}
}

static uint64_t gap_of(const struct maple_draft *d)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < d->n; i++)
		if (d->part[i].gap > most)
			most = d->part[i].gap;
	return most;
}

static void set_height(struct maple_tree *mt)
{
	mt->height = 0;
	for (struct maple_node *n = mt->root; n; n = n->leaf ? NULL : n->slot[0])
		mt->height++;
}

/* @top takes the place of @gone, in its parent or as the root. */
static void put_in_tree(struct maple_tree *mt, struct maple_node *top,
	const struct maple_node *gone)
{
	top->parent = gone ? gone->parent : NULL;
	top->parent_slot = gone ? gone->parent_slot : 0;
	if (top->parent)
		top->parent->slot[top->parent_slot] = top;
	else
		mt->root = top;
}

static void commit(struct machine *m, struct maple_tree *mt,
	struct maple_plan *plan)
{
	struct maple_draft *d = NULL;

	for (unsigned i = 0; i < plan->nr; i++) {
		d = &plan->draft[i];
		d->node = plan->in_place ? plan->gone : alloc_nofail(m);
		fill(d->node, d);
	}
	if (!d) {
		mt->root = NULL;
	} else {
		if (!plan->in_place)
			put_in_tree(mt, d->node, plan->gone);
		update_gaps(d->node, gap_of(d));
	}
	set_height(mt);
	mt->near = NULL;
}

void maple_store(struct machine *m, struct mm_struct *mm, uint64_t first,
	uint64_t last, struct vm_area_struct *entry)
{
	struct maple_plan plan;
	struct maple_node *top;

	maple_plan_store(&plan, &mm->mm_mt, first, last, entry);
	if (plan.how == MAPLE_NOTHING)
		return;
	commit(m, &mm->mm_mt, &plan);
	top = plan.nr ? plan.draft[plan.nr - 1].node : NULL;
	if (tracing(m))
		emit_full(m,
			&(struct event){ .id = EV_MAPLE_STORE,
				.o = mm_ref(mm),
				.p = entry ? ref_make(REF_VMA, entry->id)
					   : NO_REF,
				.type = VT_ADDR,
				.old = first,
				.new = last,
				.n = plan.how });
	if (!plan.in_place && top)
		tell(m, EV_MAPLE_NEW, maple_ref(top), maple_ref(plan.gone),
			top->parent != NULL);
	if (!plan.in_place && plan.gone)
		free_replaced(m, plan.gone);
	maple_release(m);
}
