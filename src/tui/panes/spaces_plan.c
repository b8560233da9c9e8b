/* Which VMAs are in focus, and what fits. */
#include "tui/panes/spaces_plan.h"

/* Of view->own: id of the VMA that the cursor is in. */
#define OWN_VMA 0

static struct vm_area_struct *vma_at(
	const struct machine *m, uint32_t pid, uint64_t addr)
{
	const struct mm_struct *mm = mm_by_id(m, pid);
	struct vm_area_struct *vma;

	if (!mm)
		return NULL;
	vma = vma_lookup(mm, addr);
	return vma && vma->vm_start <= addr ? vma : NULL;
}

struct vm_area_struct *spaces_vma_of(const struct machine *m, struct ref r)
{
	if (r.kind == REF_PTE || r.kind == REF_ADDR)
		return vma_at(m, r.id, r.addr);
	return r.kind == REF_VMA ? vma_by_id(m, r.id) : NULL;
}

/* The VMA of the latest address that this operation's events name; NULL:
 * none. */
static struct vm_area_struct *vma_of_events(
	const struct look *look, uint64_t *addr)
{
	size_t least = look->done > LOOK_BACK ? look->done - LOOK_BACK : 0;

	for (size_t i = look->done; i > least; i--) {
		struct vm_area_struct *vma;
		uint32_t pid;

		if (!event_address(&look->events[i - 1], &pid, addr))
			continue;
		vma = vma_at(look->m, pid, *addr);
		if (vma)
			return vma;
	}
	return NULL;
}

/* -- what is in focus --------------------------------------------------- */

static void add_focus(struct plan *p, const struct vm_area_struct *vma)
{
	if (vma && p->nr_focus < MAX_FOCUS && !spaces_is_focus(p, vma))
		p->focus[p->nr_focus++] = vma;
}

/* Is the frame one that an event of this operation names, happened or not? So
 * the answer is the same in all of the operation. */
static bool operation_names(const struct look *look, uint64_t pfn)
{
	size_t n = look->nr_events < LOOK_BACK ? look->nr_events : LOOK_BACK;

	for (size_t i = 0; i < n; i++)
		if (ref_eq(look->events[i].o, ref_make(REF_PAGE, pfn)) ||
			ref_eq(look->events[i].p, ref_make(REF_PAGE, pfn)))
			return true;
	return false;
}

/* Tasks that map the page at stake: one of @addr that this operation is
 * about.  A page keeps its address in a fork. */
static void add_mappers(const struct pad *s, struct plan *p, uint64_t addr)
{
	uint32_t last = s->m->tasks.last;

	for (uint32_t pid = 1; pid <= last && p->nr_focus < MAX_FOCUS; pid++) {
		struct vm_area_struct *vma = vma_at(s->m, pid, addr);
		pteval_t pte = vma ? mm_pte(s->m, vma->vm_mm, addr) : 0;

		if (vma && pte_present(s->m, pte) &&
			operation_names(s->look, pte_pfn(s->m, pte)))
			add_focus(p, vma);
	}
}

bool spaces_is_focus(const struct plan *p, const struct vm_area_struct *vma)
{
	for (int i = 0; i < p->nr_focus; i++)
		if (p->focus[i] == vma)
			return true;
	return false;
}

int spaces_focus_in(const struct plan *p, const struct task_struct *task)
{
	int n = 0;

	for (int i = 0; i < p->nr_focus; i++)
		n += p->focus[i]->vm_mm == task->mm;
	return n;
}

/* -- what fits ---------------------------------------------------------- */

/* Does the name of any task that uses it? */
static bool mm_passes(const struct pad *s, const struct mm_struct *mm)
{
	for (uint32_t pid = mm->id; pid <= s->m->tasks.last; pid++) {
		const struct task_struct *task = task_find(s->m, pid);

		if (task && task->mm == mm &&
			filter_passes(s->view, task->name))
			return true;
		if (mm->mm_users == 1)
			break;
	}
	return false;
}

/* An address space stands once, where the task is that it goes by. */
bool spaces_is_shown(const struct pad *s, const struct task_struct *task)
{
	return task && task->mm && task->mm->id == task->pid &&
	       mm_passes(s, task->mm);
}

bool spaces_is_merged(const struct plan *p, const struct task_struct *task)
{
	int focus = spaces_focus_in(p, task);

	if (p->density == MERGED)
		return task->mm->map_count == 1;
	return p->brief && p->density >= TASK_LINES && focus == 1;
}

int spaces_task_lines(const struct plan *p, const struct task_struct *task)
{
	int vmas = (int)task->mm->map_count, focus = spaces_focus_in(p, task);
	int strip = p->brief ? STRIP_BRIEF_LINES : STRIP_LINES;

	if (spaces_is_merged(p, task))
		return 1 + strip;
	switch (p->density) {
	case LOOSE:
		return 1 + vmas * (1 + strip) + 1;
	case TIGHT:
	case BRIEF:
	case MERGED:
		return 1 + vmas * (1 + strip);
	case VMA_LINES:
	case VMA_BRIEF:
		return 1 + vmas + focus * strip;
	default:
		return 1 + focus * (1 + strip);
	}
}

bool spaces_in_exec(const struct pad *s, uint32_t pid, struct task_struct *as)
{
	const struct task_struct *task = task_find(s->m, pid);

	if (!task || !task->exec_mm || !filter_passes(s->view, task->name))
		return false;
	*as = *task;
	as->mm = task->exec_mm;
	return true;
}

static long all_lines(const struct pad *s, const struct plan *p)
{
	struct task_struct as;
	long n = 0;

	for (uint32_t pid = 1; pid <= s->m->tasks.last; pid++) {
		const struct task_struct *task = task_find(s->m, pid);

		if (spaces_is_shown(s, task))
			n += spaces_task_lines(p, task);
		if (spaces_in_exec(s, pid, &as))
			n += spaces_task_lines(p, &as);
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

/* One of few tasks has many VMAs: those are what to see, they scroll. */
static bool is_vmas_first(const struct pad *s)
{
	uint32_t vmas = 0;

	if (s->m->nr_tasks > FEW_TASKS)
		return false;
	for (uint32_t pid = 1; pid <= s->m->tasks.last; pid++) {
		const struct task_struct *task = task_find(s->m, pid);

		if (spaces_is_shown(s, task))
			vmas += task->mm->map_count;
	}
	return vmas > s->m->nr_tasks;
}

/* When tasks fold the strips in focus must fit: brief, or fewer. */
static void plan_folds(const struct pad *s, struct plan *p)
{
	int room = s->h - 3;

	p->brief = p->nr_focus * (2 + STRIP_LINES) > room;
	while (p->nr_focus > 2 && p->nr_focus * (1 + STRIP_BRIEF_LINES) > room)
		p->nr_focus--;
}

static bool is_brief(enum density d)
{
	return d == BRIEF || d == MERGED || d == VMA_BRIEF || d == TASK_BRIEF;
}

void spaces_plan(const struct pad *s, struct plan *p)
{
	const struct vm_area_struct *vma;
	bool scroll = is_vmas_first(s);
	uint64_t addr;

	p->chains = machine_has_chains(s->m);
	vma = vma_of_events(s->look, &addr);
	add_focus(p, vma);
	add_focus(p, cursor_vma(s));
	if (vma)
		add_mappers(s, p, addr);
	for (p->density = LOOSE; p->density < TASK_FOLDS; p->density++) {
		p->brief = is_brief(p->density);
		if (all_lines(s, p) <= s->h ||
			(scroll && p->density == VMA_LINES))
			return;
	}
	plan_folds(s, p);
}
