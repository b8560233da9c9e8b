/*
 * The swap area: each slot is counted by those who hold it, the cache and its
 * pages name each other, and a clean page holds what the disk holds.
 */
#include "core/checker.h"
#include "core/swap.h"

/* A leaf entry that is not present: of the area, and in use there. */
bool check_swap_pte(struct checker *c, const struct mm_struct *mm,
	uint64_t addr, pteval_t pte)
{
	const struct swap_info_struct *si = &c->m->swap_info;
	struct ref o = ref_at(REF_PTE, mm->id, addr);
	uint64_t slot = swap_slot(c->m, pte);

	if (pte_is_guard(c->m, pte)) {
		if (pte == mk_guard_pte(c->m))
			return true;
		return broken(c, "marker", o, mk_guard_pte(c->m), pte);
	}
	if (!pte_is_swap(c->m, pte) || !slot || slot >= si->max)
		return broken(c, "pte", o, si->max, pte);
	c->slots[slot]++;
	c->swap_exclusive[slot] |= pte_swp_exclusive(c->m, pte);
	return true;
}

/* -- one slot ------------------------------------------------------------------ */

/* What that kernel's swap_map must hold. */
static uint32_t map_wanted(const struct checker *c, uint64_t slot)
{
	uint32_t cached = c->m->swap_info.cache[slot] != 0;

	if (ops_of(c->m)->swap_cache_flag)
		return c->slots[slot] | (cached ? SWAP_HAS_CACHE : 0);
	return c->slots[slot] + cached;
}

/* A clean page that nobody has written through a PTE. */
static bool check_content(struct checker *c, uint64_t slot,
	const struct page *page)
{
	value_t value = c->m->swap_info.value[slot];
	uint32_t pfn = page_pfn(c->m, page);

	if ((page->flags & PG(DIRTY)) || c->dirty[pfn] || page->value == value)
		return true;
	return broken(c, "swap_value", swap_ref(slot), page->value, value);
}

static bool check_cached(struct checker *c, uint64_t slot)
{
	uint32_t pfn = c->m->swap_info.cache[slot];
	const struct page *page = page_by_pfn(c->m, pfn);

	if (!pfn)
		return true;
	if (!page || !(page->flags & PG(SWAPCACHE)) ||
		page_swap_slot(c->m, page) != slot)
		return broken(c, "swap_cache", swap_ref(slot), pfn,
			page ? page_swap_slot(c->m, page) : 0);
	if (!kind_is_anon(page->kind) && page->kind != PAGE_SHMEM)
		return broken(c, "swap_cache", swap_ref(slot), PAGE_ANON,
			page->kind);
	if (page->kind == PAGE_ANON && !(page->flags & PG(SWAPBACKED)) &&
		(ops_of(c->m)->new_page_flags & PG(SWAPBACKED)))
		return broken(c, "swapbacked", swap_ref(slot), 1, 0);
	if ((page->flags & PG(ANON_EXCLUSIVE)) && c->slots[slot])
		return broken(c, "exclusive", swap_ref(slot), 0,
			c->slots[slot]);
	return check_content(c, slot, page);
}

static bool check_slot(struct checker *c, uint64_t slot)
{
	const struct swap_info_struct *si = &c->m->swap_info;
	uint32_t want = map_wanted(c, slot);

	if (si->swap_map[slot] != want)
		return broken(c, "swap_map", swap_ref(slot), want,
			si->swap_map[slot]);
	if (c->swap_exclusive[slot] && c->slots[slot] != 1)
		return broken(c, "exclusive", swap_ref(slot), 1,
			c->slots[slot]);
	return check_cached(c, slot);
}

/* -- the area ------------------------------------------------------------------ */

/* Until 4.0: no free slot outside of the bounds. */
static bool check_bounds(struct checker *c)
{
	const struct swap_info_struct *si = &c->m->swap_info;

	if (si->cluster_info)
		return true;
	for (uint64_t slot = 1; slot < si->max; slot++)
		if (!si->swap_map[slot] &&
			(slot < si->lowest_bit || slot > si->highest_bit))
			return broken(c, "swap_bounds", swap_ref(slot),
				si->lowest_bit, si->highest_bit);
	return true;
}

/* Slots of cluster @i that are not to be had. */
static uint64_t cluster_used(const struct swap_info_struct *si, uint64_t i)
{
	uint64_t used = 0;

	for (uint64_t n = 0; n < SWAPFILE_CLUSTER; n++) {
		uint64_t slot = i * SWAPFILE_CLUSTER + n;

		used += !slot || slot >= si->max || si->swap_map[slot];
	}
	return used;
}

/* 6.18: each cluster is on one list, and that fits what it holds. */
static bool check_clusters(struct checker *c)
{
	const struct swap_info_struct *si = &c->m->swap_info;
	uint64_t n = (si->max + SWAPFILE_CLUSTER - 1) / SWAPFILE_CLUSTER;
	uint64_t listed = 0;

	if (!si->cluster_info)
		return true;
	for (int l = 0; l < NR_CLUSTER_LISTS; l++) {
		list_for_each(p, (struct list_head *)&si->clusters[l])
		{
			const struct swap_cluster_info *ci = container_of(p,
				struct swap_cluster_info, list);
			uint64_t i = (uint64_t)(ci - si->cluster_info);
			uint64_t used = cluster_used(si, i);

			listed++;
			if (ci->count != used)
				return broken(c, "swap_cluster",
					swap_ref(i * SWAPFILE_CLUSTER), used,
					ci->count);
			if (ci->flags != l ||
				(l == CLUSTER_FREE) != (used == 0) ||
				(l == CLUSTER_FULL) !=
					(used == SWAPFILE_CLUSTER))
				return broken(c, "swap_cluster",
					swap_ref(i * SWAPFILE_CLUSTER),
					(uint64_t)l, ci->flags);
		}
	}
	return listed == n || broken(c, "swap_cluster", NO_REF, n, listed);
}

static bool check_inuse(struct checker *c)
{
	const struct swap_info_struct *si = &c->m->swap_info;
	uint64_t used = 0, cached = 0;

	for (uint64_t slot = 1; slot < si->max; slot++) {
		used += si->swap_map[slot] != 0;
		cached += si->cache[slot] != 0;
	}
	if (cached != si->nrpages)
		return broken(c, "swap_cache", NO_REF, cached, si->nrpages);
	if (used != si->inuse_pages)
		return broken(c, "swap_inuse", NO_REF, used, si->inuse_pages);
	if (used && !si->on)
		return broken(c, "swap_inuse", NO_REF, 0, used);
	return true;
}

/* Every page that says it is in the cache is there. */
static bool check_pages(struct checker *c)
{
	const struct machine *m = c->m;

	for (uint64_t pfn = 0; pfn < m->nr_frames; pfn++) {
		const struct page *page = &m->mem_map[pfn];
		uint64_t slot = page_swap_slot(m, page);
		struct ref o = ref_make(REF_PAGE, (uint32_t)pfn);

		if (!(page->flags & PG(SWAPCACHE)))
			continue;
		if (!slot || slot >= m->swap_info.max ||
			m->swap_info.cache[slot] != pfn)
			return broken(c, "swap_cache", o, pfn, slot);
		if (ops_of(m)->swap_in_index &&
			page->mapping != (uintptr_t)&m->swapper_space)
			return broken(c, "mapping", o, 1, 0);
	}
	return true;
}

bool check_swap(struct checker *c)
{
	for (uint64_t slot = 1; slot < c->m->swap_info.max; slot++)
		if (!check_slot(c, slot))
			return false;
	return check_pages(c) && check_inuse(c) && check_bounds(c) &&
		check_clusters(c);
}
