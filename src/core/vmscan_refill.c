/*
 * 2.6 mm/vmscan.c refill_inactive_zone: pages from the tail of the active list
 * go down, but for those that their era lets stay.  Mapped pages go only if
 * memory is short enough: swap_tendency = mapped share / 2 + distress +
 * swappiness.
 */
#include "core/emit.h"
#include "core/lru.h"
#include "core/page_state.h"
#include "core/vmscan.h"

bool wants_mapped(struct machine *m, const struct zone *z)
{
	uint64_t total = 0, ratio;
	unsigned distress = 100u >> z->prev_priority;
	unsigned tendency;

	for (unsigned i = 0; i < m->nr_zones; i++)
		total += m->zones[i].spanned_pages - m->zones[i].pages_high;
	ratio = m->nr_mapped * 100 / total;
	tendency = (unsigned)ratio / 2 + distress + m->tune.swappiness;
	if (tracing(m))
		emit_full(m, &(struct event){ .id = EV_SWAP_TENDENCY,
				     .o = zone_ref(m, z),
				     .type = VT_INT,
				     .old = ratio,
				     .new = distress,
				     .n = tendency });
	return tendency >= 100;
}

void refill_inactive_zone(struct machine *m, struct zone *z, uint64_t n)
{
	const struct vmscan_ops *ops = ops_of(m)->vmscan;
	struct page *page;
	uint64_t taken;
	bool mapped_too;

	call(m, FN_REFILL, zone_ref(m, z), NO_REF, n);
	lru_add_drain(m);
	tell_scan(m, z, LRU_ACTIVE_ANON, n);
	taken = isolate_pages(m, z, LRU_ACTIVE_ANON, n);
	if (ops->refill_counts)
		z->pages_scanned += taken;
	mapped_too = wants_mapped(m, z);
	while ((page = next_isolated(m))) {
		if (ops->stays_active(m, page, mapped_too)) {
			keep_isolated(m, page, 1);
			continue;
		}
		page_fate(m, page, FATE_KEEP, WHY_COLD);
		page_clear_flag(m, page, PG(ACTIVE));
		keep_isolated(m, page, 0);
	}
	putback_kept(m, 0);
	putback_kept(m, 1);
	ret(m, FN_REFILL);
}
