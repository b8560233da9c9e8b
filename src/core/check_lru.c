/* The LRU lists: each page of a user stands on the one that its flags name, or
 * waits for it in a batch that holds a reference; watermarks are in order. */
#include "core/checker.h"
#include "core/lru.h"

static struct ref zone_ref(const struct checker *c, const struct zone *z)
{
	return ref_make(REF_ZONE, (uint32_t)(z - c->m->zones));
}

/* -- batches ---------------------------------------------------------------- */

uint32_t check_batched(const struct machine *m, uint32_t pfn)
{
	uint32_t n = 0;

	for (int b = 0; b < 2; b++)
		for (uint32_t i = 0; i < m->lru_batch[b].count; i++)
			n += m->lru_batch[b].pfn[i] == pfn;
	return n;
}

static bool check_batches(struct checker *c)
{
	const struct machine *m = c->m;

	for (int b = 0; b < 2; b++) {
		if (m->lru_batch[b].count > ops_of(m)->lru_batch ||
			(m->lru_batch[b].count && !m->tune.lru_batches))
			return broken(c, "batch", NO_REF, ops_of(m)->lru_batch,
				m->lru_batch[b].count);
		for (uint32_t i = 0; i < m->lru_batch[b].count; i++) {
			uint32_t pfn = m->lru_batch[b].pfn[i];

			if (m->mem_map[pfn].flags & PG(LRU))
				return broken(c, "batch",
					ref_make(REF_PAGE, pfn), 0, 1);
		}
	}
	return true;
}

/* -- lists ------------------------------------------------------------------ */

static bool is_user_page(const struct page *page)
{
	return kind_is_anon(page->kind) || page->kind == PAGE_FILE ||
		page->kind == PAGE_SHMEM;
}

/* By the definition of the flags, not by page_lru(). */
static bool belongs(const struct machine *m, const struct page *page, int list)
{
	bool active = list == LRU_ACTIVE_ANON || list == LRU_ACTIVE_FILE;
	bool file = list == LRU_INACTIVE_FILE || list == LRU_ACTIVE_FILE;

	if (machine_era(m)->nr_lru_lists == 2)
		return list <= LRU_ACTIVE_ANON &&
			active == !!(page->flags & PG(ACTIVE));
	if (list == LRU_UNEVICTABLE || (page->flags & PG(UNEVICTABLE)))
		return list == LRU_UNEVICTABLE &&
			(page->flags & PG(UNEVICTABLE)) && !(page->flags & PG(ACTIVE));
	return active == !!(page->flags & PG(ACTIVE)) &&
		file == !(page->flags & PG(SWAPBACKED));
}

static bool check_list(struct checker *c, const struct zone *z, int list)
{
	const struct list_head *head = &z->lru[list];
	uint64_t n = 0;

	for (const struct list_head *p = head->next; p != head; p = p->next) {
		const struct page *page = container_of(
			(struct list_head *)p, struct page, lru);
		uint64_t pfn = page_pfn(c->m, page);

		if (page->lru_list != list || !(page->flags & PG(LRU)) ||
			!is_user_page(page) || c->found[pfn] ||
			!belongs(c->m, page, list))
			return broken(c, "lru",
				ref_make(REF_PAGE, (uint32_t)pfn),
				(uint64_t)list, page->lru_list);
		c->found[pfn] = ON_LRU;
		n++;
	}
	if (n != z->nr_lru[list])
		return broken(c, "lru", zone_ref(c, z), n, z->nr_lru[list]);
	return true;
}

static bool check_lists(struct checker *c)
{
	const struct machine *m = c->m;

	for (unsigned i = 0; i < m->nr_zones; i++)
		for (int l = 0; l < NR_LRU_LISTS; l++) {
			const struct zone *z = &m->zones[i];

			if (i >= nr_lru_zones(m) && z->nr_lru[l])
				return broken(c, "lru", zone_ref(c, z), 0,
					z->nr_lru[l]);
			if (!check_list(c, z, l))
				return false;
		}
	return true;
}

/* Only a page that is locked in memory is put away, and until 2.6.11 nobody
 * marks those. */
static bool check_locked(struct checker *c)
{
	const struct machine *m = c->m;
	bool marks = machine_era(m)->nr_lru_lists > 2;

	for (uint32_t pfn = 0; pfn < m->nr_frames; pfn++) {
		uint32_t flags = m->mem_map[pfn].flags;

		if ((flags & PG(MLOCKED)) &&
			(!marks || !is_user_page(&m->mem_map[pfn])))
			return broken(c, "mlocked", ref_make(REF_PAGE, pfn), 0,
				1);
		if ((flags & PG(UNEVICTABLE)) && !(flags & PG(MLOCKED)))
			return broken(c, "mlocked", ref_make(REF_PAGE, pfn), 1,
				0);
	}
	return true;
}

/* Who is on no list waits in exactly one batch. */
static bool check_missing(struct checker *c)
{
	const struct machine *m = c->m;

	for (uint32_t pfn = 0; pfn < m->nr_frames; pfn++)
		if (is_user_page(&m->mem_map[pfn]) && c->found[pfn] != ON_LRU &&
			check_batched(m, pfn) != 1)
			return broken(c, "lru", ref_make(REF_PAGE, pfn), 1,
				check_batched(m, pfn));
	return true;
}

static bool check_marks(struct checker *c)
{
	uint64_t mapped = 0;

	for (unsigned i = 0; i < c->m->nr_zones; i++) {
		const struct zone *z = &c->m->zones[i];

		if (z->pages_min > z->pages_low || z->pages_low > z->pages_high)
			return broken(c, "watermark", zone_ref(c, z),
				z->pages_min, z->pages_low);
	}
	for (uint64_t pfn = 0; pfn < c->m->nr_frames; pfn++)
		mapped += c->m->mem_map[pfn]._mapcount >= 0;
	if (mapped != c->m->nr_mapped)
		return broken(c, "nr_mapped", NO_REF, mapped, c->m->nr_mapped);
	if (c->m->reclaiming || c->m->kswapd_woken)
		return broken(c, "reclaiming", NO_REF, 0, 1);
	return true;
}

bool check_lru(struct checker *c)
{
	return check_batches(c) && check_lists(c) && check_missing(c) &&
		check_locked(c) && check_marks(c);
}
