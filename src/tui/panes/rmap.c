/* The reverse map: which of its pictures fits the moment and the kernel. */
#include "tui/panes/rmap.h"
#include "view/lang.h"

#include <stdio.h>

static int content(struct pad *s)
{
	if (rmap_by_ptes(s->m))
		return rmap_chains(s);
	if (rmap_by_scan(s->m))
		return rmap_mmlist(s);
	if (rmap_is_walking(s->look))
		return rmap_walk(s);
	return machine_has_chains(s->m) ? rmap_lattice(s) : rmap_list(s);
}

static bool is_empty(const struct machine *m)
{
	for (uint32_t id = 1; id <= m->vmas.last; id++)
		if (vma_by_id(m, id))
			return false;
	return true;
}

/* Of a kernel that has none, true: there is something else to show. */
static bool has_anon_vma(const struct machine *m)
{
	if (rmap_by_scan(m))
		return true;
	if (rmap_by_ptes(m))
		return m->nr_mapped;
	for (uint32_t id = 1; id <= m->anon_vmas.last; id++)
		if (anon_vma_by_id(m, id))
			return true;
	return false;
}

static void draw(
	struct pane_view *view, const struct look *look, struct canvas *cv)
{
	bool walking = rmap_is_walking(look);

	if (!walking && is_empty(look->m))
		pad_quiet(cv, _("No VMA yet."));
	else if (!walking && !machine_has_chains(look->m) &&
		 !has_anon_vma(look->m))
		pad_quiet(cv, rmap_by_ptes(look->m)
				? _("No frame is mapped.")
				: _("No anon_vma yet: nothing was written."));
	else
		pad_draw(view, look, cv, content);
}

static bool move(struct pane_view *view, const struct look *look,
	enum move move, int count)
{
	return pad_move(view, look, content, move, count);
}

/* A page of an address space is shown by its frame, else by its VMA. */
static void seek(
	struct pane_view *view, const struct look *look, struct ref ref)
{
	struct ref refs[4] = { ref, NO_REF, NO_REF, NO_REF };
	const struct task_struct *task;
	const struct vm_area_struct *vma;
	pteval_t pte;

	if (ref.kind == REF_PTE || ref.kind == REF_ADDR) {
		task = task_find(look->m, ref.id);
		if (!task || !task->mm)
			return;
		pte = mm_pte(look->m, task->mm, ref.addr);
		vma = vma_lookup(task->mm, ref.addr);
		if (pte_present(look->m, pte))
			refs[1] = ref_make(
				REF_PAGE, (uint32_t)pte_pfn(look->m, pte));
		if (vma && vma->vm_start <= ref.addr)
			refs[refs[1].kind ? 2 : 1] = ref_make(REF_VMA, vma->id);
	}
	pad_seek(view, look, content, refs);
}

static void caption(const struct pane_view *view, const struct look *look,
	char *buf, size_t size)
{
	(void)view;
	if (rmap_is_walking(look) && look->step)
		snprintf(buf, size, _("Reverse map: walk from frame %x"),
			look->step->op.subject);
	else
		snprintf(buf, size, "%s", _("Reverse map"));
}

const struct pane pane_rmap = {
	.name = "rmap",
	.title = N_("Reverse map"),
	.note = N_("how a frame finds its PTEs: anon_vmas, chains, or not"),
	.min_w = 28,
	.min_h = 3,
	.draw = draw,
	.move = move,
	.seek = seek,
	.caption = caption,
};
