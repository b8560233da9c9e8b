/*
 * 4.0 mm/vmscan.c: five lists for each zone.  How much of a scan goes to
 * anonymous pages follows from how many of those scanned of late were in use;
 * one reference is enough for an anonymous page to become active again.
 */
#include "core/emit.h"
#include "core/io.h"
#include "core/lru.h"
#include "core/oom_kill.h"
#include "core/page_alloc.h"
#include "core/page_state.h"
#include "core/reclaim.h"
#include "core/swap.h"
#include "core/vmscan.h"

static uint64_t lru_pages(const struct zone *z, bool file)
{
	return file ? z->nr_lru[LRU_ACTIVE_FILE] + z->nr_lru[LRU_INACTIVE_FILE]
		    : z->nr_lru[LRU_ACTIVE_ANON] + z->nr_lru[LRU_INACTIVE_ANON];
}

/* Has less been scanned in vain than six times what could be freed? */
static bool zone_reclaimable(const struct machine *m, const struct zone *z)
{
	uint64_t pages = lru_pages(z, true);

	if (nr_swap_pages(m))
		pages += lru_pages(z, false);
	return z->pages_scanned < pages * 6;
}

/* zone->inactive_ratio, set at boot by the zone's size. */
static uint64_t inactive_ratio(const struct zone *z)
{
	uint64_t gb = z->managed_pages >> (30 - PAGE_SHIFT);

	return gb ? int_sqrt(10 * gb) : 1;
}

static bool inactive_is_low(const struct machine *m, const struct zone *z,
	bool file)
{
	if (file)
		return z->nr_lru[LRU_ACTIVE_FILE] >
			z->nr_lru[LRU_INACTIVE_FILE];
	return total_swap_pages(m) && z->nr_lru[LRU_INACTIVE_ANON] *
		inactive_ratio(z) < z->nr_lru[LRU_ACTIVE_ANON];
}

static bool may_deactivate(const struct machine *m, const struct zone *z,
	struct scan_control *sc, bool file)
{
	(void)sc;
	return inactive_is_low(m, z, file);
}

/* -- how much of what ------------------------------------------------------------ */

/* By recent_rotated / recent_scanned of both kinds. */
static void by_use(const struct machine *m, struct zone *z,
	struct scan_shares *s)
{
	const uint64_t priority[] = { m->tune.swappiness,
		200 - m->tune.swappiness };

	for (int file = 0; file < 2; file++) {
		if (z->recent_scanned[file] > lru_pages(z, file) / 4) {
			z->recent_scanned[file] /= 2;
			z->recent_rotated[file] /= 2;
		}
		s->fraction[file] = priority[file] *
			(z->recent_scanned[file] + 1) /
			(z->recent_rotated[file] + 1);
	}
	s->denominator = s->fraction[0] + s->fraction[1] + 1;
}

static struct scan_shares shares(const struct machine *m, struct zone *z,
	const struct scan_control *sc)
{
	struct scan_shares s = { SCAN_FRACT, { 0, 0 }, 1 };

	if (!nr_swap_pages(m))
		s.how = SCAN_FILE;
	else if (!sc->priority && m->tune.swappiness)
		s.how = SCAN_EQUAL;
	else if (lru_pages(z, true) + z->free_pages <= z->pages_high)
		s.how = SCAN_ANON;
	else if (!inactive_is_low(m, z, true))
		s.how = SCAN_FILE;
	else
		by_use(m, z, &s);
	return s;
}

/* kswapd, which must get a zone out of trouble, scans something in any case. */
static void force_scan(const struct machine *m, const struct zone *z,
	const struct scan_shares *s, uint64_t nr[])
{
	for (int l = 0; l < LRU_UNEVICTABLE; l++)
		if (nr[l])
			return;
	for (int l = 0; l < LRU_UNEVICTABLE; l++) {
		bool file = l == LRU_INACTIVE_FILE || l == LRU_ACTIVE_FILE;
		uint64_t n = z->nr_lru[l] < cluster_max(m) ? z->nr_lru[l]
							   : cluster_max(m);

		if (s->how == SCAN_FRACT)
			n = n * s->fraction[file] / s->denominator;
		if (s->how <= SCAN_FRACT || (s->how == SCAN_FILE) == file)
			nr[l] = n;
	}
}

static void get_scan_count(struct machine *m, struct zone *z,
	struct scan_control *sc, uint64_t nr[])
{
	struct scan_shares s = shares(m, z, sc);

	apply_shares(m, z, &s, sc->priority, nr);
	if (m->is_kswapd && !zone_reclaimable(m, z))
		force_scan(m, z, &s, nr);
}

/* -- tests of a page ------------------------------------------------------------- */

static enum fate step_writeback(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	(void)sc;
	if (!(page->flags & PG(WRITEBACK)))
		return FATE_NEXT;
	page_set_flag(m, page, PG(RECLAIM));
	return page_fate(m, page, FATE_KEEP, WHY_WRITEBACK);
}

/* page_check_references */
static enum fate step_references(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	bool was_referenced = page->flags & PG(REFERENCED);
	uint64_t vm_flags;

	sc->clean_only = false;
	sc->referenced = page_referenced(m, page, true, &vm_flags);
	page_clear_flag(m, page, PG(REFERENCED));
	if (vm_flags & VM_LOCKED) /* try_to_unmap() will see to it */
		return FATE_NEXT;
	if (!sc->referenced) {
		sc->clean_only = was_referenced && is_file_page(page);
		return FATE_NEXT;
	}
	if (!is_file_page(page))
		return page_fate(m, page, FATE_ACTIVATE, WHY_REFERENCED);
	page_set_flag(m, page, PG(REFERENCED));
	if (was_referenced || sc->referenced > 1)
		return page_fate(m, page, FATE_ACTIVATE, WHY_REFERENCED);
	if (vm_flags & VM_EXEC)
		return page_fate(m, page, FATE_ACTIVATE, WHY_EXEC);
	return page_fate(m, page, FATE_KEEP, WHY_SECOND_CHANCE);
}

/* A file's page is written here only by kswapd when nothing else is left. */
static enum fate step_dirty(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	if (!(page->flags & PG(DIRTY)))
		return FATE_NEXT;
	sc->dirty++;
	if (is_file_page(page) &&
		(!m->is_kswapd || !lru_zone(m, page)->all_dirty)) {
		page_set_flag(m, page, PG(RECLAIM));
		return page_fate(m, page, FATE_KEEP, WHY_DIRTY_FILE);
	}
	if (sc->clean_only)
		return page_fate(m, page, FATE_KEEP, WHY_CLEAN_ONLY);
	return pageout(m, page, sc);
}

/* -- who asks ---------------------------------------------------------------------- */

static uint64_t try_to_free_pages(struct machine *m, unsigned order,
	uint64_t want, bool in_all)
{
	struct scan_control sc = { .want = want, .order = order,
		.in_all = in_all };
	bool reclaimable = false;

	for (sc.priority = DEF_PRIORITY; sc.priority >= 0; sc.priority--) {
		reclaimable = false;
		tell_priority(m, sc.priority);
		for (unsigned i = m->nr_zones; i--;) {
			struct zone *z = &m->zones[i];

			if (sc.priority != DEF_PRIORITY &&
				!zone_reclaimable(m, z))
				continue;
			shrink_lruvec(m, z, &sc);
			reclaimable |= zone_reclaimable(m, z);
		}
		if (sc.reclaimed >= sc.want)
			break;
		if (sc.scanned > want + want / 2)
			wakeup_flusher(m, sc.scanned);
		io_end_all(m); /* the disk has not slept meanwhile */
	}
	if (!sc.reclaimed && reclaimable && !in_all)
		return 1; /* not hopeless: the caller may try again */
	return sc.reclaimed;
}

static bool zone_balanced(const struct machine *m, const struct zone *z,
	unsigned order, uint64_t gap, unsigned classzone)
{
	return zone_watermark_ok(m, z, order, z->pages_high + gap, classzone);
}

/* The highest zone below its high mark; -1: all are above. */
static int highest_short(struct machine *m, const struct scan_control *sc)
{
	for (int i = (int)m->nr_zones; i--;) {
		struct zone *z = &m->zones[i];

		if (sc->priority != DEF_PRIORITY && !zone_reclaimable(m, z))
			continue;
		if (inactive_is_low(m, z, false)) /* age_active_anon */
			shrink_active_list(m, z, cluster_max(m),
				LRU_ACTIVE_ANON);
		if (!zone_balanced(m, z, sc->order, 0, 0))
			return i;
		z->all_dirty = false;
	}
	return -1;
}

/* kswapd_shrink_zone: true if enough is being scanned at this priority. */
static bool balance_zone(struct machine *m, struct zone *z, unsigned end,
	struct scan_control *sc)
{
	uint64_t gap = (z->managed_pages + 99) / 100;

	if (gap > z->pages_low)
		gap = z->pages_low;
	sc->scanned = 0;
	sc->want = z->pages_high > cluster_max(m) ? z->pages_high
						  : cluster_max(m);
	if (zone_balanced(m, z, sc->order, gap, end))
		return true;
	shrink_lruvec(m, z, sc);
	return sc->scanned >= sc->want;
}

static bool pgdat_balanced(const struct machine *m, unsigned order)
{
	for (unsigned i = 0; i < m->nr_zones; i++)
		if (!zone_balanced(m, &m->zones[i], order, 0, 0))
			return false;
	return true;
}

static void balance_pgdat(struct machine *m, unsigned order)
{
	struct scan_control sc = { .order = order, .priority = DEF_PRIORITY };

	do {
		bool harder = true;
		int end;

		sc.reclaimed = 0;
		tell_priority(m, sc.priority);
		end = highest_short(m, &sc);
		if (end < 0)
			break;
		for (int i = 0; i <= end; i++)
			if (sc.priority == DEF_PRIORITY ||
				zone_reclaimable(m, &m->zones[i]))
				harder &= !balance_zone(m, &m->zones[i],
					(unsigned)end, &sc);
		if (sc.order && sc.reclaimed >= 2ull << sc.order)
			sc.order = 0;
		io_end_all(m);
		sc.priority -= harder || !sc.reclaimed;
	} while (sc.priority >= 1 && !pgdat_balanced(m, sc.order));
}

static shrink_step *const steps[] = {
	step_trylock,
	step_evictable,
	step_writeback,
	step_references,
	step_add_to_swap,
	step_unmap,
	step_dirty,
	step_remove,
	NULL,
};

const struct vmscan_ops vmscan_4_0 = {
	.try_to_free_pages = try_to_free_pages,
	.balance = balance_pgdat,
	.steps = steps,
	.frees_activated_slots = true,
	.inactive_is_low = inactive_is_low,
	.may_deactivate = may_deactivate,
	.get_scan_count = get_scan_count,
};
