/* Every frame is in exactly one place: buddy, slab, tables, LRU, reserved. */
#include "core/checker.h"
#include "core/slab.h"

static struct ref frame_ref(uint64_t pfn)
{
	return ref_make(REF_PAGE, (uint32_t)pfn);
}

/* -- the buddy allocator
 * -------------------------------------------------------- */

static bool check_block(struct checker *c, const struct zone *z,
	const struct page *page, unsigned order)
{
	uint64_t pfn = page_pfn(c->m, page);
	uint64_t at = pfn - z->zone_start_pfn;

	if (page->kind != PAGE_FREE || !(page->flags & PG(BUDDY)) ||
		page->order != order)
		return broken(c, "free", frame_ref(pfn), order, page->order);
	if ((at & ((1ull << order) - 1)) ||
		at + (1ull << order) > z->spanned_pages)
		return broken(c, "free", frame_ref(pfn), order, at);
	for (uint64_t i = 0; i < 1ull << order; i++) {
		if (c->found[pfn + i] ||
			c->m->mem_map[pfn + i].kind != PAGE_FREE ||
			c->m->mem_map[pfn + i].mapping)
			return broken(c, "free", frame_ref(pfn + i), 0, 1);
		c->found[pfn + i] = IN_BUDDY;
	}
	return true;
}

static const struct page *block_page(const struct list_head *node)
{
	return container_of((struct list_head *)node, struct page, lru);
}

static bool check_lists(struct checker *c, const struct zone *z)
{
	for (unsigned o = 0; o < NR_ORDERS; o++) {
		const struct list_head *head = &z->free_area[o].free_list;

		for (const struct list_head *p = head->next; p != head;
			p = p->next)
			if (!check_block(c, z, block_page(p), o))
				return false;
	}
	return true;
}

/* Two free buddies of one order would have been merged. */
static bool check_coalesced(
	struct checker *c, const struct zone *z, unsigned order)
{
	const struct list_head *head = &z->free_area[order].free_list;

	for (const struct list_head *p = head->next; p != head; p = p->next) {
		uint64_t at = page_pfn(c->m, block_page(p)) - z->zone_start_pfn;
		uint64_t buddy = at ^ (1ull << order);
		const struct page *b =
			&c->m->mem_map[z->zone_start_pfn + buddy];

		if (buddy + (1ull << order) <= z->spanned_pages &&
			(b->flags & PG(BUDDY)) && b->order == order)
			return broken(c, "free", frame_ref(at), order, order);
	}
	return true;
}

static bool check_counts(struct checker *c, const struct zone *z)
{
	struct ref o = ref_make(REF_ZONE, (uint32_t)(z - c->m->zones));
	uint64_t pages = 0;

	for (unsigned i = 0; i < NR_ORDERS; i++) {
		const struct list_head *head = &z->free_area[i].free_list;
		uint64_t n = 0;

		for (const struct list_head *p = head->next; p != head;
			p = p->next)
			n++;
		if (n != z->free_area[i].nr_free)
			return broken(
				c, "nr_free", o, n, z->free_area[i].nr_free);
		if (i > ops_of(c->m)->max_order && n)
			return broken(c, "free", o, 0, n);
		if (i < ops_of(c->m)->max_order && !check_coalesced(c, z, i))
			return false;
		pages += n << i;
	}
	if (pages != z->free_pages)
		return broken(c, "free_pages", o, pages, z->free_pages);
	return true;
}

/* Frames at hand are free, but in no block of the buddy. */
static bool check_pcp(struct checker *c, const struct zone *z)
{
	const struct list_head *head = &z->pcp.list;
	uint32_t n = 0;

	for (const struct list_head *p = head->next; p != head; p = p->next) {
		const struct page *page = block_page(p);
		uint64_t pfn = page_pfn(c->m, page);

		if (page->kind != PAGE_FREE || (page->flags & PG(BUDDY)) ||
			page->_refcount || c->found[pfn])
			return broken(c, "pcp", frame_ref(pfn), 0, page->flags);
		c->found[pfn] = IN_BUDDY;
		n++;
	}
	if (n != z->pcp.count || (z->pcp.batch && n > z->pcp.high))
		return broken(c, "pcp",
			ref_make(REF_ZONE, (uint32_t)(z - c->m->zones)), n,
			z->pcp.count);
	return true;
}

bool check_buddy(struct checker *c)
{
	const struct machine *m = c->m;

	for (unsigned i = 0; i < m->nr_zones; i++)
		if (!check_lists(c, &m->zones[i]) ||
			!check_pcp(c, &m->zones[i]))
			return false;
	for (uint64_t pfn = 0; pfn < m->nr_frames; pfn++)
		if ((m->mem_map[pfn].kind == PAGE_FREE) !=
			(c->found[pfn] == IN_BUDDY))
			return broken(c, "free", frame_ref(pfn), 1, 0);
	for (unsigned i = 0; i < m->nr_zones; i++)
		if (!check_counts(c, &m->zones[i]))
			return false;
	return true;
}

/* -- slabs
 * ------------------------------------------------------------------------ */

struct slab_check {
	struct checker *c;
	const struct kmem_cache *cache;
	uint64_t slabs, objects;
	bool ok;
};

/* Objects on the free list of a slab; more than num: the list is broken. */
static unsigned free_objects(
	const struct kmem_cache *cache, const struct slab *slab)
{
	unsigned n = 0;

	for (unsigned i = slab->free; i < cache->num && n <= cache->num;
		i = slab->next_free[i])
		n++;
	return n;
}

static void check_slab(void *ctx, const struct slab *slab)
{
	struct slab_check *s = ctx;
	struct checker *c = s->c;
	unsigned free = free_objects(s->cache, slab);
	struct ref o = frame_ref(slab->pfn);

	if (!s->ok)
		return;
	s->slabs++;
	s->objects += slab->inuse;
	if (slab->inuse + free != s->cache->num)
		s->ok = broken(c, "slab", o, s->cache->num - free, slab->inuse);
	for (uint64_t i = 0; s->ok && i < 1ull << s->cache->order; i++) {
		const struct page *page = &c->m->mem_map[slab->pfn + i];

		if (page->kind != PAGE_SLAB || page->slab != slab ||
			c->found[slab->pfn + i])
			s->ok = broken(c, "slab", o, PAGE_SLAB, page->kind);
		c->found[slab->pfn + i] = IN_SLAB;
	}
}

/* A full slab is on the full list, one with room on the partial list. */
static bool check_slab_list(struct checker *c, const struct kmem_cache *cache,
	const struct list_head *head)
{
	list_for_each(p, (struct list_head *)head)
	{
		const struct slab *slab = container_of(p, struct slab, list);

		if ((slab->inuse == cache->num) != (head == &cache->full))
			return broken(c, "slab", frame_ref(slab->pfn),
				cache->num, slab->inuse);
	}
	return true;
}

/* Objects that have a number, of the caches that hold numbered ones. */
static uint64_t numbered(const struct checker *c, int cache)
{
	const struct machine *m = c->m;
	const struct idmap *map = cache == CACHE_VMA	    ? &m->vmas
				  : cache == CACHE_ANON_VMA ? &m->anon_vmas
				  : cache == CACHE_AVC	    ? &m->avcs
				  : cache == CACHE_PTE_CHAIN ? &m->pte_chains
				  : cache == CACHE_INODE    ? &m->inodes
				  : cache == CACHE_KSM_RMAP_ITEM
					? &m->rmap_items
				  : cache == CACHE_KSM_STABLE_NODE
					? &m->stable_nodes
				  : cache == CACHE_MAPLE_NODE ? &m->maple_nodes
							    : NULL;
	uint64_t n = 0;

	for (uint32_t id = 1; map && id <= map->last; id++)
		n += map->slot[id] != NULL &&
			!(map == &m->maple_nodes &&
				maple_node_by_id(m, id)->borrowed);
	if (map)
		return n;
	return cache == CACHE_KSM_MM_SLOT ? check_ksm_mms(m, true)
					  : c->mms + check_ksm_mms(m, false);
}

static bool check_cache(struct checker *c, int i)
{
	const struct kmem_cache *cache = &c->m->caches[i];
	struct slab_check s = { c, cache, 0, 0, true };
	struct ref o = ref_make(REF_CACHE, (uint32_t)i);

	slab_for_each(cache, check_slab, &s);
	if (!s.ok)
		return false;
	if (!check_slab_list(c, cache, &cache->partial) ||
		!check_slab_list(c, cache, &cache->full))
		return false;
	if (s.slabs != cache->nr_slabs)
		return broken(c, "slab", o, s.slabs, cache->nr_slabs);
	if (s.objects != cache->nr_objects)
		return broken(c, "slab", o, s.objects, cache->nr_objects);
	if (numbered(c, i) != cache->nr_objects)
		return broken(
			c, "slab", o, numbered(c, i), cache->nr_objects);
	return true;
}

bool check_slabs(struct checker *c)
{
	for (int i = 0; i < NR_CACHES; i++)
		if (!check_cache(c, i))
			return false;
	for (uint64_t pfn = 0; pfn < c->m->nr_frames; pfn++)
		if ((c->m->mem_map[pfn].kind == PAGE_SLAB) !=
			(c->found[pfn] == IN_SLAB))
			return broken(c, "slab", frame_ref(pfn), 1, 0);
	return true;
}
