/*
 * shrink_list (2.6), shrink_page_list, shrink_folio_list: pages from the tail
 * of an inactive list are taken in hand, up to SWAP_CLUSTER_MAX at a time, and
 * go through the generation's tests one by one; each test may decide what
 * becomes of the page.  Who passes all of them is free.
 *
 * Pages in hand are on no LRU list and hold a reference for the scan.  They
 * hang on m->isolated, later on m->kept, which are empty otherwise.
 */
#include "core/vmscan.h"
#include "core/emit.h"
#include "core/filemap.h"
#include "core/fault.h"
#include "core/i_mmap.h"
#include "core/lru.h"
#include "core/page_alloc.h"
#include "core/reclaim.h"
#include "core/swap.h"
#include "core/workingset.h"

/* -- pages in hand ------------------------------------------------------------- */

static struct page *page_of(struct list_head *node)
{
	return container_of(node, struct page, lru);
}

uint64_t isolate_pages(struct machine *m, struct zone *z, enum lru_list list,
	uint64_t n)
{
	uint64_t taken = 0;

	while (taken < n && !list_empty(&z->lru[list])) {
		struct page *page = page_of(z->lru[list].prev);

		lru_isolate(m, page);
		list_add(&page->lru, &m->isolated);
		taken++;
	}
	return taken;
}

struct page *next_isolated(struct machine *m)
{
	struct page *page;

	if (list_empty(&m->isolated))
		return NULL;
	page = page_of(m->isolated.prev);
	list_del(&page->lru);
	return page;
}

void keep_isolated(struct machine *m, struct page *page, unsigned which)
{
	list_add(&page->lru, &m->kept[which]);
}

uint64_t putback_kept(struct machine *m, unsigned which)
{
	struct list_head *kept = &m->kept[which];
	uint64_t active = 0;

	while (!list_empty(kept)) {
		struct page *page = page_of(kept->prev);

		list_del(&page->lru);
		active += !!(page->flags & PG(ACTIVE));
		if (ops_of(m)->vmscan->marks_workingset &&
			(page->flags & PG(ACTIVE)))
			workingset_activation(m, page);
		lru_putback_by_mlock(m, page);
	}
	return active;
}

/* -- telling -------------------------------------------------------------------- */

struct ref zone_ref(const struct machine *m, const struct zone *z)
{
	return ref_make(REF_ZONE, (uint32_t)(z - m->zones));
}

void tell_priority(struct machine *m, int priority)
{
	tell(m, EV_SCAN_PRIORITY, NO_REF, NO_REF, (uint64_t)priority);
}

void tell_scan(struct machine *m, const struct zone *z, enum lru_list list,
	uint64_t n)
{
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_SCAN_LIST,
				     .o = zone_ref(m, z),
				     .type = VT_INT,
				     .old = n,
				     .n = list });
}

enum fate page_fate(struct machine *m, const struct page *page,
	enum fate fate, enum why why)
{
	static const enum event_id by_fate[] = {
		[FATE_KEEP] = EV_PAGE_KEEP,
		[FATE_KEEP_UNLOCKED] = EV_PAGE_KEEP,
		[FATE_ACTIVATE] = EV_PAGE_ACTIVATE,
		[FATE_CULL] = EV_PAGE_CULL,
		[FATE_FREE] = EV_PAGE_FREE,
	};

	tell(m, by_fate[fate], page_ref(m, page), NO_REF, why);
	return fate;
}

/* -- tests ----------------------------------------------------------------------- */

enum fate step_trylock(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	if (!trylock_page(m, page))
		return page_fate(m, page, FATE_KEEP_UNLOCKED, WHY_LOCKED);
	sc->scanned++;
	if (page_mapcount(page) > 0 || (page->flags & PG(SWAPCACHE)))
		sc->scanned++; /* what hangs on it costs more */
	return FATE_NEXT;
}

enum fate step_writeback_keep(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	(void)sc;
	if (page->flags & PG(WRITEBACK))
		return page_fate(m, page, FATE_KEEP, WHY_WRITEBACK);
	return FATE_NEXT;
}

/* Does anybody use what the page belongs to (page_mapping_inuse)? */
static bool mapping_inuse(const struct page *page)
{
	if (page_mapcount(page) > 0 || (page->flags & PG(SWAPCACHE)))
		return true;
	if (!page->mapping || (page->mapping & PAGE_MAPPING_ANON))
		return false;
	return !i_mmap_empty((const struct address_space *)page->mapping);
}

enum fate step_referenced_2_6(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	sc->referenced = page_referenced(m, page, true, NULL);
	if (sc->referenced && mapping_inuse(page))
		return page_fate(m, page, FATE_ACTIVATE, WHY_REFERENCED);
	return FATE_NEXT;
}

/* An anonymous page needs a place to go to. */
enum fate step_add_to_swap(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	(void)sc;
	if (!kind_is_anon(page->kind) || (page->flags & PG(SWAPCACHE)))
		return FATE_NEXT;
	if (!add_to_swap(m, page))
		return page_fate(m, page, FATE_ACTIVATE, WHY_NO_SLOT);
	return FATE_NEXT;
}

/* In the page cache or the swap cache (page_mapping). */
static bool has_mapping(const struct page *page)
{
	return (page->flags & PG(SWAPCACHE)) ||
		(page->mapping && !(page->mapping & PAGE_MAPPING_ANON));
}

enum fate step_unmap(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	(void)sc;
	if (page_mapcount(page) <= 0 || !has_mapping(page))
		return FATE_NEXT;
	switch (try_to_unmap(m, page, 0)) {
	case UNMAP_FAIL:
		return page_fate(m, page, FATE_ACTIVATE, WHY_UNMAP_FAIL);
	case UNMAP_AGAIN:
		return page_fate(m, page, FATE_KEEP, WHY_UNMAP_AGAIN);
	case UNMAP_MLOCK:
		return page_fate(m, page, FATE_CULL, WHY_MLOCKED);
	case UNMAP_SUCCESS:
		break;
	}
	return FATE_NEXT;
}

/* Only its cache and this scan have references (is_page_cache_freeable). */
static bool is_freeable(const struct page *page)
{
	return page->_refcount - !!(page->flags & PG(PRIVATE)) == 2;
}

enum fate pageout(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	if (!is_freeable(page))
		return page_fate(m, page, FATE_KEEP, WHY_REFERENCES);
	if (!has_mapping(page))
		return page_fate(m, page, FATE_KEEP, WHY_NO_MAPPING);
	page_set_flag(m, page, PG(RECLAIM));
	if (page->flags & PG(SWAPCACHE)) {
		swap_writepage(m, page);
	} else if (!writepage(m, page)) {
		page_clear_flag(m, page, PG(RECLAIM));
		return page_fate(m, page, FATE_ACTIVATE, WHY_CANNOT_WRITE);
	}
	sc->pageout++;
	if (page->flags & PG(WRITEBACK))
		return page_fate(m, page, FATE_KEEP_UNLOCKED, WHY_WRITING);
	page_clear_flag(m, page, PG(RECLAIM));
	if ((page->flags & PG(DIRTY)) || !trylock_page(m, page))
		return page_fate(m, page, FATE_KEEP_UNLOCKED, WHY_WRITING);
	return FATE_NEXT;
}

enum fate step_dirty_2_6(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	if (!(page->flags & PG(DIRTY)))
		return FATE_NEXT;
	if (sc->referenced)
		return page_fate(m, page, FATE_KEEP, WHY_DIRTY_REFERENCED);
	return pageout(m, page, sc);
}

/* Out of its cache, if nobody has found it there meanwhile
 * (__remove_mapping). */
enum fate step_remove(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	(void)sc;
	if (!has_mapping(page))
		return page_fate(m, page, FATE_KEEP, WHY_NO_MAPPING);
	if (!is_freeable(page) || (page->flags & PG(DIRTY)))
		return page_fate(m, page, FATE_KEEP, WHY_REFERENCES);
	page_fate(m, page, FATE_FREE, WHY_FREED);
	if (page->flags & PG(SWAPCACHE))
		evict_from_swap_cache(m, page);
	else
		remove_from_page_cache(m, page, true);
	return FATE_FREE;
}

/* -- one by one ------------------------------------------------------------------- */

static enum fate test_page(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	shrink_step *const *step = ops_of(m)->vmscan->steps;
	enum fate fate = FATE_NEXT;

	for (; *step && fate == FATE_NEXT; step++)
		fate = (*step)(m, page, sc);
	return fate;
}

/* activate_locked: it will not be swapped out soon, so its slot may go. */
static void activate(struct machine *m, struct page *page)
{
	const struct vmscan_ops *ops = ops_of(m)->vmscan;

	if (ops->frees_activated_slots && (page->flags & PG(SWAPCACHE)) &&
		(vm_swap_full(m) || (page->flags & PG(MLOCKED))))
		try_to_free_swap(m, page);
	if (!(page->flags & PG(MLOCKED)))
		page_set_flag(m, page, PG(ACTIVE));
}

uint64_t shrink_isolated(struct machine *m, struct scan_control *sc)
{
	uint64_t freed = 0;
	struct page *page;

	call(m, FN_SHRINK_LIST, NO_REF, NO_REF, 0);
	while ((page = next_isolated(m))) {
		enum fate fate = test_page(m, page, sc);

		if (fate == FATE_ACTIVATE)
			activate(m, page);
		if (fate == FATE_CULL && (page->flags & PG(SWAPCACHE)))
			try_to_free_swap(m, page);
		if (fate != FATE_KEEP_UNLOCKED)
			unlock_page(m, page);
		if (fate == FATE_CULL) {
			lru_putback_by_mlock(m, page);
		} else if (fate == FATE_FREE) {
			freed++;
			put_page(m, page);
		} else {
			keep_isolated(m, page, 0);
		}
	}
	ret(m, FN_SHRINK_LIST);
	sc->reclaimed += freed;
	return freed;
}

void reclaim_isolated(struct machine *m)
{
	struct scan_control sc = { .ignore_references = true };
	struct list_head *node = m->isolated.prev;

	if (list_empty(&m->isolated))
		return;
	call(m, FN_RECLAIM_PAGES, NO_REF, NO_REF, 0);
	for (; node != &m->isolated; node = node->prev)
		if (page_of(node)->flags & PG(ACTIVE))
			page_clear_flag(m, page_of(node), PG(ACTIVE));
	shrink_isolated(m, &sc);
	while (!list_empty(&m->kept[0])) {
		struct page *page = page_of(m->kept[0].prev);

		list_del(&page->lru);
		lru_putback_by_mlock(m, page);
	}
	ret(m, FN_RECLAIM_PAGES);
}

/* -- the flusher --------------------------------------------------------------------- */

void wakeup_flusher(struct machine *m, uint64_t pages)
{
	call(m, FN_FLUSHER, NO_REF, NO_REF, pages);
	for (uint32_t id = 1; id <= m->inodes.last && pages; id++) {
		struct inode *inode = inode_by_id(m, id);

		if (inode)
			pages -= writeback_inode(m, inode, pages);
	}
	ret(m, FN_FLUSHER);
}
