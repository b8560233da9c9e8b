#include "tui/panes/frame_page.h"
#include "tui/panes/pad.h"
#include "view/lang.h"

#include <inttypes.h>
#include <string.h>

#define NAME_COLUMNS 11

/* The object that a field's value names. */
static struct ref value_ref(const struct field *f, uint64_t value)
{
	if ((f->type == VT_REF || f->type == VT_MAPPING) && value)
		return ref_make((enum ref_kind)(value >> 32), (uint32_t)value);
	return NO_REF;
}

/* STYLE_ flags of a field: did this operation, did the event change it? */
static unsigned field_marks(
	const struct look *look, uint32_t pfn, const struct field *f)
{
	struct ref page = ref_make(REF_PAGE, pfn);
	size_t least = look->done > LOOK_BACK ? look->done - LOOK_BACK : 0;
	unsigned marks = 0;

	for (size_t i = look->done; i > least; i--) {
		const struct event *ev = &look->events[i - 1];

		if (!ev->field || !ref_eq(ev->o, page) ||
			strcmp(ev->field, f->name))
			continue;
		marks |= STYLE_CHANGED;
		if (ev == current_event(look))
			marks |= STYLE_TOUCHED;
	}
	return marks;
}

/* One field; returns its lines. */
static int put_field(struct canvas *cv, int y, int w, int h,
	const struct look *look, uint32_t pfn, const struct field *f)
{
	uint64_t value = f->get(look->m, page_by_pfn(look->m, pfn));
	struct ref ref = value_ref(f, value);
	unsigned marks = field_marks(look, pfn, f);
	int x = 1 + NAME_COLUMNS, columns = w - x, lines, used;
	char text[256];

	format_typed(text, sizeof(text), look->m, f->type, value);
	canvas_put_cut(cv, 1, y, NAME_COLUMNS - 1, ST_DIM, f->name);
	canvas_link(cv, ref);
	lines = canvas_wrap(cv, x, y, columns, h - y, 0,
		ref.kind == REF_ANON_VMA ? ST_ANON_VMA : ST_NUMBER, text);
	canvas_link(cv, NO_REF);
	lines = lines > 0 ? lines : 1;
	if (ref.kind)
		marks |= look_marks(look, ref);
	used = text_width(text) < columns ? text_width(text) : columns;
	if (marks)
		canvas_mark(cv, (struct rect){ x, y, used, lines }, marks);
	return lines;
}

void frame_page_fields(
	struct canvas *cv, int w, int h, const struct look *look, uint32_t pfn)
{
	const struct field *f = object_desc(REF_PAGE)->fields;
	struct ref ref = ref_make(REF_PAGE, pfn);
	int y = 0, used;

	canvas_link(cv, ref);
	used = canvas_printf(cv, 1, y, -1, ST_STRONG, "struct page %x", pfn);
	canvas_link(cv, NO_REF);
	canvas_mark(cv, (struct rect){ 1, y, used, 1 }, look_marks(look, ref));
	for (y++; f->name && y < h; f++)
		if (field_present(look->m, f))
			y += put_field(cv, y, w, h, look, pfn, f);
}

void frame_page_line(
	struct canvas *cv, int w, const struct look *look, uint32_t pfn)
{
	const struct page *page = page_by_pfn(look->m, pfn);
	const struct anon_vma *av = page_anon_vma_alive(look->m, page);
	struct ref ref = ref_make(REF_PAGE, pfn);
	char text[64];
	int x = 1;

	canvas_link(cv, ref);
	x += canvas_printf(cv, x, 0, w - x, frame_style(page), "%x", pfn);
	canvas_mark(cv, (struct rect){ 1, 0, x - 1, 1 }, look_marks(look, ref));
	canvas_link(cv, NO_REF);
	if (page->kind >= PAGE_ANON) {
		format_value(text, sizeof(text), look->m, page->value);
		x += canvas_printf(cv, x, 0, w - x, ST_VALUE, " %s", text);
	}
	x += canvas_printf(cv, x, 0, w - x, ST_DIM, "  %s",
		_(page_kind_name((enum page_kind)page->kind)));
	if (!av && !page_stable_node(page))
		return;
	x += canvas_printf(
		cv, x, 0, w - x, ST_DIM, "  mapcount %d", page_mapcount(page));
	if (!av) {
		format_ref(text, sizeof(text), look->m, ref_make(
			REF_STABLE_NODE, page_stable_node(page)->id));
		canvas_printf(cv, x, 0, w - x, ST_ANON_VMA, "  %s", text);
		return;
	}
	format_ref(text, sizeof(text), look->m, ref_make(REF_ANON_VMA, av->id));
	x += canvas_printf(cv, x, 0, w - x, ST_ANON_VMA, "  %s", text);
	canvas_printf(cv, x, 0, w - x, ST_DIM, "  index %" PRIx64, page->index);
}
