/* Tasks: spawn, fork and exit. */
#include "core/emit.h"
#include "core/idmap.h"
#include "core/mechanism.h"
#include "core/mm.h"
#include "core/pgtable.h"
#include "core/slab.h"
#include "core/task.h"

#include <errno.h>
#include <string.h>

struct mm_struct *mm_new(struct machine *m, uint32_t id)
{
	const struct paging *p = machine_paging(m);
	struct mm_struct *mm = slab_alloc(m, CACHE_MM);

	if (!mm)
		return NULL;
	mm->id = id;
	mm->mm_users = 1;
	mm->start_brk = mm->brk = p->start_brk;
	mm->mmap_base = ops_of(m)->mmap_base ? ops_of(m)->mmap_base
					     : p->mmap_base;
	mm->free_area_cache = mm->mmap_base;
	list_init(&mm->mmlist);
	if (pgd_alloc(m, mm)) {
		slab_free(m, CACHE_MM, mm, ref_make(REF_TASK, id));
		return NULL;
	}
	return mm;
}

void mmlist_add(struct machine *m, struct mm_struct *mm,
	struct mm_struct *after)
{
	if (!ops_of(m)->mmlist_all)
		return;
	lock_write(m, &m->mmlist_lock, NO_REF, "mmlist_lock");
	list_add(&mm->mmlist, after ? &after->mmlist : &m->mmlist);
	cost(m, COST_LIST_NODES, 1);
	tell(m, EV_MMLIST_ADD, mm_ref(mm), after ? mm_ref(after) : NO_REF, 0);
	unlock_write(m, &m->mmlist_lock, NO_REF, "mmlist_lock");
}

/* mmput: if swap_out() stands at this mm it goes on with the next one. */
void mmlist_del(struct machine *m, struct mm_struct *mm)
{
	struct list_head *next = mm->mmlist.next;

	if (!ops_of(m)->mmlist_all)
		return;
	lock_write(m, &m->mmlist_lock, NO_REF, "mmlist_lock");
	if (m->swap_mm == mm)
		m->swap_mm = next == &m->mmlist
			? NULL
			: container_of(next, struct mm_struct, mmlist);
	list_del(&mm->mmlist);
	cost(m, COST_LIST_NODES, 1);
	tell(m, EV_MMLIST_DEL, mm_ref(mm), NO_REF, 0);
	unlock_write(m, &m->mmlist_lock, NO_REF, "mmlist_lock");
}

static void mm_free(struct machine *m, struct mm_struct *mm)
{
	uint32_t id = mm->id;

	if (!list_empty(&mm->mmlist)) /* 2.6.11 on: it had swap entries */
		list_del(&mm->mmlist);
	pgd_free(m, mm);
	slab_free(m, CACHE_MM, mm, ref_make(REF_TASK, id));
}

static struct task_struct *task_new(struct machine *m, const char *name,
	uint32_t parent)
{
	struct task_struct *task = arena_alloc(m, sizeof *task);

	task->pid = idmap_next(&m->tasks);
	task->parent = parent;
	strncpy(task->name, name, NAME_SIZE - 1);
	task->mm = mm_new(m, task->pid);
	if (!task->mm) {
		arena_free(m, task, sizeof *task);
		return NULL;
	}
	idmap_add(m, &m->tasks, task);
	m->nr_tasks++;
	tell(m, EV_TASK_NEW, task_ref(task),
		parent ? ref_make(REF_TASK, parent) : NO_REF, 0);
	return task;
}

/* Its address space goes; the task stays as a zombie that keeps its name. */
static void task_die(struct machine *m, struct task_struct *task)
{
	struct mm_struct *mm = task->mm;

	mmlist_del(m, mm);
	ops_of(m)->exit_mmap(m, mm);
	task->mm = NULL;
	task->exited = true;
	m->nr_tasks--;
	mm_free(m, mm);
	tell(m, EV_TASK_GONE, task_ref(task), NO_REF, 0);
}

int task_spawn(struct machine *m, const char *name, uint32_t *pid)
{
	struct task_struct *task;

	call(m, FN_EXEC_TASK, NO_REF, NO_REF, 0);
	task = task_new(m, name, 0);
	if (task) /* fs/exec.c exec_mmap */
		mmlist_add(m, task->mm, NULL);
	ret(m, FN_EXEC_TASK);
	if (!task)
		return -ENOMEM;
	*pid = task->pid;
	return 0;
}

int task_fork(struct machine *m, struct task_struct *parent, const char *name,
	uint32_t *pid)
{
	struct task_struct *child;
	int err;

	call(m, FN_FORK, task_ref(parent), NO_REF, 0);
	child = task_new(m, name, parent->pid);
	if (!child) {
		ret(m, FN_FORK);
		return -ENOMEM;
	}
	child->starting = true;
	call(m, FN_COPY_MM, task_ref(child), task_ref(parent), 0);
	err = dup_mmap(m, child->mm, parent->mm);
	ret(m, FN_COPY_MM);
	child->starting = false;
	if (err)
		task_die(m, child);
	else
		*pid = child->pid;
	ret(m, FN_FORK);
	return err;
}

void task_exit(struct machine *m, struct task_struct *task)
{
	call(m, FN_EXIT, task_ref(task), NO_REF, 0);
	task_die(m, task);
	ret(m, FN_EXIT);
}
