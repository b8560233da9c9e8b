/*
 * Red-black tree.  Invariants: the root is black; a red node has no red
 * child; every path from a node to a leaf has the same number of black nodes;
 * with an augmentation, each node's cached value covers its subtree.
 */
#include "core/rbtree.h"

static void augment_up(struct rb_node *node, rb_augment *augment)
{
	if (!augment)
		return;
	for (; node; node = node->parent)
		augment(node);
}

/* Put @new where @old hangs below its parent. */
static void replace_child(struct rb_root *root, struct rb_node *old,
	struct rb_node *new)
{
	struct rb_node *parent = old->parent;

	if (!parent)
		root->node = new;
	else if (parent->left == old)
		parent->left = new;
	else
		parent->right = new;
	if (new)
		new->parent = parent;
}

static void rotate_left(struct rb_root *root, struct rb_node *node,
	rb_augment *augment)
{
	struct rb_node *right = node->right;

	replace_child(root, node, right);
	node->right = right->left;
	if (node->right)
		node->right->parent = node;
	right->left = node;
	node->parent = right;
	if (augment) {
		augment(node);
		augment(right);
	}
}

static void rotate_right(struct rb_root *root, struct rb_node *node,
	rb_augment *augment)
{
	struct rb_node *left = node->left;

	replace_child(root, node, left);
	node->left = left->right;
	if (node->left)
		node->left->parent = node;
	left->right = node;
	node->parent = left;
	if (augment) {
		augment(node);
		augment(left);
	}
}

/* A red uncle: colour the grandparent instead and go on from there. */
static struct rb_node *recolour(struct rb_node *node, struct rb_node *uncle)
{
	struct rb_node *grand = node->parent->parent;

	node->parent->red = uncle->red = false;
	grand->red = true;
	return grand;
}

static struct rb_node *fix_insert_left(struct rb_root *root,
	struct rb_node *node, rb_augment *augment)
{
	struct rb_node *parent = node->parent, *grand = parent->parent;

	if (grand->right && grand->right->red)
		return recolour(node, grand->right);
	if (node == parent->right) {
		rotate_left(root, parent, augment);
		parent = node;
	}
	parent->red = false;
	grand->red = true;
	rotate_right(root, grand, augment);
	return NULL;
}

static struct rb_node *fix_insert_right(struct rb_root *root,
	struct rb_node *node, rb_augment *augment)
{
	struct rb_node *parent = node->parent, *grand = parent->parent;

	if (grand->left && grand->left->red)
		return recolour(node, grand->left);
	if (node == parent->left) {
		rotate_right(root, parent, augment);
		parent = node;
	}
	parent->red = false;
	grand->red = true;
	rotate_left(root, grand, augment);
	return NULL;
}

void rb_insert(struct rb_root *root, struct rb_node *node,
	struct rb_node *parent, struct rb_node **link, rb_augment *augment)
{
	*node = (struct rb_node){ .parent = parent, .red = true };
	*link = node;
	augment_up(node, augment);
	while (node && node->parent && node->parent->red) {
		struct rb_node *grand = node->parent->parent;

		node = node->parent == grand->left
			? fix_insert_left(root, node, augment)
			: fix_insert_right(root, node, augment);
	}
	root->node->red = false;
}

static bool is_red(const struct rb_node *node)
{
	return node && node->red;
}

/* The left child's side of @parent lacks one black node. */
static bool fix_erase_left(struct rb_root *root, struct rb_node *parent,
	rb_augment *augment)
{
	struct rb_node *s = parent->right;

	if (s->red) {
		s->red = false;
		parent->red = true;
		rotate_left(root, parent, augment);
		s = parent->right;
	}
	if (!is_red(s->left) && !is_red(s->right)) {
		s->red = true;
		return false;
	}
	if (!is_red(s->right)) {
		s->left->red = false;
		s->red = true;
		rotate_right(root, s, augment);
		s = parent->right;
	}
	s->red = parent->red;
	parent->red = false;
	s->right->red = false;
	rotate_left(root, parent, augment);
	return true;
}

static bool fix_erase_right(struct rb_root *root, struct rb_node *parent,
	rb_augment *augment)
{
	struct rb_node *s = parent->left;

	if (s->red) {
		s->red = false;
		parent->red = true;
		rotate_right(root, parent, augment);
		s = parent->left;
	}
	if (!is_red(s->left) && !is_red(s->right)) {
		s->red = true;
		return false;
	}
	if (!is_red(s->left)) {
		s->right->red = false;
		s->red = true;
		rotate_left(root, s, augment);
		s = parent->left;
	}
	s->red = parent->red;
	parent->red = false;
	s->left->red = false;
	rotate_right(root, parent, augment);
	return true;
}

/* The subtree at @node (may be NULL) below @parent lacks one black node. */
static void fix_erase(struct rb_root *root, struct rb_node *node,
	struct rb_node *parent, rb_augment *augment)
{
	while (parent && !is_red(node)) {
		bool done = node == parent->left
			? fix_erase_left(root, parent, augment)
			: fix_erase_right(root, parent, augment);

		if (done)
			return;
		node = parent;
		parent = node->parent;
	}
	if (node)
		node->red = false;
}

/* Take out a node with two children: its successor takes its place. */
static void erase_inner(struct rb_root *root, struct rb_node *node,
	struct rb_node **child, struct rb_node **parent, bool *black)
{
	struct rb_node *next = rb_next(node);

	*child = next->right;
	*parent = next->parent == node ? next : next->parent;
	*black = !next->red;
	replace_child(root, next, next->right);
	next->left = node->left;
	next->right = node->right;
	next->red = node->red;
	replace_child(root, node, next);
	if (next->left)
		next->left->parent = next;
	if (next->right)
		next->right->parent = next;
}

void rb_erase(struct rb_root *root, struct rb_node *node, rb_augment *augment)
{
	struct rb_node *child, *parent;
	bool black;

	if (node->left && node->right) {
		erase_inner(root, node, &child, &parent, &black);
	} else {
		child = node->left ? node->left : node->right;
		parent = node->parent;
		black = !node->red;
		replace_child(root, node, child);
	}
	augment_up(parent, augment);
	if (black)
		fix_erase(root, child, parent, augment);
	*node = (struct rb_node){ 0 };
}

struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *node = root->node;

	while (node && node->left)
		node = node->left;
	return node;
}

struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *node = root->node;

	while (node && node->right)
		node = node->right;
	return node;
}

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *up;

	if (node->right) {
		node = node->right;
		while (node->left)
			node = node->left;
		return (struct rb_node *)node;
	}
	for (up = node->parent; up && node == up->right; up = up->parent)
		node = up;
	return up;
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *up;

	if (node->left) {
		node = node->left;
		while (node->right)
			node = node->right;
		return (struct rb_node *)node;
	}
	for (up = node->parent; up && node == up->left; up = up->parent)
		node = up;
	return up;
}
