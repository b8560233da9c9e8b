/*
 * A list from head to tail, a page by its frame and a letter for each flag that
 * reclaim asks for.  A page that the step moved says from which list it came.
 *
 * A list that is longer than its lines shows its first and its last pages, and
 * between them how many more there are and, of those nearest the tail, how
 * many have each letter.  A list is followed at most NEAR pages far from its
 * ends: a page in the middle that must be seen is shown with its neighbours.
 */
#include "tui/panes/lru_row.h"
#include "tui/panes/reverse.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NEAR 2048       /* pages looked at from either end */
#define MAX_ENTRIES 512 /* pages of a list that are shown */
#define FOLDED 4        /* lines of pages of a list that is too long */
#define ITEM_X 9        /* column of a list's first page */

/* -- letters ------------------------------------------------------------ */

static const struct {
	char letter;
	uint32_t flag; /* of the page; 0: a young PTE */
	const char *meaning;
} letters[] = {
	{ 'A', PG(ACTIVE), N_("active") },
	{ 'R', PG(REFERENCED), N_("referenced") },
	{ 'y', 0, N_("young PTE") },
	{ 'D', PG(DIRTY), N_("dirty") },
	{ 'W', PG(WRITEBACK), N_("writeback") },
	{ 'S', PG(SWAPCACHE), N_("swap cache") },
	{ 'M', PG(MLOCKED), N_("locked in memory") },
};
#define NR_LETTERS (sizeof(letters) / sizeof(letters[0]))

static bool has_letter(
	const struct machine *m, const struct page *page, unsigned i)
{
	if (letters[i].flag)
		return page->flags & letters[i].flag;
	return reverse_young(m, page_pfn(m, page));
}

void lru_legend(struct legend *l, bool ascii, unsigned seen)
{
	char letter[8];

	if (seen & LRU_SEEN_NEW)
		legend_entry(l, ST_STRONG, "+", _("new"));
	snprintf(letter, sizeof(letter), "%s2", glyph_text(GL_LEFT, ascii));
	if (seen & LRU_SEEN_FROM)
		legend_entry(l, ST_STRONG, letter, _("came from list 2"));
	for (unsigned i = 0; i < NR_LETTERS; i++) {
		if (!(seen & (1u << i)))
			continue;
		snprintf(letter, sizeof(letter), "%c", letters[i].letter);
		legend_entry(l, ST_STRONG, letter, _(letters[i].meaning));
	}
}

/* -- one list ----------------------------------------------------------- */

struct entry {
	const struct page *page;
	char letters[NR_LETTERS + 1];
	char from[8]; /* "+", or an arrow and the number of a list */
};

static const struct page *page_of(const struct list_head *node)
{
	return container_of((struct list_head *)node, struct page, lru);
}

static void make_entry(
	const struct lru_row *r, const struct page *page, struct entry *e)
{
	const struct machine *m = r->s->m;
	const struct lru_move *move =
		lru_moves_find(r->moves, page_pfn(m, page));
	int n = 0;

	e->page = page;
	for (unsigned i = 0; i < NR_LETTERS; i++)
		if (has_letter(m, page, i)) {
			e->letters[n++] = letters[i].letter;
			r->s->seen |= 1u << i;
		}
	e->letters[n] = 0;
	e->from[0] = 0;
	if (move)
		r->s->seen |= move->from == LRU_NONE ? LRU_SEEN_NEW
						     : LRU_SEEN_FROM;
	if (move && move->from == LRU_NONE)
		strcpy(e->from, "+");
	else if (move)
		snprintf(e->from, sizeof(e->from), "%s%d",
			glyph_text(GL_LEFT, r->s->look->ascii), move->from + 1);
}

/* Columns of an entry. */
static int entry_width(const struct lru_row *r, const struct entry *e)
{
	char text[16];

	snprintf(text, sizeof(text), "%x", page_pfn(r->s->m, e->page));
	return (int)strlen(text) + !!*e->letters + (int)strlen(e->letters) +
	       text_width(e->from);
}

static void put_entry(struct lru_row *r, int x, int y, const struct page *page)
{
	struct pad *s = r->s;
	struct ref ref = ref_make(REF_PAGE, page_pfn(s->m, page));
	struct entry e;

	if (!pad_wants(s, y) && s->run != PAD_FIND)
		return;
	make_entry(r, page, &e);
	if (*e.from)
		s->extra = STYLE_CHANGED;
	pad_put(s, x, y, frame_style(page), ref, "%x%s%s%s", ref.id,
		*e.letters ? ":" : "", e.letters, e.from);
	s->extra = 0;
}

/* The widest of the pages that may be shown. */
static int widest(const struct lru_row *r)
{
	const struct list_head *head = &r->z->lru[r->list];
	const struct list_head *a = head->next, *b = head->prev;
	struct entry e;
	int w = 0;

	for (int i = 0; i < MAX_ENTRIES / 4; i++) {
		const struct list_head *node = i % 2 ? a : b;

		if (node == head)
			break;
		make_entry(r, page_of(node), &e);
		if (entry_width(r, &e) > w)
			w = entry_width(r, &e);
		a = i % 2 ? a->next : a;
		b = i % 2 ? b : b->prev;
	}
	return w;
}

/* -- a list too long for its lines -------------------------------------- */

/* Share of the pages nearest the tail that have each letter. */
static void put_density(struct lru_row *r, int x, int y)
{
	const struct list_head *head = &r->z->lru[r->list], *node = head->prev;
	uint64_t n = 0, count[NR_LETTERS] = { 0 };
	bool any = false;

	for (; node != head && n < NEAR; node = node->prev, n++)
		for (unsigned i = 0; i < NR_LETTERS; i++)
			if (letters[i].flag)
				count[i] += !!(page_of(node)->flags &
					       letters[i].flag);
	for (unsigned i = 1; i < NR_LETTERS; i++)
		any |= count[i] > 0;
	if (!any)
		return;
	if (n < r->count)
		x += 1 + pad_put(r->s, x, y, ST_DIM, NO_REF,
				 _("of the last %" PRIu64 ":"), n);
	for (unsigned i = 0; i < NR_LETTERS; i++)
		if (count[i] && i) /* all of a list are active, or none */
			x += 1 + pad_put(r->s, x, y, ST_DIM, NO_REF,
					 "%c %" PRIu64 "%%", letters[i].letter,
					 count[i] * 100 / n);
}

/* Pages that must be seen wherever they are. */
static bool is_wanted(const struct lru_row *r, struct ref ref)
{
	const struct page *page =
		ref.kind == REF_PAGE ? page_by_pfn(r->s->m, ref.id) : NULL;

	return page && page->lru_list == r->list &&
	       (&r->s->m->zones[page->zone] == r->z || r->z == r->s->m->zones);
}

/* A page in the middle, between its neighbours. */
static int put_middle(struct lru_row *r, int y, struct ref ref)
{
	const struct page *page = page_by_pfn(r->s->m, ref.id);
	const struct list_head *head = &r->z->lru[r->list];
	int x = ITEM_X;

	pad_glyph(r->s, x - 2, y, ST_DIM, NO_REF, GL_ELLIPSIS);
	if (page->lru.prev != head)
		put_entry(r, x, y, page_of(page->lru.prev));
	put_entry(r, x + r->w, y, page);
	if (page->lru.next != head)
		put_entry(r, x + 2 * r->w, y, page_of(page->lru.next));
	pad_glyph(r->s, x + 3 * r->w, y, ST_DIM, NO_REF, GL_ELLIPSIS);
	return 1;
}

static bool is_shown(struct ref ref, const struct page *const *page, int n,
	const struct machine *m)
{
	for (int i = 0; i < n; i++)
		if (page_pfn(m, page[i]) == ref.id)
			return true;
	return false;
}

/* The line that stands for what is left out; returns its lines. */
static int put_fold(struct lru_row *r, int y, uint64_t hidden,
	const struct page *const *page, int n)
{
	const struct look *look = r->s->look;
	const struct event *now = current_event(look);
	const struct ref refs[] = { r->s->view->cursor, look->selected,
		now ? now->o : NO_REF };
	int from = y, x = ITEM_X;

	x += 2 + pad_put(r->s, x, y, ST_STRONG, NO_REF,
			 _("%" PRIu64 " more"), hidden);
	put_density(r, x, y++);
	for (int i = 0; i < 3; i++) {
		if (!is_wanted(r, refs[i]) ||
			is_shown(refs[i], page, n, look->m) ||
			(i && ref_eq(refs[i], refs[i - 1])) ||
			(i > 1 && ref_eq(refs[i], refs[0])))
			continue;
		y += put_middle(r, y, refs[i]);
	}
	return y - from;
}

/* -- a list ------------------------------------------------------------- */

/* Pages that are shown, from head to tail; the first *@first are from the
 * head, the others end at the tail.  Returns how many. */
static int collect(const struct lru_row *r, const struct page **page, int *first)
{
	const struct list_head *head = &r->z->lru[r->list], *node;
	int room = r->lines * r->per_line, n = 0, last;

	room = room > MAX_ENTRIES ? MAX_ENTRIES : room;
	*first = r->count <= (uint64_t)room ? room : (room + 1) / 2;
	if (r->count > (uint64_t)room && r->lines > 1)
		*first = (r->lines / 2) * r->per_line;
	for (node = head->next; node != head && n < *first; node = node->next)
		page[n++] = page_of(node);
	*first = n;
	if (r->count <= (uint64_t)room)
		return n;
	last = room - n;
	for (node = head->prev; last-- > 0; node = node->prev)
		page[n + last] = page_of(node);
	return room;
}

static void put_ends(struct lru_row *r, int head, int tail)
{
	pad_put(r->s, 3, head, ST_DIM, NO_REF, "%s", _("head"));
	if (tail > head)
		pad_put(r->s, 3, tail, ST_DIM, NO_REF, "%s", _("tail"));
}

/* The pages; returns the lines. */
static int put_pages(struct lru_row *r, int y)
{
	const struct page *page[MAX_ENTRIES];
	int first, n = collect(r, page, &first), from = y, x = 0;

	for (int i = 0; i < n; i++) {
		if (i == first && (uint64_t)n < r->count) {
			y += x > 0;
			y += put_fold(r, y, r->count - (uint64_t)n, page, n);
			x = 0;
		} else if (x == r->per_line) {
			x = 0;
			y++;
		}
		put_entry(r, ITEM_X + x++ * r->w, y, page[i]);
	}
	put_ends(r, from, y);
	if (y == from && ITEM_X + x * r->w + 5 < r->s->w)
		pad_put(r->s, ITEM_X + x * r->w, y, ST_DIM, NO_REF, "%s",
			_("tail"));
	return y + 1 - from;
}

/* The list's counterpart: active and inactive of one kind; LRU_NONE: none. */
static enum lru_list pair_of(enum lru_list list)
{
	return list == LRU_UNEVICTABLE ? LRU_NONE : (enum lru_list)(list ^ 1);
}

static void put_name(struct lru_row *r, int y)
{
	enum lru_list pair = pair_of(r->list);
	const char *name = lru_name(r->s->m, r->list);
	uint64_t both = r->count;
	int x = 3;

	pad_put(r->s, 1, y, ST_DIM, NO_REF, "%d", r->list + 1);
	pad_put(r->s, x, y, r->count ? ST_STRONG : ST_DIM, NO_REF, "%s", name);
	x += 14;
	x += 2 + pad_put(r->s, x, y, r->count ? ST_NUMBER : ST_DIM, NO_REF,
			 "%6" PRIu64, r->count);
	if (pair == LRU_NONE || (pair & 1) == 0)
		return;
	both += r->z->nr_lru[pair];
	if (both)
		pad_put(r->s, x, y, ST_DIM, NO_REF,
			_("%" PRIu64 "%% of %" PRIu64),
			r->count * 100 / both, both);
}

int lru_row(struct lru_row *r, int y)
{
	int from = y;

	r->count = r->z->nr_lru[r->list];
	put_name(r, y++);
	if (!r->count)
		return 1;
	r->w = widest(r) + 2;
	r->per_line = (r->s->w - ITEM_X) / r->w;
	if (r->per_line < 1)
		r->per_line = 1;
	/* what cannot be shown whole says enough by its ends */
	if (r->count > (uint64_t)(r->lines * r->per_line))
		r->lines = r->lines > FOLDED ? FOLDED : r->lines;
	y += put_pages(r, y);
	pad_block(r->s, from, y - from);
	return y - from;
}
