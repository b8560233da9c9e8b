/*
 * The counts and the flags of a page, changed and told.  Inline, because a loop
 * over page-table entries does little else.  Inside the core only.
 */
#ifndef CORE_PAGE_STATE_H
#define CORE_PAGE_STATE_H

#include "core/emit.h"

/* Its reference count has changed by @delta. */
void tell_refcount(struct machine *m, const struct page *page, int delta);
static inline void get_page(struct machine *m, struct page *page)
{
	page->_refcount++;
	if (tracing(m))
		tell_refcount(m, page, 1);
}

static inline void page_change_flags(struct machine *m, struct page *page,
	uint32_t flags)
{
	uint32_t old = page->flags;

	page->flags = flags;
	if (flags != old)
		tell_set(m, page_ref(m, page), "flags", VT_PAGE_FLAGS, old,
			flags);
}

static inline void page_set_flag(struct machine *m, struct page *page,
	uint32_t flag)
{
	page_change_flags(m, page, page->flags | flag);
}

static inline void page_clear_flag(struct machine *m, struct page *page,
	uint32_t flag)
{
	page_change_flags(m, page, page->flags & ~flag);
}

/* Count PTEs where the kernel keeps no number of them: not told. */
static inline void count_mapping(struct machine *m, struct page *page,
	int delta)
{
	page->_mapcount += delta;
	if (page->_mapcount == (delta > 0 ? 0 : -1))
		m->nr_mapped += (uint64_t)(int64_t)delta;
}

static inline void page_change_mapcount(struct machine *m, struct page *page,
	int delta)
{
	int64_t old = page->_mapcount;

	count_mapping(m, page, delta);
	tell_set(m, page_ref(m, page), "_mapcount", VT_INT, (uint64_t)old,
		(uint64_t)(old + delta));
}

#endif
