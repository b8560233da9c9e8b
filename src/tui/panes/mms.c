/* The list of mms: each address space and what it holds of memory. */
#include "tui/panes/mms.h"
#include "view/lang.h"

static int content(struct pad *s)
{
	return mms_table(s);
}

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	pad_draw(view, look, cv, content);
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	return pad_move(view, look, content, move, count);
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
		   "page tables"),
	.min_w = 34,
	.min_h = 3,
	.draw = draw,
	.move = move,
	.seek = seek,
};
