/*
 * Page frames: a grid with one character for each frame, by kind and how often
 * it is mapped.  A large memory is shown in cells of 8, 64, 512 ... frames,
 * and the row with the cursor is opened below to single frames.  A cell is
 * free only if all its frames are, which the heads of free blocks tell; else
 * it has the kind of most used frames of those looked at (SAMPLES).  Rows
 * that are of one letter fold into one.  So the work is bounded by
 * MAX_CELLS whatever the size of memory.
 */
#include "tui/panes/frames_grid.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAX_CELLS 8192
#define SAMPLES 8
#define MAX_ROWS (MAX_CELLS / 8)

/* Rows of cells that are shown as one line. */
struct span {
	uint64_t first; /* cell */
	uint32_t rows;	/* in it; more than 1: folded */
	bool lens;	/* single frames of the row above; first is a frame */
};

struct grid {
	struct pad *s;			/* where to */
	uint64_t pin[4];		/* rows that must be seen */
	int nr_pins;			/* of them */
	unsigned zoom;			/* a cell is 8^zoom frames */
	uint64_t cell;			/* frames in a cell */
	uint64_t nr_cells;		/* of the whole memory */
	int per_row;			/* cells in a row, a power of two */
	int pitch;			/* columns from cell to cell */
	int label;			/* columns of a row's label */
	bool gaps;			/* a blank after each 8 cells */
	struct span span[MAX_ROWS + 2]; /* lines, from the top */
	int nr_spans;			/* of them */
};

/* -- sizes -------------------------------------------------------------- */

static unsigned hex_digits(uint64_t n)
{
	unsigned digits = 1;

	while (n >>= 4)
		digits++;
	return digits;
}

unsigned frames_zoom(uint64_t frames)
{
	unsigned zoom = 0;

	while (frames >> (3 * zoom) > MAX_CELLS)
		zoom++;
	return zoom;
}

/* Ways to lay out a row, the most telling first. */
static const struct {
	int per_row, pitch;
	bool gaps;
} shapes[] = {
	{ 64, 2, false },
	{ 32, 2, true },
	{ 32, 2, false },
	{ 32, 1, true },
	{ 32, 1, false },
	{ 16, 1, true },
	{ 16, 1, false },
	{ 8, 1, false },
};
#define NR_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static void choose_shape(struct grid *g)
{
	for (unsigned i = 0; i < NR_SHAPES; i++) {
		int w = shapes[i].per_row * shapes[i].pitch;

		g->per_row = shapes[i].per_row;
		g->pitch = shapes[i].pitch;
		g->gaps = shapes[i].gaps;
		if (g->gaps)
			w += shapes[i].per_row / 8 - 1;
		if (g->label + w + 1 <= g->s->w)
			return;
	}
}

static void measure(struct grid *g)
{
	uint64_t frames = g->s->m->nr_frames;

	g->zoom = frames_zoom(frames);
	g->cell = 1ull << (3 * g->zoom);
	g->nr_cells = (frames + g->cell - 1) >> (3 * g->zoom);
	g->label = (int)hex_digits(frames - 1) + 2;
	choose_shape(g);
}

/* -- cells -------------------------------------------------------------- */

/* Of the kind that most samples have that are not free; NULL: all are. */
static const struct page *sample(const struct grid *g, uint64_t first)
{
	unsigned count[NR_PAGE_KINDS] = { 0 };
	const struct page *best = NULL;
	unsigned most = 0;

	for (uint64_t i = 0; i < SAMPLES; i++) {
		const struct page *p =
			page_by_pfn(g->s->m, first + i * (g->cell / SAMPLES));

		if (p && p->kind != PAGE_FREE && ++count[p->kind] >= most) {
			most = count[p->kind];
			best = p;
		}
	}
	return best;
}

/* Frames from @pfn on to the end of its free block; 1 when it is in none. */
static uint64_t free_block(const struct machine *m, uint64_t pfn)
{
	for (unsigned order = 0; order < NR_ORDERS; order++) {
		uint64_t head = pfn & ~((1ull << order) - 1);
		const struct page *p = page_by_pfn(m, head);

		if (p && p->flags & PG(BUDDY) && p->order >= order)
			return head + (1ull << p->order) - pfn;
	}
	return 1;
}

/* The first frame of a cell that is not free, from block to block; NULL: all
 * are free. */
static const struct page *first_used(const struct grid *g, uint64_t first)
{
	const struct machine *m = g->s->m;
	const struct page *p;

	for (uint64_t pfn = first; pfn < first + g->cell;
		pfn += free_block(m, pfn)) {
		p = page_by_pfn(m, pfn);
		if (!p || p->kind != PAGE_FREE)
			return p;
	}
	return NULL;
}

/* The frame that stands for a cell. */
static const struct page *cell_page(const struct grid *g, uint64_t cell)
{
	uint64_t first = cell << (3 * g->zoom);
	const struct page *p = g->zoom ? sample(g, first) : NULL;

	if (!p && g->zoom)
		p = first_used(g, first);
	return p ? p : page_by_pfn(g->s->m, first);
}

/* The frame that an object is or that its page is mapped to. */
bool frames_of_ref(const struct machine *m, struct ref r, uint32_t *pfn)
{
	const struct task_struct *task;
	pteval_t pte;

	*pfn = r.id;
	if (r.kind == REF_PAGE || r.kind == REF_TABLE)
		return page_by_pfn(m, r.id);
	if (r.kind != REF_PTE && r.kind != REF_ADDR)
		return false;
	task = task_find(m, r.id);
	pte = task && task->mm ? mm_pte(m, task->mm, r.addr) : 0;
	*pfn = (uint32_t)pte_pfn(m, pte);
	return pte_present(m, pte) && page_by_pfn(m, *pfn);
}

/* The frame that the latest event is about that is about one. */
static bool event_frame(const struct look *look, uint32_t *pfn)
{
	size_t least = look->done > LOOK_BACK ? look->done - LOOK_BACK : 0;

	for (size_t i = look->done; i > least; i--)
		if (frames_of_ref(look->m, look->events[i - 1].o, pfn) ||
			frames_of_ref(look->m, look->events[i - 1].p, pfn))
			return true;
	return false;
}

/* The frame whose struct page is shown. */
bool frames_shown(
	const struct pane_view *view, const struct look *look, uint32_t *pfn)
{
	if (view->follow && event_frame(look, pfn))
		return true;
	return frames_of_ref(look->m, view->cursor, pfn) ||
	       frames_of_ref(look->m, look->selected, pfn) ||
	       event_frame(look, pfn);
}

/* -- rows --------------------------------------------------------------- */

static uint64_t row_of_frame(const struct grid *g, uint32_t pfn)
{
	return (pfn >> (3 * g->zoom)) / (uint64_t)g->per_row;
}

/* Rows that must be seen: of the cursor, the selection, the event. */
static bool is_pinned(const struct grid *g, uint64_t row)
{
	for (int i = 0; i < g->nr_pins; i++)
		if (g->pin[i] == row)
			return true;
	return false;
}

static void find_pins(struct grid *g)
{
	const struct look *look = g->s->look;
	uint32_t pfn;

	if (frames_of_ref(look->m, g->s->view->cursor, &pfn))
		g->pin[g->nr_pins++] = row_of_frame(g, pfn);
	if (frames_of_ref(look->m, look->selected, &pfn))
		g->pin[g->nr_pins++] = row_of_frame(g, pfn);
	if (event_frame(look, &pfn))
		g->pin[g->nr_pins++] = row_of_frame(g, pfn);
	if (look->now && frames_of_ref(look->m, look->now->p, &pfn))
		g->pin[g->nr_pins++] = row_of_frame(g, pfn);
}

/* The one letter of all cells of a row when it may be folded; else 0. */
static char plain_letter(const struct grid *g, uint64_t row)
{
	uint64_t first = row * (uint64_t)g->per_row;
	char letter = 0;

	for (int i = 0; i < g->per_row && first + (uint64_t)i < g->nr_cells;
		i++) {
		const struct page *p = cell_page(g, first + (uint64_t)i);

		if (!p || (letter && frame_letter(p) != letter))
			return 0;
		letter = frame_letter(p);
	}
	return is_pinned(g, row) ? 0 : letter;
}

static struct span *add_span(struct grid *g, uint64_t first)
{
	struct span *span = &g->span[g->nr_spans++];

	*span = (struct span){ first, 1, false };
	return span;
}

/* Single frames around @pfn, below the row that it is in. */
static void add_lens(struct grid *g, uint64_t row, uint32_t pfn)
{
	if (g->zoom && row_of_frame(g, pfn) == row) {
		struct span *span =
			add_span(g, pfn & ~(uint64_t)(g->per_row - 1));

		span->lens = true;
	}
}

static void make_spans(struct grid *g)
{
	uint64_t rows =
		(g->nr_cells + (uint64_t)g->per_row - 1) / (uint64_t)g->per_row;
	bool fold = rows > (uint64_t)g->s->h, has_frame;
	char before = 0;
	uint32_t pfn;

	find_pins(g);
	has_frame = frames_shown(g->s->view, g->s->look, &pfn);
	for (uint64_t row = 0; row < rows && g->nr_spans < MAX_ROWS; row++) {
		char letter = fold ? plain_letter(g, row) : 0;

		if (letter && letter == before)
			g->span[g->nr_spans - 1].rows++;
		else
			add_span(g, row * (uint64_t)g->per_row);
		before = letter;
		if (has_frame)
			add_lens(g, row, pfn);
	}
}

/* -- drawing ------------------------------------------------------------ */

static int cell_x(const struct grid *g, int i)
{
	return g->label + i * g->pitch + (g->gaps ? i / 8 : 0);
}

static bool is_event_frame(const struct grid *g, uint32_t pfn)
{
	const struct event *now = current_event(g->s->look);
	uint32_t at;

	return now &&
	       ((frames_of_ref(g->s->m, now->o, &at) && at == pfn) ||
		       (frames_of_ref(g->s->m, now->p, &at) && at == pfn));
}

static void put_frame(struct grid *g, int x, int y, const struct page *page)
{
	struct pad *s = g->s;
	struct ref ref = ref_make(REF_PAGE, page_pfn(s->m, page));

	s->seen |= 1u << page->kind;
	if (page->kind == PAGE_FREE)
		pad_glyph(s, x, y, ST_PAGE_FREE, ref, GL_FREE);
	else
		pad_put(s, x, y, frame_style(page), ref, "%c",
			frame_letter(page));
}

/* The event's mark: in the gaps beside it, or at the row's label. */
static void put_marks(struct grid *g, int x, int y)
{
	if (g->pitch > 1)
		pad_now_marks(g->s, x, y, 1);
	pad_glyph(g->s, 0, y, ST_EVENT_NOW, NO_REF, GL_NOW);
}

static void put_cells(struct grid *g, int y, const struct span *span)
{
	for (int i = 0; i < g->per_row; i++) {
		uint64_t cell = span->first + (uint64_t)i;
		const struct page *page =
			span->lens	     ? page_by_pfn(g->s->m, cell)
			: cell < g->nr_cells ? cell_page(g, cell)
					     : NULL;

		if (!page)
			break;
		put_frame(g, cell_x(g, i), y, page);
		if ((span->lens || !g->zoom) &&
			is_event_frame(g, (uint32_t)cell))
			put_marks(g, cell_x(g, i), y);
	}
}

static void put_folded(struct grid *g, int y, const struct span *span)
{
	const struct page *page = cell_page(g, span->first);
	const char *times = glyph_text(GL_TIMES, g->s->look->ascii);
	uint64_t frames = (uint64_t)span->rows * (uint64_t)g->per_row
			  << (3 * g->zoom);
	int x;

	for (int i = 0; i < 3; i++)
		put_frame(g, cell_x(g, i), y, page);
	x = cell_x(g, 3) + 1;
	pad_put(g->s, x, y, ST_DIM, NO_REF, "%s%" PRIu64 " %s", times, frames,
		_(page_kind_name(page->kind)));
}

static void put_span(struct grid *g, int y, const struct span *span)
{
	uint64_t pfn = span->lens ? span->first : span->first << (3 * g->zoom);

	pad_put(g->s, 1, y, span->lens ? ST_STRONG : ST_DIM, NO_REF,
		"%*" PRIx64, g->label - 2, pfn);
	if (span->rows > 1)
		put_folded(g, y, span);
	else
		put_cells(g, y, span);
}

/* While looking for cursor and event, only rows that have them count. */
static bool is_wanted(const struct grid *g, const struct span *span, int y)
{
	if (g->s->run != PAD_FIND)
		return pad_wants(g->s, y);
	return span->lens || is_pinned(g, span->first / (uint64_t)g->per_row);
}

int frames_grid(struct pad *s)
{
	struct grid g;

	memset(&g, 0, sizeof(g));
	g.s = s;
	measure(&g);
	make_spans(&g);
	for (int y = 0; y < g.nr_spans; y++)
		if (is_wanted(&g, &g.span[y], y))
			put_span(&g, y, &g.span[y]);
	return g.nr_spans;
}
