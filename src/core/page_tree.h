/*
 * Words by page offset, in a radix tree as the page cache has it: lib/radix-
 * tree.c of 2.6.11, 64 slots a node, tags.  Inside the core only.
 */
#ifndef CORE_PAGE_TREE_H
#define CORE_PAGE_TREE_H

#include "core/machine.h"

#define RADIX_BITS 6u
#define RADIX_SLOTS (1u << RADIX_BITS)

enum radix_tag { RADIX_DIRTY, NR_RADIX_TAGS };

struct radix_node {
	uint64_t slot[RADIX_SLOTS]; /* a word; above the leaves, a node */
	uint64_t used;              /* bit i: slot i is not empty */
	uint64_t tag[NR_RADIX_TAGS]; /* bit i: the tag is set there or below */
};

/* The word at @index, 0: none. */
uint64_t radix_get(const struct radix_tree *tree, uint64_t index);
/* Put @word (not 0) at @index, whatever was there; its tags are kept. */
void radix_set(struct machine *m, struct radix_tree *tree, uint64_t index,
	uint64_t word);
/* Take it out with its tags; empty nodes go. */
void radix_del(struct machine *m, struct radix_tree *tree, uint64_t index);

/* Tags of a word that is there. */
void radix_tag_set(struct radix_tree *tree, uint64_t index,
	enum radix_tag tag);
void radix_tag_clear(struct radix_tree *tree, uint64_t index,
	enum radix_tag tag);
bool radix_tag_get(const struct radix_tree *tree, uint64_t index,
	enum radix_tag tag);

/* The first word at or after *index, which becomes its place; 0: none. */
uint64_t radix_next(const struct radix_tree *tree, uint64_t *index);
/* The first of those that have the tag. */
uint64_t radix_next_tagged(const struct radix_tree *tree, uint64_t *index,
	enum radix_tag tag);

#endif
