/*
 * A tree of height h has the words 0 .. 64^h - 1: on the way down from the
 * root each level takes six bits of the index, the highest first.  Height 0 is
 * the empty tree; a word at 0 alone makes it 1.
 *
 * Invariant: node->used has the bit of each slot that is not empty; a tag's
 * bit is set above a leaf exactly if one is set in the node below; no node is
 * empty.
 */
#include "core/page_tree.h"

#define MAX_HEIGHT ((64u + RADIX_BITS - 1) / RADIX_BITS)

static struct radix_node *node_at(uint64_t word)
{
	return (struct radix_node *)(uintptr_t)word;
}

static uint64_t node_word(const struct radix_node *node)
{
	return (uint64_t)(uintptr_t)node;
}

/* The slot of @index in a node with @below levels under it. */
static unsigned slot_of(uint64_t index, unsigned below)
{
	return (unsigned)(index >> (RADIX_BITS * below)) & (RADIX_SLOTS - 1);
}

/* Is @index within a tree of that height? */
static bool reaches(unsigned height, uint64_t index)
{
	unsigned bits = height * RADIX_BITS;

	return height && (bits >= 64 || !(index >> bits));
}

static struct radix_node *node_new(struct machine *m, struct radix_tree *tree)
{
	tree->nr_nodes++;
	m->tree_bytes += sizeof(struct radix_node);
	return arena_alloc(m, sizeof(struct radix_node));
}

static void node_free(struct machine *m, struct radix_tree *tree,
	struct radix_node *node)
{
	tree->nr_nodes--;
	m->tree_bytes -= sizeof *node;
	arena_free(m, node, sizeof *node);
}

uint64_t radix_get(const struct radix_tree *tree, uint64_t index)
{
	const struct radix_node *node = tree->node;

	if (!reaches(tree->height, index))
		return 0;
	for (unsigned below = tree->height - 1; below && node; below--)
		node = node_at(node->slot[slot_of(index, below)]);
	return node ? node->slot[slot_of(index, 0)] : 0;
}

/* -- putting in ----------------------------------------------------------- */

/* The old root becomes slot 0 of the new one (radix_tree_extend). */
static void add_root(struct machine *m, struct radix_tree *tree)
{
	struct radix_node *root = node_new(m, tree), *old = tree->node;

	if (old) {
		root->slot[0] = node_word(old);
		root->used = 1;
		for (int t = 0; t < NR_RADIX_TAGS; t++)
			root->tag[t] = old->tag[t] != 0;
	}
	tree->node = root;
	tree->height++;
}

/* An empty tree gets the height it needs before it has a node. */
static void extend(struct machine *m, struct radix_tree *tree, uint64_t index)
{
	if (!tree->node) {
		tree->height = 0;
		while (!reaches(tree->height + 1, index))
			tree->height++;
	}
	while (!reaches(tree->height, index))
		add_root(m, tree);
}

void radix_set(struct machine *m, struct radix_tree *tree, uint64_t index,
	uint64_t word)
{
	struct radix_node *node;

	extend(m, tree, index);
	node = tree->node;
	for (unsigned below = tree->height - 1; below; below--) {
		unsigned i = slot_of(index, below);

		if (!node->slot[i])
			node->slot[i] = node_word(node_new(m, tree));
		node->used |= 1ull << i;
		node = node_at(node->slot[i]);
	}
	tree->count += !node->slot[slot_of(index, 0)];
	node->slot[slot_of(index, 0)] = word;
	node->used |= 1ull << slot_of(index, 0);
}

/* -- tags and taking out -------------------------------------------------- */

/* The nodes down to the leaf of @index, which is in the tree. */
static void path_to(const struct radix_tree *tree, uint64_t index,
	struct radix_node **path)
{
	struct radix_node *node = tree->node;

	for (unsigned below = tree->height; below--;) {
		path[below] = node;
		if (below)
			node = node_at(node->slot[slot_of(index, below)]);
	}
}

void radix_tag_set(struct radix_tree *tree, uint64_t index, enum radix_tag tag)
{
	struct radix_node *path[MAX_HEIGHT];

	path_to(tree, index, path);
	for (unsigned i = 0; i < tree->height; i++)
		path[i]->tag[tag] |= 1ull << slot_of(index, i);
}

static void clear_up(const struct radix_tree *tree, uint64_t index,
	struct radix_node **path, enum radix_tag tag)
{
	for (unsigned i = 0; i < tree->height; i++) {
		path[i]->tag[tag] &= ~(1ull << slot_of(index, i));
		if (path[i]->tag[tag])
			break;
	}
}

void radix_tag_clear(struct radix_tree *tree, uint64_t index,
	enum radix_tag tag)
{
	struct radix_node *path[MAX_HEIGHT];

	path_to(tree, index, path);
	clear_up(tree, index, path, tag);
}

bool radix_tag_get(const struct radix_tree *tree, uint64_t index,
	enum radix_tag tag)
{
	struct radix_node *path[MAX_HEIGHT];

	if (!radix_get(tree, index))
		return false;
	path_to(tree, index, path);
	return path[0]->tag[tag] >> slot_of(index, 0) & 1;
}

void radix_del(struct machine *m, struct radix_tree *tree, uint64_t index)
{
	struct radix_node *path[MAX_HEIGHT];

	if (!radix_get(tree, index))
		return;
	path_to(tree, index, path);
	for (int t = 0; t < NR_RADIX_TAGS; t++)
		clear_up(tree, index, path, (enum radix_tag)t);
	tree->count--;
	for (unsigned i = 0; i < tree->height; i++) {
		path[i]->slot[slot_of(index, i)] = 0;
		path[i]->used &= ~(1ull << slot_of(index, i));
		if (path[i]->used)
			return;
		node_free(m, tree, path[i]);
	}
	tree->node = NULL;
	tree->height = 0;
}

/* -- looking for the next ------------------------------------------------- */

/* Which slots of a node count: those in use, or those with a tag. */
static uint64_t wanted(const struct radix_node *node, int tag)
{
	return tag < 0 ? node->used : node->tag[tag];
}

/* In @node, whose first index is @base: the first word at or after *index. */
static uint64_t next_in(const struct radix_node *node, unsigned below,
	uint64_t base, uint64_t *index, int tag)
{
	unsigned i = *index > base ? slot_of(*index, below) : 0;

	for (; i < RADIX_SLOTS; i++) {
		uint64_t first = base + ((uint64_t)i << (RADIX_BITS * below));
		uint64_t word = node->slot[i];

		if (!(wanted(node, tag) >> i & 1))
			continue;
		if (below)
			word = next_in(node_at(word), below - 1, first, index,
				tag);
		else
			*index = first;
		if (word)
			return word;
	}
	return 0;
}

static uint64_t next_word(const struct radix_tree *tree, uint64_t *index,
	int tag)
{
	if (!reaches(tree->height, *index) || !tree->node)
		return 0;
	return next_in(tree->node, tree->height - 1, 0, index, tag);
}

uint64_t radix_next(const struct radix_tree *tree, uint64_t *index)
{
	return next_word(tree, index, -1);
}

uint64_t radix_next_tagged(const struct radix_tree *tree, uint64_t *index,
	enum radix_tag tag)
{
	return next_word(tree, index, (int)tag);
}
