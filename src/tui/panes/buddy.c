/*
 * Buddy and zones: for each zone its watermarks, its free lists by order and
 * the blocks as they lie in memory.  What the last step split and merged is
 * marked, and a line on top says what became of the block that it took or gave
 * back last.
 */
#include "tui/panes/buddy_lists.h"
#include "tui/panes/buddy_map.h"
#include "tui/panes/buddy_say.h"
#include "tui/panes/frames_grid.h"
#include "tui/panes/legend.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

#define MAP_BESIDE 110 /* columns from which the strip stands beside */
#define LIST_W 52      /* columns of the lists then */

static void put_what(const struct pane_view *view, const struct look *look,
	struct canvas *cv)
{
	struct ref ref;
	char text[128];

	if (!buddy_say(look, text, sizeof(text), &ref)) {
		canvas_put_cut(cv, 1, 0, view->w - 1, ST_DIM,
			_("this step takes and gives back no frame"));
		return;
	}
	canvas_link(cv, ref);
	canvas_put_cut(cv, 1, 0, view->w - 1, ST_EVENT, text);
	canvas_link(cv, NO_REF);
	canvas_mark(cv, (struct rect){ 1, 0, text_width(text), 1 },
		look_marks(look, ref) & STYLE_TOUCHED);
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
	struct buddy_lists lists = { s, z, step, beside ? LIST_W : s->w };
	int from = y, n, map;

	put_title(s, y++, z);
	y += buddy_watermarks(s, y, z);
	n = buddy_lists(&lists, y);
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
	if (seen & BUDDY_SEEN_HAND)
		legend_entry(
			l, ST_PAGE_FREE, "p", _("free, at hand of the CPU"));
	for (int kind = NR_PAGE_KINDS - 1; kind > PAGE_FREE; kind--)
		if (seen & (1u << kind)) {
			snprintf(text, sizeof(text), "%c",
				buddy_map_letter(kind));
			legend_entry(l, ST_STRONG, text,
				_(page_kind_name((enum page_kind)kind)));
		}
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
	return view->h < 20 ? 1 : l.lines;
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
