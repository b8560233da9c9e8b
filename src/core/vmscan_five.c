/*
 * Five lists (4.0, 6.18): a scan looks at each of the four evictable lists in
 * turn, SWAP_CLUSTER_MAX pages at a time; how many of each, get_scan_count()
 * says.  shrink_active_list() moves pages down, shrink_inactive_list() frees.
 */
#include "core/emit.h"
#include "core/lru.h"
#include "core/page_alloc.h"
#include "core/page_state.h"
#include "core/reclaim.h"
#include "core/swap.h"
#include "core/vmscan.h"
#include "core/workingset.h"

#define NR_EVICTABLE LRU_UNEVICTABLE

static bool is_file_list(enum lru_list list)
{
	return list == LRU_INACTIVE_FILE || list == LRU_ACTIVE_FILE;
}

enum fate step_evictable(struct machine *m, struct page *page,
	struct scan_control *sc)
{
	(void)sc;
	if (page->flags & PG(MLOCKED))
		return page_fate(m, page, FATE_CULL, WHY_MLOCKED);
	return FATE_NEXT;
}

/* -- active to inactive ---------------------------------------------------------- */

/* Code that was used goes round once more; all else goes down, used or not:
 * its accessed bits are clear now, and the inactive list gives it time. */
static bool stays_active(struct machine *m, struct page *page,
	uint64_t *referenced)
{
	uint64_t vm_flags;

	if (!page_referenced(m, page, false, &vm_flags))
		return false;
	++*referenced;
	return (vm_flags & VM_EXEC) && is_file_page(page);
}

/* One page in hand; it goes to kept[1] if it stays active. */
static void age_page(struct machine *m, struct page *page,
	uint64_t *referenced, uint64_t *rotated)
{
	if (page->flags & PG(MLOCKED)) {
		page_fate(m, page, FATE_CULL, WHY_MLOCKED);
		lru_putback_by_mlock(m, page);
	} else if (stays_active(m, page, referenced)) {
		page_fate(m, page, FATE_ACTIVATE, WHY_EXEC);
		++*rotated;
		keep_isolated(m, page, 1);
	} else {
		page_fate(m, page, FATE_KEEP, WHY_COLD);
		page_clear_flag(m, page, PG(ACTIVE));
		if (ops_of(m)->vmscan->marks_workingset)
			page_set_flag(m, page, PG(WORKINGSET));
		keep_isolated(m, page, 0);
	}
}

void shrink_active_list(struct machine *m, struct zone *z, uint64_t n,
	enum lru_list list)
{
	uint64_t referenced = 0, rotated = 0, taken;
	bool file = is_file_list(list);
	struct page *page;

	call(m, FN_REFILL, zone_ref(m, z), NO_REF, n);
	lru_add_drain(m);
	tell_scan(m, z, list, n);
	taken = isolate_pages(m, z, list, n);
	z->recent_scanned[file] += taken;
	z->pages_scanned += taken;
	while ((page = next_isolated(m)))
		age_page(m, page, &referenced, &rotated);
	z->recent_rotated[file] += referenced;
	putback_kept(m, 1);
	putback_kept(m, 0);
	if (ops_of(m)->vmscan->marks_workingset)
		lru_note_cost(z, file, 0, rotated);
	ret(m, FN_REFILL);
}

/* -- inactive to free ------------------------------------------------------------- */

static void shrink_inactive_list(struct machine *m, struct zone *z, uint64_t n,
	struct scan_control *sc, enum lru_list list)
{
	bool file = is_file_list(list);
	uint64_t freed;

	call(m, FN_SHRINK_CACHE, zone_ref(m, z), NO_REF, n);
	lru_add_drain(m);
	tell_scan(m, z, list, n);
	sc->dirty = sc->pageout = 0;
	sc->taken = isolate_pages(m, z, list, n);
	z->pages_scanned += sc->taken;
	if (sc->taken) {
		freed = shrink_isolated(m, sc);
		z->recent_scanned[file] += sc->taken;
		z->recent_rotated[file] += putback_kept(m, 0);
		if (ops_of(m)->vmscan->marks_workingset)
			lru_note_cost(z, file, sc->pageout,
				sc->taken - freed);
		z->all_dirty = sc->dirty == sc->taken;
		if (z->all_dirty && ops_of(m)->vmscan->flushes_batches)
			wakeup_flusher(m, UINT64_MAX);
	}
	ret(m, FN_SHRINK_CACHE);
}

/* -- all four ------------------------------------------------------------------------ */

void apply_shares(struct machine *m, const struct zone *z,
	const struct scan_shares *s, int priority, uint64_t nr[])
{
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_SCAN_BALANCE,
				     .o = zone_ref(m, z),
				     .type = VT_INT,
				     .old = s->fraction[0],
				     .new = s->fraction[1],
				     .n = s->how });
	for (int l = 0; l < NR_EVICTABLE; l++) {
		bool file = is_file_list((enum lru_list)l);

		nr[l] = z->nr_lru[l] >> priority;
		if (s->how == SCAN_FRACT)
			nr[l] = nr[l] * s->fraction[file] / s->denominator;
		else if (s->how != SCAN_EQUAL && (s->how == SCAN_FILE) != file)
			nr[l] = 0;
	}
}

static void shrink_list(struct machine *m, struct zone *z,
	struct scan_control *sc, enum lru_list list, uint64_t n)
{
	const struct vmscan_ops *ops = ops_of(m)->vmscan;

	if (!lru_is_active(list))
		shrink_inactive_list(m, z, n, sc, list);
	else if (ops->may_deactivate(m, z, sc, is_file_list(list)))
		shrink_active_list(m, z, n, list);
}

/* Up to a batch of each list. */
static void scan_round(struct machine *m, struct zone *z,
	struct scan_control *sc, uint64_t nr[])
{
	for (int l = 0; l < NR_EVICTABLE; l++) {
		uint64_t n = nr[l] < cluster_max(m) ? nr[l] : cluster_max(m);

		nr[l] -= n;
		if (n)
			shrink_list(m, z, sc, (enum lru_list)l, n);
	}
}

/* What is left of @target when @done of its @nr was for others. */
static uint64_t rest(uint64_t target, uint64_t nr, uint64_t percentage)
{
	uint64_t scanned = target - nr;
	uint64_t left = target * (100 - percentage) / 100;

	return left > scanned ? left - scanned : 0;
}

/*
 * Enough was freed: the kind of which less is left to scan is left alone, the
 * other is scanned in the same proportion.  False: one kind is done, stop.
 */
static bool adjust(uint64_t nr[], const uint64_t target[])
{
	uint64_t anon = nr[LRU_INACTIVE_ANON] + nr[LRU_ACTIVE_ANON];
	uint64_t file = nr[LRU_INACTIVE_FILE] + nr[LRU_ACTIVE_FILE];
	int less = file > anon ? LRU_INACTIVE_ANON : LRU_INACTIVE_FILE;
	int more = file > anon ? LRU_INACTIVE_FILE : LRU_INACTIVE_ANON;
	uint64_t percentage = (file > anon ? anon : file) * 100 /
		(target[less] + target[less + 1] + 1);

	if (!anon || !file)
		return false;
	nr[less] = nr[less + 1] = 0;
	for (int l = more; l <= more + 1; l++)
		nr[l] = rest(target[l], nr[l], percentage);
	return true;
}

static bool more_to_scan(const uint64_t nr[])
{
	return nr[LRU_INACTIVE_ANON] || nr[LRU_ACTIVE_FILE] ||
		nr[LRU_INACTIVE_FILE];
}

void shrink_lruvec(struct machine *m, struct zone *z, struct scan_control *sc)
{
	const struct vmscan_ops *ops = ops_of(m)->vmscan;
	uint64_t nr[NR_EVICTABLE], target[NR_EVICTABLE];
	uint64_t before = sc->reclaimed;
	bool adjusted = !m->is_kswapd && sc->priority == DEF_PRIORITY;

	call(m, FN_SHRINK_ZONE, zone_ref(m, z), NO_REF, 0);
	ops->get_scan_count(m, z, sc, nr);
	for (int l = 0; l < NR_EVICTABLE; l++)
		target[l] = nr[l];
	while (more_to_scan(nr)) {
		scan_round(m, z, sc, nr);
		if (sc->reclaimed - before < sc->want || adjusted)
			continue;
		if (!adjust(nr, target))
			break;
		adjusted = true;
	}
	/* the anonymous lists are kept in balance in any case */
	if (ops->inactive_is_low(m, z, false) && total_swap_pages(m))
		shrink_active_list(m, z, cluster_max(m), LRU_ACTIVE_ANON);
	ret(m, FN_SHRINK_ZONE);
}
