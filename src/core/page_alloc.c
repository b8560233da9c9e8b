/*
 * The buddy allocator.  A free block of order o is 2^o frames aligned to its
 * size; its first frame has PG_buddy, page->order = o and hangs on
 * zone->free_area[o]; the other frames of the block carry nothing.
 *
 * Invariant: two free buddies of one order never lie side by side (they would
 * have been merged), and the sum over the lists is zone->free_pages.
 */
#include "core/page_alloc.h"
#include "core/lru.h"
#include "core/mechanism.h"
#include "core/page_state.h"
#include "core/reclaim.h"
#include "core/pcp.h"

#define MIB ((uint64_t)1 << 20)

static struct page *page_of(struct list_head *node)
{
	return container_of(node, struct page, lru);
}

static void add_free_block(struct machine *m, struct zone *z,
	struct page *page, unsigned order, bool tail)
{
	struct free_area *area = &z->free_area[order];

	page->flags = PG(BUDDY);
	page->kind = PAGE_FREE;
	page->order = (uint16_t)order;
	if (tail)
		list_add_tail(&page->lru, &area->free_list);
	else
		list_add(&page->lru, &area->free_list);
	area->nr_free++;
	(void)m;
}

static void del_free_block(struct zone *z, struct page *page)
{
	list_del(&page->lru);
	z->free_area[page->order].nr_free--;
	page->flags = 0;
	page->order = 0;
}

/* Is the block that starts at zone offset @at free and of @order? */
static bool is_free_buddy(struct machine *m, const struct zone *z, uint64_t at,
	unsigned order)
{
	const struct page *page;

	if (at + (1ull << order) > z->spanned_pages)
		return false;
	page = &m->mem_map[z->zone_start_pfn + at];
	return (page->flags & PG(BUDDY)) && page->order == order;
}

/*
 * Would the block of @order at @at soon merge further?  Then it goes to the
 * tail, to be used last: its pair of the next order is free already
 * (4.0 on, mm/page_alloc.c __free_one_page).
 */
static bool likely_to_merge(struct machine *m, const struct zone *z,
	uint64_t at, unsigned order)
{
	uint64_t combined = at & ~(1ull << order);

	if (!ops_of(m)->buddy_tail || order >= ops_of(m)->max_order - 1)
		return false;
	return is_free_buddy(m, z, combined ^ (2ull << order), order + 1);
}

void free_to_buddy(struct machine *m, struct page *page, unsigned order)
{
	struct zone *z = &m->zones[page->zone];
	uint64_t at = page_pfn(m, page) - z->zone_start_pfn;

	z->all_unreclaimable = false;
	z->pages_scanned = 0;
	for (unsigned i = 0; i < 1u << order; i++)
		page[i].kind = PAGE_FREE;
	z->free_pages += 1ull << order;
	while (order < ops_of(m)->max_order) {
		uint64_t buddy = at ^ (1ull << order);

		if (!is_free_buddy(m, z, buddy, order))
			break;
		del_free_block(z, &m->mem_map[z->zone_start_pfn + buddy]);
		at &= buddy;
		order++;
	}
	add_free_block(m, z, &m->mem_map[z->zone_start_pfn + at], order,
		likely_to_merge(m, z, at, order));
}

void free_pages_block(struct machine *m, struct page *page, unsigned order)
{
	cost(m, COST_FREES, 1);
	free_to_buddy(m, page, order);
}

/* Cut a block of order @high down to @low; the caller gets its lower end, up to
 * 2.6.0 its upper (mm/page_alloc.c expand). */
static struct page *expand(struct machine *m, struct zone *z,
	struct page *page, unsigned low, unsigned high)
{
	while (high > low) {
		struct page *upper = page + (1u << --high);

		if (ops_of(m)->upper_half) {
			add_free_block(m, z, page, high, false);
			page = upper;
		} else {
			add_free_block(m, z, upper, high, false);
		}
	}
	return page;
}

struct page *rmqueue_buddy(struct machine *m, struct zone *z, unsigned order)
{
	for (unsigned o = order; o < NR_ORDERS; o++) {
		struct list_head *list = &z->free_area[o].free_list;
		struct page *page;

		if (list_empty(list))
			continue;
		page = page_of(list->next);
		del_free_block(z, page);
		z->free_pages -= 1ull << order;
		return expand(m, z, page, order, o);
	}
	return NULL;
}

/* A block out of zone @z, or NULL; single frames are kept at hand. */
static struct page *rmqueue(struct machine *m, struct zone *z, unsigned order)
{
	return order || !z->pcp.batch ? rmqueue_buddy(m, z, order)
				      : pcp_alloc(m, z);
}

/* All of it is written, so that no store waits for one in parts before it. */
static void prepare_new_page(struct page *page, enum page_kind kind)
{
	*page = (struct page){ ._mapcount = -1,
		.kind = (uint8_t)kind,
		.zone = page->zone,
		.lru_list = LRU_NONE };
	list_init(&page->lru);
}

/* Page tables and slabs must lie where the kernel can reach them; users' pages
 * need not (GFP_HIGHUSER). */
static bool zone_fits(const struct zone *z, enum page_kind kind)
{
	return z->name[0] != 'H' || kind_is_anon(kind) || kind == PAGE_FILE ||
		kind == PAGE_SHMEM;
}

struct page *take_from_zones(struct machine *m, unsigned order,
	enum page_kind kind, enum mark mark)
{
	struct mark_walk w = { .order = order, .mark = mark };
	struct page *page = NULL;
	unsigned i = m->nr_zones;

	while (i && !zone_fits(&m->zones[i - 1], kind))
		i--;
	w.classzone = i - 1;
	while (i-- && !page)
		if (mark_allows(m, &w, &m->zones[i]))
			page = rmqueue(m, &m->zones[i], order);
	return page;
}

static struct page *alloc(struct machine *m, unsigned order,
	enum page_kind kind, bool wait)
{
	struct page *page = take_from_zones(m, order, kind, MARK_LOW);

	if (!page)
		page = alloc_slowpath(m, order, kind, wait);
	if (!page)
		return NULL;
	for (unsigned i = 0; i < 1u << order; i++)
		prepare_new_page(&page[i], kind);
	page->_refcount = 1;
	page->order = (uint16_t)order;
	cost(m, COST_ALLOCS, 1);
	tell(m, EV_ALLOC_PAGE, page_ref(m, page), NO_REF, kind);
	return page;
}

struct page *alloc_pages(struct machine *m, unsigned order,
	enum page_kind kind)
{
	return alloc(m, order, kind, true);
}

struct page *alloc_pages_nowait(struct machine *m, unsigned order,
	enum page_kind kind)
{
	return alloc(m, order, kind, false);
}

void tell_refcount(struct machine *m, const struct page *page, int delta)
{
	const struct era_ops *ops = ops_of(m);
	int64_t now = page->_refcount - ops->count_bias;

	tell_set(m, page_ref(m, page), ops->count_field, VT_INT,
		(uint64_t)(now - delta), (uint64_t)now);
}

/* The last reference is gone: off the LRU and back to the buddy. */
static void free_page(struct machine *m, struct page *page)
{
	call(m, FN_FREE_PAGE, page_ref(m, page), NO_REF, 0);
	if (page->lru_list != LRU_NONE)
		lru_del(m, page);
	prepare_new_page(page, PAGE_FREE);
	if (m->tune.pcp)
		pcp_free(m, page);
	else
		free_pages_block(m, page, 0);
	tell(m, EV_FREE_PAGE, page_ref(m, page), NO_REF, 0);
	ret(m, FN_FREE_PAGE);
}

void put_page(struct machine *m, struct page *page)
{
	page->_refcount--;
	if (tracing(m))
		tell_refcount(m, page, -1);
	if (!page->_refcount)
		free_page(m, page);
}

unsigned buddy_max_order(const struct machine *m)
{
	return ops_of(m)->max_order;
}

uint64_t nr_free_pages(const struct machine *m)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < m->nr_zones; i++)
		n += m->zones[i].free_pages;
	return n;
}

static void zone_init(struct machine *m, const char *name, uint64_t start,
	uint64_t pages)
{
	struct zone *z = &m->zones[m->nr_zones];

	z->name = name;
	z->zone_start_pfn = start;
	z->spanned_pages = pages;
	for (unsigned o = 0; o < NR_ORDERS; o++)
		list_init(&z->free_area[o].free_list);
	for (int l = 0; l < NR_LRU_LISTS; l++)
		list_init(&z->lru[l]);
	for (uint64_t i = 0; i < pages; i++)
		m->mem_map[start + i].zone = m->nr_zones & 15;
	m->nr_zones++;
}

/* Where the architecture's zones end, in bytes; 0 ends the row. */
static const struct zone_limit {
	const char *name;
	uint64_t end;
} limits[2][4] = {
	{ { "DMA", 16 * MIB }, { "Normal", 896 * MIB },
		{ "HighMem", UINT64_MAX }, { NULL, 0 } },
	{ { "DMA", 16 * MIB }, { "DMA32", 4096 * MIB },
		{ "Normal", UINT64_MAX }, { NULL, 0 } },
};

/* Up to 64 MiB one zone; above, those of the architecture. */
static void default_zones(struct machine *m)
{
	const struct zone_limit *row = limits[
		machine_paging(m)->arch >= ARCH_X86_64];
	uint64_t start = 0;

	if (m->ram <= 64 * MIB) {
		zone_init(m, "Normal", 0, m->nr_frames);
		return;
	}
	for (; row->name && start < m->nr_frames; row++) {
		uint64_t end = row->end >> PAGE_SHIFT;

		if (end > m->nr_frames)
			end = m->nr_frames;
		zone_init(m, row->name, start, end - start);
		start = end;
	}
}

static void configured_zones(struct machine *m,
	const struct machine_config *config)
{
	uint64_t start = 0;

	for (int i = 0; i < NR_ZONES_MAX && config->zone_pages[i]; i++) {
		zone_init(m, config->zone_name[i], start,
			config->zone_pages[i]);
		start += config->zone_pages[i];
	}
}

/* Give [start, end) to the buddy in the largest aligned blocks, low addresses
 * first out: the lists are filled from the top down. */
static void free_range(struct machine *m, struct zone *z, uint64_t start,
	uint64_t end)
{
	while (end > start) {
		uint64_t at = end - z->zone_start_pfn;
		unsigned order = 0;

		while (order < ops_of(m)->max_order && !(at & (1ull << order)) &&
			end - start >= 2ull << order)
			order++;
		end -= 1ull << order;
		add_free_block(m, z, &m->mem_map[end], order, false);
		z->free_pages += 1ull << order;
	}
}

/* Frame 0, and the frames that mem_map itself takes in that kernel. */
static uint64_t reserved_frames(const struct machine *m)
{
	uint64_t bytes = m->nr_frames * machine_era(m)->page_struct_size;

	return 1 + ((bytes + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

void memory_init(struct machine *m, const struct machine_config *config)
{
	uint64_t reserved = reserved_frames(m);

	list_init(&m->isolated);
	list_init(&m->kept[0]);
	list_init(&m->kept[1]);
	for (uint64_t pfn = 0; pfn < m->nr_frames; pfn++)
		prepare_new_page(&m->mem_map[pfn], PAGE_FREE);
	if (config->zone_pages[0])
		configured_zones(m, config);
	else
		default_zones(m);
	for (uint64_t pfn = 0; pfn <= reserved; pfn++) {
		struct page *page = &m->mem_map[pfn];

		page->kind = pfn < reserved ? PAGE_RESERVED : PAGE_ZERO;
		page->flags = PG(RESERVED);
		page->_refcount = 1;
	}
	m->zero_pfn = (uint32_t)reserved;
	for (unsigned i = 0; i < m->nr_zones; i++) {
		struct zone *z = &m->zones[i];
		uint64_t start = z->zone_start_pfn;

		if (start <= reserved)
			start = reserved + 1;
		free_range(m, z, start, z->zone_start_pfn + z->spanned_pages);
		pcp_init(m, z);
	}
	watermarks_init(m, config->zone_pages[0]);
}
