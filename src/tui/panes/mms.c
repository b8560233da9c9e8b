/*
 * The list of mms: what each address space holds of memory.  In kernels that
 * have all mms on one list the ring stands above; in the one that must scan
 * them, the scan too.
 */
#include "tui/panes/mms.h"
#include "tui/panes/legend.h"
#include "view/lang.h"

#include <stdio.h>

static bool has_ring(const struct machine *m)
{
	return !list_empty(&m->mmlist);
}

static int content(struct pad *s)
{
	int y = 0;

	if (has_ring(s->m))
		y = mms_ring(s, y);
	if (has_ring(s->m) && mms_are_scanned(s->m))
		y = mms_scan(s, y);
	return mms_table(s, y ? y + 1 : 0);
}

/* -- a page at stake ---------------------------------------------------- */

/* The page that the latest event, or the selection, is about. */
static const struct page *page_at_stake(const struct look *look)
{
	size_t least = look->done > LOOK_BACK ? look->done - LOOK_BACK : 0;
	struct ref ref = look->selected;

	for (size_t i = look->done; ref.kind != REF_PAGE && i > least; i--)
		ref = look->events[i - 1].o;
	return ref.kind == REF_PAGE ? page_by_pfn(look->m, ref.id) : NULL;
}

/* A page can go only when no PTE is left; the scan does not know where. */
static void put_stake(
	const struct pane_view *view, const struct look *look, struct canvas *cv)
{
	const struct page *page = page_at_stake(look);
	struct ref ref;
	char text[128];

	if (!page || page->kind < PAGE_ANON)
		return;
	ref = ref_make(REF_PAGE, page_pfn(look->m, page));
	if (page_mapcount(page) > 0)
		snprintf(text, sizeof(text),
			_("frame %x: PTEs that still map it: %d; it cannot be "
			  "freed"),
			ref.id, page_mapcount(page));
	else
		snprintf(text, sizeof(text),
			_("frame %x: no PTE maps it"), ref.id);
	canvas_link(cv, ref);
	canvas_put_cut(cv, 1, 0, view->w - 1, ST_STRONG, text);
	canvas_link(cv, NO_REF);
	canvas_mark(cv, (struct rect){ 1, 0, text_width(text), 1 },
		look_marks(look, ref));
}

/* -- the pane ----------------------------------------------------------- */

/* The scan needs a line for a page and one for its signs. */
static int extra_lines(const struct pane_view *view, const struct look *look)
{
	return has_ring(look->m) && mms_are_scanned(look->m) && view->h >= 8
		       ? 1
		       : 0;
}

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	int extra = extra_lines(view, look);
	struct canvas_state saved;
	unsigned seen;

	if (extra)
		put_stake(view, look, cv);
	view->h -= 2 * extra;
	saved = canvas_enter(cv, (struct rect){ 0, extra, view->w, view->h });
	seen = pad_draw(view, look, cv, content);
	canvas_leave(cv, saved);
	view->h += 2 * extra;
	if (extra)
		mms_legend(&(struct legend){ cv, 1, view->h - 1, view->w,
				   view->h, 1 },
			look->ascii, seen);
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	int extra = extra_lines(view, look);
	bool moved;

	view->h -= 2 * extra;
	moved = pad_move(view, look, content, move, count);
	view->h += 2 * extra;
	return moved;
}

/* What belongs to a task leads to it. */
static void seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	const struct vm_area_struct *vma =
		ref.kind == REF_VMA ? vma_by_id(look->m, ref.id) : NULL;
	struct ref refs[] = { ref, NO_REF, NO_REF };

	if (vma && vma->vm_mm)
		refs[1] = ref_make(REF_TASK, vma->vm_mm->id);
	else if (ref.kind == REF_PTE || ref.kind == REF_ADDR)
		refs[1] = ref_make(REF_TASK, ref.id);
	pad_seek(view, look, content, refs);
}

const struct pane pane_mms = {
	.name = "mms",
	.title = N_("List of mms"),
	.note = N_("each address space: resident, swapped and promised pages, "
		   "page tables; the scan of 2.4"),
	.min_w = 26,
	.min_h = 3,
	.draw = draw,
	.move = move,
	.seek = seek,
};
