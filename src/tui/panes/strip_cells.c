/*
 * A strip is made of cells in page order; a cell is one page or a run of
 * pages in the same state.  Runs are made only when the pages do not all fit,
 * and never swallow the page under the cursor, the selected one or the one
 * that the current event is about.  At most SCAN pages are read; what lies
 * beyond is one cell that says only how many.
 */
#include "tui/panes/strip_cells.h"
#include "core/swapops.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MIN_RUN 4 /* shorter runs are not folded */
#define SCAN 4096
#define VALUE_COLUMNS 12

/* The letters of a state, in the order of the legend. */
static const struct {
	char letter;
	const char *meaning;
} letters[] = {
	{ 'r', N_("read-only") },
	{ 'x', N_("exclusive") },
	{ '*', N_("shared") },
	{ 'w', N_("writable") },
	{ 'z', N_("zero page") },
	{ 'n', N_("no access") },
	{ 's', N_("swapped out") },
	{ 'm', N_("being moved") },
	{ 'g', N_("guard") },
	{ '-', N_("none") },
};
#define NR_LETTERS (sizeof(letters) / sizeof(letters[0]))

static void note_letters(struct pad *s, const struct state *st)
{
	for (unsigned i = 0; i < NR_LETTERS; i++)
		if (strchr(st->letters, letters[i].letter))
			s->seen |= 1u << i;
}

void strip_legend(struct pad *s, int x, int y)
{
	for (unsigned i = 0; i < NR_LETTERS; i++) {
		if (!(s->seen & (1u << i)))
			continue;
		x += pad_put(s, x, y, ST_STRONG, NO_REF, "%c",
			     letters[i].letter) +
		     1;
		x += pad_put(s, x, y, ST_DIM, NO_REF, "%s",
			     _(letters[i].meaning)) +
		     2;
	}
}

static void read_mapped(const struct machine *m, pteval_t pte, struct state *st)
{
	const struct page *page;

	st->pfn = pte_pfn(m, pte);
	page = page_by_pfn(m, st->pfn);
	if (!page)
		return;
	st->mapped = true;
	st->value = page->value;
	st->letters[0] = pte_protnone(m, pte)	  ? 'n'
			 : st->pfn == m->zero_pfn ? 'z'
			 : pte_write(m, pte)	  ? 'w'
						  : 'r';
	if (frame_style(page) == ST_PAGE_SHARED)
		st->letters[1] = '*';
	else if (st->letters[0] == 'r' && (page->flags & PG(ANON_EXCLUSIVE)))
		st->letters[1] = 'x';
}

struct state strip_read(const struct strip *t, uint64_t n)
{
	const struct machine *m = t->s->m;
	uint64_t addr = t->vma->vm_start + (n << PAGE_SHIFT);
	pteval_t pte = mm_pte(m, t->vma->vm_mm, addr);
	struct state st = { .letters = "-" };

	if (pte_present(m, pte))
		read_mapped(m, pte, &st);
	else if (!pte_none(pte))
		st.letters[0] = pte_is_guard(m, pte)	    ? 'g'
				: pte_is_migration(m, pte) ? 'm'
							   : 's';
	note_letters(t->s, &st);
	return st;
}

struct ref strip_pte(const struct strip *t, uint64_t n)
{
	return ref_at(
		REF_PTE, t->task->pid, t->vma->vm_start + (n << PAGE_SHIFT));
}

static bool is_page(struct ref r, struct ref pte, const struct state *st)
{
	if (r.kind == REF_PAGE)
		return st->mapped && r.id == st->pfn;
	return (r.kind == REF_PTE || r.kind == REF_ADDR) && r.id == pte.id &&
	       !((r.addr ^ pte.addr) & PAGE_MASK);
}

/* How much this page must be seen by itself; 0: it may be folded. */
static int pin_rank(const struct strip *t, uint64_t n, const struct state *st)
{
	const struct pad *s = t->s;
	struct ref pte = strip_pte(t, n);

	if (is_page(s->view->cursor, pte, st))
		return s->view->follow ? 1 : 4;
	if (event_names(latest_event(s->look), pte.id, pte.addr))
		return 3;
	return is_page(s->look->selected, pte, st) ? 2 : 0;
}

/* -- texts of a cell ---------------------------------------------------- */

const char *strip_ellipsis(const struct strip *t)
{
	return glyph_text(GL_ELLIPSIS, t->s->look->ascii);
}

void strip_page_text(const struct piece *c, char *buf, size_t size)
{
	if (c->count == 1)
		snprintf(buf, size, "%" PRIu64, c->page);
	else
		snprintf(buf, size, "%" PRIu64 "..%" PRIu64, c->page,
			c->page + c->count - 1);
}

void strip_value_text(
	const struct strip *t, const struct piece *c, char *buf, size_t size)
{
	buf[0] = 0;
	if (c->unread || (c->count > 1 && !c->same_value))
		snprintf(buf, size, "%s", strip_ellipsis(t));
	else if (c->state.mapped)
		format_value(buf, size, t->s->m, c->state.value);
}

void strip_frame_text(
	const struct strip *t, const struct piece *c, char *buf, size_t size)
{
	const char *times = glyph_text(GL_TIMES, t->s->look->ascii);

	if (c->count > 1)
		snprintf(buf, size, "%s %s%" PRIu64,
			c->unread ? strip_ellipsis(t) : c->state.letters, times,
			c->count);
	else if (c->state.mapped)
		snprintf(buf, size, "%" PRIx64 "%s", c->state.pfn,
			c->state.letters);
	else
		snprintf(buf, size, "%s", c->state.letters);
}

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

static void measure(const struct strip *t, struct piece *c)
{
	char text[64];
	int w;

	strip_page_text(c, text, sizeof(text));
	c->w = text_width(text);
	strip_value_text(t, c, text, sizeof(text));
	w = text_width(text);
	w = w > VALUE_COLUMNS ? VALUE_COLUMNS : w;
	c->w = t->brief && w ? c->w + 1 + w : max_int(c->w, w);
	strip_frame_text(t, c, text, sizeof(text));
	c->w = max_int(c->w, text_width(text));
	c->w = max_int(c->w, c->count == 1 ? t->least : 0);
}

/* Columns for a frame that this operation's events name, happened or not, and
 * two letters: columns stay where they are in all of the operation. */
static int least_columns(const struct look *look)
{
	size_t n = look->nr_events < LOOK_BACK ? look->nr_events : LOOK_BACK;
	uint32_t most = 0x10;
	int w = 2;

	for (size_t i = 0; i < n; i++) {
		struct ref r = look->events[i].o;

		if (r.kind == REF_PAGE && r.id > most)
			most = r.id;
	}
	for (; most; most >>= 4)
		w++;
	return w;
}

/* -- making the cells --------------------------------------------------- */

static void push(struct strip *t, const struct piece *c, int rank)
{
	if (t->nr == STRIP_CELLS)
		return;
	if (rank > t->rank) {
		t->pinned = t->nr;
		t->rank = rank;
	}
	t->cell[t->nr] = *c;
	measure(t, &t->cell[t->nr]);
	t->nr++;
}

static void push_page(struct strip *t, uint64_t n)
{
	struct piece c = { n, 1, strip_read(t, n), true, false, 0 };

	push(t, &c, pin_rank(t, n, &c.state));
}

/* A run is its first page, the fold and its last page; or page by page. */
static void push_run(struct strip *t, const struct piece *run)
{
	struct piece inner = *run;

	if (!t->fold || run->count < MIN_RUN) {
		for (uint64_t i = 0; i < run->count; i++)
			push_page(t, run->page + i);
		return;
	}
	push_page(t, run->page);
	inner.page++;
	inner.count -= 2;
	push(t, &inner, 0);
	push_page(t, run->page + run->count - 1);
}

static bool alike(const struct state *a, const struct state *b)
{
	return !strcmp(a->letters, b->letters);
}

/* Put page @n into the run, or end the run and begin another. */
static void extend(struct strip *t, struct piece *run, uint64_t n, bool *closed)
{
	struct state st = strip_read(t, n);
	bool pinned = pin_rank(t, n, &st) > 0;

	if (run->count && !pinned && !*closed && alike(&run->state, &st)) {
		run->count++;
		run->same_value &= run->state.value == st.value;
		return;
	}
	push_run(t, run);
	*run = (struct piece){ n, 1, st, true, false, 0 };
	*closed = pinned;
}

static void make_cells(struct strip *t, uint64_t first)
{
	uint64_t pages = vma_pages(t->vma), n = first;
	struct piece run = { .page = first };
	bool closed = false;

	t->nr = 0;
	t->pinned = -1;
	t->rank = 0;
	if (first)
		push(t, &(struct piece){ .count = first, .unread = true }, 0);
	for (; n < pages && n < first + SCAN && t->nr < STRIP_CELLS; n++)
		extend(t, &run, n, &closed);
	push_run(t, &run);
	if (n < pages)
		push(t,
			&(struct piece){ n, pages - n, { "-", 0, 0, 0 }, false,
				true, 0 },
			0);
}

int strip_width(const struct strip *t, int from, int to)
{
	int w = 0;

	for (int i = from; i < to; i++)
		w += t->cell[i].w + 2;
	return w;
}

/* Put the page that @r names into *@page, if it is one of this VMA. */
static bool names_page_of(const struct strip *t, struct ref r, uint64_t *page)
{
	if ((r.kind != REF_PTE && r.kind != REF_ADDR) || r.id != t->task->pid ||
		r.addr < t->vma->vm_start || r.addr >= t->vma->vm_end)
		return false;
	*page = (r.addr - t->vma->vm_start) >> PAGE_SHIFT;
	return true;
}

/* The page that must be seen, as far as it is known without reading. */
static uint64_t wanted_page(const struct strip *t)
{
	const struct event *ev = latest_event(t->s->look);
	const struct pane_view *view = t->s->view;
	uint64_t page = 0;

	if (!view->follow && names_page_of(t, view->cursor, &page))
		return page;
	if (ev && (names_page_of(t, ev->o, &page) ||
			  names_page_of(t, ev->p, &page)))
		return page;
	if (!names_page_of(t, t->s->look->selected, &page))
		names_page_of(t, view->cursor, &page);
	return page;
}

/* Does a cell show page @n by itself? */
static bool has_page(const struct strip *t, uint64_t n)
{
	for (int i = 0; i < t->nr; i++)
		if (t->cell[i].page == n && t->cell[i].count == 1)
			return true;
	return false;
}

void strip_make(struct strip *t)
{
	uint64_t pages = vma_pages(t->vma), wanted = wanted_page(t);

	t->least = least_columns(t->s->look);
	if (pages <= STRIP_CELLS) {
		make_cells(t, 0);
		if (strip_width(t, 0, t->nr) <= t->columns)
			return;
	}
	t->fold = true;
	make_cells(t, 0);
	if (wanted && !has_page(t, wanted))
		make_cells(t, wanted > 4 ? wanted - 4 : 0);
}

/* The first cell to draw, so that the pinned one is seen and the next. */
int strip_first_cell(const struct strip *t)
{
	int first = 0, end = t->pinned + 2 < t->nr ? t->pinned + 2 : t->nr;

	if (t->pinned < 0 || strip_width(t, 0, t->nr) <= t->columns)
		return 0;
	while (first < t->pinned && strip_width(t, first, end) > t->columns)
		first++;
	return first;
}
