/*
 * 2.6.11 mm/vmscan.c.  Each zone has an active and an inactive list.  A call
 * adds size >> priority pages to what is due for each list; a list is scanned
 * once a batch is due.  refill_inactive_zone() (vmscan_refill.c) moves active
 * pages down, shrink_cache() frees inactive ones.
 */
#include "core/emit.h"
#include "core/io.h"
#include "core/lru.h"
#include "core/page_alloc.h"
#include "core/page_state.h"
#include "core/reclaim.h"
#include "core/swap.h"
#include "core/vmscan.h"

/* -- active to inactive -------------------------------------------------------- */

/* In this order: without reclaim_mapped accessed bits are left alone. */
static bool stays_active(struct machine *m, struct page *page, bool mapped_too)
{
	if (page_mapcount(page) <= 0)
		return false;
	if (!mapped_too) {
		page_fate(m, page, FATE_ACTIVATE, WHY_NOT_RECLAIM_MAPPED);
		return true;
	}
	if (!total_swap_pages(m) && page->kind == PAGE_ANON) {
		page_fate(m, page, FATE_ACTIVATE, WHY_NO_SWAP);
		return true;
	}
	if (page_referenced(m, page, false, NULL)) {
		page_fate(m, page, FATE_ACTIVATE, WHY_REFERENCED);
		return true;
	}
	return false;
}

/* -- inactive to free ------------------------------------------------------------ */

/* Pages freed, of about @n looked at. */
static uint64_t shrink_cache(struct machine *m, struct zone *z, uint64_t n,
	struct scan_control *sc)
{
	uint64_t freed = 0, taken;

	call(m, FN_SHRINK_CACHE, zone_ref(m, z), NO_REF, n);
	lru_add_drain(m);
	tell_scan(m, z, LRU_INACTIVE_ANON, n);
	taken = isolate_pages(m, z, LRU_INACTIVE_ANON, n);
	z->pages_scanned += taken;
	if (taken)
		freed = shrink_isolated(m, sc);
	putback_kept(m, 0);
	ret(m, FN_SHRINK_CACHE);
	return freed;
}

/* What is due of a list of @size pages: nothing until it is a batch. */
static uint64_t due(const struct machine *m, uint64_t *saved, uint64_t size,
	int priority)
{
	uint64_t n = *saved += (size >> priority) + 1;

	if (n < cluster_max(m))
		return 0;
	*saved = 0;
	return n;
}

static uint64_t batch_of(const struct machine *m, uint64_t *n)
{
	uint64_t batch = *n < cluster_max(m) ? *n : cluster_max(m);

	*n -= batch;
	return batch;
}

static void shrink_zone(struct machine *m, struct zone *z,
	struct scan_control *sc)
{
	uint64_t active = due(m, &z->nr_scan_active,
		z->nr_lru[LRU_ACTIVE_ANON], sc->priority);
	uint64_t inactive = due(m, &z->nr_scan_inactive,
		z->nr_lru[LRU_INACTIVE_ANON], sc->priority);
	uint64_t freed = 0;

	call(m, FN_SHRINK_ZONE, zone_ref(m, z), NO_REF, 0);
	while (active || inactive) {
		if (active)
			refill_inactive_zone(m, z, batch_of(m, &active));
		if (!inactive)
			continue;
		freed += shrink_cache(m, z, batch_of(m, &inactive), sc);
		if (freed >= cluster_max(m) || (sc->in_all && sc->want &&
			freed >= sc->want))
			break;
	}
	ret(m, FN_SHRINK_ZONE);
}

/* -- who asks ------------------------------------------------------------------------ */

static void note_priority(struct zone *z, int priority)
{
	z->temp_priority = (uint8_t)priority;
	if (z->prev_priority > priority)
		z->prev_priority = (uint8_t)priority;
}

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

/* From the zone that is tried first downwards. */
static void shrink_caches(struct machine *m, struct scan_control *sc)
{
	for (unsigned i = m->nr_zones; i--;) {
		struct zone *z = &m->zones[i];

		note_priority(z, sc->priority);
		if (z->all_unreclaimable && sc->priority != DEF_PRIORITY)
			continue;
		shrink_zone(m, z, sc);
	}
}

static uint64_t try_to_free_pages(struct machine *m, unsigned order,
	uint64_t want, bool in_all)
{
	struct scan_control sc = { .want = want, .order = order,
		.in_all = in_all };
	uint64_t freed = 0, scanned = 0;

	begin_scan(m);
	for (sc.priority = DEF_PRIORITY; sc.priority >= 0; sc.priority--) {
		sc.scanned = sc.reclaimed = 0;
		tell_priority(m, sc.priority);
		shrink_caches(m, &sc);
		freed += sc.reclaimed;
		if ((in_all ? freed : sc.reclaimed) >= want)
			break;
		scanned += sc.scanned;
		if (scanned > cluster_max(m) + cluster_max(m) / 2)
			wakeup_flusher(m, scanned);
		if (sc.scanned && sc.priority < DEF_PRIORITY - 2)
			io_wait(m); /* blk_congestion_wait */
	}
	end_scan(m);
	return in_all || sc.reclaimed >= want ? freed : 0;
}

/* The highest zone that is not above its high mark; -1: all are. */
static int highest_short(const struct machine *m,
	const struct scan_control *sc)
{
	for (int i = (int)m->nr_zones; i--;) {
		const struct zone *z = &m->zones[i];

		if (z->all_unreclaimable && sc->priority != DEF_PRIORITY)
			continue;
		if (!zone_watermark_ok(m, z, sc->order, z->pages_high, 0))
			return i;
	}
	return -1;
}

/* One zone at one priority; was it above its mark? */
static bool balance_zone(struct machine *m, struct zone *z, unsigned end,
	struct scan_control *sc)
{
	bool ok = zone_watermark_ok(m, z, sc->order, z->pages_high, end);
	uint64_t pages;

	note_priority(z, sc->priority);
	shrink_zone(m, z, sc);
	pages = z->nr_lru[LRU_ACTIVE_ANON] + z->nr_lru[LRU_INACTIVE_ANON];
	if (!z->all_unreclaimable && z->pages_scanned >= pages * 4) {
		z->all_unreclaimable = true;
		tell(m, EV_UNRECLAIMABLE, zone_ref(m, z), NO_REF,
			z->pages_scanned);
	}
	return ok;
}

/* All priorities once; do all zones stand above their marks? */
static bool balance_round(struct machine *m, struct scan_control *sc)
{
	bool ok = true;

	sc->scanned = sc->reclaimed = 0;
	for (sc->priority = DEF_PRIORITY; sc->priority >= 0; sc->priority--) {
		int end = highest_short(m, sc);

		ok = true;
		if (end < 0)
			break;
		tell_priority(m, sc->priority);
		for (int i = 0; i <= end; i++)
			if (!m->zones[i].all_unreclaimable ||
				sc->priority == DEF_PRIORITY)
				ok &= balance_zone(m, &m->zones[i],
					(unsigned)end, sc);
		if (ok)
			break;
		if (sc->scanned && sc->priority < DEF_PRIORITY - 2)
			io_wait(m); /* blk_congestion_wait */
		if (sc->reclaimed >= cluster_max(m))
			break;
	}
	return ok;
}

static void balance_pgdat(struct machine *m, unsigned order)
{
	struct scan_control sc = { .order = order };

	do {
		begin_scan(m);
		if (balance_round(m, &sc)) {
			end_scan(m);
			return;
		}
		end_scan(m);
	} while (true);
}

static shrink_step *const steps[] = {
	step_trylock,
	step_writeback_keep,
	step_referenced_2_6,
	step_add_to_swap,
	step_unmap,
	step_dirty_2_6,
	step_remove,
	NULL,
};

const struct vmscan_ops vmscan_2_6_11 = {
	.stays_active = stays_active,
	.refill_counts = true,
	.try_to_free_pages = try_to_free_pages,
	.balance = balance_pgdat,
	.steps = steps,
};
