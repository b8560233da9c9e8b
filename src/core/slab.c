/*
 * A cache has slabs of 2^order frames with num objects each.  A slab is on
 * exactly one list of its cache: partial while it has free objects, full when
 * it has none; an empty slab is given back to the buddy at once, so that what
 * is shown is what is used.
 *
 * In front of each object stands a pointer to its slab, so that a free finds
 * its way as the kernel does through the frame.
 *
 * Free objects of a slab form a list by number: slab->free is the first,
 * next_free[i] the one after i, num ends it.  Freed objects are handed out
 * first (LIFO), as in the kernel.
 */
#include "core/slab.h"
#include "core/emit.h"
#include "core/mechanism.h"
#include "core/page_alloc.h"

#include <string.h>

static const uint32_t host_size[NR_CACHES] = {
	[CACHE_MM] = sizeof(struct mm_struct),
	[CACHE_VMA] = sizeof(struct vm_area_struct),
	[CACHE_ANON_VMA] = sizeof(struct anon_vma),
	[CACHE_AVC] = sizeof(struct anon_vma_chain),
	[CACHE_PTE_CHAIN] = sizeof(struct pte_chain), /* and its slots */
	[CACHE_INODE] = sizeof(struct inode),
	[CACHE_KSM_RMAP_ITEM] = sizeof(struct rmap_item),
	[CACHE_KSM_STABLE_NODE] = sizeof(struct stable_node),
	[CACHE_KSM_MM_SLOT] = sizeof(struct ksm_mm_slot),
	[CACHE_MAPLE_NODE] = sizeof(struct maple_node),
};

/* The row of the era; a pte_chain's size is that of a cache line. */
static const struct cache_row *row_of(const struct machine *m, int i)
{
	const struct cache_row *rows = ops_of(m)->chain_rows;

	if (i != CACHE_PTE_CHAIN || !rows)
		return &machine_era(m)->cache[i];
	while (rows->object_size / 4 < m->tune.nrpte + 1u)
		rows++;
	return rows;
}

void slab_init(struct machine *m)
{
	for (int i = 0; i < NR_CACHES; i++) {
		const struct cache_row *row = row_of(m, i);
		struct kmem_cache *c = &m->caches[i];

		list_init(&c->partial);
		list_init(&c->full);
		c->name = row->name;
		c->object_size = row->object_size;
		c->host_size = host_size[i];
		if (i == CACHE_PTE_CHAIN)
			c->host_size += m->tune.nrpte *
				(uint32_t)sizeof(pte_addr_t);
		c->num = row->num;
		c->order = row->order;
	}
}

static struct slab *slab_of(struct list_head *node)
{
	return container_of(node, struct slab, list);
}

/* Bytes from one object to the next. */
static size_t stride(const struct kmem_cache *c)
{
	return sizeof(struct slab *) + c->host_size;
}

static char *object_at(const struct kmem_cache *c, const struct slab *slab,
	unsigned i)
{
	return slab->objects + i * stride(c) + sizeof(struct slab *);
}

static struct slab *slab_holding(const void *object)
{
	return ((struct slab *const *)object)[-1];
}

const struct slab *slab_of_object(const void *object)
{
	return slab_holding(object);
}

const void *slab_object(const struct kmem_cache *cache, const struct slab *slab,
	unsigned i)
{
	return object_at(cache, slab, i);
}

/* Name the slab in front of every object; the objects are free. */
static void lay_out(const struct kmem_cache *c, struct slab *slab)
{
	for (unsigned i = 0; i < c->num; i++) {
		char *object = object_at(c, slab, i);

		((struct slab **)(void *)object)[-1] = slab;
		slab->next_free[i] = (uint16_t)(i + 1);
		arena_poison(object, c->host_size);
	}
}

static struct ref cache_ref(const struct machine *m,
	const struct kmem_cache *c)
{
	return ref_make(REF_CACHE, (uint32_t)(c - m->caches));
}

/* One more slab; NULL when there is no block of frames for it. */
static struct slab *cache_grow(struct machine *m, struct kmem_cache *c,
	bool wait)
{
	struct page *page = wait ? alloc_pages(m, c->order, PAGE_SLAB)
				 : alloc_pages_nowait(m, c->order, PAGE_SLAB);
	struct slab *slab;

	if (!page)
		return NULL;
	slab = arena_alloc(m, sizeof *slab);
	slab->pfn = page_pfn(m, page);
	slab->objects = arena_alloc(m, c->num * stride(c));
	slab->next_free = arena_alloc(m, c->num * sizeof *slab->next_free);
	lay_out(c, slab);
	list_add(&slab->list, &c->partial);
	c->nr_slabs++;
	for (unsigned i = 0; i < 1u << c->order; i++) {
		page[i].slab = slab;
		page[i].flags |= PG(SLAB);
	}
	tell(m, EV_ALLOC_SLAB, cache_ref(m, c), page_ref(m, page), 0);
	return slab;
}

static void slab_destroy(struct machine *m, struct kmem_cache *c,
	struct slab *slab)
{
	struct page *page = &m->mem_map[slab->pfn];

	list_del(&slab->list);
	c->nr_slabs--;
	for (unsigned i = 0; i < 1u << c->order; i++) {
		page[i].slab = NULL;
		page[i].flags &= ~PG(SLAB);
	}
	arena_unpoison(slab->objects, c->num * stride(c));
	arena_free(m, slab->objects, c->num * stride(c));
	arena_free(m, slab->next_free, c->num * sizeof *slab->next_free);
	arena_free(m, slab, sizeof *slab);
	page->_refcount = 0;
	free_pages_block(m, page, c->order);
	tell(m, EV_FREE_SLAB, cache_ref(m, c), page_ref(m, page), 0);
}

static void *alloc(struct machine *m, enum slab_cache_id id, bool wait)
{
	struct kmem_cache *c = &m->caches[id];
	struct slab *slab = list_empty(&c->partial)
		? cache_grow(m, c, wait)
		: slab_of(c->partial.next);
	char *object;

	if (!slab)
		return NULL;
	object = object_at(c, slab, slab->free);
	arena_unpoison(object, c->host_size);
	memset(object, 0, c->host_size);
	slab->free = slab->next_free[slab->free];
	if (++slab->inuse == c->num) {
		list_del(&slab->list);
		list_add(&slab->list, &c->full);
	}
	c->nr_objects++;
	cost(m, COST_ALLOCS, 1);
	cost(m, COST_SLAB_BYTES, c->object_size);
	return object;
}

void *slab_alloc(struct machine *m, enum slab_cache_id id)
{
	return alloc(m, id, true);
}

void *slab_alloc_nowait(struct machine *m, enum slab_cache_id id)
{
	return alloc(m, id, false);
}

void slab_tell(struct machine *m, enum slab_cache_id id, struct ref ref)
{
	tell(m, EV_ALLOC_OBJECT, ref, cache_ref(m, &m->caches[id]), 0);
}

void slab_free(struct machine *m, enum slab_cache_id id, void *object,
	struct ref ref)
{
	struct kmem_cache *c = &m->caches[id];
	struct slab *slab = slab_holding(object);
	size_t i = (size_t)((char *)object - object_at(c, slab, 0)) / stride(c);

	memset(object, 0, c->host_size);
	arena_poison(object, c->host_size);
	slab->next_free[i] = slab->free;
	slab->free = (uint16_t)i;
	if (slab->inuse-- == c->num) {
		list_del(&slab->list);
		list_add(&slab->list, &c->partial);
	}
	c->nr_objects--;
	cost(m, COST_FREES, 1);
	tell(m, EV_FREE_OBJECT, ref, cache_ref(m, c), 0);
	if (!slab->inuse)
		slab_destroy(m, c, slab);
}

void slab_for_each(const struct kmem_cache *cache, slab_fn *fn, void *ctx)
{
	const struct list_head *const heads[] = { &cache->partial,
		&cache->full };

	for (int i = 0; i < 2; i++)
		for (const struct list_head *n = heads[i]->next; n != heads[i];
			n = n->next)
			fn(ctx, slab_of((struct list_head *)n));
}

void slab_poison_free(struct machine *m)
{
	for (int i = 0; i < NR_CACHES; i++) {
		struct kmem_cache *c = &m->caches[i];

		list_for_each (node, &c->partial) {
			struct slab *slab = slab_of(node);

			for (unsigned k = slab->free; k < c->num;
				k = slab->next_free[k])
				arena_poison(object_at(c, slab, k),
					c->host_size);
		}
	}
}
