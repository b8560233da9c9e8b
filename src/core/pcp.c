/*
 * Per-CPU frames.  One CPU acts, so a zone has one list.  A frame on it is
 * free, carries no flag, and is in no block of the buddy: it neither counts in
 * zone->free_pages nor merges with its neighbours.  2.6's list of cold frames
 * is for readahead and reclaim and is not modelled.
 */
#include "core/pcp.h"
#include "core/emit.h"
#include "core/mechanism.h"
#include "core/page_alloc.h"

/* A quarter of a thousandth of the zone, as a count of frames. */
static uint32_t quarter_of_thousandth(uint64_t pages, uint64_t most)
{
	uint64_t batch = pages / 1024 < most ? pages / 1024 : most;

	return batch / 4 ? (uint32_t)(batch / 4) : 1;
}

void pcp_sizes_2_6(struct per_cpu_pages *pcp, uint64_t pages)
{
	pcp->batch = quarter_of_thousandth(pages, 64);
	pcp->low = 2 * pcp->batch;
	pcp->high = 6 * pcp->batch;
}

/* One less than a power of two, so that batches do not beat in step. */
static uint32_t off_power_of_two(uint32_t n)
{
	uint32_t power = 1;

	while (2 * power <= n)
		power *= 2;
	return power > 1 ? power - 1 : 1;
}

void pcp_sizes_4_0(struct per_cpu_pages *pcp, uint64_t pages)
{
	uint32_t quarter = quarter_of_thousandth(pages, 128);

	pcp->batch = off_power_of_two(quarter + quarter / 2);
	pcp->low = 0;
	pcp->high = 6 * pcp->batch;
	pcp->counts_freed = true;
}

void pcp_sizes_6_18(struct per_cpu_pages *pcp, uint64_t pages)
{
	uint32_t quarter = quarter_of_thousandth(pages, 256);

	pcp->batch = off_power_of_two(quarter + quarter / 2);
	pcp->low = 0;
	pcp->high = 4 * pcp->batch;
	pcp->counts_freed = true;
}

void pcp_init(struct machine *m, struct zone *zone)
{
	list_init(&zone->pcp.list);
	if (m->tune.pcp && ops_of(m)->pcp_sizes)
		ops_of(m)->pcp_sizes(&zone->pcp, zone->spanned_pages);
}

static struct ref zone_ref(const struct machine *m, const struct zone *zone)
{
	return ref_make(REF_ZONE, (uint32_t)(zone - m->zones));
}

/* rmqueue_bulk: to the tail, so that low frames are handed out first. */
static void fill(struct machine *m, struct zone *zone)
{
	struct per_cpu_pages *pcp = &zone->pcp;
	uint32_t n = 0;

	while (n < pcp->batch) {
		struct page *page = rmqueue_buddy(m, zone, 0);

		if (!page)
			break;
		list_add_tail(&page->lru, &pcp->list);
		n++;
	}
	pcp->count += n;
	tell(m, EV_PCP_FILL, zone_ref(m, zone), NO_REF, n);
}

static struct page *first_of(struct per_cpu_pages *pcp)
{
	struct page *page = container_of(pcp->list.next, struct page, lru);

	list_del(&page->lru);
	pcp->count--;
	return page;
}

struct page *pcp_alloc(struct machine *m, struct zone *zone)
{
	if (zone->pcp.count <= zone->pcp.low)
		fill(m, zone);
	return zone->pcp.count ? first_of(&zone->pcp) : NULL;
}

/* From the tail: what was freed longest ago. */
static uint32_t give_back(struct machine *m, struct zone *zone, uint32_t most)
{
	struct per_cpu_pages *pcp = &zone->pcp;
	uint32_t n = 0;

	for (; n < most && pcp->count; n++, pcp->count--) {
		struct page *page =
			container_of(pcp->list.prev, struct page, lru);

		list_del(&page->lru);
		list_init(&page->lru);
		free_to_buddy(m, page, 0);
	}
	tell(m, EV_PCP_DRAIN, zone_ref(m, zone), NO_REF, n);
	return n;
}

void pcp_free(struct machine *m, struct page *page)
{
	struct zone *zone = &m->zones[page->zone];
	struct per_cpu_pages *pcp = &zone->pcp;

	if (!pcp->batch) {
		free_pages_block(m, page, 0);
		return;
	}
	if (!pcp->counts_freed && pcp->count >= pcp->high)
		give_back(m, zone, pcp->batch);
	cost(m, COST_FREES, 1);
	list_add(&page->lru, &pcp->list);
	pcp->count++;
	if (pcp->counts_freed && pcp->count >= pcp->high)
		give_back(m, zone, pcp->batch);
}

uint32_t drain_all_pages(struct machine *m)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < m->nr_zones; i++)
		if (m->zones[i].pcp.count)
			n += give_back(m, &m->zones[i], m->zones[i].pcp.count);
	return n;
}
