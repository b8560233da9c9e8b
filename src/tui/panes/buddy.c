/*
 * Buddy and zones: for each zone its watermarks, its free lists by order and
 * the blocks as they lie in memory.  What the last step split and merged is
 * marked, and a line on top says what became of the block that it took or gave
 * back last.
 */
#include "tui/panes/buddy_map.h"
#include "tui/panes/frames_grid.h"
#include "tui/panes/legend.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAP_BESIDE 110 /* columns from which the strip stands beside */
#define LIST_W 52      /* columns of the lists then */
#define ROOMY 18       /* lines from which empty orders are shown too */
#define GAUGE 24       /* cells of the watermarks' gauge */

/* -- what happened ------------------------------------------------------ */

/* "2 1 0": what stays free when a block is cut down from @high to @low. */
static void list_halves(char *buf, size_t size, unsigned high, unsigned low)
{
	size_t n = 0;

	for (buf[0] = 0; high-- > low && n < size;)
		n += (size_t)snprintf(
			buf + n, size - n, "%s%u", n ? " " : "", high);
}

static void say_taken(const struct buddy_step *s, char *buf, size_t size)
{
	unsigned old = buddy_step_before(s, s->last.pfn);
	char halves[32];

	list_halves(halves, sizeof(halves), old, s->last.order);
	if (old > s->last.order)
		snprintf(buf, size,
			_("%x taken: order %u split, halves of order %s stay "
			  "free"),
			s->last.pfn, old, halves);
	else
		snprintf(buf, size, _("%x taken: order %u, no split"),
			s->last.pfn, old);
}

static void say_given(const struct buddy_step *s, char *buf, size_t size)
{
	const struct page *head = buddy_head(s->m, s->last.pfn);

	if (head && head->order > s->last.order)
		snprintf(buf, size, _("%x given back: merged, order %u at %x"),
			s->last.pfn, head->order, page_pfn(s->m, head));
	else
		snprintf(buf, size,
			_("%x given back: its buddy is not free"),
			s->last.pfn);
}

static void put_what(const struct pane_view *view, const struct look *look,
	struct canvas *cv)
{
	struct ref ref;
	struct buddy_step s;
	char text[128];

	buddy_step_last(&s, look);
	if (s.any) {
		ref = ref_make(REF_PAGE, s.last.pfn);
		(s.last.was_free ? say_taken : say_given)(
			&s, text, sizeof(text));
		canvas_link(cv, ref);
		canvas_put_cut(cv, 1, 0, view->w - 1, ST_EVENT, text);
		canvas_link(cv, NO_REF);
		canvas_mark(cv, (struct rect){ 1, 0, text_width(text), 1 },
			look_marks(look, ref) & STYLE_TOUCHED);
	} else {
		canvas_put_cut(cv, 1, 0, view->w - 1, ST_DIM,
			_("this step takes and gives back no frame"));
	}
	buddy_step_end(&s);
}

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

/* Returns its lines; a small machine keeps no reserve. */
static int put_watermarks(struct pad *s, int y, const struct zone *z)
{
	char text[96];
	int w;

	if (!z->pages_high)
		return 0;
	put_gauge(s, 1, y, z);
	snprintf(text, sizeof(text),
		_("min %" PRIu64 "  low %" PRIu64 "  high %" PRIu64 ":"),
		z->pages_min, z->pages_low, z->pages_high);
	w = pad_cut(s, GAUGE + 3, y, s->w - GAUGE - 3, ST_DIM, NO_REF, text);
	if (GAUGE + 4 + w < s->w)
		pad_cut(s, GAUGE + 4 + w, y, s->w - GAUGE - 4 - w,
			z->free_pages < z->pages_low ? ST_WARN : ST_TEXT,
			NO_REF, level(z));
	return 1;
}

/* -- free lists --------------------------------------------------------- */

struct lists {
	struct pad *s;
	const struct zone *z;
	const struct buddy_step *step;
	int w; /* columns */
};

/* A block by its first frame; returns its columns. */
static int put_head(struct lists *l, int x, int y, const struct page *page)
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

/* The blocks from the head on as far as there is room, then how many more. */
static void put_blocks(struct lists *l, int x, int y, unsigned order)
{
	const struct free_area *area = &l->z->free_area[order];
	const struct list_head *node = area->free_list.next;
	uint64_t left = area->nr_free;

	for (; node != &area->free_list; node = node->next, left--) {
		if (x + 16 > l->w && left > 1)
			break;
		x += 1 + put_head(l, x, y,
				 container_of((struct list_head *)node,
					 struct page, lru));
	}
	if (left)
		pad_put(l->s, x, y, ST_DIM, NO_REF, "+%" PRIu64, left);
}

static void put_order(struct lists *l, int y, unsigned order)
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
	put_blocks(l, 25, y, order);
}

/* A heading that ends before column @x. */
static void put_right(struct pad *s, int x, int y, const char *text)
{
	pad_put(s, x - text_width(text), y, ST_DIM, NO_REF, "%s", text);
}

/* Returns its lines. */
static int put_lists(struct lists *l, int y)
{
	bool all = l->s->view->h >= ROOMY;
	int from = y;

	put_right(l->s, 6, y, _("order"));
	put_right(l->s, 14, y, _("blocks"));
	put_right(l->s, 23, y, _("frames"));
	pad_cut(l->s, 25, y, l->w - 25, ST_DIM, NO_REF,
		_("first frames, next first"));
	y++;
	for (unsigned order = 0; order < NR_ORDERS; order++)
		if (all || l->z->free_area[order].nr_free)
			put_order(l, y++, order);
	return y - from;
}

/* -- zones -------------------------------------------------------------- */

static void put_title(struct pad *s, int y, const struct zone *z)
{
	struct ref ref = ref_make(REF_ZONE, (uint32_t)(z - s->m->zones));
	int x = 1 + pad_put(s, 1, y, ST_STRONG, ref, "%s", z->name);
	char text[96];

	snprintf(text, sizeof(text),
		_("frames %" PRIx64 "-%" PRIx64 ", %" PRIu64 " of %" PRIu64
		  " free"),
		z->zone_start_pfn, z->zone_start_pfn + z->spanned_pages - 1,
		z->free_pages, z->spanned_pages);
	pad_cut(s, x + 2, y, s->w - x - 2, ST_TEXT, NO_REF, text);
}

/* The blocks in memory, from column @x on; returns its lines. */
static int put_map(struct pad *s, const struct zone *z,
	const struct buddy_step *step, int x, int y)
{
	unsigned zoom = buddy_map_zoom(s->m);
	char text[64];

	if (zoom)
		snprintf(text, sizeof(text), _("memory, %u frames a cell"),
			1u << zoom);
	else
		snprintf(text, sizeof(text), "%s", _("memory, a frame a cell"));
	pad_cut(s, x + 1, y, s->w - x - 1, ST_DIM, NO_REF, text);
	return 1 + buddy_map(s, z, step, x, y + 1, s->w - x);
}

static int put_zone(struct pad *s, int y, const struct zone *z,
	const struct buddy_step *step)
{
	bool beside = s->w >= MAP_BESIDE;
	struct lists lists = { s, z, step, beside ? LIST_W : s->w };
	int from = y, n, map;

	put_title(s, y++, z);
	y += put_watermarks(s, y, z);
	n = put_lists(&lists, y);
	if (beside) {
		map = put_map(s, z, step, LIST_W + 2, y);
		return y + (map > n ? map : n) - from;
	}
	y += n;
	return y + put_map(s, z, step, 0, y) - from;
}

static int content(struct pad *s)
{
	struct buddy_step step;
	int y = 0;

	buddy_step_start(&step, s->look);
	for (unsigned i = s->m->nr_zones; i-- > 0;) {
		y += put_zone(s, y, &s->m->zones[i], &step);
		y += i > 0;
	}
	buddy_step_end(&step);
	return y;
}

/* -- the pane ----------------------------------------------------------- */

static void put_legend(struct legend *l, const struct look *look, unsigned seen)
{
	char text[16];

	snprintf(text, sizeof(text), "3%s", glyph_text(GL_FREE, look->ascii));
	legend_entry(l, ST_PAGE_FREE, text, _("free block of order 3"));
	legend_entry(l, ST_STRONG, "s", _("split by this step"));
	legend_entry(l, ST_STRONG, "m", _("merged"));
	legend_entry(l, ST_STRONG, "+", _("given back"));
	if (seen & BUDDY_SEEN_MIXED)
		legend_entry(l, ST_PAGE_ANON,
			glyph_text(GL_MEDIUM, look->ascii),
			_("partly free"));
	for (int kind = NR_PAGE_KINDS - 1; kind > PAGE_FREE; kind--)
		if (seen & (1u << kind))
			legend_kind(l, look->ascii, kind);
}

/* Lines of the legend, whatever is seen. */
static int legend_lines(const struct pane_view *view, const struct look *look)
{
	struct legend l = { .x = 1, .w = view->w, .lines = 1 };

	if (view->h < 8)
		return 0;
	put_legend(&l, look, 1u << PAGE_RESERVED | 1u << PAGE_TABLE |
				     1u << PAGE_SLAB | 1u << PAGE_ANON |
				     1u << PAGE_ZERO);
	return view->h < 14 ? 1 : l.lines;
}

/* The view as large as the part between first line and legend. */
static struct pane_view part(
	const struct pane_view *view, const struct look *look)
{
	struct pane_view sub = *view;

	sub.h -= 1 + legend_lines(view, look);
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
	struct pane_view sub = part(view, look);
	struct canvas_state saved;
	unsigned seen;

	put_what(view, look, cv);
	saved = canvas_enter(cv, (struct rect){ 0, 1, sub.w, sub.h });
	seen = pad_draw(&sub, look, cv, content);
	canvas_leave(cv, saved);
	take_back(view, &sub);
	put_legend(&(struct legend){ cv, 1, 1 + sub.h, view->w, view->h, 1 },
		look, seen);
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	struct pane_view sub = part(view, look);
	bool moved = pad_move(&sub, look, content, move, count);

	take_back(view, &sub);
	return moved;
}

/* A free frame is shown by its block, a mapped address by its frame. */
static void seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	const struct page *head;
	uint32_t pfn;

	if (ref.kind == REF_ZONE) {
		view->cursor = ref;
		view->follow = false;
	}
	if (!frames_of_ref(look->m, ref, &pfn))
		return;
	head = buddy_head(look->m, pfn);
	view->cursor = ref_make(REF_PAGE, head ? page_pfn(look->m, head) : pfn);
	view->follow = false;
}

static void caption(const struct pane_view *view, const struct look *look,
	char *buf, size_t size)
{
	uint64_t free_pages = 0;

	(void)view;
	for (unsigned i = 0; i < look->m->nr_zones; i++)
		free_pages += look->m->zones[i].free_pages;
	snprintf(buf, size, _("Buddy and zones: %" PRIu64 " of %" PRIu64
			      " free"),
		free_pages, look->m->nr_frames);
}

const struct pane pane_buddy = {
	.name = "buddy",
	.title = N_("Buddy and zones"),
	.note = N_("free blocks by order, and as they lie in memory; what was "
		   "split and merged"),
	.min_w = 30,
	.min_h = 3,
	.draw = draw,
	.move = move,
	.seek = seek,
	.caption = caption,
};
