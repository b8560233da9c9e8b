/* Tasks.  Inside the core only. */
#ifndef CORE_TASK_H
#define CORE_TASK_H

#include "core/machine.h"

/* A task with an empty address space.  0 or -ENOMEM. */
int task_spawn(struct machine *m, const char *name, uint32_t *pid);
/* 0 or -ENOMEM; then the child never was (its number is used up). */
int task_fork(struct machine *m, struct task_struct *parent, const char *name,
	uint32_t *pid);
/* A child with the parent's mm (CLONE_VM).  No memory is needed for it. */
void task_clone(struct machine *m, struct task_struct *parent,
	const char *name, uint32_t *pid);
/* The same; the parent cannot run until the child execs or exits. */
void task_vfork(struct machine *m, struct task_struct *parent,
	const char *name, uint32_t *pid);
void task_exit(struct machine *m, struct task_struct *task);
/* Take notice of one child that has exited.  0; -EAGAIN: all of them live, the
 * caller would have to wait; -ECHILD: there is none. */
int task_wait(struct machine *m, const struct task_struct *parent,
	uint32_t *pid);

/* *@slot is the mm that @task no longer uses; the last one frees it. */
void mmput(struct machine *m, const struct task_struct *task,
	struct mm_struct **slot);
/* @old no longer uses @mm, others do: it goes by the pid of one of them. */
void mm_update_owner(struct machine *m, struct mm_struct *mm,
	const struct task_struct *old);
/* exec or exit of @task: a parent that waits for it (vfork) may go on. */
void mm_release(struct machine *m, const struct task_struct *task);

#endif
