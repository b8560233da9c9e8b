/*
 * Page frames: the grid of all frames, and beside or below it the struct page
 * of the frame under the cursor, or of the current event's.
 */
#include "tui/panes/frame_page.h"
#include "tui/panes/frames_grid.h"
#include "tui/panes/legend.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

#define SIDE_COLUMNS 30 /* of the struct page beside */

/* -- legend ------------------------------------------------------------- */

static void put_zoom(struct legend *l, const struct look *look)
{
	unsigned zoom = frames_zoom(look->m->nr_frames);
	char text[64];

	if (!zoom)
		return;
	snprintf(text, sizeof(text), _("%u frames a cell"), 1u << (3 * zoom));
	legend_text(l, text);
}

static void put_legend(struct legend *l, const struct look *look, unsigned seen)
{
	put_zoom(l, look);
	for (int kind = NR_PAGE_KINDS - 1; kind >= 0; kind--)
		if (seen & (1u << kind))
			legend_kind(l, look->ascii, kind);
}

/* Lines for what memory usually holds; kept whatever is in it now. */
static int legend_lines(const struct pane_view *view, const struct look *look)
{
	struct legend l = { .x = 1, .w = view->w, .lines = 1 };
	unsigned usual = 1u << PAGE_FREE | 1u << PAGE_RESERVED |
			 1u << PAGE_TABLE | 1u << PAGE_SLAB | 1u << PAGE_ANON;

	/* Among many frames in a cell the zero page is not seen. */
	if (!frames_zoom(look->m->nr_frames))
		usual |= 1u << PAGE_ZERO;
	if (view->h < 5)
		return 0;
	put_legend(&l, look, usual);
	return view->h < 12 ? 1 : l.lines;
}

/* -- parts -------------------------------------------------------------- */

struct parts {
	struct rect grid;   /* of all frames */
	struct rect page;   /* the struct page; h 0: not shown */
	struct rect legend; /* h 0: none */
};

#define MIN_FIELDS 7  /* lines below which one that says most is better */
#define MAX_FIELDS 18 /* lines that a struct page needs */

/* The struct page below takes what the grid does not need. */
static void divide_below(
	struct parts *p, const struct pane_view *view, const struct look *look)
{
	struct pane_view sub = *view;
	int room = p->grid.h, lines;

	sub.h = room * 2 / 3;
	lines = room - pad_lines(&sub, look, frames_grid);
	if (lines < room / 3)
		lines = room / 3;
	if (lines < MIN_FIELDS)
		lines = 1;
	if (lines > MAX_FIELDS)
		lines = MAX_FIELDS;
	p->grid.h -= lines;
	p->page = (struct rect){ 0, p->grid.h, view->w, lines };
}

static struct parts divide(
	const struct pane_view *view, const struct look *look)
{
	int legend = legend_lines(view, look), h = view->h - legend;
	struct parts p = { .grid = { 0, 0, view->w, h },
		.legend = { 0, h, view->w, legend } };

	if (view->w >= 64) {
		p.grid.w -= SIDE_COLUMNS + 1;
		p.page = (struct rect){ p.grid.w + 1, 0, SIDE_COLUMNS,
			p.grid.h };
	} else if (view->h >= 6) {
		divide_below(&p, view, look);
	}
	return p;
}

/* The pane's view, as large as the grid. */
static struct pane_view grid_view(
	const struct pane_view *view, const struct parts *p)
{
	struct pane_view sub = *view;

	sub.w = p->grid.w;
	sub.h = p->grid.h;
	return sub;
}

static void take_back(struct pane_view *view, const struct pane_view *sub)
{
	int w = view->w, h = view->h;

	*view = *sub;
	view->w = w;
	view->h = h;
}

static void put_page(struct canvas *cv, const struct parts *p,
	const struct pane_view *view, const struct look *look)
{
	struct canvas_state saved;
	uint32_t pfn;

	if (!p->page.h || !frames_shown(view, look, &pfn))
		return;
	saved = canvas_enter(cv, p->page);
	if (p->page.h > 1)
		frame_page_fields(cv, p->page.w, p->page.h, look, pfn);
	else
		frame_page_line(cv, p->page.w, look, pfn);
	canvas_leave(cv, saved);
	if (p->page.x)
		canvas_vline(
			cv, p->page.x - 1, 0, p->page.h, ST_BORDER, LINE_THIN);
}

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct parts p = divide(view, look);
	struct pane_view sub = grid_view(view, &p);
	struct canvas_state saved = canvas_enter(cv, p.grid);
	unsigned seen = pad_draw(&sub, look, cv, frames_grid);

	canvas_leave(cv, saved);
	take_back(view, &sub);
	put_legend(&(struct legend){ cv, 1, p.legend.y, p.legend.w,
			   p.legend.y + p.legend.h, 1 },
		look, seen);
	put_page(cv, &p, view, look);
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	struct parts p = divide(view, look);
	struct pane_view sub = grid_view(view, &p);
	bool moved = pad_move(&sub, look, frames_grid, move, count);

	take_back(view, &sub);
	return moved;
}

/* A page of an address space is shown by its frame. */
static void seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	uint32_t pfn;

	if (!frames_of_ref(look->m, ref, &pfn))
		return;
	view->cursor = ref_make(REF_PAGE, pfn);
	view->follow = false;
}

static void caption(const struct pane_view *view, const struct look *look,
	char *buf, size_t size)
{
	uint64_t free_pages = 0;

	(void)view;
	for (unsigned i = 0; i < look->m->nr_zones; i++)
		free_pages += look->m->zones[i].free_pages;
	snprintf(buf, size, _("Page frames: %" PRIu64 " of %" PRIu64 " free"),
		free_pages, look->m->nr_frames);
}

const struct pane pane_frames = {
	.name = "frames",
	.title = N_("Page frames"),
	.note = N_("every frame by kind and mapcount, and its struct page"),
	.min_w = 24,
	.min_h = 3,
	.draw = draw,
	.move = move,
	.seek = seek,
	.caption = caption,
};
