/*
 * The swap cache (mm/swap_state.c): pages that have a slot and may also be
 * mapped.  swap_info.cache finds a page by its slot; the page itself keeps the
 * entry, in page->index with mapping = swapper_space until 2.6.0, later in
 * page->private.  The cache holds one reference and one count of the slot.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/io.h"
#include "core/lru.h"
#include "core/mechanism.h"
#include "core/page_alloc.h"
#include "core/swap.h"
#include "core/workingset.h"

uint64_t page_swap_slot(const struct machine *m, const struct page *page)
{
	uint64_t val = ops_of(m)->swap_in_index ? page->index : page->private;

	if (!(page->flags & PG(SWAPCACHE)))
		return 0;
	if (!ops_of(m)->swp_val_type_shift)
		return swap_slot(m, val);
	return val & ((1ull << ops_of(m)->swp_val_type_shift) - 1);
}

struct page *swap_cache_page(const struct machine *m, uint64_t slot)
{
	uint32_t pfn = m->swap_info.cache[slot];

	return pfn ? &m->mem_map[pfn] : NULL;
}

/* Was it read ahead, and is it of use now? */
static void note_hit(struct machine *m, struct page *page)
{
	if (!ops_of(m)->swap_ra_adapts || !(page->flags & PG(RECLAIM)) ||
		(page->flags & PG(WRITEBACK)))
		return;
	m->swap_info.readahead_hits++;
	page_clear_flag(m, page, PG(RECLAIM)); /* it stands for PG_readahead */
}

struct page *lookup_swap_cache(struct machine *m, uint64_t slot)
{
	struct page *page = swap_cache_page(m, slot);

	call(m, FN_LOOKUP_SWAP_CACHE, swap_ref(slot), NO_REF, 0);
	if (page)
		note_hit(m, page);
	tell(m, page ? EV_SWAP_HIT : EV_SWAP_MISS, swap_ref(slot),
		page ? page_ref(m, page) : NO_REF, 0);
	ret(m, FN_LOOKUP_SWAP_CACHE);
	return page;
}

/* -- in and out ---------------------------------------------------------------- */

static void set_entry(struct machine *m, struct page *page, uint64_t slot)
{
	uint64_t val = swp_val(m, (struct swp_entry){ 0, slot });
	bool in_index = ops_of(m)->swap_in_index;
	uint64_t *field = in_index ? &page->index : &page->private;
	uint64_t old = *field;

	if (in_index)
		page->mapping = (uintptr_t)&m->swapper_space;
	*field = val;
	tell_set(m, page_ref(m, page), in_index ? "index" : "private", VT_HEX,
		old, val);
}

void add_to_swap_cache(struct machine *m, struct page *page, uint64_t slot)
{
	call(m, FN_ADD_TO_SWAP_CACHE, page_ref(m, page), swap_ref(slot), 0);
	page_clear_flag(m, page, ops_of(m)->swap_cache_clears);
	get_page(m, page);
	m->swap_info.cache[slot] = page_pfn(m, page);
	m->swap_info.nrpages++;
	page_set_flag(m, page, PG(SWAPCACHE));
	set_entry(m, page, slot);
	tell(m, EV_SWAP_CACHE_ADD, page_ref(m, page), swap_ref(slot), 0);
	ret(m, FN_ADD_TO_SWAP_CACHE);
}

void swap_cache_replace(struct machine *m, struct page *old, struct page *new)
{
	uint64_t slot = page_swap_slot(m, old);

	get_page(m, new);
	page_set_flag(m, new, PG(SWAPCACHE));
	set_entry(m, new, slot);
	m->swap_info.cache[slot] = page_pfn(m, new);
	page_clear_flag(m, old, PG(SWAPCACHE));
	old->private = 0;
	tell(m, EV_SWAP_CACHE_ADD, page_ref(m, new), swap_ref(slot), 0);
	put_page(m, old);
}

bool add_to_swap(struct machine *m, struct page *page)
{
	uint64_t slot;

	call(m, FN_ADD_TO_SWAP, page_ref(m, page), NO_REF, 0);
	slot = get_swap_page(m);
	if (slot) {
		if (ops_of(m)->swap_add_duplicates)
			swap_duplicate(m, slot);
		add_to_swap_cache(m, page, slot);
		page_set_flag(m, page, PG(UPTODATE));
		page_set_flag(m, page, PG(DIRTY));
	}
	ret(m, FN_ADD_TO_SWAP);
	return slot;
}

void delete_from_swap_cache(struct machine *m, struct page *page)
{
	uint64_t slot = page_swap_slot(m, page);

	call(m, FN_DELETE_FROM_SWAP_CACHE, page_ref(m, page), swap_ref(slot),
		0);
	if (ops_of(m)->locked_io) /* 2.4: block_flushpage */
		try_to_free_buffers(m, page);
	m->swap_info.cache[slot] = 0;
	m->swap_info.nrpages--;
	page_clear_flag(m, page, PG(SWAPCACHE));
	if (ops_of(m)->swap_in_index)
		page->mapping = 0;
	else
		page->private = 0;
	tell(m, EV_SWAP_CACHE_DEL, page_ref(m, page), swap_ref(slot), 0);
	swapcache_free(m, slot);
	put_page(m, page);
	ret(m, FN_DELETE_FROM_SWAP_CACHE);
}

void evict_from_swap_cache(struct machine *m, struct page *page)
{
	uint64_t slot = page_swap_slot(m, page);

	m->swap_info.shadow[slot] = workingset_eviction(m, page);
	delete_from_swap_cache(m, page);
}

void swap_reclaim_cached(struct machine *m, struct page *page)
{
	if (!trylock_page(m, page))
		return;
	get_page(m, page);
	try_to_free_swap(m, page);
	unlock_page(m, page);
	put_page(m, page);
}

/* -- the disk -------------------------------------------------------------------- */

void swap_writepage(struct machine *m, struct page *page)
{
	uint64_t slot = page_swap_slot(m, page);
	value_t *value = &m->swap_info.value[slot];
	value_t old = *value;

	call(m, FN_SWAP_WRITEPAGE, page_ref(m, page), swap_ref(slot), 0);
	if (try_to_free_swap(m, page)) {
		unlock_page(m, page);
	} else {
		page_clear_flag(m, page, PG(DIRTY));
		*value = page->value;
		tell_set(m, swap_ref(slot), "value", VT_VALUE, old, *value);
		io_start_write(m, page);
	}
	ret(m, FN_SWAP_WRITEPAGE);
}

/* Onto its list; one that was evicted a short while ago may be active. */
static void enter_lru(struct machine *m, struct page *page, uint64_t slot)
{
	uint64_t shadow = m->swap_info.shadow[slot];

	m->swap_info.shadow[slot] = 0;
	if (shadow)
		workingset_refault(m, page, shadow);
	lru_cache_add(m, page);
}

/* A new page in the cache, filled from @slot. */
static struct page *read_slot(struct machine *m, uint64_t slot)
{
	struct page *page = alloc_pages(m, 0, PAGE_ANON);

	if (!page)
		return NULL;
	/* what was freed for the page may have been the slot or its page */
	if (!m->swap_info.swap_map[slot] || swap_cache_page(m, slot)) {
		put_page(m, page);
		return read_swap_cache(m, slot);
	}
	trylock_page(m, page);
	swapcache_prepare(m, slot);
	page_set_flag(m, page, ops_of(m)->new_page_flags);
	add_to_swap_cache(m, page, slot);
	enter_lru(m, page, slot);
	page->value = m->swap_info.value[slot];
	io_read(m, page);
	page_set_flag(m, page, PG(UPTODATE));
	unlock_page(m, page);
	return page;
}

struct page *read_swap_cache(struct machine *m, uint64_t slot)
{
	struct page *page = swap_cache_page(m, slot);

	call(m, FN_READ_SWAP_CACHE, swap_ref(slot), NO_REF, 0);
	if (page)
		get_page(m, page);
	else if (m->swap_info.swap_map[slot])
		page = read_slot(m, slot);
	ret(m, FN_READ_SWAP_CACHE);
	return page;
}

/* -- readahead ------------------------------------------------------------------- */

/* How many slots, a power of two (4.0 mm/swap_state.c swapin_nr_pages): by the
 * hits since the last time, not above 2^page_cluster, not shrinking fast. */
static uint64_t adapted_window(struct machine *m, uint64_t slot)
{
	struct swap_info_struct *si = &m->swap_info;
	uint64_t max = 1ull << m->tune.page_cluster, pages, wanted;

	if (max <= 1)
		return 1;
	wanted = si->readahead_hits + 2;
	si->readahead_hits = 0;
	for (pages = 4; pages < wanted;)
		pages <<= 1;
	if (wanted == 2)
		pages = slot == si->prev_offset + 1 ||
				slot + 1 == si->prev_offset
			? 2
			: 1;
	si->prev_offset = slot;
	if (pages > max)
		pages = max;
	if (pages < si->last_readahead / 2)
		pages = si->last_readahead / 2;
	si->last_readahead = (uint32_t)pages;
	return pages;
}

/* 2.4, 2.6.11 valid_swaphandles: until the first slot that is free. */
static void read_until_free(struct machine *m, uint64_t first, uint64_t end)
{
	struct swap_info_struct *si = &m->swap_info;
	uint64_t stop = first;

	while (stop < end && stop < si->max && si->swap_map[stop])
		stop++;
	for (uint64_t at = first; at < stop; at++) {
		struct page *page = read_swap_cache(m, at);

		if (!page)
			return;
		put_page(m, page);
	}
}

/* 4.0 swapin_readahead, 6.18 swap_cluster_readahead: free ones are skipped. */
static void read_all(struct machine *m, uint64_t first, uint64_t end,
	uint64_t wanted)
{
	for (uint64_t at = first; at < end && at < m->swap_info.max; at++) {
		bool cached = swap_cache_page(m, at);
		struct page *page = read_swap_cache(m, at);

		if (!page)
			continue;
		if (at != wanted && !cached)
			page_set_flag(m, page, PG(RECLAIM));
		put_page(m, page);
	}
}

struct page *swapin_readahead(struct machine *m, uint64_t slot)
{
	bool adapts = ops_of(m)->swap_ra_adapts;
	uint64_t window = adapts ? adapted_window(m, slot)
				 : 1ull << m->tune.page_cluster;
	uint64_t first = slot & ~(window - 1), end = first + window;
	struct page *page;

	call(m, FN_SWAPIN_READAHEAD, swap_ref(slot), NO_REF, window);
	first += !first;
	if (window > 1 && adapts)
		read_all(m, first, end, slot);
	else if (window > 1)
		read_until_free(m, first, end);
	if (window > 1 || !adapts)
		lru_add_drain(m);
	page = read_swap_cache(m, slot);
	ret(m, FN_SWAPIN_READAHEAD);
	return page;
}
