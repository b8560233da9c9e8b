/*
 * Intrusive red-black tree with an optional augmentation: one function that
 * recomputes a node's cached value from its own and its children's.
 * Equal keys go right, so an in-order walk is (key, time of insertion).
 */
#ifndef CORE_RBTREE_H
#define CORE_RBTREE_H

#include <stdbool.h>
#include <stddef.h>

struct rb_node {
	struct rb_node *parent; /* NULL at the root */
	struct rb_node *left;
	struct rb_node *right;
	bool red;
};

struct rb_root {
	struct rb_node *node; /* NULL when empty */
};

/* Recompute what @node caches about its subtree; NULL for a plain tree. */
typedef void rb_augment(struct rb_node *node);

/* Link @node below @parent at @link (a child pointer of parent, or the root's)
 * and rebalance. */
void rb_insert(struct rb_root *root, struct rb_node *node,
	struct rb_node *parent, struct rb_node **link, rb_augment *augment);
void rb_erase(struct rb_root *root, struct rb_node *node, rb_augment *augment);

struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

#endif
