/*
 * The LRU lists (mm/swap.c, include/linux/mm_inline.h).  New pages come to the
 * head, reclaim takes from the tail.
 *
 * Invariant: a page with PG(LRU) is on exactly one list, that which page_lru()
 * reads from its flags, and page->lru_list names it; a page without is on none
 * and has LRU_NONE.
 *
 * A new page may wait in a batch before it gets to its list.  A batch holds a
 * reference, so that whoever counts references sees one more: 2.6.11 copies a
 * page that it could write in place.  With tune.lru_batches off a batch is
 * drained as soon as a page has come.  What the kernels do in batches besides
 * (activate_page, rotation on several processors) is done at once here.
 */
#include "core/lru.h"
#include "core/emit.h"
#include "core/mechanism.h"
#include "core/page_alloc.h"
#include "core/page_state.h"
#include "core/workingset.h"

/* -- lists ---------------------------------------------------------------- */

struct zone *lru_zone(struct machine *m, const struct page *page)
{
	return &m->zones[ops_of(m)->lru_global ? 0 : page->zone];
}

unsigned nr_lru_zones(const struct machine *m)
{
	return ops_of(m)->lru_global ? 1 : m->nr_zones;
}

enum lru_list page_lru(const struct machine *m, const struct page *page)
{
	bool five = machine_era(m)->nr_lru_lists > 2;
	bool active = page->flags & PG(ACTIVE);

	if (five && (page->flags & PG(UNEVICTABLE)))
		return LRU_UNEVICTABLE;
	if (five && !(page->flags & PG(SWAPBACKED)))
		return active ? LRU_ACTIVE_FILE : LRU_INACTIVE_FILE;
	return active ? LRU_ACTIVE_ANON : LRU_INACTIVE_ANON;
}

void lru_add(struct machine *m, struct page *page, enum lru_list list)
{
	struct zone *z = lru_zone(m, page);

	list_add(&page->lru, &z->lru[list]);
	z->nr_lru[list]++;
	page->lru_list = list & 15;
	page->flags |= PG(LRU);
	if (lru_is_active(list))
		page->flags |= PG(ACTIVE);
	tell(m, EV_LRU_ADD, page_ref(m, page), NO_REF, list);
}

/* Off its list; which one it was. */
static enum lru_list unlink_page(struct machine *m, struct page *page)
{
	enum lru_list list = page->lru_list;

	list_del(&page->lru);
	lru_zone(m, page)->nr_lru[list]--;
	page->lru_list = LRU_NONE;
	page->flags &= ~PG(LRU);
	return list;
}

void lru_del(struct machine *m, struct page *page)
{
	enum lru_list list = unlink_page(m, page);

	page->flags &= ~(PG(ACTIVE) | PG(UNEVICTABLE));
	tell(m, EV_LRU_DEL, page_ref(m, page), NO_REF, list);
}

bool lru_isolate(struct machine *m, struct page *page)
{
	enum lru_list list;

	if (!(page->flags & PG(LRU)))
		return false;
	list = unlink_page(m, page);
	tell(m, EV_LRU_DEL, page_ref(m, page), NO_REF, list);
	get_page(m, page);
	return true;
}

void lru_putback(struct machine *m, struct page *page)
{
	lru_add(m, page, page_lru(m, page));
	put_page(m, page);
}

/* 2.6.11 mm/swap.c rotate_reclaimable_page: it is clean now, so let the next
 * scan meet it first. */
void rotate_reclaimable_page(struct machine *m, struct page *page)
{
	uint32_t busy = PG(LOCKED) | PG(DIRTY) | PG(ACTIVE) | PG(UNEVICTABLE);

	if ((page->flags & busy) || !(page->flags & PG(LRU)))
		return;
	list_del(&page->lru);
	list_add_tail(&page->lru, &lru_zone(m, page)->lru[page->lru_list]);
	tell(m, EV_LRU_ROTATE, page_ref(m, page), NO_REF, page->lru_list);
}

/* -- batches -------------------------------------------------------------- */

/* __pagevec_lru_add, folio_batch_move_lru: in order of arrival. */
static void drain(struct machine *m, struct lru_batch *b)
{
	uint32_t count = b->count;

	b->count = 0;
	for (uint32_t i = 0; i < count; i++)
		lru_putback(m, &m->mem_map[b->pfn[i]]);
}

void lru_add_drain(struct machine *m)
{
	for (int i = 0; i < 2; i++)
		drain(m, &m->lru_batch[i]);
}

static void wait_in_batch(struct machine *m, struct page *page)
{
	const struct era_ops *ops = ops_of(m);
	bool second = ops->lru_batch_two && (page->flags & PG(ACTIVE));
	struct lru_batch *b = &m->lru_batch[second];

	if (ops->lru_batch_late && b->count == ops->lru_batch)
		drain(m, b);
	b->pfn[b->count++] = page_pfn(m, page);
	get_page(m, page);
	tell(m, EV_LRU_WAIT, page_ref(m, page), NO_REF, b->count);
	if (!ops->lru_batch_late && b->count == ops->lru_batch)
		drain(m, b);
}

/* The list where a page of its kind starts (2.6.11 lru_cache_add_active and
 * lru_cache_add, 4.0 lru_cache_add_anon ...). */
static bool starts_active(const struct machine *m, const struct page *page)
{
	const struct era_ops *ops = ops_of(m);

	if (page->flags & PG(SWAPCACHE))
		return lru_is_active(ops->swapin_lru);
	return page->kind == PAGE_ANON && lru_is_active(ops->new_page_lru);
}

void lru_cache_add(struct machine *m, struct page *page)
{
	call(m, FN_LRU_ADD, page_ref(m, page), NO_REF, 0);
	if (starts_active(m, page))
		page->flags |= PG(ACTIVE);
	if (m->tune.lru_batches && ops_of(m)->lru_batch)
		wait_in_batch(m, page);
	else
		lru_add(m, page, page_lru(m, page));
	ret(m, FN_LRU_ADD);
}

/* -- use ------------------------------------------------------------------ */

static bool is_file_lru(const struct page *page)
{
	return !(page->flags & PG(SWAPBACKED));
}

void activate_page(struct machine *m, struct page *page)
{
	struct zone *z = lru_zone(m, page);
	bool file = is_file_lru(page);

	if (!(page->flags & PG(LRU)) ||
		(page->flags & (PG(ACTIVE) | PG(UNEVICTABLE))))
		return;
	call(m, FN_ACTIVATE_PAGE, page_ref(m, page), NO_REF, 0);
	lru_del(m, page);
	page->flags |= PG(ACTIVE);
	lru_add(m, page, page_lru(m, page));
	z->recent_scanned[file]++;
	z->recent_rotated[file]++;
	ret(m, FN_ACTIVATE_PAGE);
}

/* Used twice: to the active list, or, while it waits for its list, marked so
 * that it gets there (4.0 __lru_cache_activate_page); 2.6 leaves one that
 * waits alone. */
static void second_use(struct machine *m, struct page *page)
{
	if (page->flags & PG(LRU))
		activate_page(m, page);
	else if (!ops_of(m)->needs_lru_to_activate)
		page_set_flag(m, page, PG(ACTIVE));
	else
		return;
	page_clear_flag(m, page, PG(REFERENCED));
	if (is_file_lru(page))
		workingset_activation(m, page);
}

void mark_page_accessed(struct machine *m, struct page *page)
{
	call(m, FN_MARK_ACCESSED, page_ref(m, page), NO_REF, 0);
	if (!(page->flags & PG(REFERENCED)))
		page_set_flag(m, page, PG(REFERENCED));
	else if (!(page->flags & (PG(ACTIVE) | PG(UNEVICTABLE))))
		second_use(m, page);
	ret(m, FN_MARK_ACCESSED);
}
