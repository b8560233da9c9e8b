/*
 * Frames: the buddy allocator and reference counts.
 */
#ifndef CORE_PAGE_ALLOC_H
#define CORE_PAGE_ALLOC_H

#include "core/machine.h"
#include "core/watermark.h"

/* Set up zones and give all frames but the reserved ones to the buddy. */
void memory_init(struct machine *m, const struct machine_config *config);

/* 2^order frames of @kind, the first with one reference, or NULL. */
struct page *alloc_pages(struct machine *m, unsigned order,
	enum page_kind kind);
/* The same for those who hold a lock: nothing is reclaimed now (GFP_NOWAIT,
 * GFP_ATOMIC without its reserves). */
struct page *alloc_pages_nowait(struct machine *m, unsigned order,
	enum page_kind kind);
/* A block from the first zone that is above @mark, or NULL
 * (get_page_from_freelist). */
struct page *take_from_zones(struct machine *m, unsigned order,
	enum page_kind kind, enum mark mark);
/* free_pages_block() that is not counted, of frames at hand. */
void free_to_buddy(struct machine *m, struct page *page, unsigned order);
/* The same out of zone @z as the buddy has it, nothing set in it; for the
 * per-CPU lists. */
struct page *rmqueue_buddy(struct machine *m, struct zone *z, unsigned order);
/* Give back a block that alloc_pages returned; no reference may be left. */
void free_pages_block(struct machine *m, struct page *page, unsigned order);

/* Drop a reference; the last one frees a user page. */
void put_page(struct machine *m, struct page *page);

/* Order of the largest blocks that this kernel's buddy keeps. */
unsigned buddy_max_order(const struct machine *m);

/* Free frames of the whole machine. */
uint64_t nr_free_pages(const struct machine *m);

#endif
