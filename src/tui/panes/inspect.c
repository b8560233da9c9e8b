/*
 * All fields of the selected object with their meanings.  The cursor stands on
 * a field; Enter goes to the object that it points to.
 */
#include "tui/pane.h"

#include "view/format.h"
#include "view/lang.h"
#include "view/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_W 16
#define VALUE_W 22
#define MEANING_W 30 /* at least, to stand beside its value */
#define ROWS_MAX 80

enum { OWN_FOCUS_BEFORE, OWN_CURSOR, OWN_KIND, OWN_SHOWN };

/* A field, or a bit of an entry. */
struct row {
	const char *name;
	char value[96];
	const char *meaning;
	struct ref to; /* what it points to, or NO_REF */
	bool changed;
};

struct rows {
	struct row row[ROWS_MAX]; /* n of them */
	int n;
};

static struct row *add(struct rows *rows, const char *name, const char *meaning)
{
	static struct row none;
	struct row *row = rows->n < ROWS_MAX ? &rows->row[rows->n++] : &none;

	memset(row, 0, sizeof(*row));
	row->name = name;
	row->meaning = meaning;
	return row;
}

/* The object that a value of this type names. */
static struct ref value_ref(
	const struct machine *m, enum value_type type, uint64_t value)
{
	if (type == VT_PTE_ADDR)
		return pte_addr_ref(m, value);
	if ((type == VT_REF || type == VT_MAPPING) && value)
		return ref_make((enum ref_kind)(value >> 32), (uint32_t)value);
	return NO_REF;
}

/* Did an event of this operation set the field; any, if @name is NULL? */
static bool field_changed(
	const struct look *look, struct ref ref, const char *name)
{
	for (size_t i = 0; i < look->done; i++)
		if (look->events[i].field && ref_eq(look->events[i].o, ref) &&
			(!name || !strcmp(look->events[i].field, name)))
			return true;
	return false;
}

static void object_rows(
	struct rows *rows, const struct look *look, struct ref ref)
{
	const struct object_desc *d = object_desc((enum ref_kind)ref.kind);
	const void *object = object_find(look->m, ref);
	bool any;

	if (!d || !d->fields || !object)
		return;
	any = field_changed(look, ref, NULL); /* there may be a million events */
	for (const struct field *f = d->fields; f->name; f++) {
		struct row *row;
		uint64_t value;

		if (!field_present(look->m, f))
			continue;
		row = add(rows, f->name, f->meaning);
		value = f->get(look->m, object);
		format_typed(row->value, sizeof(row->value), look->m, f->type,
			value);
		row->to = value_ref(look->m, f->type, value);
		row->changed =
			any && field_changed(look, ref, f->name);
	}
}

/* -- entries of page tables --------------------------------------------- */

static void entry_rows(struct rows *rows, const struct look *look, pteval_t pte)
{
	const struct machine *m = look->m;
	struct row *row = add(rows, "entry", N_("the entry as it is stored"));

	snprintf(row->value, sizeof(row->value), "%" PRIx64, pte);
	row = add(rows, "frame", N_("the frame that it holds"));
	if (pte_present(m, pte)) {
		row->to = ref_make(REF_PAGE, (uint32_t)pte_pfn(m, pte));
		snprintf(row->value, sizeof(row->value), "%" PRIx64,
			pte_pfn(m, pte));
	} else {
		snprintf(row->value, sizeof(row->value), "%s", _("none"));
	}
	for (const struct pte_bit *bit = paging_bits(machine_paging(m));
		bit->mask; bit++) {
		row = add(rows, bit->name, "");
		snprintf(row->value, sizeof(row->value), "%c  %d", bit->letter,
			(pte & bit->mask) != 0);
	}
}

static void pte_rows(struct rows *rows, const struct look *look, struct ref ref)
{
	const struct task_struct *task = task_find(look->m, ref.id);
	const struct vm_area_struct *vma;
	struct row *row;

	if (!task || !task->mm)
		return;
	row = add(rows, "task", N_("whose page table it is in"));
	row->to = ref_make(REF_TASK, ref.id);
	snprintf(row->value, sizeof(row->value), "%s", task->name);
	row = add(rows, "address", N_("the virtual address that it maps"));
	snprintf(row->value, sizeof(row->value), "%" PRIx64, ref.addr);
	vma = vma_lookup(task->mm, ref.addr);
	row = add(rows, "vma", N_("the VMA that the address lies in"));
	if (vma && vma->vm_start <= ref.addr) {
		row->to = ref_make(REF_VMA, vma->id);
		format_ref(row->value, sizeof(row->value), look->m, row->to);
	} else {
		snprintf(row->value, sizeof(row->value), "%s", _("none"));
	}
	entry_rows(rows, look, mm_pte(look->m, task->mm, ref.addr));
}

static void make_rows(struct rows *rows, const struct look *look)
{
	struct ref ref = look->selected;
	const struct page *page;

	rows->n = 0;
	if (ref.kind == REF_PTE || ref.kind == REF_ADDR) {
		pte_rows(rows, look, ref);
	} else if (ref.kind == REF_TABLE) {
		page = page_by_pfn(look->m, ref.id);
		if (page && page->kind == PAGE_TABLE)
			entry_rows(rows, look,
				table_entry(
					look->m, ref.id, (unsigned)ref.addr));
	} else if (ref.kind) {
		object_rows(rows, look, ref);
	}
}

/* -- drawing ------------------------------------------------------------ */

/* Where a row's meaning stands: beside its value, else in lines of its own if
 * the pane is being read. */
struct place {
	bool below, none;
	int x, w; /* column and columns */
};

static struct place meaning_place(
	const struct pane_view *view, const struct row *row)
{
	int value = text_width(row->value), x = NAME_W + VALUE_W;
	struct place p = { .x = value < VALUE_W ? x : NAME_W + value + 2 };

	p.w = view->w - p.x;
	if (!*row->meaning || (view->w - x < MEANING_W && !view->focused))
		p.none = true;
	else if (p.w < MEANING_W)
		p = (struct place){ .below = true, .x = 2, .w = view->w - 2 };
	return p;
}

/* Lines that a row takes. */
static int row_lines(
	const struct pane_view *view, const struct row *row, struct canvas *cv)
{
	struct place p = meaning_place(view, row);
	int n;

	if (p.none)
		return 1;
	n = canvas_wrap(cv, 0, 0, p.w, 0, 0, ST_DIM, _(row->meaning));
	return p.below ? n + 1 : n < 1 ? 1 : n;
}

static void draw_row(const struct pane_view *view, const struct row *row,
	struct canvas *cv, int y, bool cursor)
{
	struct place p = meaning_place(view, row);
	int value_w = view->w < NAME_W + VALUE_W ? view->w - NAME_W : VALUE_W;

	canvas_put_cut(cv, 0, y, NAME_W - 1, ST_STRONG, row->name);
	canvas_link(cv, row->to);
	canvas_put_cut(cv, NAME_W, y, view->w - NAME_W,
		row->to.kind ? ST_POINTER : ST_NUMBER, row->value);
	canvas_link(cv, NO_REF);
	if (!p.none)
		canvas_wrap(cv, p.x, y + p.below, p.w, 100, 0, ST_DIM,
			_(row->meaning));
	if (row->changed)
		canvas_mark(cv, (struct rect){ 0, y, NAME_W + value_w, 1 },
			STYLE_CHANGED);
	if (cursor)
		canvas_mark(
			cv, (struct rect){ 0, y, view->w, 1 }, STYLE_CURSOR);
	if (view->search && (strcasestr(row->name, view->search) ||
				    strcasestr(row->value, view->search)))
		canvas_mark(cv, (struct rect){ 0, y, view->w, 1 }, STYLE_MATCH);
}

/* Another kind of object: begin at its first field. */
static void keep_cursor(struct pane_view *view, const struct look *look,
	const struct rows *rows)
{
	long *cursor = &view->own[OWN_CURSOR];

	if (view->own[OWN_KIND] != (long)look->selected.kind)
		*cursor = 0;
	view->own[OWN_KIND] = (long)look->selected.kind;
	*cursor = *cursor >= rows->n ? rows->n - 1 : *cursor;
	*cursor = *cursor < 0 ? 0 : *cursor;
	view->cursor = *cursor < rows->n ? rows->row[*cursor].to : NO_REF;
}

/* The cursor has moved to the row of @lines lines at @line: show it. */
static void scroll_to(struct pane_view *view, int line, int lines)
{
	if (line + lines > view->top + view->h)
		view->top = line + lines - view->h;
	if (line < view->top)
		view->top = line;
}

/* Count all lines, and keep the cursor in sight when it was moved. */
static void measure(
	struct pane_view *view, const struct rows *rows, struct canvas *cv)
{
	long cursor = view->own[OWN_CURSOR];
	int last;

	view->lines = 0;
	for (int i = 0; i < rows->n; i++) {
		int n = row_lines(view, &rows->row[i], cv);

		if (i == cursor && view->own[OWN_SHOWN] != cursor + 1)
			scroll_to(view, view->lines, n);
		view->lines += n;
	}
	view->own[OWN_SHOWN] = cursor + 1;
	last = view->lines > view->h ? view->lines - view->h : 0;
	view->top = view->top > last ? last : view->top;
}

static void inspect_draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct rows rows;
	int y;

	make_rows(&rows, look);
	keep_cursor(view, look, &rows);
	measure(view, &rows, cv);
	y = -view->top;
	for (int i = 0; i < rows.n && y < view->h; i++) {
		draw_row(view, &rows.row[i], cv, y,
			view->focused && i == view->own[OWN_CURSOR]);
		y += row_lines(view, &rows.row[i], cv);
	}
	if (!rows.n)
		canvas_wrap(cv, 0, 0, view->w, view->h, 0, ST_DIM,
			look->selected.kind
				? _("The selected object does not exist at "
				    "this "
				    "position.")
				: _("Nothing is selected: move the cursor in "
				    "another pane, or click on an object."));
}

static bool inspect_move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	long by = 0;
	struct rows rows;

	make_rows(&rows, look);
	if (move == MOVE_UP || move == MOVE_DOWN)
		by = move == MOVE_UP ? -count : count;
	else if (move == MOVE_PAGE_UP || move == MOVE_HALF_UP)
		by = -(long)view->h * count / 2;
	else if (move == MOVE_PAGE_DOWN || move == MOVE_HALF_DOWN)
		by = (long)view->h * count / 2;
	else if (move == MOVE_TOP || move == MOVE_BOTTOM)
		by = move == MOVE_TOP ? -rows.n : rows.n;
	view->own[OWN_CURSOR] += by;
	keep_cursor(view, look, &rows);
	return by != 0;
}

/* Its cursor is on fields, not on the selected object. */
static void inspect_seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	(void)view;
	(void)look;
	(void)ref;
}

static void inspect_caption(const struct pane_view *view,
	const struct look *look, char *buf, size_t size)
{
	const struct object_desc *d =
		object_desc((enum ref_kind)look->selected.kind);
	char name[64];

	(void)view;
	if (look->selected.kind)
		snprintf(buf, size, "%s  %s %s", _("Object"),
			d && d->name ? d->name : "",
			format_ref(
				name, sizeof(name), look->m, look->selected));
}

const struct pane pane_inspect = {
	.name = "inspect",
	.title = N_("Object"),
	.note = N_("all fields of the selected object; Enter goes to what a "
		   "field points to"),
	.min_w = 24,
	.min_h = 2,
	.draw = inspect_draw,
	.move = inspect_move,
	.seek = inspect_seek,
	.caption = inspect_caption,
};
