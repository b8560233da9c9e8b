/*
 * Writes under way: m->writing holds each such page once, in the order in
 * which they began.  Such a page is in a cache, which keeps it alive: nobody
 * takes it out before its write has ended.
 */
#include "core/io.h"
#include "core/emit.h"
#include "core/fault.h"
#include "core/lru.h"
#include "core/mechanism.h"
#include "core/page_alloc.h"

#include <string.h>

void io_read(struct machine *m, struct page *page)
{
	cost(m, COST_IO_READS, 1);
	tell(m, EV_IO_READ, page_ref(m, page), NO_REF, 0);
}

static void note(struct machine *m, struct page *page)
{
	struct gather *g = &m->writing;

	if (g->count == g->room) {
		uint32_t room = g->room ? g->room * 2 : 64;
		uint32_t *pfn = arena_alloc(m, room * sizeof *pfn);

		if (g->pfn)
			memcpy(pfn, g->pfn, g->count * sizeof *pfn);
		arena_free(m, g->pfn, g->room * sizeof *pfn);
		g->pfn = pfn;
		g->room = room;
	}
	g->pfn[g->count++] = page_pfn(m, page);
}

void io_start_write(struct machine *m, struct page *page)
{
	cost(m, COST_IO_WRITES, 1);
	note(m, page);
	tell(m, EV_IO_START, page_ref(m, page), NO_REF, 0);
	if (!ops_of(m)->locked_io) {
		page_set_flag(m, page, PG(WRITEBACK));
		unlock_page(m, page);
	} else if (!(page->flags & PG(PRIVATE))) {
		page_set_flag(m, page, PG(PRIVATE));
		get_page(m, page);
	}
}

bool io_under_way(const struct machine *m, const struct page *page)
{
	if (!ops_of(m)->locked_io)
		return page->flags & PG(WRITEBACK);
	for (uint32_t i = 0; i < m->writing.count; i++)
		if (m->writing.pfn[i] == page_pfn(m, page))
			return true;
	return false;
}

static void end_write(struct machine *m, struct page *page)
{
	tell(m, EV_IO_END, page_ref(m, page), NO_REF, 0);
	if (ops_of(m)->locked_io) {
		unlock_page(m, page);
		return;
	}
	page_clear_flag(m, page, PG(WRITEBACK));
	if (page->flags & PG(RECLAIM)) {
		page_clear_flag(m, page, PG(RECLAIM));
		rotate_reclaimable_page(m, page);
	}
}

void io_end_all(struct machine *m)
{
	struct gather *g = &m->writing;

	for (uint32_t i = 0; i < g->count; i++)
		end_write(m, &m->mem_map[g->pfn[i]]);
	g->count = 0;
}

void io_wait(struct machine *m)
{
	if (!m->writing.count)
		return;
	tell(m, EV_IO_WAIT, NO_REF, NO_REF, m->writing.count);
	io_end_all(m);
}

bool try_to_free_buffers(struct machine *m, struct page *page)
{
	if (io_under_way(m, page))
		return false;
	if (page->flags & PG(PRIVATE)) {
		page_clear_flag(m, page, PG(PRIVATE));
		put_page(m, page);
	}
	return true;
}
