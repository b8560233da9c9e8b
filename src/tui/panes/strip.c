/* Drawing a strip, and the same as one letter a page. */
#include "tui/panes/strip_cells.h"
#include "view/lang.h"

static enum style state_style(const struct strip *t, const struct piece *c)
{
	const struct page *page;

	if (!c->state.mapped)
		return ST_PTE_NONE;
	if (c->state.letters[0] == 'w')
		return ST_PTE_WRITABLE;
	page = page_by_pfn(t->s->m, c->state.pfn);
	return page ? frame_style(page) : ST_PTE_PRESENT;
}

static bool is_now(const struct strip *t, const struct piece *c)
{
	struct ref pte = strip_pte(t, c->page);

	return c->count == 1 && event_at(t->s->look, pte.id, pte.addr);
}

/* Page number and value: in two lines or, brief, as "1:B". */
static void draw_page(
	struct strip *t, const struct piece *c, struct ref pte, int x, int y)
{
	struct pad *s = t->s;
	char text[64];
	int w = c->w, used;

	strip_page_text(c, text, sizeof(text));
	used = text_width(text);
	pad_cut(s, x, y, w, ST_NUMBER, pte, text);
	if (is_now(t, c) && !t->brief)
		pad_now_marks(s, x, y, used);
	strip_value_text(t, c, text, sizeof(text));
	if (!t->brief) {
		pad_cut(s, x, y + 1, w, ST_VALUE, pte, text);
	} else if (*text) {
		pad_put(s, x + used, y, ST_DIM, NO_REF, ":");
		pad_cut(s, x + used + 1, y, w - used - 1, ST_VALUE, pte, text);
	}
}

static void draw_cell(struct strip *t, const struct piece *c, int x, int y)
{
	struct pad *s = t->s;
	bool before = c->unread && !c->page; /* all before the cells read */
	struct ref pte = strip_pte(t, before ? c->count - 1 : c->page);
	struct ref frame = pte;
	char text[64];

	if (c->count == 1 && c->state.mapped)
		frame = ref_make(REF_PAGE, (uint32_t)c->state.pfn);
	draw_page(t, c, pte, x, y);
	y += t->brief ? 1 : 2;
	strip_frame_text(t, c, text, sizeof(text));
	pad_cut(s, x, y, c->w, state_style(t, c), frame, text);
	if (is_now(t, c))
		pad_now_marks(s, x, y, text_width(text));
}

/* The labels before the lines; returns their columns. */
static int draw_labels(struct pad *s, int x, int y, bool brief)
{
	const char *label[] = { _("page"), _("value"), _("frame") };
	int w = 0;

	for (int i = 0; i < STRIP_LINES; i++) {
		int used = text_width(label[i]);

		w = used > w ? used : w;
		if (brief && i == 1)
			continue;
		pad_put(s, x, y++, ST_DIM, NO_REF, "%s", label[i]);
	}
	return w + 2;
}

/* While objects are collected for a move of the cursor, cells beyond both
 * edges count too. */
static void draw_cells(struct strip *t, int x, int y, int first)
{
	bool all = t->s->run == PAD_COLLECT;
	int i = all ? 0 : first;

	t->s->beyond = all;
	if (all)
		x -= strip_width(t, 0, first);
	for (; i < t->nr && (all || x + t->cell[i].w < t->s->w); i++) {
		draw_cell(t, &t->cell[i], x, y);
		x += t->cell[i].w + 2;
	}
	t->s->beyond = false;
	if (i < t->nr)
		pad_put(t->s, t->s->w - 1, y, ST_DIM, NO_REF, "%s",
			strip_ellipsis(t));
}

void strip_draw(struct pad *s, int x, int y, bool brief,
	const struct task_struct *task, const struct vm_area_struct *vma)
{
	struct strip t = { .s = s, .task = task, .vma = vma, .brief = brief };
	int first;

	x += draw_labels(s, x, y, brief);
	t.columns = s->w - x - 1;
	strip_make(&t);
	first = strip_first_cell(&t);
	if (first)
		pad_put(s, x - 2, y, ST_DIM, NO_REF, "%s", strip_ellipsis(&t));
	draw_cells(&t, x, y, first);
}

int strip_letters(struct pad *s, int x, int y, int w,
	const struct task_struct *task, const struct vm_area_struct *vma)
{
	struct strip t = { .s = s, .task = task, .vma = vma };
	int pages = vma_pages(vma) <= (uint64_t)w ? (int)vma_pages(vma) : w - 1;

	for (int i = 0; i < pages; i++) {
		struct piece c = { .state = strip_read(&t, (uint64_t)i) };

		pad_put(s, x + i, y, state_style(&t, &c),
			strip_pte(&t, (uint64_t)i), "%c", c.state.letters[0]);
	}
	if (vma_pages(vma) <= (uint64_t)w)
		return pages;
	pad_put(s, x + pages, y, ST_DIM, NO_REF, "%s", strip_ellipsis(&t));
	return w;
}
