/* Which address the page-table walk shows. */
#include "tui/panes/reverse.h"
#include "tui/panes/walk_in.h"

static bool set_target(
	const struct machine *m, uint32_t pid, uint64_t addr, struct target *t)
{
	t->task = task_find(m, pid);
	t->addr = addr;
	if (!t->task || !t->task->mm)
		return false;
	t->task = mm_owner(m, t->task->mm);
	return true;
}

static bool target_vma(const struct machine *m,
	const struct vm_area_struct *vma, struct target *t)
{
	const struct task_struct *task = vma ? reverse_task(m, vma) : NULL;

	return task && set_target(m, task->pid, vma->vm_start, t);
}

static bool target_of(const struct machine *m, struct ref r, struct target *t)
{
	const struct task_struct *task;
	uint32_t pid;
	uint64_t addr;

	switch (r.kind) {
	case REF_PTE:
	case REF_ADDR:
		return set_target(m, r.id, r.addr, t);
	case REF_VMA:
		return target_vma(m, vma_by_id(m, r.id), t);
	case REF_PAGE:
		return reverse_first(m, r.id, &pid, &addr) &&
		       set_target(m, pid, addr, t);
	case REF_TASK:
		task = task_find(m, r.id);
		return task && task->mm && target_vma(m, task->mm->mmap, t);
	default:
		return false;
	}
}

static bool target_of_events(const struct look *look, struct target *t)
{
	size_t least = look->done > LOOK_BACK ? look->done - LOOK_BACK : 0;

	for (size_t i = look->done; i > least; i--) {
		uint32_t pid;
		uint64_t addr;

		if (event_address(&look->events[i - 1], &pid, &addr) &&
			set_target(look->m, pid, addr, t))
			return true;
	}
	return false;
}

static bool first_target(const struct machine *m, struct target *t)
{
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++)
		if (target_of(m, ref_make(REF_TASK, pid), t))
			return true;
	return false;
}

/* A table that is selected has no address: stay where the walk was. */
static bool kept_target(
	const struct pane_view *view, const struct look *look, struct target *t)
{
	uint32_t kind = look->selected.kind;

	return !view->follow && (kind == REF_TABLE || kind == REF_PAGE) &&
	       view->own[OWN_PID] &&
	       set_target(look->m, (uint32_t)view->own[OWN_PID],
		       (uint64_t)view->own[OWN_ADDR], t);
}

/* A task or a VMA is selected, and the latest event is about an address in
 * it: that one says more than its first address. */
static bool inside_selected(const struct look *look, struct target *t)
{
	struct ref r = look->selected;
	const struct vm_area_struct *vma;

	if ((r.kind != REF_TASK && r.kind != REF_VMA) ||
		!target_of_events(look, t))
		return false;
	if (r.kind == REF_TASK)
		return t->task->pid == r.id;
	vma = vma_by_id(look->m, r.id);
	return vma && vma->vm_mm == t->task->mm && t->addr >= vma->vm_start &&
	       t->addr < vma->vm_end;
}

bool walk_target(
	const struct pane_view *view, const struct look *look, struct target *t)
{
	return inside_selected(look, t) ||
	       target_of(look->m, look->selected, t) ||
	       kept_target(view, look, t) || target_of_events(look, t) ||
	       first_target(look->m, t);
}
