/*
 * What a step took from the buddy allocator and gave back to it, and so which
 * free blocks it split and merged.
 */
#ifndef TUI_PANES_BUDDY_STEP_H
#define TUI_PANES_BUDDY_STEP_H

#include "view/look.h"

/* A frame that events took or gave back. */
struct buddy_frame {
	uint32_t pfn;
	uint32_t seq;	/* of its event */
	uint8_t order;	/* of the block that the event was about */
	bool was_free;	/* before these events */
};

struct buddy_step {
	const struct machine *m;
	struct buddy_frame *frame; /* nr of them, by pfn, each once */
	size_t nr;
	struct buddy_frame last; /* head of the block of the last event */
	bool any;		 /* last holds */
};

enum buddy_mark { BUDDY_SAME, BUDDY_FREED, BUDDY_SPLIT, BUDDY_MERGED };

/* Of all events of the operation up to here; without memory for it: none. */
void buddy_step_start(struct buddy_step *s, const struct look *look);
/* Of its last event alone: blocks are compared with those just before it. */
void buddy_step_last(struct buddy_step *s, const struct look *look);
void buddy_step_end(struct buddy_step *s);

/* What became of the free block of @order at @pfn. */
enum buddy_mark buddy_step_mark(
	const struct buddy_step *s, uint32_t pfn, unsigned order);
/* Order of the free block that held frame @pfn before; it was free. */
unsigned buddy_step_before(const struct buddy_step *s, uint32_t pfn);

/* The head of the free block that holds @pfn; NULL: it is in none. */
const struct page *buddy_head(const struct machine *m, uint64_t pfn);

#endif
