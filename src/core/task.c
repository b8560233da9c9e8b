/*
 * Tasks: spawn, fork, clone, vfork, exit and wait; and the address spaces that
 * they share.
 *
 * An mm has mm_users tasks.  It goes by the pid of one of them (mm->id): of the
 * task that it was made for, and when that leaves it (exit, exec) of the first
 * other one, as mm->owner does (4.0 kernel/exit.c mm_update_next_owner).  So a
 * pid names one mm at every time.  The last to leave frees it (mmput).
 *
 * Who has no parent that lives is a child of init, which waits at once.
 */
#include "core/emit.h"
#include "core/idmap.h"
#include "core/ksm.h"
#include "core/limits.h"
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
	mm->mm_mt.rcu = true;
	mm->start_brk = mm->brk = p->start_brk;
	/* no program yet: nothing lies before the heap */
	mm->start_code = mm->end_code = mm->start_brk;
	mm->start_data = mm->end_data = mm->start_brk;
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

/* -- who uses an mm ------------------------------------------------------- */

/* mm_update_next_owner: it goes by the pid of another of its tasks. */
void mm_update_owner(struct machine *m, struct mm_struct *mm,
	const struct task_struct *old)
{
	if ((mm->id & ~MM_EXEC) != old->pid)
		return;
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		const struct task_struct *task = task_find(m, pid);

		if (!task || task->mm != mm)
			continue;
		mm->id = pid;
		tell(m, EV_MM_OWNER, task_ref(task), task_ref(old), 0);
		return;
	}
}

void mm_drop(struct machine *m, struct mm_struct *mm)
{
	if (!mm->mm_users && !mm->ksm_slot)
		mm_free(m, mm);
}

void mmput(struct machine *m, const struct task_struct *task,
	struct mm_struct **slot)
{
	struct mm_struct *mm = *slot;

	if (mm->mm_users == 1) {
		mm->mm_users = 0;
		ksm_exit(m, mm);
		mmlist_del(m, mm);
		ops_of(m)->exit_mmap(m, mm);
		*slot = NULL;
		mm_drop(m, mm);
		return;
	}
	*slot = NULL;
	mm->mm_users--;
	mm_update_owner(m, mm, task);
	tell(m, EV_MM_LEAVE, task_ref(task), mm_ref(mm), mm->mm_users);
}

void mm_release(struct machine *m, const struct task_struct *task)
{
	struct task_struct *parent = task_find(m, task->parent);

	if (!parent || parent->vfork_child != task->pid)
		return;
	parent->vfork_child = 0;
	tell(m, EV_VFORK_DONE, task_ref(parent), task_ref(task), 0);
}

/* -- a task begins --------------------------------------------------------- */

/* What a child has of its parent, beside the mm. */
static void inherit(struct task_struct *task, const struct task_struct *parent)
{
	task->parent = parent->pid;
	task->no_ipc_lock = parent->no_ipc_lock;
	memcpy(task->rlim, parent->rlim, sizeof task->rlim);
}

/* With an mm of its own, or with @shared. */
static struct task_struct *task_new(struct machine *m, const char *name,
	const struct task_struct *parent, struct mm_struct *shared)
{
	struct task_struct *task = arena_alloc(m, sizeof *task);

	task->pid = idmap_next(&m->tasks);
	strncpy(task->name, name, NAME_SIZE - 1);
	limits_default(task->rlim);
	if (parent)
		inherit(task, parent);
	task->mm = shared ? shared : mm_new(m, task->pid);
	if (!task->mm) {
		arena_free(m, task, sizeof *task);
		return NULL;
	}
	idmap_add(m, &m->tasks, task);
	m->nr_tasks++;
	if (shared)
		shared->mm_users++;
	tell(m, EV_TASK_NEW, task_ref(task),
		parent ? task_ref(parent) : NO_REF, 0);
	return task;
}

int task_spawn(struct machine *m, const char *name, uint32_t *pid)
{
	struct task_struct *task;

	call(m, FN_EXEC_TASK, NO_REF, NO_REF, 0);
	task = task_new(m, name, NULL, NULL);
	if (task) /* fs/exec.c exec_mmap */
		mmlist_add(m, task->mm, NULL);
	ret(m, FN_EXEC_TASK);
	if (!task)
		return -ENOMEM;
	*pid = task->pid;
	return 0;
}

/* A child that could not be made never was. */
static void fork_cleanup(struct machine *m, struct task_struct *child)
{
	mmput(m, child, &child->mm);
	child->exited = true;
	child->reaped = true;
	m->nr_tasks--;
	tell(m, EV_TASK_GONE, task_ref(child), NO_REF, 0);
}

int task_fork(struct machine *m, struct task_struct *parent, const char *name,
	uint32_t *pid)
{
	struct task_struct *child;
	int err;

	call(m, FN_FORK, task_ref(parent), NO_REF, 0);
	child = task_new(m, name, parent, NULL);
	if (!child) {
		ret(m, FN_FORK);
		return -ENOMEM;
	}
	child->starting = true;
	call(m, FN_COPY_MM, task_ref(child), task_ref(parent), 0);
	err = dup_mmap(m, child->mm, parent->mm);
	ret(m, FN_COPY_MM);
	child->starting = false;
	*pid = child->pid;
	if (err)
		fork_cleanup(m, child);
	ret(m, FN_FORK);
	return err;
}

/* kernel/fork.c copy_mm with CLONE_VM: one user more, nothing is copied. */
static struct task_struct *clone_vm(struct machine *m,
	struct task_struct *parent, const char *name)
{
	struct task_struct *child = task_new(m, name, parent, parent->mm);

	call(m, FN_COPY_MM, task_ref(child), task_ref(parent), 0);
	tell(m, EV_MM_SHARE, task_ref(child), mm_ref(child->mm),
		child->mm->mm_users);
	ret(m, FN_COPY_MM);
	return child;
}

void task_clone(struct machine *m, struct task_struct *parent,
	const char *name, uint32_t *pid)
{
	call(m, FN_FORK, task_ref(parent), NO_REF, 0);
	*pid = clone_vm(m, parent, name)->pid;
	ret(m, FN_FORK);
}

void task_vfork(struct machine *m, struct task_struct *parent,
	const char *name, uint32_t *pid)
{
	struct task_struct *child;

	call(m, FN_FORK, task_ref(parent), NO_REF, 0);
	child = clone_vm(m, parent, name);
	*pid = child->pid;
	parent->vfork_child = child->pid;
	tell(m, EV_VFORK_WAIT, task_ref(parent), task_ref(child), 0);
	ret(m, FN_FORK);
}

/* -- and ends --------------------------------------------------------------- */

static void reap(struct machine *m, struct task_struct *task)
{
	call(m, FN_RELEASE_TASK, task_ref(task), NO_REF, 0);
	task->reaped = true;
	tell(m, EV_REAP, task_ref(task), NO_REF, 0);
	ret(m, FN_RELEASE_TASK);
}

static bool is_zombie_of(const struct task_struct *task, uint32_t parent)
{
	return task && task->parent == parent && task->exited && !task->reaped;
}

/* forget_original_parent: init gets the children, and takes notice at once of
 * those that have exited. */
static void leave_children(struct machine *m, const struct task_struct *parent)
{
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		struct task_struct *task = task_find(m, pid);

		if (is_zombie_of(task, parent->pid))
			reap(m, task);
	}
}

static bool has_parent(const struct machine *m, const struct task_struct *task)
{
	const struct task_struct *parent = task_find(m, task->parent);

	return parent && !parent->exited;
}

/* Its address space goes unless others use it; what stays is a zombie that
 * keeps its name. */
static void task_die(struct machine *m, struct task_struct *task)
{
	mm_release(m, task);
	mmput(m, task, &task->mm);
	task->exited = true;
	task->vfork_child = 0;
	m->nr_tasks--;
	tell(m, EV_TASK_GONE, task_ref(task), NO_REF, 0);
}

void task_exit(struct machine *m, struct task_struct *task)
{
	call(m, FN_EXIT, task_ref(task), NO_REF, 0);
	task_die(m, task);
	leave_children(m, task);
	if (!has_parent(m, task))
		reap(m, task);
	ret(m, FN_EXIT);
}

/* The child that has exited and comes first on the parent's list: the oldest,
 * in 2.4 the youngest (kernel/exit.c sys_wait4: p_cptr and p_osptr). */
static struct task_struct *find_zombie(struct machine *m, uint32_t parent,
	bool *alive)
{
	bool youngest = ops_of(m)->wait_youngest;
	struct task_struct *found = NULL;

	*alive = false;
	for (uint32_t pid = 1; pid <= m->tasks.last; pid++) {
		struct task_struct *task = task_find(m, pid);

		if (is_zombie_of(task, parent) && (!found || youngest))
			found = task;
		*alive |= task && task->parent == parent && !task->exited;
	}
	return found;
}

int task_wait(struct machine *m, const struct task_struct *parent,
	uint32_t *pid)
{
	struct task_struct *child;
	bool alive;

	call(m, FN_WAIT, task_ref(parent), NO_REF, 0);
	child = find_zombie(m, parent->pid, &alive);
	if (child) {
		reap(m, child);
		*pid = child->pid;
	}
	ret(m, FN_WAIT);
	if (child)
		return 0;
	return alive ? -EAGAIN : -ECHILD;
}
