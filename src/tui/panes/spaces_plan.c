/* Which VMAs are in focus, and what fits. */
#include "tui/panes/spaces_plan.h"

/* Of view->own: id of the VMA that the cursor is in. */
#define OWN_VMA 0

static struct vm_area_struct *vma_at(
	const struct machine *m, uint32_t pid, uint64_t addr)
{
	const struct task_struct *task = task_find(m, pid);
	struct vm_area_struct *vma;

	if (!task || !task->mm)
		return NULL;
	vma = vma_lookup(task->mm, addr);
	return vma && vma->vm_start <= addr ? vma : NULL;
}

struct vm_area_struct *spaces_vma_of(const struct machine *m, struct ref r)
{
	if (r.kind == REF_PTE || r.kind == REF_ADDR)
		return vma_at(m, r.id, r.addr);
	return r.kind == REF_VMA ? vma_by_id(m, r.id) : NULL;
}

/* The VMA of the latest address that this operation's events name. */
static struct vm_area_struct *vma_of_events(const struct look *look)
{
	size_t least = look->done > LOOK_BACK ? look->done - LOOK_BACK : 0;

	for (size_t i = look->done; i > least; i--) {
		struct vm_area_struct *vma;
		uint32_t pid;
		uint64_t addr;

		if (!event_address(&look->events[i - 1], &pid, &addr))
			continue;
		vma = vma_at(look->m, pid, addr);
		if (vma)
			return vma;
	}
	return NULL;
}

bool spaces_is_focus(const struct plan *p, const struct vm_area_struct *vma)
{
	return vma == p->focus[0] || vma == p->focus[1];
}

int spaces_focus_in(const struct plan *p, const struct task_struct *task)
{
	int n = p->focus[0] && p->focus[0]->vm_mm == task->mm;

	return n + (p->focus[1] && p->focus[1] != p->focus[0] &&
			   p->focus[1]->vm_mm == task->mm);
}

bool spaces_is_shown(const struct pad *s, const struct task_struct *task)
{
	return task && task->mm && filter_passes(s->view, task->name);
}

int spaces_task_lines(const struct plan *p, const struct task_struct *task)
{
	int vmas = (int)task->mm->map_count, focus = spaces_focus_in(p, task);

	switch (p->density) {
	case LOOSE:
		return 1 + vmas * (1 + STRIP_LINES) + 1;
	case TIGHT:
		return 1 + vmas * (1 + STRIP_LINES);
	case VMA_LINES:
		return 1 + vmas + focus * STRIP_LINES;
	default:
		return 1 + focus * (1 + STRIP_LINES);
	}
}

static long all_lines(const struct pad *s, const struct plan *p)
{
	long n = 0;

	for (uint32_t pid = 1; pid <= s->m->tasks.last; pid++) {
		const struct task_struct *task = task_find(s->m, pid);

		if (spaces_is_shown(s, task))
			n += spaces_task_lines(p, task);
	}
	return n;
}

/* Of a few tasks with many VMAs, VMAs are what to see: they scroll. */
#define FEW_TASKS 3

/* The VMA that the cursor is in.  A frame or an anon_vma under the cursor is
 * in the VMA where the cursor came from. */
static const struct vm_area_struct *cursor_vma(const struct pad *s)
{
	const struct vm_area_struct *vma = spaces_vma_of(s->m, s->view->cursor);
	uint32_t kind = s->view->cursor.kind;

	if (vma)
		s->view->own[OWN_VMA] = vma->id;
	else if (kind == REF_PAGE || kind == REF_ANON_VMA)
		vma = vma_by_id(s->m, (uint32_t)s->view->own[OWN_VMA]);
	return vma;
}

void spaces_plan(const struct pad *s, struct plan *p)
{
	bool few = s->m->nr_tasks <= FEW_TASKS;

	p->chains = machine_has_chains(s->m);
	p->focus[0] = vma_of_events(s->look);
	p->focus[1] = cursor_vma(s);
	for (p->density = LOOSE; p->density < TASK_FOLDS; p->density++)
		if (all_lines(s, p) <= s->h || (few && p->density == VMA_LINES))
			return;
}
