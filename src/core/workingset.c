/*
 * zone->inactive_age (6.18: nonresident_age) counts what leaves the inactive
 * list: evictions and activations.  An eviction entry holds the count of its
 * time, so that the difference at the refault says how many pages more the
 * inactive list would have needed to keep the page: the refault distance.
 *
 * An entry is (age << 2 | PG_workingset << 1 | 1), never 0.
 */
#include "core/workingset.h"
#include "core/emit.h"
#include "core/lru.h"
#include "core/mechanism.h"
#include "core/page_state.h"
#include "core/swap.h"

static uint64_t pack(uint64_t age, bool workingset)
{
	return age << 2 | (uint64_t)workingset << 1 | 1;
}

static bool is_file_lru(const struct page *page)
{
	return !(page->flags & PG(SWAPBACKED));
}

/* 4.0: only pages of files; the eviction itself is counted first. */
uint64_t workingset_evict_4_0(struct zone *z, const struct page *page)
{
	return is_file_lru(page) ? pack(++z->inactive_age, false) : 0;
}

uint64_t workingset_evict_6_18(struct zone *z, const struct page *page)
{
	return pack(z->inactive_age++, page->flags & PG(WORKINGSET));
}

uint64_t workingset_eviction(struct machine *m, struct page *page)
{
	const struct era_ops *ops = ops_of(m);
	uint64_t shadow;

	if (!ops->workingset_evict)
		return 0;
	shadow = ops->workingset_evict(lru_zone(m, page), page);
	if (shadow)
		tell(m, EV_SHADOW, page_ref(m, page), NO_REF, shadow >> 2);
	return shadow;
}

static void tell_distance(struct machine *m, const struct page *page,
	uint64_t distance, uint64_t limit)
{
	if (tracing(m))
		emit_full(m, &(struct event){ .id = distance <= limit
					? EV_REFAULT_SOON
					: EV_REFAULT_LATE,
				     .o = page_ref(m, page),
				     .type = VT_INT,
				     .old = limit,
				     .n = distance });
}

/* 4.0 mm/filemap.c add_to_page_cache_lru. */
void workingset_refault_4_0(struct machine *m, struct page *page,
	uint64_t shadow)
{
	struct zone *z = lru_zone(m, page);
	uint64_t distance = z->inactive_age - (shadow >> 2);

	tell_distance(m, page, distance, z->nr_lru[LRU_ACTIVE_FILE]);
	if (distance > z->nr_lru[LRU_ACTIVE_FILE])
		return;
	page_set_flag(m, page, PG(ACTIVE));
	z->inactive_age++;
}

void lru_note_cost(struct zone *z, bool file, uint64_t io, uint64_t rotated)
{
	uint64_t pages = 0;

	*(file ? &z->file_cost : &z->anon_cost) += io * 32 + rotated;
	for (int l = LRU_INACTIVE_ANON; l <= LRU_ACTIVE_FILE; l++)
		pages += z->nr_lru[l];
	if (z->file_cost + z->anon_cost > pages / 4) {
		z->file_cost /= 2;
		z->anon_cost /= 2;
	}
}

/* workingset_test_recent: how much memory the other lists have. */
static uint64_t room_for(const struct machine *m, const struct zone *z,
	bool file)
{
	uint64_t pages = z->nr_lru[LRU_ACTIVE_FILE];

	if (!file)
		pages += z->nr_lru[LRU_INACTIVE_FILE];
	if (nr_swap_pages(m)) {
		pages += z->nr_lru[LRU_ACTIVE_ANON];
		if (file)
			pages += z->nr_lru[LRU_INACTIVE_ANON];
	}
	return pages;
}

void workingset_refault_6_18(struct machine *m, struct page *page,
	uint64_t shadow)
{
	struct zone *z = lru_zone(m, page);
	bool file = is_file_lru(page);
	uint64_t distance = z->inactive_age - (shadow >> 2);
	uint64_t room = room_for(m, z, file);

	tell_distance(m, page, distance, room);
	if (distance > room)
		return;
	page_set_flag(m, page, PG(ACTIVE));
	z->inactive_age++;
	z->activations[file]++;
	if (shadow & 2) {
		page_set_flag(m, page, PG(WORKINGSET));
		lru_note_cost(z, file, 1, 0);
	}
}

void workingset_refault(struct machine *m, struct page *page, uint64_t shadow)
{
	if (shadow && ops_of(m)->workingset_refault)
		ops_of(m)->workingset_refault(m, page, shadow);
}

void workingset_activation(struct machine *m, struct page *page)
{
	if (ops_of(m)->workingset_evict)
		lru_zone(m, page)->inactive_age++;
}
