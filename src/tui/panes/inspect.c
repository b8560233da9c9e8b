/*
 * All fields of the selected object with their meanings.  The cursor stands on
 * a field; Enter goes to the object that it points to.
 */
#include "tui/pane.h"

#include "view/format.h"
#include "view/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_W 16
#define VALUE_W 22
#define ROWS_MAX 80

enum { OWN_FOCUS_BEFORE, OWN_CURSOR, OWN_KIND, OWN_ID };

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
static struct ref value_ref(enum value_type type, uint64_t value)
{
	if (type == VT_REF && value)
		return ref_make((enum ref_kind)(value >> 32), (uint32_t)value);
	if (type == VT_MAPPING && value)
		return ref_make(REF_ANON_VMA, (uint32_t)value);
	return NO_REF;
}

/* Did an event of this operation set the field? */
static bool field_changed(
	const struct look *look, struct ref ref, const char *name)
{
	for (size_t i = 0; i < look->done; i++)
		if (look->events[i].field && ref_eq(look->events[i].o, ref) &&
			!strcmp(look->events[i].field, name))
			return true;
	return false;
}

static void object_rows(
	struct rows *rows, const struct look *look, struct ref ref)
{
	const struct object_desc *d = object_desc((enum ref_kind)ref.kind);
	const void *object = object_find(look->m, ref);

	if (!d || !d->fields || !object)
		return;
	for (const struct field *f = d->fields; f->name; f++) {
		struct row *row;
		uint64_t value;

		if (!field_present(look->m, f))
			continue;
		row = add(rows, f->name, f->meaning);
		value = f->get(look->m, object);
		format_typed(row->value, sizeof(row->value), look->m, f->type,
			value);
		row->to = value_ref(f->type, value);
		row->changed = field_changed(look, ref, f->name);
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

static void draw_row(const struct pane_view *view, const struct row *row,
	struct canvas *cv, int y, bool cursor)
{
	int value_w = view->w < NAME_W + VALUE_W ? view->w - NAME_W : VALUE_W;
	int x = NAME_W + value_w;

	canvas_put_cut(cv, 0, y, NAME_W - 1, ST_STRONG, row->name);
	canvas_link(cv, row->to);
	x = NAME_W + canvas_put_cut(cv, NAME_W, y, view->w - NAME_W,
			     row->to.kind ? ST_POINTER : ST_NUMBER, row->value);
	canvas_link(cv, NO_REF);
	x = x + 1 < NAME_W + VALUE_W ? NAME_W + VALUE_W : x + 2;
	if (view->w - x > 10)
		canvas_put_cut(cv, x, y, view->w - x, ST_DIM, _(row->meaning));
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

/* The meaning of the field under the cursor where the row has no room for
 * it. */
static void draw_meaning(
	const struct pane_view *view, const struct row *row, struct canvas *cv)
{
	if (view->w >= NAME_W + VALUE_W + 40 || !*row->meaning)
		return;
	canvas_fill(cv, (struct rect){ 0, view->h - 2, view->w, 2 }, ST_TEXT);
	canvas_wrap(cv, 0, view->h - 2, view->w, 2, 0, ST_NARRATION,
		_(row->meaning));
}

/* Another kind of object: begin at its first field. */
static void keep_cursor(struct pane_view *view, const struct look *look,
	const struct rows *rows)
{
	long *cursor = &view->own[OWN_CURSOR];
	int last = rows->n > view->h ? rows->n - view->h : 0;

	if (view->own[OWN_KIND] != (long)look->selected.kind)
		*cursor = 0;
	view->own[OWN_KIND] = (long)look->selected.kind;
	*cursor = *cursor >= rows->n ? rows->n - 1 : *cursor;
	*cursor = *cursor < 0 ? 0 : *cursor;
	view->top = view->top > last ? last : view->top;
	view->cursor = *cursor < rows->n ? rows->row[*cursor].to : NO_REF;
}

static void scroll_to_cursor(struct pane_view *view)
{
	int cursor = (int)view->own[OWN_CURSOR];

	if (cursor < view->top)
		view->top = cursor;
	else if (cursor >= view->top + view->h)
		view->top = cursor - view->h + 1;
}

static void inspect_draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	struct rows rows;

	make_rows(&rows, look);
	view->lines = rows.n;
	keep_cursor(view, look, &rows);
	for (int y = 0; y < view->h && view->top + y < rows.n; y++)
		draw_row(view, &rows.row[view->top + y], cv, y,
			view->focused &&
				view->top + y == view->own[OWN_CURSOR]);
	if (rows.n && view->focused && view->h > 6)
		draw_meaning(view, &rows.row[view->own[OWN_CURSOR]], cv);
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
	scroll_to_cursor(view);
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
