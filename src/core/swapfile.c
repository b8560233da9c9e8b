/*
 * The swap area (mm/swapfile.c).  swap_map[slot] counts who needs the slot:
 * until 2.6.11 each PTE, each shmem inode and the swap cache count one; from
 * 4.0 on the cache has a flag beside the count, SWAP_HAS_CACHE.  cache[slot]
 * is the frame that the cache holds for it.
 *
 * Invariant: a slot is free when its swap_map is 0; inuse_pages counts the
 * others but the header, slot 0.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/mechanism.h"
#include "core/page_alloc.h"
#include "core/swap.h"

/* -- the area -------------------------------------------------------------- */

/* 2.6.11 sys_swapon leaves the last page of the device out, 4.0 does not. */
static uint64_t slots_of(const struct machine *m, uint64_t bytes)
{
	uint64_t pages = bytes >> PAGE_SHIFT;

	if (pages && !ops_of(m)->swap_last_page)
		pages--;
	return pages < 2 ? 0 : pages;
}

uint64_t swap_arena_bytes(uint64_t bytes)
{
	uint64_t slots = (bytes >> PAGE_SHIFT) + 1;
	uint64_t clusters = slots / SWAPFILE_CLUSTER + 1;

	return slots * (sizeof(uint32_t) * 2 + sizeof(value_t) * 2) * 2 +
		clusters * sizeof(struct swap_cluster_info) * 2;
}

/* 6.18 setup_clusters: the header takes a slot of the first cluster, what is
 * beyond the end some of the last; the others are free. */
static void init_clusters(struct machine *m)
{
	struct swap_info_struct *si = &m->swap_info;
	uint64_t n = (si->max + SWAPFILE_CLUSTER - 1) / SWAPFILE_CLUSTER;

	si->cluster_next = 0;
	si->cluster_info = arena_alloc(m, n * sizeof *si->cluster_info);
	for (int l = 0; l < NR_CLUSTER_LISTS; l++)
		list_init(&si->clusters[l]);
	si->cluster_info[0].count = 1;
	si->cluster_info[n - 1].count +=
		(uint16_t)(n * SWAPFILE_CLUSTER - si->max);
	for (uint64_t i = 0; i < n; i++) {
		struct swap_cluster_info *ci = &si->cluster_info[i];

		ci->flags = ci->count ? CLUSTER_NONFULL : CLUSTER_FREE;
		list_add_tail(&ci->list, &si->clusters[ci->flags]);
	}
}

void swap_init(struct machine *m)
{
	struct swap_info_struct *si = &m->swap_info;

	*si = (struct swap_info_struct){ .max = slots_of(m, m->swap) };
	if (!si->max)
		return;
	si->swap_map = arena_alloc(m, si->max * sizeof *si->swap_map);
	si->value = arena_alloc(m, si->max * sizeof *si->value);
	si->cache = arena_alloc(m, si->max * sizeof *si->cache);
	si->shadow = arena_alloc(m, si->max * sizeof *si->shadow);
	si->lowest_bit = 1;
	si->highest_bit = si->max - 1;
	si->cluster_next = 1;
	si->readahead_hits = 4;
	si->on = true;
	if (ops_of(m)->swap_clusters)
		init_clusters(m);
}

uint64_t total_swap_pages(const struct machine *m)
{
	return m->swap_info.on ? m->swap_info.max - 1 : 0;
}

uint64_t nr_swap_pages(const struct machine *m)
{
	return m->swap_info.on
		? m->swap_info.max - 1 - m->swap_info.inuse_pages
		: 0;
}

bool vm_swap_full(const struct machine *m)
{
	return nr_swap_pages(m) * 2 < total_swap_pages(m);
}

/* -- counts ------------------------------------------------------------------ */

/* What the cache adds to swap_map. */
static uint32_t cache_unit(const struct machine *m)
{
	return ops_of(m)->swap_cache_flag ? SWAP_HAS_CACHE : 1;
}

/* 4.0: a byte, bit 6 for the cache; above 62 users the byte counts in base 63
 * and bit 7 says that a page of further digits exists (COUNT_CONTINUED). */
static uint32_t raw_count(const struct machine *m, uint32_t map)
{
	uint32_t users = map & ~SWAP_HAS_CACHE;

	if (!ops_of(m)->swap_cache_flag)
		return map;
	return users % 63 | (users >= 63 ? 0x80 : 0) |
		(map & SWAP_HAS_CACHE ? 0x40 : 0);
}

uint32_t swap_map_raw(const struct machine *m, uint64_t slot)
{
	return raw_count(m, m->swap_info.swap_map[slot]);
}

uint32_t swap_count(const struct machine *m, uint64_t slot)
{
	const struct swap_info_struct *si = &m->swap_info;

	if (ops_of(m)->swap_cache_flag)
		return si->swap_map[slot] & ~SWAP_HAS_CACHE;
	return si->swap_map[slot] - (si->cache[slot] != 0);
}

static void set_map(struct machine *m, uint64_t slot, uint32_t map)
{
	uint32_t old = m->swap_info.swap_map[slot];

	m->swap_info.swap_map[slot] = map;
	tell_set(m, swap_ref(slot), "swap_map", VT_HEX, raw_count(m, old),
		raw_count(m, map));
}

/* The last user is gone (swap_entry_free). */
static void slot_free(struct machine *m, uint64_t slot)
{
	m->swap_info.inuse_pages--;
	m->swap_info.shadow[slot] = 0;
	ops_of(m)->swap_slot_freed(m, slot);
	tell(m, EV_SWAP_FREE, swap_ref(slot), NO_REF, 0);
}

static void drop_unit(struct machine *m, uint64_t slot, uint32_t unit)
{
	set_map(m, slot, m->swap_info.swap_map[slot] - unit);
	if (!m->swap_info.swap_map[slot])
		slot_free(m, slot);
}

uint64_t get_swap_page(struct machine *m)
{
	uint64_t slot = 0;

	call(m, FN_GET_SWAP_PAGE, NO_REF, NO_REF, 0);
	if (nr_swap_pages(m))
		slot = ops_of(m)->scan_swap_map(m);
	if (slot) {
		m->swap_info.inuse_pages++;
		tell(m, EV_SWAP_TAKE, swap_ref(slot), NO_REF, 0);
		set_map(m, slot, cache_unit(m));
	} else {
		tell(m, EV_SWAP_NONE, NO_REF, NO_REF, 0);
	}
	ret(m, FN_GET_SWAP_PAGE);
	return slot;
}

void swap_duplicate(struct machine *m, uint64_t slot)
{
	call(m, FN_SWAP_DUPLICATE, swap_ref(slot), NO_REF, 0);
	set_map(m, slot, m->swap_info.swap_map[slot] + 1);
	ret(m, FN_SWAP_DUPLICATE);
}

void swap_free(struct machine *m, uint64_t slot)
{
	call(m, FN_SWAP_FREE, swap_ref(slot), NO_REF, 0);
	drop_unit(m, slot, 1);
	ret(m, FN_SWAP_FREE);
}

void swapcache_prepare(struct machine *m, uint64_t slot)
{
	set_map(m, slot, m->swap_info.swap_map[slot] + cache_unit(m));
}

void swapcache_free(struct machine *m, uint64_t slot)
{
	drop_unit(m, slot, cache_unit(m));
}

/* -- who needs a page of the cache -------------------------------------------- */

/* Does only the cache count the slot? */
static bool only_cached(const struct machine *m, uint64_t slot)
{
	return m->swap_info.swap_map[slot] == cache_unit(m);
}

/* References without that of 2.4's buffers. */
static int references(const struct page *page)
{
	return page->_refcount - !!(page->flags & PG(PRIVATE));
}

/* 2.4, 2.6.11 mm/swapfile.c remove_exclusive_swap_page: us and the cache. */
bool swap_unused_by_count(const struct machine *m, const struct page *page)
{
	return references(page) == 2 && only_cached(m, page_swap_slot(m, page));
}

/* 4.0 mm/swapfile.c try_to_free_swap; 6.18 folio_free_swap. */
bool swap_unused_by_slot(const struct machine *m, const struct page *page)
{
	return !swap_count(m, page_swap_slot(m, page));
}

bool try_to_free_swap(struct machine *m, struct page *page)
{
	bool gone;

	if (!(page->flags & PG(SWAPCACHE)))
		return false;
	call(m, FN_TRY_TO_FREE_SWAP, page_ref(m, page), NO_REF, 0);
	gone = !(page->flags & PG(WRITEBACK)) &&
		ops_of(m)->swap_unused(m, page);
	if (gone) {
		delete_from_swap_cache(m, page);
		page_set_flag(m, page, PG(DIRTY));
	}
	ret(m, FN_TRY_TO_FREE_SWAP);
	return gone;
}

void free_swap_cache(struct machine *m, struct page *page)
{
	if (!(page->flags & PG(SWAPCACHE)) ||
		(ops_of(m)->swap_cache_flag && page_mapcount(page) > 0))
		return;
	if (!trylock_page(m, page))
		return;
	try_to_free_swap(m, page);
	unlock_page(m, page);
}

/* Of a page that no PTE's slot needs any more: does nobody use it now? */
static bool unused(const struct machine *m, const struct page *page)
{
	if (ops_of(m)->swap_drops_mapped)
		return references(page) == 2; /* the cache's and ours */
	return page_mapcount(page) == 0;
}

/* @page is only in the cache: away with it, unless it is used or written. */
static void drop_cached(struct machine *m, struct page *page)
{
	if (!trylock_page(m, page))
		return;
	get_page(m, page);
	if (!(page->flags & PG(WRITEBACK)) &&
		(unused(m, page) || vm_swap_full(m))) {
		delete_from_swap_cache(m, page);
		page_set_flag(m, page, PG(DIRTY));
	}
	unlock_page(m, page);
	put_page(m, page);
}

void free_swap_and_cache(struct machine *m, uint64_t slot)
{
	struct page *page;

	call(m, FN_FREE_SWAP_AND_CACHE, swap_ref(slot), NO_REF, 0);
	drop_unit(m, slot, 1);
	page = swap_cache_page(m, slot);
	if (page && only_cached(m, slot))
		drop_cached(m, page);
	ret(m, FN_FREE_SWAP_AND_CACHE);
}

/* -- may it be written in place? ----------------------------------------------- */

static bool told_reuse(struct machine *m, struct page *page, bool yes,
	uint64_t n)
{
	tell(m, yes ? EV_REUSE_YES : EV_REUSE_NO, page_ref(m, page), NO_REF, n);
	return yes;
}

/* 2.4, 2.6.11 mm/swapfile.c can_share_swap_page, exclusive_swap_page: the only
 * reference is this PTE's, or the other one is the cache's and the slot has no
 * other user. */
bool can_share_by_count(struct machine *m, struct page *page)
{
	bool yes = page->_refcount == 1 ||
		((page->flags & PG(SWAPCACHE)) && swap_unused_by_count(m, page));

	return told_reuse(m, page, yes, (uint64_t)page->_refcount);
}

/* 4.0 mm/swapfile.c reuse_swap_page: PTEs that map it and, while it is in the
 * cache, PTEs that hold its slot; extra references do not matter. */
bool reuse_swap_page(struct machine *m, struct page *page)
{
	uint64_t n = (uint64_t)page_mapcount(page);

	if (page_is_ksm(page))
		return told_reuse(m, page, false, n);
	if (n <= 1 && (page->flags & PG(SWAPCACHE))) {
		n += swap_count(m, page_swap_slot(m, page));
		if (n == 1 && !(page->flags & PG(WRITEBACK))) {
			delete_from_swap_cache(m, page);
			page_set_flag(m, page, PG(DIRTY));
		}
	}
	return told_reuse(m, page, n <= 1, n);
}

bool can_share_swap_page(struct machine *m, struct page *page)
{
	bool yes;

	call(m, FN_CAN_REUSE, page_ref(m, page), NO_REF, 0);
	yes = ops_of(m)->can_share_swap_page(m, page);
	ret(m, FN_CAN_REUSE);
	return yes;
}
