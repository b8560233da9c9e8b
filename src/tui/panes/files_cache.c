/*
 * A file's pages in order: each that is in memory with its frame, how often it
 * is mapped, whether it is dirty or being written, and its value; pages that
 * are not, as one cell a run.  A file with too many of them is a grid of one
 * letter a page.
 */
#include "tui/panes/files_cache.h"

#include "core/filemap.h"
#include "core/page_tree.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CELLS 256
#define CELL_LINES 4   /* page, frame, state, value */
#define VALUE_W 10     /* columns of a value at most */
#define GRID_STEP 16   /* a line of the grid has a multiple of these pages */
#define GRID_X 9       /* column of its first page */

/* A page of the file, or a run that is not in memory. */
struct file_cell {
	uint64_t index;		 /* of the first */
	uint64_t count;		 /* pages */
	const struct page *page; /* in memory; else NULL */
	uint64_t entry;		 /* what stands in its place; 0: nothing */
	int w;			 /* columns of the widest text */
};

struct file_cells {
	struct pad *s;
	struct file_cell cell[MAX_CELLS];
	int nr;
	bool all; /* there was room for all of them */
};

/* -- what is in memory ------------------------------------------------------ */

static struct file_cell read_cell(uint64_t index, uint64_t word)
{
	struct file_cell c = { .index = index, .count = 1 };

	if (word & ENTRY_BITS)
		c.entry = word;
	else
		c.page = (const struct page *)(uintptr_t)word;
	return c;
}

/* The next cell at or after @index; false at the end of the file. */
static bool next_cell(
	const struct inode *inode, uint64_t index, struct file_cell *c)
{
	uint64_t at = index;
	uint64_t word = radix_next(&inode->i_mapping.page_tree, &at);
	uint64_t end = word ? at : inode->i_size;

	if (word && at == index) {
		*c = read_cell(index, word);
		return true;
	}
	*c = (struct file_cell){ .index = index, .count = end - index };
	return index < end;
}

/* -- texts ------------------------------------------------------------------ */

static void say_page(const struct file_cell *c, char *buf, size_t size)
{
	if (c->count > 1)
		snprintf(buf, size, "%" PRIx64 "-%" PRIx64, c->index,
			c->index + c->count - 1);
	else
		snprintf(buf, size, "%" PRIx64, c->index);
}

static void say_frame(const struct pad *s, const struct file_cell *c, char *buf,
	size_t size)
{
	if (c->page)
		snprintf(buf, size, "%x", page_pfn(s->m, c->page));
	else
		snprintf(buf, size, "%s", glyph_text(GL_DOT, s->look->ascii));
}

/* Letters of what a page is in the middle of, as the legend has them. */
static const struct {
	uint32_t flag;
	char letter;
	const char *meaning;
} states[] = {
	{ PG(DIRTY), 'D', N_("dirty") },
	{ PG(WRITEBACK), 'W', N_("being written") },
	{ PG(LOCKED), 'L', N_("locked") },
};
#define NR_STATES (sizeof(states) / sizeof(states[0]))

static bool is_shadow(const struct file_cell *c)
{
	return (c->entry & ENTRY_BITS) == ENTRY_SHADOW;
}

static void say_state(const struct file_cell *c, char *buf, size_t size)
{
	size_t n;

	buf[0] = 0;
	if (c->entry)
		snprintf(buf, size, "%c", is_shadow(c) ? 'e' : 's');
	if (!c->page)
		return;
	n = (size_t)snprintf(buf, size, "%d", page_mapcount(c->page));
	for (size_t i = 0; i < NR_STATES; i++)
		if (c->page->flags & states[i].flag && n + 1 < size)
			buf[n++] = states[i].letter;
	buf[n] = 0;
}

static void say_value(const struct pad *s, const struct file_cell *c, char *buf,
	size_t size)
{
	buf[0] = 0;
	if (c->page)
		format_value(buf, size, s->m, c->page->value);
}

/* -- cells ------------------------------------------------------------------ */

static void widen(int *w, const char *text, int most)
{
	int used = text_width(text);

	used = used > most ? most : used;
	*w = used > *w ? used : *w;
}

static void measure(struct pad *s, struct file_cell *c)
{
	char text[64];

	say_page(c, text, sizeof(text));
	widen(&c->w, text, 32);
	say_frame(s, c, text, sizeof(text));
	widen(&c->w, text, 32);
	say_state(c, text, sizeof(text));
	widen(&c->w, text, 8);
	say_value(s, c, text, sizeof(text));
	widen(&c->w, text, VALUE_W);
}

static void make_cells(struct file_cells *t, const struct inode *inode)
{
	uint64_t index = 0;

	t->nr = 0;
	while (t->nr < MAX_CELLS &&
		next_cell(inode, index, &t->cell[t->nr])) {
		measure(t->s, &t->cell[t->nr]);
		index += t->cell[t->nr++].count;
	}
	t->all = index >= inode->i_size;
}

/* Cells of the block that begins with cell @from, in @w columns. */
static int cells_in(const struct file_cells *t, int from, int w)
{
	int n = 0;

	for (; from + n < t->nr; n++) {
		w -= t->cell[from + n].w + (n ? 2 : 0);
		if (w < 0 && n)
			break;
	}
	return n;
}

static int count_blocks(const struct file_cells *t, int w)
{
	int blocks = 0;

	for (int i = 0; i < t->nr; i += cells_in(t, i, w))
		blocks++;
	return blocks;
}

static void put_cell(struct pad *s, int x, int y, const struct file_cell *c)
{
	struct ref ref = c->page ? ref_make(REF_PAGE, page_pfn(s->m, c->page))
				 : NO_REF;
	enum style style = c->page ? frame_style(c->page) : ST_DIM;
	char text[64];

	say_page(c, text, sizeof(text));
	pad_cut(s, x, y, c->w, c->page ? ST_NUMBER : ST_DIM, ref, text);
	say_frame(s, c, text, sizeof(text));
	pad_cut(s, x, y + 1, c->w, style, ref, text);
	say_state(c, text, sizeof(text));
	pad_cut(s, x, y + 2, c->w, ST_TEXT, ref, text);
	say_value(s, c, text, sizeof(text));
	pad_cut(s, x, y + 3, c->w, ST_VALUE, ref, text);
}

/* The labels before the lines; returns their columns. */
static int label_columns(struct pad *s, int y, bool put)
{
	const char *label[] = { _("page"), _("frame"), _("mapped"),
		_("value") };
	int w = 0;

	for (int i = 0; i < CELL_LINES; i++) {
		widen(&w, label[i], 32);
		if (put)
			pad_put(s, 2, y + i, ST_DIM, NO_REF, "%s", label[i]);
	}
	return 2 + w + 2;
}

static int put_blocks(struct file_cells *t, int y, int x0)
{
	int from = y;

	for (int i = 0; i < t->nr;) {
		int n = cells_in(t, i, t->s->w - x0 - 1), x = x0;

		label_columns(t->s, y, true);
		for (int k = i; k < i + n; k++) {
			put_cell(t->s, x, y, &t->cell[k]);
			x += t->cell[k].w + 2;
		}
		pad_block(t->s, y, CELL_LINES);
		y += CELL_LINES;
		i += n;
	}
	return y - from;
}

/* -- the grid --------------------------------------------------------------- */

static char grid_letter(const struct file_cell *c)
{
	int count = c->page ? page_mapcount(c->page) : 0;

	if (c->entry)
		return is_shadow(c) ? 'e' : 's';
	for (size_t i = 0; i < NR_STATES; i++)
		if (c->page->flags & states[i].flag)
			return states[i].letter;
	return count > 9 ? '+' : (char)('0' + count);
}

static void put_grid_page(struct pad *s, int x, int y, const struct file_cell *c)
{
	if (c->page)
		pad_put(s, x, y, frame_style(c->page),
			ref_make(REF_PAGE, page_pfn(s->m, c->page)), "%c",
			grid_letter(c));
	else if (c->entry)
		pad_put(s, x, y, ST_DIM, NO_REF, "%c", grid_letter(c));
	else
		pad_glyph(s, x, y, ST_DIM, NO_REF, GL_DOT);
}

static void put_grid_line(struct pad *s, int y, const struct inode *inode,
	uint64_t index, uint64_t pages)
{
	const struct radix_tree *tree = &inode->i_mapping.page_tree;

	pad_put(s, 2, y, ST_DIM, NO_REF, "%6" PRIx64, index);
	for (uint64_t i = 0; i < pages && index + i < inode->i_size; i++) {
		uint64_t word = radix_get(tree, index + i);
		struct file_cell c = read_cell(index + i, word);

		put_grid_page(s, GRID_X + (int)i, y, &c);
	}
}

static bool is_between(const struct pad *s, const struct inode *inode,
	struct ref ref, uint64_t index, uint64_t pages)
{
	const struct page *page =
		ref.kind == REF_PAGE ? page_by_pfn(s->m, ref.id) : NULL;

	return page && page->mapping == (uintptr_t)&inode->i_mapping &&
	       page->index >= index && page->index - index < pages;
}

/* Is the line worth making: seen, or with what the pane turns to? */
static bool line_matters(const struct pad *s, int y, const struct inode *inode,
	uint64_t index, uint64_t pages)
{
	const struct event *now = current_event(s->look);

	if (s->run != PAD_FIND || pad_wants(s, y))
		return pad_wants(s, y);
	return is_between(s, inode, s->view->cursor, index, pages) ||
	       (now && (is_between(s, inode, now->o, index, pages) ||
			       is_between(s, inode, now->p, index, pages)));
}

/* Lines that have a page in memory; the others are left out. */
static int put_grid(struct pad *s, int y, const struct inode *inode)
{
	uint64_t room = s->w > GRID_X + GRID_STEP
		? (uint64_t)(s->w - GRID_X - 1) / GRID_STEP * GRID_STEP
		: GRID_STEP;
	uint64_t index = 0;
	int from = y;

	room = room > 64 ? 64 : room;
	while (radix_next(&inode->i_mapping.page_tree, &index)) {
		index -= index % room;
		if (line_matters(s, y, inode, index, room))
			put_grid_line(s, y, inode, index, room);
		y++;
		index += room;
	}
	return y - from;
}

/* -- all of it --------------------------------------------------------------- */

int files_cache(struct pad *s, int y, const struct inode *inode)
{
	struct file_cells t = { .s = s };
	int x = label_columns(s, y, false), most = s->h < 20 ? 1 : 2;

	if (!inode->i_mapping.nrpages)
		return 0;
	make_cells(&t, inode);
	if (!t.all || count_blocks(&t, s->w - x - 1) > most)
		return put_grid(s, y, inode);
	return put_blocks(&t, y, x);
}

void files_cache_legend(struct legend *l, bool ascii)
{
	legend_entry(l, ST_DIM, glyph_text(GL_DOT, ascii), _("not in memory"));
	legend_entry(l, ST_TEXT, "0-9+", _("PTEs that map it"));
	for (size_t i = 0; i < NR_STATES; i++) {
		char letter[2] = { states[i].letter, 0 };

		legend_entry(l, ST_TEXT, letter, _(states[i].meaning));
	}
	legend_entry(l, ST_DIM, "s", _("in swap"));
	legend_entry(l, ST_DIM, "e", _("evicted"));
}
