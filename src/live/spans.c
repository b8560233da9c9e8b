/*
 * Spans of addresses: whatever lies nearer than NEAR to each other is one span
 * and is moved as a whole, so that ranges over several regions, merges and
 * guard gaps stay what they are.  The low 21 bits of an address do not change:
 * what shares a page table on PAE and x86-64 still does.  But for the
 * program:
 *
 * As in a real process of 32 bits that is at the bottom, 0x08048000, where exec
 * puts it; libraries and stack are below 0xc0000000.
 */
#include "live/spans.h"

#include <stdlib.h>
#include <string.h>

#define NEAR (2ull << 20)
#define TABLE (2ull << 20)      /* what one page table maps */
#define HIGH 0x700000000000ull  /* libraries and stacks are above */
#define TOP 0xc0000000ull

void spans_free(struct spans *s)
{
	free(s->span);
	*s = (struct spans){ 0 };
}

static bool make_room(struct spans *s)
{
	size_t room = s->room ? s->room * 2 : 16;
	struct span *more = s->span;

	if (s->nr < s->room)
		return true;
	more = realloc(s->span, room * sizeof *more);
	if (!more) {
		s->failed = true;
		return false;
	}
	s->span = more;
	s->room = room;
	return true;
}

/* The first span that ends at or after @addr - NEAR. */
static size_t near(const struct spans *s, uint64_t addr)
{
	size_t low = 0, high = s->nr;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (s->span[mid].end + NEAR >= addr)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

void spans_add(struct spans *s, uint64_t start, uint64_t end)
{
	size_t i = near(s, start), j = i;

	if (end <= start)
		return;
	for (; j < s->nr && s->span[j].start <= end + NEAR; j++) {
		if (s->span[j].start < start)
			start = s->span[j].start;
		if (s->span[j].end > end)
			end = s->span[j].end;
	}
	if (i == j) {
		if (!make_room(s))
			return;
		memmove(s->span + i + 1, s->span + i,
			(s->nr - i) * sizeof *s->span);
		s->nr++;
	} else {
		memmove(s->span + i + 1, s->span + j,
			(s->nr - j) * sizeof *s->span);
		s->nr -= j - i - 1;
	}
	s->span[i] = (struct span){ .start = start, .end = end };
}

/* The lowest place from @from on whose low bits are those of @addr. */
static uint64_t place_up(uint64_t from, uint64_t addr)
{
	uint64_t low = addr % TABLE, at = from / TABLE * TABLE + low;

	return at < from ? at + TABLE : at;
}

bool spans_begin(const struct spans *s, uint64_t first)
{
	for (size_t i = 0; i < s->nr; i++)
		if (s->span[i].start == first)
			return true;
	return false;
}

/* Those below HIGH, upwards; returns where the room above them begins. */
static uint64_t place_low(struct spans *s, uint64_t first)
{
	uint64_t from = SPANS_BOTTOM;

	for (size_t i = 0; i < s->nr; i++)
		if (s->span[i].start == first) {
			s->span[i].low = from;
			from += s->span[i].end - first + NEAR;
		}
	for (size_t i = 0; i < s->nr && s->span[i].start < HIGH; i++) {
		if (s->span[i].start == first)
			continue;
		s->span[i].low = place_up(from, s->span[i].start);
		from = s->span[i].low + (s->span[i].end - s->span[i].start) +
			NEAR;
	}
	return from;
}

bool spans_place(struct spans *s, uint64_t first)
{
	uint64_t from = place_low(s, first), to = TOP;

	for (size_t k = s->nr; k-- > 0 && s->span[k].start >= HIGH;) {
		uint64_t len = s->span[k].end - s->span[k].start;

		if (len > TOP || to < from + len + TABLE)
			return false;
		s->span[k].low = place_up(to - len - TABLE, s->span[k].start);
		if (s->span[k].low + len + TABLE <= to)
			s->span[k].low += TABLE;
		to = s->span[k].low - NEAR;
	}
	return from <= TOP && !s->failed;
}
