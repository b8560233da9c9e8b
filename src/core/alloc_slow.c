/*
 * What an allocation does when no zone is above its low mark (__alloc_pages of
 * 2.4 and 2.6, __alloc_pages_slowpath later): wake kswapd, go down to the min
 * mark, reclaim, and at last ask the OOM killer.
 *
 * kswapd runs as part of the operation that woke it: at once if the one who
 * allocates could sleep, else at the next such place or when the operation is
 * over.  Without watermarks there is nothing that it should keep free.  While
 * it or anybody reclaims (PF_MEMALLOC) allocations take what is there and
 * reclaim nothing.
 *
 * Reclaim may unmap the very page that a fault was about to copy; the fault is
 * repeated, and the same could happen without end, since nobody else runs.  So
 * the fault wins the next time: kswapd waits to the end of the operation, and
 * the frame that the fault gave back is taken even from a per-CPU list.
 */
#include "core/emit.h"
#include "core/io.h"
#include "core/lru.h"
#include "core/mechanism.h"
#include "core/page_alloc.h"
#include "core/pcp.h"
#include "core/reclaim.h"
#include "core/vmscan.h"

/* Rounds of reclaim that free something and still leave no block. */
#define MAX_ROUNDS 64
/*
 * Rounds in a row that free nothing before that is believed.  The first may
 * only clear accessed bits, the second unmap and write.  4.0 and 6.18 try again
 * as long as something could be reclaimed; 2.6 fails at once, but its lists are
 * never as short as those of a small machine, which are hardly scanned.
 */
#define VAIN_ROUNDS 4

static void balance(struct machine *m, unsigned order)
{
	m->reclaiming = m->is_kswapd = true;
	m->kswapd_woken = false;
	call(m, FN_BALANCE, NO_REF, NO_REF, order);
	ops_of(m)->vmscan->balance(m, order);
	ret(m, FN_BALANCE);
	m->reclaiming = m->is_kswapd = false;
}

void kswapd_run(struct machine *m)
{
	if (m->kswapd_woken && !m->reclaiming)
		balance(m, 0);
}

static void wake_kswapd(struct machine *m, unsigned order, bool wait)
{
	if (!has_watermarks(m) || m->reclaiming || !ops_of(m)->vmscan)
		return;
	tell(m, EV_KSWAPD_WAKE, NO_REF, NO_REF, nr_free_pages(m));
	m->kswapd_woken = true;
	if (wait && !m->fault_again)
		balance(m, order);
}

/* Frames freed for one who needs @want. */
static uint64_t direct_reclaim(struct machine *m, unsigned order,
	uint64_t want, bool in_all)
{
	uint64_t freed;

	if (!ops_of(m)->vmscan)
		return 0;
	m->reclaiming = true;
	tell(m, EV_DIRECT_RECLAIM, NO_REF, NO_REF, want);
	call(m, FN_TRY_TO_FREE, NO_REF, NO_REF, want);
	freed = ops_of(m)->vmscan->try_to_free_pages(m, order, want, in_all);
	tell(m, EV_RECLAIMED, NO_REF, NO_REF, freed);
	ret(m, FN_TRY_TO_FREE);
	m->reclaiming = false;
	return freed;
}

uint64_t reclaim_pages(struct machine *m, uint64_t pages)
{
	return direct_reclaim(m, 0, pages, true);
}

/* A frame that is kept at hand may be all that is missing. */
static struct page *take(struct machine *m, unsigned order,
	enum page_kind kind, enum mark mark)
{
	struct page *page = take_from_zones(m, order, kind, mark);

	if (!page && ops_of(m)->drains_pcp && drain_all_pages(m))
		page = take_from_zones(m, order, kind, mark);
	return page;
}

static struct page *reclaim_and_take(struct machine *m, unsigned order,
	enum page_kind kind)
{
	int vain = 0;

	for (int round = 0; round < MAX_ROUNDS; round++) {
		uint64_t freed = direct_reclaim(m, order,
			m->tune.swap_cluster, false);
		struct page *page = take(m, order, kind, MARK_MIN);

		if (page)
			return page;
		vain = freed ? 0 : vain + 1;
		if (vain < VAIN_ROUNDS) {
			io_end_all(m);
			continue;
		}
		page = take_from_zones(m, order, kind, MARK_HIGH);
		if (page || (!out_of_memory(m) && !oom_waits(m)))
			return page;
	}
	return NULL;
}

struct page *alloc_slowpath(struct machine *m, unsigned order,
	enum page_kind kind, bool wait)
{
	struct page *page;

	wake_kswapd(m, order, wait);
	page = m->fault_again ? take(m, order, kind, MARK_MIN)
			      : take_from_zones(m, order, kind, MARK_MIN);
	if (!page && m->reclaiming)
		page = take_from_zones(m, order, kind, MARK_NONE);
	if (page || m->reclaiming || !wait)
		return page;
	return reclaim_and_take(m, order, kind);
}
