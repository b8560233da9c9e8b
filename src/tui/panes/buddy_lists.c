/*
 * A zone in numbers: its watermarks as a gauge, its free lists by order with
 * the blocks from the head on, the frames that the CPU keeps for itself.  Of a
 * list only as many blocks are read as there is room for.
 */
#include "tui/panes/buddy_lists.h"
#include "core/page_alloc.h"
#include "tui/panes/buddy_map.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

#define ROOMY 18       /* lines from which empty orders are shown too */
#define GAUGE 24       /* cells of the watermarks' gauge */

/* -- watermarks --------------------------------------------------------- */

/* Where the free frames stand among the watermarks. */
static const char *level(const struct zone *z)
{
	if (z->free_pages >= z->pages_high)
		return _("above high");
	if (z->free_pages >= z->pages_low)
		return _("between low and high");
	if (z->free_pages >= z->pages_min)
		return _("below low: kswapd is woken");
	return _("below min: the caller must reclaim");
}

/* Cells of the gauge for @n frames: twice the high mark is its end. */
static int gauge_cells(const struct zone *z, uint64_t n)
{
	uint64_t full = 2 * z->pages_high;

	return n >= full ? GAUGE : (int)(n * GAUGE / full);
}

static void put_gauge(struct pad *s, int x, int y, const struct zone *z)
{
	const struct {
		uint64_t at;
		const char *letter;
	} marks[] = { { z->pages_min, "m" }, { z->pages_low, "l" },
		{ z->pages_high, "h" } };
	int filled = gauge_cells(z, z->free_pages);

	for (int i = 0; i < GAUGE; i++)
		pad_glyph(s, x + i, y, i < filled ? ST_COST_BAR : ST_DIM,
			NO_REF, i < filled ? GL_BAR : GL_DOT);
	for (int i = 0; i < 3; i++)
		pad_put(s, x + gauge_cells(z, marks[i].at), y, ST_STRONG,
			NO_REF, "%s", marks[i].letter);
}

int buddy_watermarks(struct pad *s, int y, const struct zone *z)
{
	/* kept from requests that could be met in the highest zone */
	uint64_t reserve = z->lowmem_reserve[s->m->nr_zones - 1];
	char text[128];
	int w, n;

	if (!z->pages_high)
		return 0;
	put_gauge(s, 1, y, z);
	n = snprintf(text, sizeof(text),
		_("min %" PRIu64 "  low %" PRIu64 "  high %" PRIu64),
		z->pages_min, z->pages_low, z->pages_high);
	if (reserve)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			_("  reserve %" PRIu64), reserve);
	snprintf(text + n, sizeof(text) - (size_t)n, ":");
	w = pad_cut(s, GAUGE + 3, y, s->w - GAUGE - 3, ST_DIM, NO_REF, text);
	if (GAUGE + 4 + w < s->w)
		pad_cut(s, GAUGE + 4 + w, y, s->w - GAUGE - 4 - w,
			z->free_pages < z->pages_low ? ST_WARN : ST_TEXT,
			NO_REF, level(z));
	return 1;
}

/* -- free lists --------------------------------------------------------- */

/* A block by its first frame; returns its columns. */
static int put_head(struct buddy_lists *l, int x, int y, const struct page *page)
{
	uint32_t pfn = page_pfn(l->s->m, page);
	enum buddy_mark mark = buddy_step_mark(l->step, pfn, page->order);
	int w;

	if (mark != BUDDY_SAME)
		l->s->extra = STYLE_CHANGED;
	w = pad_put(l->s, x, y, ST_PFN, ref_make(REF_PAGE, pfn), "%x%s", pfn,
		buddy_mark_letter(mark));
	l->s->extra = 0;
	return w;
}

/* The blocks of a list from its head on while there is room, then how many more. */
static void put_nodes(struct buddy_lists *l, int x, int y,
	const struct list_head *head, uint64_t left)
{
	const struct list_head *node = head->next;

	for (; node != head; node = node->next, left--) {
		if (x + 16 > l->w && left > 1)
			break;
		x += 1 + put_head(l, x, y,
				 container_of((struct list_head *)node,
					 struct page, lru));
	}
	if (left)
		pad_put(l->s, x, y, ST_DIM, NO_REF, "+%" PRIu64, left);
}

static void put_order(struct buddy_lists *l, int y, unsigned order)
{
	const struct free_area *area = &l->z->free_area[order];

	if (!pad_wants(l->s, y) && l->s->run != PAD_FIND)
		return;
	pad_put(l->s, 1, y, ST_STRONG, NO_REF, "%5u", order);
	if (area->nr_free)
		pad_put(l->s, 7, y, ST_NUMBER, NO_REF, "%7" PRIu64 "%9" PRIu64,
			area->nr_free, area->nr_free << order);
	else
		pad_glyph(l->s, 13, y, ST_DIM, NO_REF, GL_DOT);
	put_nodes(l, 25, y, &area->free_list, area->nr_free);
}

/* The frames that the CPU keeps for itself. */
static void put_at_hand(struct buddy_lists *l, int y)
{
	const struct per_cpu_pages *pcp = &l->z->pcp;

	if (!pad_wants(l->s, y) && l->s->run != PAD_FIND)
		return;
	pad_put(l->s, 1, y, ST_STRONG, NO_REF, "  CPU");
	pad_put(l->s, 7, y, ST_NUMBER, NO_REF, "%7s%9u", "", pcp->count);
	put_nodes(l, 25, y, &pcp->list, pcp->count);
}

/* A heading that ends before column @x. */
static void put_right(struct pad *s, int x, int y, const char *text)
{
	pad_put(s, x - text_width(text), y, ST_DIM, NO_REF, "%s", text);
}

int buddy_lists(struct buddy_lists *l, int y)
{
	bool all = l->s->view->h >= ROOMY;
	int from = y;

	put_right(l->s, 6, y, _("order"));
	put_right(l->s, 14, y, _("blocks"));
	put_right(l->s, 23, y, _("frames"));
	pad_cut(l->s, 25, y, l->w - 25, ST_DIM, NO_REF,
		_("first frames, next first"));
	y++;
	for (unsigned order = 0; order <= buddy_max_order(l->s->m);
		order++)
		if (all || l->z->free_area[order].nr_free)
			put_order(l, y++, order);
	if (l->z->pcp.batch)
		put_at_hand(l, y++);
	return y - from;
}
