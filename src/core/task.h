/* Tasks.  Inside the core only. */
#ifndef CORE_TASK_H
#define CORE_TASK_H

#include "core/machine.h"

/* A task with an empty address space.  0 or -ENOMEM. */
int task_spawn(struct machine *m, const char *name, uint32_t *pid);
/* 0 or -ENOMEM; then the child never was (its number is used up). */
int task_fork(struct machine *m, struct task_struct *parent, const char *name,
	uint32_t *pid);
void task_exit(struct machine *m, struct task_struct *task);

#endif
