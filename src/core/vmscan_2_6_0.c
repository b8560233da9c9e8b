/*
 * 2.6.0 mm/vmscan.c.  As in 2.6.11 each zone has two lists; but how far the
 * active one is scanned follows from refill_counter, which grows so that it
 * keeps about twice the size of the inactive one, and asking whether a mapped
 * page was used clears its accessed bits even if mapped pages are to stay.
 */
#include "core/emit.h"
#include "core/io.h"
#include "core/lru.h"
#include "core/page_alloc.h"
#include "core/page_state.h"
#include "core/reclaim.h"
#include "core/swap.h"
#include "core/vmscan.h"

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* -- active to inactive --------------------------------------------------------- */

static bool stays_active(struct machine *m, struct page *page, bool mapped_too)
{
	bool mapped = page_mapcount(page) > 0;
	enum why why;

	if (mapped && page_referenced(m, page, false, NULL))
		why = WHY_REFERENCED;
	else if (mapped && !mapped_too)
		why = WHY_NOT_RECLAIM_MAPPED;
	else if (!total_swap_pages(m) && !page->mapping)
		why = WHY_NO_SWAP;
	else
		return false;
	page_fate(m, page, FATE_ACTIVATE, why);
	return true;
}

/* -- inactive to free ------------------------------------------------------------- */

/* Until @want frames are free or @max_scan pages were looked at. */
static uint64_t shrink_cache(struct machine *m, struct zone *z, uint64_t want,
	uint64_t max_scan, struct scan_control *sc)
{
	uint64_t batch = larger(want, cluster_max(m)), freed = 0;

	call(m, FN_SHRINK_CACHE, zone_ref(m, z), NO_REF, max_scan);
	lru_add_drain(m);
	for (uint64_t left = max_scan; left && freed < want;) {
		uint64_t taken, got;

		tell_scan(m, z, LRU_INACTIVE_ANON, batch);
		taken = isolate_pages(m, z, LRU_INACTIVE_ANON, batch);
		z->pages_scanned += taken;
		if (!taken)
			break;
		left -= taken < left ? taken : left;
		got = shrink_isolated(m, sc);
		freed += got;
		putback_kept(m, 0);
	}
	ret(m, FN_SHRINK_CACHE);
	return freed;
}

static uint64_t shrink_zone(struct machine *m, struct zone *z, uint64_t want,
	uint64_t max_scan, struct scan_control *sc)
{
	uint64_t cluster = cluster_max(m), count, freed;

	call(m, FN_SHRINK_ZONE, zone_ref(m, z), NO_REF, 0);
	z->refill_counter += want * z->nr_lru[LRU_ACTIVE_ANON] /
			((z->nr_lru[LRU_INACTIVE_ANON] | 1) * 2) + 1;
	if (z->refill_counter > cluster) {
		count = z->refill_counter < 4 * cluster ? z->refill_counter
							: 4 * cluster;
		z->refill_counter -= count;
		refill_inactive_zone(m, z, count);
	}
	freed = shrink_cache(m, z, want, max_scan, sc);
	ret(m, FN_SHRINK_ZONE);
	return freed;
}

/* -- who asks ---------------------------------------------------------------------- */

static void begin_scan(struct machine *m)
{
	for (unsigned i = 0; i < m->nr_zones; i++)
		m->zones[i].temp_priority = DEF_PRIORITY;
}

static void end_scan(struct machine *m)
{
	for (unsigned i = 0; i < m->nr_zones; i++)
		m->zones[i].prev_priority = m->zones[i].temp_priority;
}

/* From the zone that is tried first downwards, until @want frames are free. */
static uint64_t shrink_caches(struct machine *m, struct scan_control *sc)
{
	uint64_t want = larger(sc->want, sc->in_all ? 0 : cluster_max(m));
	uint64_t freed = 0;

	for (unsigned i = m->nr_zones; i-- && freed < sc->want;) {
		struct zone *z = &m->zones[i];

		if (z->free_pages < z->pages_high || !has_watermarks(m))
			z->temp_priority = (uint8_t)sc->priority;
		if (z->all_unreclaimable && sc->priority != DEF_PRIORITY)
			continue;
		freed += shrink_zone(m, z, want,
			larger(z->nr_lru[LRU_INACTIVE_ANON] >> sc->priority,
				want * 2), sc);
	}
	return freed;
}

static uint64_t try_to_free_pages(struct machine *m, unsigned order,
	uint64_t want, bool in_all)
{
	struct scan_control sc = { .want = want, .order = order,
		.in_all = in_all };
	uint64_t freed = 0;

	begin_scan(m);
	for (sc.priority = DEF_PRIORITY; sc.priority >= 0; sc.priority--) {
		tell_priority(m, sc.priority);
		freed += shrink_caches(m, &sc);
		if (freed >= want)
			break;
		wakeup_flusher(m, sc.scanned);
		io_wait(m); /* blk_congestion_wait */
	}
	end_scan(m);
	return in_all || freed >= want ? freed : 0;
}

/* One zone at one priority; was it above its high mark? */
static bool balance_zone(struct machine *m, struct zone *z,
	struct scan_control *sc)
{
	uint64_t want;

	if (z->all_unreclaimable && sc->priority != DEF_PRIORITY)
		return true;
	if (z->free_pages >= z->pages_high)
		return true;
	want = z->pages_high - z->free_pages;
	z->temp_priority = (uint8_t)sc->priority;
	shrink_zone(m, z, want,
		larger(larger(z->nr_lru[LRU_INACTIVE_ANON] >> sc->priority,
			       want * 2), cluster_max(m)), sc);
	if (!z->all_unreclaimable && z->pages_scanned > z->spanned_pages * 2) {
		z->all_unreclaimable = true;
		tell(m, EV_UNRECLAIMABLE, zone_ref(m, z), NO_REF,
			z->pages_scanned);
	}
	return false;
}

static void balance_pgdat(struct machine *m, unsigned order)
{
	struct scan_control sc = { .order = order };

	begin_scan(m);
	for (sc.priority = DEF_PRIORITY; sc.priority > 0; sc.priority--) {
		bool ok = true;

		tell_priority(m, sc.priority);
		for (unsigned i = 0; i < m->nr_zones; i++)
			ok &= balance_zone(m, &m->zones[i], &sc);
		if (ok)
			break;
		io_wait(m); /* blk_congestion_wait */
	}
	end_scan(m);
}

/* Anonymous is what is mapped and has no mapping. */
static enum fate step_swap_mapped(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	return page_mapcount(page) > 0 ? step_add_to_swap(m, page, sc)
				       : FATE_NEXT;
}

static shrink_step *const steps[] = {
	step_trylock,
	step_writeback_keep,
	step_referenced_2_6,
	step_swap_mapped,
	step_unmap,
	step_dirty_2_6,
	step_remove,
	NULL,
};

const struct vmscan_ops vmscan_2_6_0 = {
	.stays_active = stays_active,
	.try_to_free_pages = try_to_free_pages,
	.balance = balance_pgdat,
	.steps = steps,
};
