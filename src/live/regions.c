/*
 * The regions of one address space.  They stand in an array by address; a
 * change first splits at both ends, so that afterwards it concerns whole
 * regions.  Touched pages are a hash table by page number with linear probing;
 * a page that is forgotten stays in it as TOUCHED_NOT until the table grows.
 */
#include "live/regions.h"

#include <stdlib.h>
#include <string.h>

struct touch {
	uint64_t page; /* number; 0: the place is free */
	uint8_t how;   /* enum touched */
};

/* -- touched pages -------------------------------------------------------- */

static size_t slot_of(const struct address_map *m, uint64_t page)
{
	size_t i = (size_t)(page * 0x9e3779b97f4a7c15ull >> 32);

	for (i &= m->room_touch - 1; m->touch[i].page; i++) {
		if (m->touch[i].page == page)
			return i;
		if (i + 1 == m->room_touch)
			i = (size_t)-1;
	}
	return i;
}

static bool is_own(uint8_t how)
{
	return how == TOUCHED_OWN || how == TOUCHED_SHARED;
}

static bool grow_touch(struct address_map *m)
{
	struct address_map more = { .room_touch = m->room_touch
			? m->room_touch * 2 : 64 };

	if (m->nr_touch * 2 < m->room_touch)
		return true;
	more.touch = calloc(more.room_touch, sizeof *more.touch);
	if (!more.touch) {
		m->failed = true;
		return false;
	}
	for (size_t i = 0; i < m->room_touch; i++)
		if (m->touch[i].page && m->touch[i].how != TOUCHED_NOT) {
			size_t at = slot_of(&more, m->touch[i].page);

			more.touch[at] = m->touch[i];
			more.nr_touch++;
		}
	free(m->touch);
	m->touch = more.touch;
	m->room_touch = more.room_touch;
	m->nr_touch = more.nr_touch;
	return true;
}

enum touched map_touched(const struct address_map *m, uint64_t addr)
{
	struct touch *t;

	if (!m->room_touch)
		return TOUCHED_NOT;
	t = &m->touch[slot_of(m, addr / REGION_PAGE)];
	return t->page ? (enum touched)t->how : TOUCHED_NOT;
}

void map_touch(struct address_map *m, uint64_t addr, enum touched how)
{
	struct touch *t;

	if (!grow_touch(m))
		return;
	t = &m->touch[slot_of(m, addr / REGION_PAGE)];
	m->nr_touch += !t->page;
	m->nr_own += (size_t)is_own((uint8_t)how);
	m->nr_own -= (size_t)(t->page && is_own(t->how));
	t->page = addr / REGION_PAGE;
	t->how = (uint8_t)how;
}

static void forget(struct address_map *m, struct touch *t)
{
	m->nr_own -= (size_t)is_own(t->how);
	t->how = TOUCHED_NOT;
}

/* The shorter way: the range's pages, or all that were touched. */
void map_untouch(struct address_map *m, uint64_t start, uint64_t end)
{
	uint64_t first = start / REGION_PAGE, last = end / REGION_PAGE;

	if (!m->room_touch || end <= start)
		return;
	if (last - first < m->room_touch) {
		for (uint64_t p = first; p < last; p++) {
			struct touch *t = &m->touch[slot_of(m, p)];

			if (t->page)
				forget(m, t);
		}
		return;
	}
	for (size_t i = 0; i < m->room_touch; i++)
		if (m->touch[i].page >= first && m->touch[i].page < last)
			forget(m, &m->touch[i]);
}

/* Pages of [start, end) are those of @to now. */
static void move_touch(struct address_map *m, uint64_t start, uint64_t end,
	uint64_t to)
{
	for (uint64_t a = start; m->nr_touch && a < end; a += REGION_PAGE) {
		enum touched how = map_touched(m, a);

		if (how == TOUCHED_NOT)
			continue;
		map_touch(m, a, TOUCHED_NOT);
		map_touch(m, a - start + to, how);
	}
}

/* -- regions -------------------------------------------------------------- */

void map_free(struct address_map *m)
{
	free(m->region);
	free(m->touch);
	*m = (struct address_map){ 0 };
}

void map_clear(struct address_map *m)
{
	m->nr = m->nr_touch = m->nr_own = 0;
	if (m->touch)
		memset(m->touch, 0, m->room_touch * sizeof *m->touch);
}

/* The first region that ends above @addr. */
static size_t first_above(const struct address_map *m, uint64_t addr)
{
	size_t low = 0, high = m->nr;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (m->region[mid].end > addr)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

const struct live_region *map_find(const struct address_map *m, uint64_t addr)
{
	size_t i = first_above(m, addr);

	return i < m->nr && m->region[i].start <= addr ? &m->region[i] : NULL;
}

bool map_is_free(const struct address_map *m, uint64_t start, uint64_t end)
{
	size_t i = first_above(m, start);

	return i == m->nr || m->region[i].start >= end;
}

static bool insert(struct address_map *m, size_t i,
	const struct live_region *r)
{
	struct live_region *more = m->region;
	size_t room = m->room ? m->room * 2 : 32;

	if (m->nr == m->room) {
		more = realloc(m->region, room * sizeof *more);
		if (!more) {
			m->failed = true;
			return false;
		}
		m->region = more;
		m->room = room;
	}
	if (i < m->nr)
		memmove(more + i + 1, more + i, (m->nr - i) * sizeof *more);
	more[i] = *r;
	m->nr++;
	return true;
}

/* No region goes over @addr any more; the first at or above it. */
static size_t split(struct address_map *m, uint64_t addr)
{
	size_t i = first_above(m, addr);
	struct live_region upper;

	if (i == m->nr || m->region[i].start >= addr)
		return i;
	upper = m->region[i];
	upper.pgoff += (addr - upper.start) / REGION_PAGE;
	upper.start = addr;
	if (insert(m, i + 1, &upper))
		m->region[i].end = addr;
	return i + 1;
}

/* The regions of the range, cut to it: [*from, *to). */
static void range(struct address_map *m, uint64_t start, uint64_t end,
	size_t *from, size_t *to)
{
	split(m, start);
	*to = split(m, end);
	*from = first_above(m, start);
}

static void drop(struct address_map *m, uint64_t start, uint64_t end)
{
	size_t from, to;

	range(m, start, end, &from, &to);
	if (to <= from)
		return;
	memmove(m->region + from, m->region + to,
		(m->nr - to) * sizeof *m->region);
	m->nr -= to - from;
}

void map_cut(struct address_map *m, uint64_t start, uint64_t end)
{
	if (end <= start)
		return;
	drop(m, start, end);
	map_untouch(m, start, end);
}

void map_set(struct address_map *m, const struct live_region *r)
{
	if (r->end <= r->start)
		return;
	map_cut(m, r->start, r->end);
	insert(m, first_above(m, r->start), r);
}

void map_protect(struct address_map *m, uint64_t start, uint64_t end,
	uint8_t prot)
{
	size_t from, to;

	range(m, start, end, &from, &to);
	for (size_t i = from; i < to; i++)
		m->region[i].prot = prot;
}

/* The region that ends at @from, which moved or stayed, grows to @to_end;
 * only what is one region may grow. */
static void stretch(struct address_map *m, uint64_t from, uint64_t to_end)
{
	size_t i = first_above(m, from - 1);

	if (to_end > from && i < m->nr && m->region[i].end == from)
		m->region[i].end = to_end;
}

void map_move(struct address_map *m, uint64_t start, uint64_t end, uint64_t to,
	uint64_t to_len, bool keep)
{
	uint64_t len = end - start < to_len ? end - start : to_len;
	struct live_region *copy;
	size_t from, after, n;

	if (to == start) {
		map_cut(m, start + len, end);
		stretch(m, start + len, start + to_len);
		return;
	}
	range(m, start, start + len, &from, &after);
	n = after > from ? after - from : 0;
	copy = malloc((n + 1) * sizeof *copy);
	if (!copy) {
		m->failed = true;
		return;
	}
	if (n)
		memcpy(copy, m->region + from, n * sizeof *copy);
	map_cut(m, to, to + to_len);
	for (size_t i = 0; i < n; i++) {
		copy[i].start += to - start;
		copy[i].end += to - start;
		insert(m, first_above(m, copy[i].start), &copy[i]);
	}
	free(copy);
	move_touch(m, start, start + len, to);
	if (!keep)
		map_cut(m, start, end);
	stretch(m, to + len, to + to_len);
}

/* -- fork ----------------------------------------------------------------- */

static bool copy_lists(struct address_map *to, const struct address_map *from)
{
	*to = *from;
	to->region = malloc((from->room + 1) * sizeof *to->region);
	to->touch = malloc((from->room_touch + 1) * sizeof *to->touch);
	if (!to->region || !to->touch)
		return false;
	if (from->nr)
		memcpy(to->region, from->region,
			from->nr * sizeof *to->region);
	if (from->room_touch)
		memcpy(to->touch, from->touch,
			from->room_touch * sizeof *to->touch);
	return true;
}

void map_fork(struct address_map *to, struct address_map *from)
{
	for (size_t i = 0; i < from->room_touch; i++) {
		struct touch *t = &from->touch[i];
		const struct live_region *r;

		if (!t->page || t->how != TOUCHED_OWN)
			continue;
		r = map_find(from, t->page * REGION_PAGE);
		if (r && !r->shared)
			t->how = TOUCHED_SHARED;
	}
	map_free(to);
	if (copy_lists(to, from))
		return;
	map_free(to);
	to->failed = true;
}
