/*
 * 6.18's index of an address space: a B-tree of ranges (6.18
 * lib/maple_tree.c), as mm_mt uses it: gaps tracked, readers under RCU.
 * Inside the core only; a viewer may read its nodes.
 */
#ifndef CORE_MAPLE_TREE_H
#define CORE_MAPLE_TREE_H

#include "core/machine.h"
#include "core/trace.h"

#define MAPLE_LEAF_MIN 6   /* mt_min_slots of maple_leaf_64 */
#define MAPLE_ARANGE_MIN 4 /* and of maple_arange_64 */
#define MAPLE_HEIGHT_MAX 12 /* 5^11 leaves: more than there is memory */
#define MAPLE_MAX UINT64_MAX /* the last address that a tree speaks of */

static inline unsigned maple_slots(const struct maple_node *node)
{
	return node->leaf ? MAPLE_LEAF_SLOTS : MAPLE_ARANGE_SLOTS;
}

/* The last address of slot @i; @max is that of the node. */
static inline uint64_t maple_last(const struct maple_node *node, unsigned i,
	uint64_t max)
{
	return i < node->end ? node->pivot[i] : max;
}

/* The slot whose range holds @addr, which the node's range does. */
static inline unsigned maple_slot_at(const struct maple_node *node,
	uint64_t addr)
{
	unsigned i = 0;

	while (i < node->end && node->pivot[i] < addr)
		i++;
	return i;
}

/* Where a walk is in one node. */
struct maple_level {
	struct maple_node *node;
	uint64_t min, max;  /* of the node */
	unsigned slot;      /* that the walk goes on in */
};

/* From the root (at[0]) to a leaf (at[depth - 1]). */
struct maple_path {
	unsigned depth;
	struct maple_level at[MAPLE_HEIGHT_MAX];
};

/* The way to @addr; false in an empty tree. */
bool maple_walk(const struct maple_tree *mt, uint64_t addr,
	struct maple_path *path);
static inline struct maple_level *maple_leaf(struct maple_path *path)
{
	return &path->at[path->depth - 1];
}

/* The first entry that ends at or above @addr, and the last entry; or NULL. */
struct vm_area_struct *maple_find(const struct maple_tree *mt, uint64_t addr);
struct vm_area_struct *maple_final(const struct maple_tree *mt);

/* The highest @size bytes within [low, high] that nothing is stored at; their
 * first byte, or MAPLE_MAX (mas_empty_area_rev).  Nodes looked at are counted
 * and told. */
uint64_t maple_empty_area_rev(struct machine *m, struct mm_struct *mm,
	uint64_t low, uint64_t high, uint64_t size);

/* -- changes ------------------------------------------------------------- */

/* Take the nodes that maple_store() with the same arguments will need.  0 or
 * -ENOMEM. */
int maple_reserve(struct machine *m, struct mm_struct *mm, uint64_t first,
	uint64_t last, struct vm_area_struct *entry);
/* Give back what was reserved and not used. */
void maple_release(struct machine *m);
/* Let [first, last] hold @entry, NULL: nothing, whatever was there. */
void maple_store(struct machine *m, struct mm_struct *mm, uint64_t first,
	uint64_t last, struct vm_area_struct *entry);

/* A copy of all nodes, their entries the same (__mt_dup); @to is empty.  0 or
 * -ENOMEM, @to is empty then. */
int maple_dup(struct machine *m, struct mm_struct *to,
	const struct mm_struct *from);
/* All nodes go (__mt_destroy). */
void maple_destroy(struct machine *m, struct mm_struct *mm);

/* A node out of those reserved or of the cache; NULL: no memory. */
struct maple_node *maple_node_alloc(struct machine *m, bool wait);
void maple_node_free(struct machine *m, struct maple_node *node);

static inline struct ref maple_ref(const struct maple_node *node)
{
	return node ? ref_make(REF_MAPLE_NODE, node->id) : NO_REF;
}

#endif
