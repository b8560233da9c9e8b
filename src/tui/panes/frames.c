/*
 * Page frames: the grid of all frames, and beside or below it the struct page
 * of the frame under the cursor, or of the current event's.
 */
#include "tui/panes/frame_page.h"
#include "tui/panes/frames_grid.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>

#define SIDE_COLUMNS 30 /* of the struct page beside */

struct parts {
	struct rect grid; /* of all frames */
	struct rect page; /* the struct page; h 0: not shown */
	int legend;	  /* its line, -1: none */
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
	struct parts p = { { 0, 0, view->w, view->h }, { 0, 0, 0, 0 }, -1 };

	if (view->h >= 5)
		p.legend = --p.grid.h;
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

static int put_kind(struct canvas *cv, int x, int y, const char *letter,
	const char *name, enum style style)
{
	int x0 = x;

	x += canvas_put(cv, x, y, -1, style, letter) + 1;
	return x + canvas_put(cv, x, y, -1, ST_DIM, name) + 2 - x0;
}

static void put_legend(
	struct canvas *cv, int y, const struct look *look, unsigned seen)
{
	unsigned zoom = frames_zoom(look->m->nr_frames);
	int x = 1;

	for (int kind = NR_PAGE_KINDS - 1; kind >= 0; kind--) {
		struct page sample = { .kind = (uint8_t)kind, ._mapcount = 0 };
		char letter[2] = { frame_letter(&sample), 0 };

		if (!(seen & (1u << kind)))
			continue;
		x += put_kind(cv, x, y,
			kind == PAGE_FREE ? glyph_text(GL_FREE, look->ascii)
					  : letter,
			_(page_kind_name((enum page_kind)kind)),
			frame_style(&sample));
		if (kind == PAGE_ANON)
			x += put_kind(cv, x, y, "2-9+", _("mapcount"),
				ST_PAGE_SHARED);
	}
	if (zoom)
		canvas_printf(cv, x, y, -1, ST_DIM, _("a cell: %u frames"),
			1u << (3 * zoom));
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
	if (p.legend >= 0)
		put_legend(cv, p.legend, look, seen);
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
