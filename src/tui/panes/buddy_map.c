/*
 * The strip is cut into rows of cells, a cell being 2^zoom frames so that all
 * of memory has at most MAX_CELLS cells.  A free block shows its order at its
 * first cell and dots in the others; a used cell the letter of its kind.  A
 * block of at least a row takes one line, whatever its size, and such blocks
 * of one order that follow one another fold into one line; so do rows of used
 * frames that look alike.  Below a row of many frames a cell the row's frames
 * around the cursor are opened one by one.
 *
 * Free blocks are skipped as a whole, and of a used cell SAMPLES frames are
 * read (single free frames between them are not seen): the work is bounded
 * whatever the size of memory.
 */
#include "tui/panes/buddy_map.h"
#include "core/page_alloc.h"

#include "tui/panes/frames_grid.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAX_CELLS 4096
#define SAMPLES 16
#define MIN_ROW 8
#define MAX_SPANS (MAX_CELLS / MIN_ROW * 2 + NR_ZONES_MAX)
#define MAX_PINS 4

/* Lines of the strip. */
struct span {
	uint64_t pfn;	/* first frame */
	uint64_t times; /* rows, or blocks, that it stands for */
	int order;	/* of its free blocks; -1: cells */
	char letter;	/* of all its cells; 0: they differ */
	bool lens;	/* single frames of the row above */
};

struct map {
	struct pad *s;
	const struct zone *z;
	const struct buddy_step *step;
	uint64_t end;	       /* first frame after the zone */
	int x, y, w;	       /* where to */
	int label;	       /* columns of a row's label */
	int per_row;	       /* cells in a row, a power of two */
	unsigned zoom;	       /* a cell is 2^zoom frames */
	uint64_t row;	       /* frames in a row */
	uint64_t pin[MAX_PINS]; /* frames whose rows never fold */
	int nr_pins;
	uint32_t lens;	       /* frame to open the row of */
	bool has_lens;
	struct span span[MAX_SPANS];
	int nr_spans;
};

const char *buddy_mark_letter(enum buddy_mark mark)
{
	static const char *const letters[] = { [BUDDY_SAME] = "",
		[BUDDY_FREED] = "+", [BUDDY_SPLIT] = "s",
		[BUDDY_MERGED] = "m" };

	return letters[mark];
}

/* -- sizes -------------------------------------------------------------- */

unsigned buddy_map_zoom(const struct machine *m)
{
	unsigned zoom = 0;

	while (m->nr_frames >> zoom > MAX_CELLS)
		zoom++;
	return zoom;
}

static void measure(struct map *map, int w)
{
	int digits = 1;

	for (uint64_t n = map->s->m->nr_frames - 1; n >>= 4;)
		digits++;
	map->zoom = buddy_map_zoom(map->s->m);
	map->label = digits + 2;
	map->per_row = 128;
	while (map->per_row > MIN_ROW && map->label + map->per_row + 1 > w)
		map->per_row /= 2;
	map->row = (uint64_t)map->per_row << map->zoom;
}

static void add_pin(struct map *map, struct ref ref)
{
	uint32_t pfn;

	if (map->nr_pins < MAX_PINS && frames_of_ref(map->s->m, ref, &pfn))
		map->pin[map->nr_pins++] = pfn;
}

static void find_pins(struct map *map)
{
	const struct look *look = map->s->look;
	const struct event *now = current_event(look);

	add_pin(map, map->s->view->cursor);
	add_pin(map, look->selected);
	if (now) {
		add_pin(map, now->o);
		add_pin(map, now->p);
	}
	map->has_lens = map->zoom &&
			frames_shown(map->s->view, look, &map->lens) &&
			!buddy_head(look->m, map->lens);
}

static bool is_pinned(const struct map *map, uint64_t pfn, uint64_t frames)
{
	for (int i = 0; i < map->nr_pins; i++)
		if (map->pin[i] >= pfn && map->pin[i] < pfn + frames)
			return true;
	return false;
}

/* -- cells -------------------------------------------------------------- */

/* What a cell of many frames shows. */
struct sample {
	const struct page *page; /* a used one if there is any */
	bool mixed;		 /* some frames are used and some free */
	bool at_hand;		 /* one free frame, on the CPU's list */
};

/* Between the samples: from free block to free block. */
static const struct page *first_used(
	const struct map *map, uint64_t pfn, uint64_t end)
{
	while (pfn < end) {
		const struct page *head = buddy_head(map->s->m, pfn);

		if (!head)
			return page_by_pfn(map->s->m, pfn);
		pfn = page_pfn(map->s->m, head) + (1ull << head->order);
	}
	return NULL;
}

/* Samples lie at different places of their parts, so that a pattern of holes
 * is met. */
static struct sample read_sample(const struct map *map, uint64_t pfn)
{
	uint64_t step = map->zoom > 4 ? (1ull << map->zoom) / SAMPLES : 1;
	uint64_t end = pfn + (1ull << map->zoom), i = 0;
	struct sample cell = { NULL, false, false };
	bool any_free = false;

	end = end < map->end ? end : map->end;
	for (uint64_t at = pfn; at < end; at += step, i++) {
		const struct page *page =
			page_by_pfn(map->s->m, at + (i + i / 4) % step);

		if (page && page->kind == PAGE_FREE)
			any_free = true;
		else if (page)
			cell.page = page;
	}
	if (!cell.page)
		cell.page = first_used(map, pfn, end);
	cell.mixed = cell.page && any_free;
	if (!cell.page)
		cell.page = page_by_pfn(map->s->m, pfn);
	return cell;
}

/* The letter of its kind; a digit would be taken for an order. */
char buddy_map_letter(int kind)
{
	struct page one = { .kind = (uint8_t)kind, ._mapcount = 0 };

	return frame_letter(&one);
}

static char sample_letter(const struct sample *cell)
{
	return cell->mixed ? '/' : buddy_map_letter(cell->page->kind);
}

/* -- rows --------------------------------------------------------------- */

/* Free blocks of one order that fill a line, from @pfn on. */
struct blocks {
	unsigned order;
	uint64_t times;
};

/* Of at least a row, or a whole row of the largest; false: it is mixed. */
static bool whole_blocks(const struct map *map, uint64_t pfn, struct blocks *b)
{
	const struct page *page = page_by_pfn(map->s->m, pfn);
	uint64_t end = pfn + map->row;

	if (!(page->flags & PG(BUDDY)))
		return false;
	*b = (struct blocks){ page->order, 1 };
	if (1ull << b->order >= map->row)
		return true;
	if (b->order < buddy_max_order(map->s->m) || end > map->end)
		return false;
	for (b->times = 0; pfn < end; pfn += 1ull << b->order, b->times++) {
		page = page_by_pfn(map->s->m, pfn);
		if (!(page->flags & PG(BUDDY)) || page->order != b->order)
			return false;
	}
	return true;
}

/* The one letter of the used cells of a row; 0: it is to be shown. */
static char plain_letter(const struct map *map, uint64_t pfn)
{
	uint64_t end = pfn + map->row;
	char letter = 0;

	if (is_pinned(map, pfn, map->row))
		return 0;
	for (; pfn < end && pfn < map->end; pfn += 1ull << map->zoom) {
		struct sample cell = read_sample(map, pfn);

		if (cell.page->kind == PAGE_FREE ||
			(letter && letter != sample_letter(&cell)))
			return 0;
		letter = sample_letter(&cell);
	}
	return letter;
}

/* Add a line, or let the last one stand for it too. */
static void add_span(struct map *map, struct span span, bool may_join)
{
	struct span *last = map->nr_spans ? &map->span[map->nr_spans - 1]
					  : NULL;

	if (last && may_join && !last->lens && last->order == span.order &&
		last->letter == span.letter &&
		!is_pinned(map, last->pfn, span.pfn - last->pfn))
		last->times += span.times;
	else if (map->nr_spans < MAX_SPANS)
		map->span[map->nr_spans++] = span;
}

/* Can blocks stand for themselves and others?  Not if the step made one. */
static bool is_quiet(const struct map *map, uint64_t pfn,
	const struct blocks *b)
{
	if (is_pinned(map, pfn, b->times << b->order))
		return false;
	for (uint64_t i = 0; map->step->nr && i < b->times; i++)
		if (buddy_step_mark(map->step,
			    (uint32_t)(pfn + (i << b->order)),
			    b->order) != BUDDY_SAME)
			return false;
	return true;
}

static void add_lens(struct map *map, uint64_t pfn)
{
	struct span span = { pfn, 1, -1, 0, true };

	if (!map->has_lens || map->lens < pfn || map->lens >= pfn + map->row)
		return;
	span.pfn += (map->lens - pfn) & ~(uint64_t)(map->per_row - 1);
	add_span(map, span, false);
}

/* One line; returns the frame after it. */
static uint64_t add_line(struct map *map, uint64_t pfn)
{
	struct span span = { pfn, 1, -1, 0, false };
	struct blocks b;

	if (whole_blocks(map, pfn, &b)) {
		span.order = (int)b.order;
		span.times = b.times;
		span.letter = is_quiet(map, pfn, &b) ? 0 : 1;
		add_span(map, span, !span.letter);
		return pfn + (b.times << b.order);
	}
	span.letter = plain_letter(map, pfn);
	add_span(map, span, span.letter != 0);
	add_lens(map, pfn);
	return pfn + map->row;
}

static void make_spans(struct map *map)
{
	uint64_t pfn = map->z->zone_start_pfn;

	find_pins(map);
	while (pfn < map->end)
		pfn = add_line(map, pfn);
}

/* -- drawing ------------------------------------------------------------ */

/* A free block in @cells cells: its order, then dots. */
static void put_block(struct map *map, int x, int y, const struct page *head,
	int cells)
{
	uint32_t pfn = page_pfn(map->s->m, head);
	const char *dot = glyph_text(GL_FREE, map->s->look->ascii);
	char text[512];
	int n = 0;

	if (head->order < 10 || cells > 1)
		n = snprintf(text, sizeof(text), "%u", head->order);
	for (int i = n; i < cells; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s", dot);
	map->s->seen |= 1u << PAGE_FREE;
	if (buddy_step_mark(map->step, pfn, head->order) != BUDDY_SAME)
		map->s->extra = STYLE_CHANGED;
	pad_put(map->s, x, y, ST_PAGE_FREE, ref_make(REF_PAGE, pfn), "%s",
		text);
	map->s->extra = 0;
}

static void put_frame(struct map *map, int x, int y, const struct sample *cell)
{
	const struct page *page = cell->page;
	struct ref ref = ref_make(REF_PAGE, page_pfn(map->s->m, page));

	map->s->seen |= cell->mixed ? BUDDY_SEEN_MIXED
			: cell->at_hand ? BUDDY_SEEN_HAND
					: 1u << page->kind;
	if (cell->at_hand)
		pad_put(map->s, x, y, ST_PAGE_FREE, ref, "p");
	else if (cell->mixed)
		pad_glyph(map->s, x, y, frame_style(page), ref, GL_MEDIUM);
	else if (page->kind == PAGE_FREE)
		pad_glyph(map->s, x, y, ST_PAGE_FREE, ref, GL_FREE);
	else
		pad_put(map->s, x, y, frame_style(page), ref, "%c",
			buddy_map_letter(page->kind));
}

static struct sample cell_at(const struct map *map, uint64_t pfn, unsigned zoom)
{
	const struct page *page = page_by_pfn(map->s->m, pfn);

	if (zoom)
		return read_sample(map, pfn);
	return (struct sample){ page, false,
		page->kind == PAGE_FREE && map->z->pcp.batch &&
			!(page->flags & PG(BUDDY)) };
}

/* What lies at @pfn, in cells of 2^@zoom frames; returns its cells. */
static int put_cell(struct map *map, int x, int y, uint64_t pfn, unsigned zoom,
	int room)
{
	const struct page *head = buddy_head(map->s->m, pfn);
	uint64_t left;
	int cells;

	if (!head || 1ull << head->order < 1ull << zoom) {
		struct sample cell = cell_at(map, pfn, zoom);

		put_frame(map, x, y, &cell);
		return 1;
	}
	left = page_pfn(map->s->m, head) + (1ull << head->order) - pfn;
	cells = left >> zoom < (uint64_t)room ? (int)(left >> zoom) : room;
	put_block(map, x, y, head, cells);
	return cells;
}

static void put_cells(struct map *map, int y, const struct span *span)
{
	unsigned zoom = span->lens ? 0 : map->zoom;
	int x = map->x + map->label;

	for (int i = 0; i < map->per_row;) {
		uint64_t pfn = span->pfn + ((uint64_t)i << zoom);

		if (pfn >= map->end)
			break;
		i += put_cell(map, x + i, y, pfn, zoom, map->per_row - i);
	}
}

/* Frames of a line. */
static uint64_t span_frames(const struct map *map, const struct span *span)
{
	if (span->lens)
		return (uint64_t)map->per_row;
	return span->order >= 0 ? span->times << span->order
				: span->times * map->row;
}

/* How many, and of what, behind a line that stands for many. */
static void put_times(struct map *map, int x, int y, const struct span *span)
{
	uint64_t frames = span_frames(map, span);
	int w = map->x + map->w - x;
	char text[96];

	if (span->pfn + frames > map->end)
		frames = map->end - span->pfn;
	if (span->order >= 0 && span->times > 1)
		snprintf(text, sizeof(text),
			_("%" PRIu64 " blocks of order %d, %" PRIu64 " frames"),
			span->times, span->order, frames);
	else
		snprintf(text, sizeof(text), _("%" PRIu64 " frames"), frames);
	if (w > 0)
		pad_cut(map->s, x, y, w, ST_DIM, NO_REF, text);
}

/* A line for blocks of at least a row, or for used rows that look alike. */
static void put_folded(struct map *map, int y, const struct span *span)
{
	int x = map->x + map->label, cells = map->per_row / 4;
	struct sample cell = cell_at(map, span->pfn, map->zoom);

	if (span->order >= 0) {
		put_block(map, x, y, page_by_pfn(map->s->m, span->pfn), cells);
	} else {
		cells = 3;
		for (int i = 0; i < cells; i++)
			put_frame(map, x + i, y, &cell);
	}
	put_times(map, x + cells + 1, y, span);
}

static bool has_frame(const struct map *map, const struct span *span,
	struct ref ref)
{
	uint32_t pfn;

	return frames_of_ref(map->s->m, ref, &pfn) && pfn >= span->pfn &&
	       pfn < span->pfn + span_frames(map, span);
}

static bool is_event_row(const struct map *map, const struct span *span)
{
	const struct event *now = current_event(map->s->look);

	return now && (has_frame(map, span, now->o) ||
			      has_frame(map, span, now->p));
}

static void put_span(struct map *map, int y, const struct span *span)
{
	pad_put(map->s, map->x + 1, y, span->lens ? ST_STRONG : ST_DIM, NO_REF,
		"%*" PRIx64, map->label - 2, span->pfn);
	if (is_event_row(map, span))
		pad_glyph(map->s, map->x, y, ST_EVENT_NOW, NO_REF, GL_NOW);
	if (span->order >= 0 || (span->letter && !span->lens))
		put_folded(map, y, span);
	else
		put_cells(map, y, span);
}

/* While looking for cursor and event, only lines that have them count. */
static bool is_wanted(const struct map *map, const struct span *span, int y)
{
	if (map->s->run != PAD_FIND)
		return pad_wants(map->s, y);
	return span->lens ||
	       is_pinned(map, span->pfn, span_frames(map, span));
}

int buddy_map(struct pad *s, const struct zone *z,
	const struct buddy_step *step, int x, int y, int w)
{
	struct map map;

	memset(&map, 0, sizeof(map));
	map.s = s;
	map.z = z;
	map.step = step;
	map.end = z->zone_start_pfn + z->spanned_pages;
	map.x = x;
	map.w = w;
	measure(&map, w);
	make_spans(&map);
	for (int i = 0; i < map.nr_spans; i++)
		if (is_wanted(&map, &map.span[i], y + i))
			put_span(&map, y + i, &map.span[i]);
	return map.nr_spans;
}
