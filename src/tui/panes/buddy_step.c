/*
 * Free blocks are always merged as far as they go, so which blocks there were
 * before a step follows from which frames were free then: those that are free
 * now, without those that the step's events gave back, with those that they
 * took.  A block that was free as a whole before, and whose buddy was too, was
 * a part of a larger one: it was split.  A block with a frame in it that was
 * given back was merged.
 *
 * Only frames that events name are kept, so the work goes with the step and
 * not with the memory.
 */
#include "tui/panes/buddy_step.h"
#include "core/page_alloc.h"

#include <stdlib.h>
#include <string.h>

#define MAX_EVENTS 65536 /* of a huge step only the last ones count */

/* -- frames of events --------------------------------------------------- */

struct block {
	uint32_t pfn;
	unsigned order;
	bool was_free; /* it was taken; else given back */
};

static unsigned slab_order(const struct machine *m, struct ref cache)
{
	return cache.id < NR_CACHES ? m->caches[cache.id].order : 0;
}

/* Single frames of a zone with per-CPU lists come from those and not from the
 * buddy: what the lists take and give back in batches is not told by frame, so
 * such blocks bear no mark. */
static bool is_at_hand(const struct machine *m, const struct page *page)
{
	return page && m->zones[page->zone].pcp.batch;
}

/* The block that an event takes or gives back; false: none. */
static bool event_block(const struct machine *m, const struct event *ev,
	struct block *b)
{
	const struct page *page = page_by_pfn(m, ev->o.id);

	*b = (struct block){ ev->o.id, 0, ev->kind == EVENT_ALLOC };
	switch (ev->id) {
	case EV_ALLOC_PAGE:
		if (ev->n == PAGE_SLAB && page && page->kind == PAGE_SLAB)
			b->order = page->order;
		return b->order || !is_at_hand(m, page);
	case EV_ALLOC_SLAB:
	case EV_FREE_SLAB:
		b->pfn = ev->p.id;
		b->order = slab_order(m, ev->o);
		return b->order || !is_at_hand(m, page_by_pfn(m, b->pfn));
	case EV_FREE_PAGE:
	case EV_FREE_TABLE:
		return !is_at_hand(m, page);
	default:
		return false;
	}
}

static void add_block(struct buddy_step *s, const struct block *b, size_t seq)
{
	s->last = (struct buddy_frame){ b->pfn, (uint32_t)seq,
		(uint8_t)b->order, b->was_free };
	s->any = true;
	for (uint32_t i = 0; i < 1u << b->order; i++) {
		s->frame[s->nr] = s->last;
		s->frame[s->nr++].pfn += i;
	}
}

static int compare(const void *a, const void *b)
{
	const struct buddy_frame *x = a, *y = b;

	if (x->pfn != y->pfn)
		return x->pfn < y->pfn ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* The first event of a frame tells what it was. */
static void sort(struct buddy_step *s)
{
	size_t n = 0;

	qsort(s->frame, s->nr, sizeof(*s->frame), compare);
	for (size_t i = 0; i < s->nr; i++)
		if (!n || s->frame[n - 1].pfn != s->frame[i].pfn)
			s->frame[n++] = s->frame[i];
	s->nr = n;
}

/* Frames that the events from @from on name. */
static size_t count_frames(const struct look *look, size_t from)
{
	struct block b;
	size_t n = 0;

	for (size_t i = from; i < look->done; i++)
		if (event_block(look->m, &look->events[i], &b))
			n += (size_t)1 << b.order;
	return n;
}

static void start(struct buddy_step *s, const struct look *look, size_t from)
{
	size_t n = count_frames(look, from);
	struct block b;

	memset(s, 0, sizeof(*s));
	s->m = look->m;
	s->frame = n ? calloc(n, sizeof(*s->frame)) : NULL;
	if (!s->frame)
		return;
	for (size_t i = from; i < look->done; i++)
		if (event_block(look->m, &look->events[i], &b))
			add_block(s, &b, i);
	sort(s);
}

void buddy_step_start(struct buddy_step *s, const struct look *look)
{
	start(s, look, look->done > MAX_EVENTS ? look->done - MAX_EVENTS : 0);
}

/* A slab is told twice, as a page and as a slab. */
void buddy_step_last(struct buddy_step *s, const struct look *look)
{
	size_t least = look->done > MAX_EVENTS ? look->done - MAX_EVENTS : 0;
	size_t i = look->done;
	struct block b;

	while (i > least && !event_block(look->m, &look->events[i - 1], &b))
		i--;
	start(s, look, i > least ? i - 1 : look->done);
}

void buddy_step_end(struct buddy_step *s)
{
	free(s->frame);
	s->frame = NULL;
	s->nr = 0;
}

/* -- blocks before ------------------------------------------------------ */

/* The first entry at or after @pfn. */
static size_t lower(const struct buddy_step *s, uint64_t pfn)
{
	size_t a = 0, b = s->nr;

	while (a < b) {
		size_t mid = (a + b) / 2;

		if (s->frame[mid].pfn < pfn)
			a = mid + 1;
		else
			b = mid;
	}
	return a;
}

/* The first entry in [pfn, end) that was or was not free; NULL: none. */
static const struct buddy_frame *entry_in(const struct buddy_step *s,
	uint64_t pfn, uint64_t end, bool was_free)
{
	for (size_t i = lower(s, pfn); i < s->nr && s->frame[i].pfn < end; i++)
		if (s->frame[i].was_free == was_free)
			return &s->frame[i];
	return NULL;
}

const struct page *buddy_head(const struct machine *m, uint64_t pfn)
{
	const struct page *page = page_by_pfn(m, pfn);
	const struct zone *z = page ? &m->zones[page->zone] : NULL;

	for (unsigned order = 0; z && order < NR_ORDERS; order++) {
		uint64_t at = pfn - z->zone_start_pfn;

		page = page_by_pfn(m, z->zone_start_pfn +
					      (at & ~((1ull << order) - 1)));
		if (page && page->flags & PG(BUDDY) && page->order >= order)
			return page;
	}
	return NULL;
}

/* Were all frames of [pfn, end) free before? */
static bool all_were_free(
	const struct buddy_step *s, uint64_t pfn, uint64_t end)
{
	if (entry_in(s, pfn, end, false))
		return false;
	while (pfn < end) {
		const struct page *head = buddy_head(s->m, pfn);

		if (head)
			pfn = page_pfn(s->m, head) + (1ull << head->order);
		else if (entry_in(s, pfn, pfn + 1, true))
			pfn++;
		else
			return false;
	}
	return true;
}

/* Was the buddy of the block of @order that holds @pfn free as a whole? */
static bool buddy_was_free(
	const struct buddy_step *s, uint32_t pfn, unsigned order)
{
	const struct zone *z = &s->m->zones[page_by_pfn(s->m, pfn)->zone];
	uint64_t at = pfn - z->zone_start_pfn;
	uint64_t buddy = (at & ~((1ull << order) - 1)) ^ (1ull << order);

	if (buddy + (1ull << order) > z->spanned_pages)
		return false;
	buddy += z->zone_start_pfn;
	return all_were_free(s, buddy, buddy + (1ull << order));
}

unsigned buddy_step_before(const struct buddy_step *s, uint32_t pfn)
{
	unsigned order = 0;

	while (order < buddy_max_order(s->m) && buddy_was_free(s, pfn, order))
		order++;
	return order;
}

enum buddy_mark buddy_step_mark(
	const struct buddy_step *s, uint32_t pfn, unsigned order)
{
	uint64_t end = pfn + (1ull << order);
	const struct buddy_frame *freed = entry_in(s, pfn, end, false);

	if (!s->nr)
		return BUDDY_SAME;
	if (freed)
		return freed->order == order ? BUDDY_FREED : BUDDY_MERGED;
	if (order < buddy_max_order(s->m) && buddy_was_free(s, pfn, order))
		return BUDDY_SPLIT;
	return BUDDY_SAME;
}
