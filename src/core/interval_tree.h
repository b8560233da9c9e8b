/*
 * The interval tree of an anon_vma: its AVCs by [first, last] page offset of
 * their VMA, each subtree knowing its largest last offset (4.0 and 6.18
 * mm/interval_tree.c, include/linux/interval_tree_generic.h).
 */
#ifndef CORE_INTERVAL_TREE_H
#define CORE_INTERVAL_TREE_H

#include "core/machine.h"

void avc_tree_insert(struct machine *m, struct anon_vma_chain *avc,
	struct rb_root *root);
void avc_tree_remove(struct machine *m, struct anon_vma_chain *avc,
	struct rb_root *root);

/* The first AVC, by offset and then by age, that covers page offset @index;
 * nodes looked at are counted.  NULL when there is none. */
struct anon_vma_chain *avc_tree_first(struct machine *m,
	const struct rb_root *root, uint64_t index);
struct anon_vma_chain *avc_tree_next(struct machine *m,
	struct anon_vma_chain *avc, uint64_t index);

uint64_t avc_first(const struct anon_vma_chain *avc);
uint64_t avc_last(const struct anon_vma_chain *avc);

#endif
