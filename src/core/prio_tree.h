/*
 * The radix priority search tree of 2.6.11 (lib/prio_tree.c): VMAs by the
 * closed interval of pages that they map.  Sets of VMAs with one interval are
 * the caller's (i_mmap_prio.c).
 */
#ifndef CORE_PRIO_TREE_H
#define CORE_PRIO_TREE_H

#include "core/machine.h"

#define PRIO_WORD 32 /* bits of an unsigned long on i386 */

struct i_mmap_query;

static inline struct vm_area_struct *prio_vma(const struct prio_tree_node *node)
{
	return container_of((struct prio_tree_node *)node,
		struct vm_area_struct, shared.prio_tree_node);
}

void prio_tree_init(struct prio_tree_root *root);
/* The node that has @node's interval already, or NULL: @node is in. */
struct prio_tree_node *prio_tree_insert(struct machine *m,
	struct address_space *mapping, struct prio_tree_node *node);
void prio_tree_remove(struct machine *m, struct address_space *mapping,
	struct prio_tree_node *node);
/* @node takes the place of @old in the tree, with what hangs there. */
void prio_tree_replace(struct prio_tree_root *root, struct prio_tree_node *old,
	struct prio_tree_node *node);

/* Call @visit for each node that a walk cannot leave out, in pre-order; false
 * when one did not want more. */
bool prio_tree_walk(struct i_mmap_query *q, const struct prio_tree_root *root,
	bool (*visit)(struct i_mmap_query *q, struct vm_area_struct *vma));

#endif
