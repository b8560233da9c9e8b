/*
 * What the task of an operation had mapped before the operation began.  Events
 * tell what changes, and the machine stands after them; to recall it the way
 * back would have to be gone at every drawing.  The machine stands there once
 * when the events are recorded: the VMAs are noted then, and are valid for as
 * long as the events.
 */
#include "history/internal.h"
#include "history/alloc.h"

#include <stdlib.h>

static struct vma_was was(const struct machine *m,
	const struct vm_area_struct *vma)
{
	const struct anon_vma *av = vma_anon_vma_alive(m, vma);
	struct vma_was w = { .id = vma->id,
		.anon_vma = av ? av->id : 0,
		.file = vma->vm_file ? vma->vm_file->id : 0,
		.name = vma->name,
		.start = vma->vm_start,
		.end = vma->vm_end,
		.pgoff = vma->vm_pgoff,
		.flags = vma->vm_flags };
	const struct list_head *head = &vma->anon_vma_chain;

	for (const struct list_head *p = head->next; p != head; p = p->next)
		w.chain++;
	return w;
}

/* The address space that @op is about; NULL: none. */
static const struct mm_struct *mm_of(const struct machine *m,
	const struct op *op)
{
	const struct op_desc *desc = op_desc((enum op_id)op->id);
	const struct task_struct *task = NULL;

	if (desc && desc->subject == ON_TASK)
		task = task_find(m, op->subject);
	return task ? task->mm : NULL;
}

static size_t vmas_of(const struct machine *m, const struct mm_struct *mm,
	struct vma_was **list, size_t *room)
{
	size_t n = 0;

	for (const struct vm_area_struct *v = mm ? mm->mmap : NULL; v;
		v = v->vm_next) {
		*list = xgrow(*list, room, n + 1, sizeof(**list));
		(*list)[n++] = was(m, v);
	}
	return n;
}

void note_before(struct history *h, const struct op *op)
{
	h->vmas.op = *op;
	h->vmas.nr_before = vmas_of(h->machine, mm_of(h->machine, op),
		&h->vmas.before, &h->vmas.room_before);
}

bool history_vmas(struct history *h, struct vma_lists *lists)
{
	size_t count, done;
	struct vmas *v = &h->vmas;

	*lists = (struct vma_lists){ 0 };
	if (!history_events(h, &count, &done) && !h->events.valid)
		return false;
	if (!h->pos.op)
		return false;
	lists->now_count = vmas_of(h->machine, mm_of(h->machine, &v->op),
		&v->now, &v->room_now);
	lists->now = v->now;
	lists->before = v->before;
	lists->before_count = v->nr_before;
	return true;
}

void free_before(struct history *h)
{
	free(h->vmas.before);
	free(h->vmas.now);
}
