#include "tui/panes/lru_moves.h"

#include <stdlib.h>

#define MAX_EVENTS 65536 /* of a huge step only the last ones count */
#define FRESH 0xfe	 /* as from: the frame holds another page from here on */

/* Does an event move its page, and from which list? */
static bool moves(const struct event *ev, uint8_t *from)
{
	*from = (uint8_t)(ev->n < NR_LRU_LISTS ? ev->n : LRU_NONE);
	switch (ev->id) {
	case EV_ALLOC_PAGE:
		*from = FRESH;
		return true;
	case EV_LRU_ADD:
		*from = LRU_NONE;
		return true;
	case EV_LRU_DEL:
	case EV_LRU_ROTATE:
		return true;
	default:
		return false;
	}
}

static int compare(const void *a, const void *b)
{
	const struct lru_move *x = a, *y = b;

	if (x->pfn != y->pfn)
		return x->pfn < y->pfn ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* The first event of a page tells where it came from; what was in its frame
 * before it was taken is another page. */
static void sort(struct lru_moves *m)
{
	size_t n = 0;

	qsort(m->move, m->nr, sizeof(*m->move), compare);
	for (size_t i = 0; i < m->nr; i++) {
		struct lru_move *move = &m->move[i];
		bool fresh = move->from == FRESH;

		if (fresh)
			move->from = LRU_NONE;
		if (!n || m->move[n - 1].pfn != move->pfn)
			m->move[n++] = *move;
		else if (fresh)
			m->move[n - 1] = *move;
	}
	m->nr = n;
}

void lru_moves_start(struct lru_moves *m, const struct look *look)
{
	size_t least = look->done > MAX_EVENTS ? look->done - MAX_EVENTS : 0;
	size_t n = 0;
	uint8_t from;

	*m = (struct lru_moves){ NULL, 0 };
	for (size_t i = least; i < look->done; i++)
		n += moves(&look->events[i], &from);
	m->move = n ? calloc(n, sizeof(*m->move)) : NULL;
	if (!m->move)
		return;
	for (size_t i = least; i < look->done; i++)
		if (moves(&look->events[i], &from))
			m->move[m->nr++] = (struct lru_move){
				look->events[i].o.id, (uint32_t)i, from
			};
	sort(m);
}

void lru_moves_end(struct lru_moves *m)
{
	free(m->move);
	*m = (struct lru_moves){ NULL, 0 };
}

const struct lru_move *lru_moves_find(const struct lru_moves *m, uint32_t pfn)
{
	size_t a = 0, b = m->nr;

	while (a < b) {
		size_t mid = (a + b) / 2;

		if (m->move[mid].pfn < pfn)
			a = mid + 1;
		else
			b = mid;
	}
	return a < m->nr && m->move[a].pfn == pfn ? &m->move[a] : NULL;
}
