/*
 * 2.4 mm/vmscan.c: the active and the inactive list of the whole machine.
 * Pages enter at the head and are looked at from the tail.  A page that PTEs
 * map cannot be freed from here; enough of them start the virtual scan.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/filemap.h"
#include "core/io.h"
#include "core/lru.h"
#include "core/page_alloc.h"
#include "core/scan_2_4.h"
#include "core/swap.h"
#include "core/vmscan.h"

#define FIRST_PRIORITY 6 /* 2.4: down to 1 */

/* 2.4's lists are not per zone: those of the first zone hold all pages. */
static struct list_head *lru_of(struct machine *m, enum lru_list list)
{
	return &m->zones[0].lru[list];
}

static struct page *lru_tail(struct machine *m, enum lru_list list)
{
	struct list_head *head = lru_of(m, list);

	return list_empty(head) ? NULL
				: container_of(head->prev, struct page, lru);
}

static void to_head(struct machine *m, struct page *page)
{
	list_del(&page->lru);
	list_add(&page->lru, lru_of(m, (enum lru_list)page->lru_list));
	tell(m, EV_LRU_TO_HEAD, page_ref(m, page), NO_REF, page->lru_list);
}

/* -- active to inactive -----------------------------------------------------
 */

static void deactivate(struct machine *m, struct page *page)
{
	lru_del(m, page);
	page_clear_flag(m, page, PG(ACTIVE));
	lru_add(m, page, LRU_INACTIVE_ANON);
	page_set_flag(m, page, PG(REFERENCED));
}

void refill_inactive(struct machine *m, uint64_t n)
{
	struct list_head *head = lru_of(m, LRU_ACTIVE_ANON), *at, *before;

	call(m, FN_REFILL, NO_REF, NO_REF, n);
	for (at = head->prev; n && at != head; at = before) {
		struct page *page = container_of(at, struct page, lru);

		before = at->prev;
		if (page->flags & PG(REFERENCED)) {
			page_clear_flag(m, page, PG(REFERENCED));
			to_head(m, page);
		} else {
			deactivate(m, page);
			n--;
		}
	}
	ret(m, FN_REFILL);
}

/* -- the inactive list ------------------------------------------------------
 */

enum outcome { SKIPPED, FREED, MAPPED };

static bool has_buffers(const struct page *page)
{
	return page->flags & PG(PRIVATE);
}

/* Only the cache (and its buffers) hold it (is_page_cache_freeable). */
static bool only_cached(const struct page *page)
{
	return page->_refcount - has_buffers(page) == 1;
}

static bool is_cached(const struct page *page)
{
	return page->mapping || (page->flags & PG(SWAPCACHE));
}

static enum outcome let_go(
	struct machine *m, struct page *page, enum event_id why)
{
	tell(m, why, page_ref(m, page), NO_REF, 0);
	unlock_page(m, page);
	return SKIPPED;
}

/* Begin to write it; a later pass frees it.  The page is locked; a reference
 * keeps it while it changes caches. */
static enum outcome launder(struct machine *m, struct page *page)
{
	enum outcome did = SKIPPED;

	page_set_flag(m, page, PG(LAUNDER));
	get_page(m, page);
	if (page->flags & PG(SWAPCACHE)) {
		swap_writepage(m, page);
	} else if (!writepage(m, page)) {
		page_clear_flag(m, page, PG(LAUNDER));
		did = let_go(m, page, EV_SCAN_DIRTY);
	}
	put_page(m, page);
	return did;
}

/* The last reference is the cache's. */
static enum outcome free_cached(struct machine *m, struct page *page)
{
	lru_del(m, page);
	get_page(m, page);
	if (page->flags & PG(SWAPCACHE))
		delete_from_swap_cache(m, page);
	else
		remove_from_page_cache(m, page, false);
	unlock_page(m, page);
	put_page(m, page);
	return FREED;
}

/* The locked page: write it, or drop its buffers and free it. */
static enum outcome shrink_locked(struct machine *m, struct page *page)
{
	if ((page->flags & PG(DIRTY)) && only_cached(page) && is_cached(page))
		return launder(m, page);
	if (has_buffers(page) && !try_to_free_buffers(m, page))
		return let_go(m, page, EV_SCAN_BUSY);
	if (!is_cached(page) || !only_cached(page)) {
		unlock_page(m, page);
		return MAPPED;
	}
	if (page->flags & PG(DIRTY))
		return let_go(m, page, EV_SCAN_DIRTY);
	return free_cached(m, page);
}

/* 2.4 waits for a write that reclaim has begun, PG_launder, and for no other;
 * then it looks at the next page. */
static enum outcome locked_elsewhere(struct machine *m, struct page *page)
{
	tell(m, EV_SCAN_BUSY, page_ref(m, page), NO_REF, 0);
	if ((page->flags & PG(LAUNDER)) && io_under_way(m, page))
		io_wait(m);
	return SKIPPED;
}

static enum outcome shrink_page(struct machine *m, struct page *page)
{
	if (!has_buffers(page) && (page->_refcount != 1 || !is_cached(page)))
		return MAPPED;
	if (!trylock_page(m, page))
		return locked_elsewhere(m, page);
	return shrink_locked(m, page);
}

static int64_t mapped_allowed(
	uint64_t nr_pages, int64_t max_scan, unsigned priority)
{
	int64_t wanted = (int64_t)(nr_pages << (10 - priority));

	return wanted < max_scan / 10 ? wanted : max_scan / 10;
}

uint64_t shrink_cache(struct machine *m, uint64_t nr_pages, unsigned priority)
{
	int64_t max_scan =
		(int64_t)(m->zones[0].nr_lru[LRU_INACTIVE_ANON] / priority);
	int64_t max_mapped = mapped_allowed(nr_pages, max_scan, priority);
	struct page *page;

	call(m, FN_SHRINK_CACHE, NO_REF, NO_REF, nr_pages);
	while (nr_pages && --max_scan >= 0 &&
		(page = lru_tail(m, LRU_INACTIVE_ANON))) {
		enum outcome did;

		to_head(m, page);
		did = shrink_page(m, page);
		nr_pages -= did == FREED;
		if (did != MAPPED)
			continue;
		tell(m, EV_SCAN_MAPPED, page_ref(m, page), NO_REF,
			max_mapped > 0 ? (uint64_t)max_mapped : 0);
		if (--max_mapped < 0) {
			swap_out(m);
			break;
		}
	}
	ret(m, FN_SHRINK_CACHE);
	return nr_pages;
}

/* -- rounds -----------------------------------------------------------------
 */

uint64_t shrink_caches(struct machine *m, uint64_t nr_pages, unsigned priority)
{
	const uint64_t *nr = m->zones[0].nr_lru;
	uint64_t ratio = nr_pages * nr[LRU_ACTIVE_ANON] /
			 ((nr[LRU_INACTIVE_ANON] + 1) * 2);

	call(m, FN_SHRINK_ZONE, NO_REF, NO_REF, priority);
	refill_inactive(m, ratio);
	nr_pages = shrink_cache(m, nr_pages, priority);
	ret(m, FN_SHRINK_ZONE);
	return nr_pages;
}

static uint64_t try_to_free_pages(struct machine *m, unsigned order,
	uint64_t want, bool in_all)
{
	uint64_t missing = want;

	(void)order;
	(void)in_all; /* a round goes on where the last one left off */
	for (int prio = FIRST_PRIORITY; prio && missing; prio--) {
		tell_priority(m, prio);
		missing = shrink_caches(m, missing, (unsigned)prio);
	}
	return want - missing;
}

/* Is no zone up to this one above its high mark
 * (check_classzone_need_balance)? */
static bool needs_balance(const struct machine *m, unsigned zone)
{
	for (unsigned i = zone + 1; i-- > 0;)
		if (m->zones[i].free_pages > m->zones[i].pages_high)
			return false;
	return true;
}

/* kswapd_balance: a zone for which nothing could be freed has to wait. */
static void balance(struct machine *m, unsigned order)
{
	for (unsigned i = m->nr_zones; i-- > 0;)
		while (needs_balance(m, i) &&
			try_to_free_pages(m, order, cluster_max(m), true) >=
				cluster_max(m))
			;
}

const struct vmscan_ops vmscan_2_4 = {
	.try_to_free_pages = try_to_free_pages,
	.balance = balance,
};
