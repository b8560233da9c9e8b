/*
 * 6.18 mm/vmscan.c: five lists for the node.  How much of a scan goes to
 * anonymous pages follows from what reclaiming each kind has cost: pages
 * written or read back, pages scanned in vain.  A page must have been used
 * twice to become active again, an anonymous one, too.
 */
#include "core/emit.h"
#include "core/fault.h"
#include "core/io.h"
#include "core/lru.h"
#include "core/oom_kill.h"
#include "core/page_alloc.h"
#include "core/page_state.h"
#include "core/reclaim.h"
#include "core/swap.h"
#include "core/vmscan.h"

#define MAX_RECLAIM_RETRIES 16

static const enum lru_list inactive_of[2] = { LRU_INACTIVE_ANON,
	LRU_INACTIVE_FILE };
static const enum lru_list active_of[2] = { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE };

/* By the sizes that the lists have now. */
static bool inactive_is_low(const struct machine *m, const struct zone *z,
	bool file)
{
	uint64_t inactive = z->nr_lru[inactive_of[file]];
	uint64_t active = z->nr_lru[active_of[file]];
	uint64_t gb = (inactive + active) >> (30 - PAGE_SHIFT);

	(void)m;
	return inactive * (gb ? int_sqrt(10 * gb) : 1) < active;
}

/* What prepare_scan_control() has found; what was left alone is remembered. */
static bool may_deactivate(const struct machine *m, const struct zone *z,
	struct scan_control *sc, bool file)
{
	(void)m;
	(void)z;
	if (!sc->may_deactivate[file])
		sc->skipped_deactivate = true;
	return sc->may_deactivate[file];
}

static void prepare_scan_control(const struct machine *m, const struct zone *z,
	struct scan_control *sc)
{
	uint64_t free = 0, high = 0, file;

	for (int f = 0; f < 2; f++)
		sc->may_deactivate[f] = sc->force_deactivate ||
			z->activations[f] != z->refaults[f] ||
			inactive_is_low(m, z, f);
	file = z->nr_lru[LRU_INACTIVE_FILE];
	sc->cache_trim_mode = (file >> sc->priority) && !sc->may_deactivate[1];
	for (unsigned i = 0; i < m->nr_zones; i++) {
		free += m->zones[i].free_pages;
		high += m->zones[i].pages_high;
	}
	file += z->nr_lru[LRU_ACTIVE_FILE];
	sc->file_is_tiny = file + free <= high && !sc->may_deactivate[0] &&
		z->nr_lru[LRU_INACTIVE_ANON] >> sc->priority;
}

/* calculate_pressure_balance */
static void by_cost(const struct machine *m, const struct zone *z,
	struct scan_shares *s)
{
	uint64_t total = z->anon_cost + z->file_cost;
	uint64_t anon = total + z->anon_cost, file = total + z->file_cost;

	total = anon + file;
	s->fraction[0] = m->tune.swappiness * (total + 1) / (anon + 1);
	s->fraction[1] = (200 - m->tune.swappiness) * (total + 1) / (file + 1);
	s->denominator = s->fraction[0] + s->fraction[1];
}

static void get_scan_count(struct machine *m, struct zone *z,
	struct scan_control *sc, uint64_t nr[])
{
	struct scan_shares s = { SCAN_FRACT, { 0, 0 }, 1 };

	if (!nr_swap_pages(m))
		s.how = SCAN_FILE;
	else if (!sc->priority && m->tune.swappiness)
		s.how = SCAN_EQUAL;
	else if (sc->file_is_tiny)
		s.how = SCAN_ANON;
	else if (sc->cache_trim_mode)
		s.how = SCAN_FILE;
	else
		by_cost(m, z, &s);
	apply_shares(m, z, &s, sc->priority, nr);
}

/* -- tests of a page ------------------------------------------------------------- */

static enum fate step_trylock_once(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	if (!trylock_page(m, page))
		return page_fate(m, page, FATE_KEEP_UNLOCKED, WHY_LOCKED);
	sc->scanned++;
	return FATE_NEXT;
}

/* Out of the way while others are looked for; it comes back to the tail. */
static enum fate step_writeback(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	(void)sc;
	if (!(page->flags & PG(WRITEBACK)))
		return FATE_NEXT;
	page_set_flag(m, page, PG(RECLAIM));
	return page_fate(m, page, FATE_ACTIVATE, WHY_WRITEBACK);
}

/* folio_check_references */
static enum fate step_references(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	bool was_referenced = page->flags & PG(REFERENCED);
	uint64_t vm_flags;

	sc->clean_only = false;
	if (sc->ignore_references)
		return FATE_NEXT;
	sc->referenced = page_referenced(m, page, true, &vm_flags);
	if (vm_flags & VM_LOCKED)
		return page_fate(m, page, FATE_CULL, WHY_MLOCKED);
	if (sc->referenced < 0)
		return page_fate(m, page, FATE_KEEP, WHY_CONTENDED);
	page_clear_flag(m, page, PG(REFERENCED));
	if (!sc->referenced) {
		sc->clean_only = was_referenced && is_file_page(page);
		return FATE_NEXT;
	}
	page_set_flag(m, page, PG(REFERENCED));
	if (was_referenced || sc->referenced > 1)
		return page_fate(m, page, FATE_ACTIVATE, WHY_REFERENCED);
	if ((vm_flags & VM_EXEC) && is_file_page(page))
		return page_fate(m, page, FATE_ACTIVATE, WHY_EXEC);
	return page_fate(m, page, FATE_KEEP, WHY_SECOND_CHANCE);
}

/* What MADV_FREE has marked needs no place in swap: it is thrown away, unless
 * it was written since. */
static enum fate step_lazyfree(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	(void)sc;
	if (!kind_is_anon(page->kind) || (page->flags & PG(SWAPBACKED)))
		return FATE_NEXT;
	if (page_mapcount(page) > 0 &&
		try_to_unmap(m, page, 0) != UNMAP_SUCCESS)
		return page_fate(m, page, FATE_ACTIVATE, WHY_UNMAP_FAIL);
	if (page->_refcount != 1)
		return page_fate(m, page, FATE_KEEP, WHY_REFERENCES);
	return page_fate(m, page, FATE_FREE, WHY_LAZYFREE);
}

/* A file's page is never written from here. */
static enum fate step_dirty(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	if (!(page->flags & PG(DIRTY)))
		return FATE_NEXT;
	sc->dirty++;
	if (is_file_page(page)) {
		page_set_flag(m, page, PG(RECLAIM));
		return page_fate(m, page, FATE_ACTIVATE, WHY_DIRTY_FILE);
	}
	return pageout(m, page, sc);
}

/* -- who asks ---------------------------------------------------------------------- */

static struct zone *node(struct machine *m)
{
	return &m->zones[0]; /* whose lists are those of the node */
}

static void shrink_node(struct machine *m, struct scan_control *sc)
{
	uint64_t before = sc->reclaimed;

	prepare_scan_control(m, node(m), sc);
	shrink_lruvec(m, node(m), sc);
	if (sc->reclaimed > before)
		node(m)->kswapd_failures = 0;
}

static void scan_priorities(struct machine *m, struct scan_control *sc)
{
	struct zone *z = node(m);

	for (sc->priority = DEF_PRIORITY; sc->priority >= 0; sc->priority--) {
		tell_priority(m, sc->priority);
		shrink_node(m, sc);
		if (sc->reclaimed >= sc->want)
			break;
		io_end_all(m); /* the disk has not slept meanwhile */
	}
	z->refaults[0] = z->activations[0]; /* snapshot_refaults */
	z->refaults[1] = z->activations[1];
}

static uint64_t try_to_free_pages(struct machine *m, unsigned order,
	uint64_t want, bool in_all)
{
	struct scan_control sc = { .want = want, .order = order,
		.in_all = in_all };

	scan_priorities(m, &sc);
	if (!sc.reclaimed && sc.skipped_deactivate) {
		sc.force_deactivate = true;
		scan_priorities(m, &sc);
	}
	return sc.reclaimed;
}

/* One zone is enough. */
static bool pgdat_balanced(const struct machine *m, unsigned order)
{
	for (unsigned i = 0; i < m->nr_zones; i++)
		if (zone_watermark_ok(m, &m->zones[i], order,
			    m->zones[i].pages_high, m->nr_zones - 1))
			return true;
	return false;
}

/* kswapd_shrink_node: true if enough is being scanned at this priority. */
static bool balance_node(struct machine *m, struct scan_control *sc)
{
	uint64_t before = sc->reclaimed;

	sc->want = sc->scanned = 0;
	for (unsigned i = 0; i < m->nr_zones; i++) {
		uint64_t high = m->zones[i].pages_high;

		sc->want += high > cluster_max(m) ? high : cluster_max(m);
	}
	shrink_node(m, sc);
	if (sc->order && sc->reclaimed - before >= 2ull << sc->order)
		sc->order = 0;
	return sc->scanned >= sc->want || sc->reclaimed - before >= sc->want;
}

static void balance_pgdat(struct machine *m, unsigned order)
{
	struct scan_control sc = { .order = order, .priority = DEF_PRIORITY };

	if (node(m)->kswapd_failures >= MAX_RECLAIM_RETRIES)
		return; /* hopeless: left to direct reclaim */
	while (sc.priority >= 1 && !pgdat_balanced(m, sc.order)) {
		uint64_t before = sc.reclaimed;
		bool harder;

		tell_priority(m, sc.priority);
		if (total_swap_pages(m) && inactive_is_low(m, node(m), false))
			shrink_active_list(m, node(m), cluster_max(m),
				LRU_ACTIVE_ANON); /* kswapd_age_node */
		harder = !balance_node(m, &sc);
		io_end_all(m);
		sc.priority -= harder || sc.reclaimed == before;
	}
	if (!sc.reclaimed && sc.priority < 1)
		node(m)->kswapd_failures++;
}

static shrink_step *const steps[] = {
	step_trylock_once,
	step_evictable,
	step_writeback,
	step_references,
	step_lazyfree,
	step_add_to_swap,
	step_unmap,
	step_dirty,
	step_remove,
	NULL,
};

const struct vmscan_ops vmscan_6_18 = {
	.try_to_free_pages = try_to_free_pages,
	.balance = balance_pgdat,
	.steps = steps,
	.frees_activated_slots = true,
	.inactive_is_low = inactive_is_low,
	.may_deactivate = may_deactivate,
	.get_scan_count = get_scan_count,
	.marks_workingset = true,
	.flushes_batches = true,
};
