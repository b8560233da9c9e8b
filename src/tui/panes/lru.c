/*
 * LRU lists of each zone that has pages on them, in the order in which pages
 * go down: in at the head of the active list, out at the tail of the inactive.
 */
#include "tui/panes/frames_grid.h"
#include "tui/panes/lru_row.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

/* Order of the lists: pages come in at the top and leave at the bottom. */
static const enum lru_list order[] = { LRU_ACTIVE_ANON, LRU_INACTIVE_ANON,
	LRU_ACTIVE_FILE, LRU_INACTIVE_FILE, LRU_UNEVICTABLE };

/* -- zones -------------------------------------------------------------- */

static unsigned nr_lists(const struct machine *m)
{
	return machine_era(m)->nr_lru_lists > 2 ? 5 : 2;
}

static uint64_t pages_on(const struct machine *m, const struct zone *z)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < nr_lists(m); i++)
		n += z->nr_lru[order[i]];
	return n;
}

/* Lists with pages, of the whole machine. */
static int used_lists(const struct machine *m)
{
	int n = 0;

	for (unsigned k = 0; k < m->nr_zones; k++)
		for (unsigned i = 0; i < nr_lists(m); i++)
			n += m->zones[k].nr_lru[order[i]] > 0;
	return n;
}

/* Lines that a list's pages may take, so that all lists are seen. */
static int lines_each(const struct pad *s)
{
	int used = used_lists(s->m);
	int lines = used ? (s->h - (int)nr_lists(s->m)) / used - 1 : 1;

	return lines < 1 ? 1 : lines;
}

static int put_zone(struct pad *s, int y, const struct zone *z,
	const struct lru_moves *moves, bool named)
{
	struct lru_row r = { .s = s, .z = z, .moves = moves };
	int from = y;

	if (named)
		pad_put(s, 1, y++, ST_STRONG,
			ref_make(REF_ZONE, (uint32_t)(z - s->m->zones)), "%s",
			z->name);
	for (unsigned i = 0; i < nr_lists(s->m); i++) {
		r.list = order[i];
		r.lines = lines_each(s);
		y += lru_row(&r, y);
	}
	return y - from;
}

/* Pages that the step took off their lists and that are on none now: whoever
 * took them looks whether they can go. */
static int put_isolated(struct pad *s, int y, const struct lru_moves *moves)
{
	uint32_t n = 0;
	int x = 1;

	for (size_t i = 0; i < moves->nr; i++) {
		const struct lru_move *move = &moves->move[i];
		const struct page *page = page_by_pfn(s->m, move->pfn);

		if (move->from == LRU_NONE || page->kind < PAGE_ANON ||
			page->lru_list != LRU_NONE)
			continue;
		if (!n++)
			x += pad_put(s, x, y, ST_STRONG, NO_REF, "%s",
				_("taken off, being looked at"));
		if (x + 12 < s->w)
			x += 2 + pad_put(s, x + 2, y, frame_style(page),
					 ref_make(REF_PAGE, move->pfn),
					 "%x%s%d", move->pfn,
					 glyph_text(GL_LEFT, s->look->ascii),
					 move->from + 1);
		else
			pad_put(s, s->w - 6, y, ST_DIM, NO_REF, "=%u ", n);
	}
	return n > 0;
}

/* Pages in a batch are on no list yet; returns the lines. */
static int put_batches(struct pad *s, int y)
{
	int from = y, x;

	for (unsigned i = 0; i < 2; i++) {
		const struct lru_batch *b = &s->m->lru_batch[i];

		if (!b->count)
			continue;
		x = 1 + pad_put(s, 1, y, ST_STRONG, NO_REF, "%s",
				_("waiting in a batch"));
		x += 1 + pad_put(s, x + 1, y, ST_NUMBER, NO_REF, "%u",
				 b->count);
		for (uint32_t k = 0; k < b->count && x < s->w; k++)
			x += 2 + pad_put(s, x + 2, y, ST_PFN,
					 ref_make(REF_PAGE, b->pfn[k]), "%x",
					 b->pfn[k]);
		y++;
	}
	return y - from;
}

/* Zones whose lists hold nothing are left out, but for the only one. */
static int content(struct pad *s)
{
	struct lru_moves moves;
	int y = 0, used = 0;

	for (unsigned i = 0; i < s->m->nr_zones; i++)
		used += pages_on(s->m, &s->m->zones[i]) > 0;
	lru_moves_start(&moves, s->look);
	for (unsigned i = s->m->nr_zones; i-- > 0;)
		if (pages_on(s->m, &s->m->zones[i]) || (!used && !i))
			y += put_zone(s, y, &s->m->zones[i], &moves, used > 1);
	y += put_isolated(s, y, &moves);
	lru_moves_end(&moves);
	return y + put_batches(s, y);
}

/* -- the pane ----------------------------------------------------------- */

static struct pane_view part(const struct pane_view *view)
{
	struct pane_view sub = *view;

	sub.h -= view->h >= 6;
	return sub;
}

static void take_back(struct pane_view *view, const struct pane_view *sub)
{
	int h = view->h;

	*view = *sub;
	view->h = h;
}

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct pane_view sub = part(view);
	struct canvas_state saved =
		canvas_enter(cv, (struct rect){ 0, 0, sub.w, sub.h });
	unsigned seen = pad_draw(&sub, look, cv, content);

	canvas_leave(cv, saved);
	take_back(view, &sub);
	if (sub.h < view->h)
		lru_legend(&(struct legend){ cv, 1, sub.h, view->w, view->h,
				   1 },
			look->ascii, seen);
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	struct pane_view sub = part(view);
	bool moved = pad_move(&sub, look, content, move, count);

	take_back(view, &sub);
	return moved;
}

/* A page is found by its frame, an address by the frame mapped there. */
static void seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	const struct page *page;
	uint32_t pfn;

	if (!frames_of_ref(look->m, ref, &pfn))
		return;
	page = page_by_pfn(look->m, pfn);
	if (!page || page->lru_list >= NR_LRU_LISTS)
		return;
	view->cursor = ref_make(REF_PAGE, pfn);
	view->follow = false;
}

static void caption(const struct pane_view *view, const struct look *look,
	char *buf, size_t size)
{
	uint64_t n = 0;

	(void)view;
	for (unsigned i = 0; i < look->m->nr_zones; i++)
		n += pages_on(look->m, &look->m->zones[i]);
	snprintf(buf, size, _("LRU lists: pages on them %" PRIu64), n);
}

const struct pane pane_lru = {
	.name = "lru",
	.title = N_("LRU lists"),
	.note = N_("which pages reclaim takes next: each list from head to "
		   "tail, and what moved"),
	.min_w = 30,
	.min_h = 3,
	.draw = draw,
	.move = move,
	.seek = seek,
	.caption = caption,
};
